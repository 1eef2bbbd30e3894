"""No common TLS version or cipher (RFC 8996)."""

from collections.abc import Iterator

from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from ..net_errors import VERSION_ERRORS, failed_with


def _check(session: Session) -> Iterator[Hit]:
    yield from failed_with(session, VERSION_ERRORS)


RULE = Rule(
    id="TL-003",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    title="Browser and {server} have no TLS version or cipher in common ({error})",
    cause="The server offers only what the browser has dropped: browsers of today speak TLS 1.2 "
    "and 1.3, Finesse TLS 1.2 by default since 11.6. A load balancer or proxy that ends TLS with "
    "an old policy, an old node, or a node in FIPS mode with a short list of ciphers.",
    remedy="1. openssl s_client -connect HOST:PORT -tls1_2 (and -tls1_3) shows what it speaks. 2. "
    "On the node: show tls server min-version and set tls server min-version 1.2. 3. On a load "
    "balancer or reverse proxy: enable TLS 1.2 with ECDHE and AES-GCM. 4. Do not weaken the "
    "browser: TLS 1.0 and 1.1 are forbidden.",
    reference="RFC 8446 §4.1; RFC 8996 §4, §5",
    needs=frozenset({Needs.HAR}),
    explains=ENDINGS,
    check=_check,
    fires_on=(
        """
        @har
        @no-upgrade 0 net::ERR_SSL_VERSION_OR_CIPHER_MISMATCH
        """,
    ),
    silent_on=(
        """
        @har
        @no-upgrade 0 net::ERR_SSL_PROTOCOL_ERROR
        """,
        """
        @har
        @login
        """,
    ),
)
