"""Every key that was given, and the sessions that may be resumed."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...model.anomaly import Anomaly, AnomalyCode
from ...model.errors import UsageError
from ...model.limits import TLS_ATTEMPTS, TLS_SECRETS, TLS_SESSIONS
from ...model.tls import TlsSecret
from .schedule import MASTER_OCTETS

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

# `cryptography` is imported where a key is used: it takes 60 ms, and most runs have no key.


class KeyRing:
    """
    Secrets of key logs, RSA private keys, and the master secrets of sessions seen.

    One ring serves all connections of all inputs: a session may be resumed in another connection.

    Attributes:
        limits: Limits that kept a secret from being used: name and value.
        waiting: Octets of all connections that wait for what the other side has to say.
        attempts: Attempts left to open a record without knowing its key; see late.py.
    """

    def __init__(self) -> None:
        self.limits: dict[str, int] = {}
        self.waiting = 0
        self.attempts = TLS_ATTEMPTS
        self._count = 0
        self._premasters = False
        self._resumable = False
        self._secrets: dict[bytes, dict[str, bytes]] = {}
        self._private: list[RSAPrivateKey] = []
        self._sessions: dict[bytes, bytes] = {}

    def add(self, secrets: Iterable[TlsSecret]) -> None:
        """Take in the secrets of a key log; of a repeated line the last one holds."""
        for secret in secrets:
            if secret.label not in self._secrets.get(secret.context, ()):
                if self._count >= TLS_SECRETS:
                    self.limits["TLS_SECRETS"] = TLS_SECRETS
                    continue
                self._count += 1
            self._secrets.setdefault(secret.context, {})[secret.label] = secret.secret
            self._premasters |= secret.label == "RSA"
            self._resumable |= secret.label.startswith("RSA Session-ID")

    def add_private_key(self, pem: bytes) -> None:
        """
        Take in an RSA private key.

        Args:
            pem: PEM form (RFC 7468), not encrypted.

        Raises:
            UsageError: It is none that can be read, or not one of RSA.
        """
        from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415
        from cryptography.hazmat.primitives.asymmetric.rsa import (  # noqa: PLC0415
            RSAPrivateKey,
        )
        from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
            load_pem_private_key,
        )

        try:
            key = load_pem_private_key(pem, None)
        except TypeError:
            raise UsageError("the private key is encrypted; decrypt it first") from None
        except (ValueError, UnsupportedAlgorithm):
            raise UsageError("the private key cannot be read") from None
        if not isinstance(key, RSAPrivateKey):
            raise UsageError("the private key is not one of RSA: it opens no TLS connection")
        self._private.append(key)

    def anomalies(self) -> list[Anomaly]:
        """One for each limit reached."""
        return [
            Anomaly(code=AnomalyCode.LIMIT, values={"limit": limit, "value": value})
            for limit, value in self.limits.items()
        ]

    @property
    def has_premaster(self) -> bool:
        """A master secret may be made from what an RSA key exchange carries."""
        return self._premasters or bool(self._private)

    def secret(self, label: str, context: bytes) -> bytes | None:
        """The secret of a key log line; None if no line has it."""
        labels = self._secrets.get(context)
        return None if labels is None else labels.get(label)

    def opens(self, client_random: bytes) -> bool:
        """Whether there is something that may open the connection of a client random."""
        return client_random in self._secrets or self.has_premaster or self._resumable

    def contexts(self, label: str) -> list[tuple[bytes, int]]:
        """Contexts that have a secret with this label, and how long that is; none is used by it."""
        found = self._secrets.items()
        return [(context, len(labels[label])) for context, labels in found if label in labels]

    def only(self, context: bytes) -> "KeyRing":
        """A ring with the secrets of one context, to try them without using them."""
        ring = KeyRing()
        ring._secrets[context] = self._secrets[context]
        return ring

    def premaster(self, encrypted: bytes, version: int) -> bytes | None:
        """
        The premaster secret that an RSA-encrypted one stands for (RFC 5246 section 7.4.7.1).

        Args:
            encrypted: What the client sent.
            version: What its hello says, which the secret begins with. A private key that does
                not fit gives random octets rather than an error (implicit rejection): only this
                tells them apart.
        """
        logged = self.secret("RSA", encrypted[:8])
        if logged is not None or not self._private:
            return logged
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15  # noqa: PLC0415

        for key in self._private:
            try:
                secret = key.decrypt(encrypted, PKCS1v15())
            except ValueError:
                continue
            if len(secret) == MASTER_OCTETS and secret[:2] == version.to_bytes(2, "big"):
                return secret
        return None

    def remember(self, session: bytes, master: bytes) -> None:
        """Keep the master secret of a session, by its id or its ticket, for who resumes it."""
        if not session:
            return
        self._sessions.pop(session, None)
        self._sessions[session] = master
        if len(self._sessions) > TLS_SESSIONS:
            del self._sessions[next(iter(self._sessions))]

    def recall(self, session: bytes) -> bytes | None:
        """The master secret of a session id or ticket; None if that session was not opened."""
        return self._sessions.get(session)
