"""The client left right after the server's certificate, without a word that can be read."""

from collections.abc import Iterator

from ...model.rule import Confidence, Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from ..net_errors import is_certificate_error, net_error
from .failures import ABORTED, failure


def _check(session: Session) -> Iterator[Hit]:
    failed = failure(session)
    if is_certificate_error(net_error(session) or ""):
        return  # a HAR beside the packets says more
    if failed is not None and failed.how == ABORTED and session.tls is not None:
        name = session.tls.server_name or "no name (the URL holds an IP address)"
        yield Hit((failed.place,), failed.told(session) | {"name": name})


RULE = Rule(
    id="TL-005",
    severity=Severity.ERROR,
    confidence=Confidence.MEDIUM,
    effect=Effect.BREAKS,
    title="The client broke off the TLS handshake with {server} when it had seen the certificate",
    cause="The server answered; the client then ended the connection instead of finishing the "
    "handshake. That is how a browser refuses a certificate: self-signed, issued by a CA that "
    "this PC does not trust, expired, or not for the name it asked for ({name!t}). In TLS 1.3 both "
    "the certificate and the alert that names the reason are encrypted, so the packets show no "
    "more. An exception the agent has accepted for one port does not hold for another: the "
    "desktop loads from 8445, and its notifications on 7443 stay refused.",
    remedy="1. On that PC open https://HOST:PORT/ of exactly this port in the browser: it names "
    "the fault (NET::ERR_CERT_…). 2. Not trusted: install the issuing CA on the PCs (group "
    "policy), or have the Finesse tomcat certificate signed by a CA they trust. 3. Wrong name: use "
    "the FQDN, or reissue with that name as SAN. 4. Dates: renew; compare clocks (utils ntp "
    "status, PC). 5. From elsewhere: openssl s_client -connect HOST:PORT -servername NAME "
    "-showcerts shows the chain. Bring that, or a HAR of the attempt.",
    reference="RFC 8446 §4.4.2.4, §6.2; RFC 9525 §6; Cisco TAC document 118855",
    needs=frozenset({Needs.TLS}),
    explains=ENDINGS,
    check=_check,
    fires_on=(
        "@tls completed=no\n0.1 C> [fin]",
        "@tls completed=no\n0.1 C> [rst]",
        "@tls version=1.2 completed=no cert=a.test|CA|90|a.test sni=a.test\n0.1 C> [fin]",
    ),
    silent_on=(
        "@tls version=1.3\n@login",
        "@tls completed=no\n0.1 S> [fin]",
        "@tls completed=no alert=C>48",
        "@tls completed=no hello=C\n0.1 C> [fin]",
        """
        @har
        @no-upgrade 0 net::ERR_CERT_AUTHORITY_INVALID
        @also
        @tls completed=no
        0.1 C> [fin]
        """,
    ),
)
