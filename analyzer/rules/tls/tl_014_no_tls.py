"""What answers does not speak TLS (RFC 8446 section 6.2)."""

from collections.abc import Iterator

from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Session
from ..consequences import ENDINGS
from .handshakes import NO_TLS, NO_TLS_ERRORS, broken


def _check(session: Session) -> Iterator[Hit]:
    yield from broken(session, NO_TLS, NO_TLS_ERRORS)


RULE = Rule(
    id="TL-014",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    title="What answered at {server} does not speak TLS on this port ({error!t}, from {side!t})",
    cause="The TCP connection came about, but what came back is no TLS handshake. The URL says "
    "wss:// and the port is one for ws:// (7071, or a test server); or a proxy, a firewall's block "
    "page or a load balancer with plain HTTP behind it answers in clear; or a device on the way "
    "garbles the handshake.",
    remedy="1. Compare scheme and port: wss:// goes with 8445 (7443 before 12.6), ws:// with 7071. "
    "2. From the agent's PC: openssl s_client -connect HOST:PORT -servername HOST; the answer "
    '"wrong version number" shows a port without TLS. 3. curl -v http://HOST:PORT/ shows who '
    "answers in clear. 4. Behind a load balancer: its listener on this port must end TLS, with "
    "a certificate.",
    reference="RFC 8446 §5.1, §6.2; RFC 5246 §7.2.2; Chromium, net_error_list.h",
    explains=ENDINGS,
    check=_check,
    fires_on=(
        "@har\n@no-upgrade 0 net::ERR_SSL_PROTOCOL_ERROR",
        "@har\n@no-upgrade 0 SSL_ERROR_RX_RECORD_TOO_LONG",
        "@tls version=1.2 completed=no hello=C alert=C>50",
    ),
    silent_on=(
        "@har\n@no-upgrade 0 net::ERR_CERT_DATE_INVALID",
        "@har\n@login",
        "@tls completed=no hello=C alert=S>40",
        "@tls completed=no\n0.1 C> [fin]",
    ),
)
