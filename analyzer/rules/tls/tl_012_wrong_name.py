"""The client refused a certificate that is not for the name it asked for (RFC 9525 section 6)."""

from collections.abc import Iterator

from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Session
from ..consequences import ENDINGS
from .certificates import Why, refused


def _check(session: Session) -> Iterator[Hit]:
    yield from refused(session, Why.NAME)


RULE = Rule(
    id="TL-012",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    title="The certificate of {server} is not for the name that the client used ({error!t})",
    cause="The client asked for {name}, and the certificate does not hold that name among its "
    "subject alternative names, so it was refused before the WebSocket could be asked for. Usual "
    "reasons: the URL holds an IP address or the short host name instead of the FQDN, the node was "
    "renamed or moved to another domain, a load balancer or reverse proxy shows its own "
    "certificate, or the certificate was issued without SAN (a common name alone does not count). "
    "What the recording shows of the certificate: {certificate!t}.",
    remedy="1. Open the desktop, and configure custom clients, with the FQDN of the node as in the "
    "certificate: https://FQDN:8445/desktop. 2. If the name is right, reissue the certificate with "
    "it as SAN: set web-security, then set csr gen tomcat, have it signed, upload it, and restart "
    "Cisco Finesse Tomcat and Cisco Finesse Notification Service. 3. Behind a load balancer or "
    "reverse proxy its own certificate must hold the name that agents use. 4. openssl s_client "
    "-connect HOST:PORT -servername HOST -showcerts shows the names.",
    reference="RFC 9525 §6; RFC 8446 §6.2; Cisco TAC document 118855",
    explains=("TL-005", "TL-010", *ENDINGS),
    check=_check,
    fires_on=(
        "@har\n@no-upgrade 0 Error in connection establishment: net::ERR_CERT_COMMON_NAME_INVALID",
        "@har\n@no-upgrade 0 SSL_ERROR_BAD_CERT_DOMAIN",
        "@tls version=1.2 completed=no sni=a.test cert=b.test|CA|90|b.test alert=C>42",
        "@tls version=1.2 completed=no sni=a.test cert=b.test|CA|90|b.test\n0.1 C> [fin]",
    ),
    silent_on=(
        "@har\n@no-upgrade 0 net::ERR_CERT_AUTHORITY_INVALID",
        "@tls version=1.2 completed=no sni=a.test cert=a.test|CA|90|a.test alert=C>42",
        "@tls version=1.2 completed=no sni=a.test cert=b.test|CA|90|b.test alert=C>48",
        "@tls version=1.2 sni=a.test cert=b.test|CA|90|b.test\n@login",
    ),
)
