"""What recognises who asks: signers, the count of wrong tokens, the settings they follow."""

import time
from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256

from itsdangerous import TimestampSigner
from starlette.types import Scope

from ..settings import Settings
from .rates import Rate
from .token import Secrets

DAYS_30 = 30 * 86_400

MOST_ENDED = 10_000
"""Sessions that are remembered as signed out."""


class Signer(TimestampSigner):
    """Signs texts with HMAC-SHA256, and when it did so, by a clock of its own."""

    def __init__(self, key: bytes, purpose: str, clock: Callable[[], int]) -> None:
        """
        Derive the key of a purpose.

        Args:
            key: The server's.
            purpose: What is signed; a signature for one purpose is none for another.
            clock: Gives nanoseconds since 1970.
        """
        super().__init__(key, salt=purpose.encode(), key_derivation="hmac", digest_method=sha256)
        self._clock = clock

    def get_timestamp(self) -> int:
        """Seconds since 1970."""
        return self._clock() // 1_000_000_000


class Doorkeeper:
    """
    One for each server, which finds it in the scope of each request.

    Attributes:
        settings: Of the server.
        wrong_tokens: How often a client may be wrong.
    """

    def __init__(
        self,
        settings: Settings,
        secrets: Secrets,
        clock: Callable[[], int],
        ticks: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        """
        Derive the key; another token is another key, which ends every cookie.

        Args:
            settings: Of the server.
            secrets: What the key is derived from, besides the token.
            clock: Gives nanoseconds since 1970.
            ticks: Gives nanoseconds, and is never set back.
        """
        self.settings = settings
        self.wrong_tokens = Rate(settings.sign_ins_per_minute, ticks)
        self._key = sha256(
            len(secrets.key).to_bytes(8, "big") + secrets.key + settings.token.encode()
        ).digest()
        self._clock = clock
        self._ended: OrderedDict[str, None] = OrderedDict()

    def signer(self, purpose: str) -> Signer:
        """Give what signs for one purpose."""
        return Signer(self._key, purpose, self._clock)

    def end(self, session: str) -> None:
        """
        Take a session's cookie no more, whoever kept a copy of it.

        A server that starts again has forgotten this; another token ends every session for good.
        """
        self._ended[session] = None
        if len(self._ended) > MOST_ENDED:
            self._ended.popitem(last=False)

    def has_ended(self, session: str) -> bool:
        """Tell whether a browser signed out of it."""
        return session in self._ended


def doorkeeper_of(scope: Scope) -> Doorkeeper:
    """Find the one of this server."""
    found: Doorkeeper = scope["state"]["doorkeeper"]
    return found
