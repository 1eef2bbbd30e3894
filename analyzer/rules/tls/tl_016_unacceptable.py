"""A detail of the TLS handshake that one side could not accept (RFC 8446 section 6.2)."""

from collections.abc import Iterator

from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Session
from ..consequences import ENDINGS
from .handshakes import UNACCEPTABLE, UNACCEPTABLE_ERRORS, broken


def _check(session: Session) -> Iterator[Hit]:
    yield from broken(session, UNACCEPTABLE, UNACCEPTABLE_ERRORS)


RULE = Rule(
    id="TL-016",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    title="The TLS handshake with {server} found no common ground ({error!t}, from {side!t})",
    cause="Both speak TLS, and then one of them could not take what the other chose or left out. "
    "handshake_failure behind the server's answer: no common key exchange or signature (an RSA key "
    "of 1024 bits, a weak Diffie-Hellman group, an old policy). missing_extension, "
    "unsupported_extension, illegal_parameter: an implementation that does not follow the "
    "standard, mostly a device that takes TLS apart. no_application_protocol: the server wants "
    "another ALPN than http/1.1 or h2.",
    remedy="1. openssl s_client -connect HOST:PORT -servername HOST -alpn http/1.1 from the PC, "
    "and again from beside the node: a difference names the device in between. 2. Load balancer, "
    "reverse proxy: enable ECDHE with AES-GCM, a certificate with an RSA key of 2048 bits or an "
    "ECDSA key, and ALPN http/1.1. 3. An old client (Java, .NET): update it.",
    reference="RFC 8446 §4.1, §6.2; RFC 5246 §7.2.2",
    explains=ENDINGS,
    check=_check,
    fires_on=(
        "@har\n@no-upgrade 0 net::ERR_SSL_WEAK_SERVER_EPHEMERAL_DH_KEY",
        "@tls completed=no alert=S>47",
        "@tls completed=no hello=C alert=S>120",
        "@tls completed=no alert=C>40",
    ),
    silent_on=(
        "@har\n@no-upgrade 0 net::ERR_SSL_PROTOCOL_ERROR",
        "@har\n@login",
        "@tls completed=no hello=C alert=S>40",
        "@tls completed=no client-certificate=yes alert=S>40",
    ),
)
