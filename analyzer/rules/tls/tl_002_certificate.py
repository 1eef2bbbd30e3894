"""The client refused the server's certificate (RFC 9525)."""

from collections.abc import Iterator

from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Session
from ..consequences import ENDINGS
from .certificates import Why, refused


def _check(session: Session) -> Iterator[Hit]:
    yield from refused(session, Why.TRUST)


RULE = Rule(
    id="TL-002",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    title="The client does not trust the certificate of {server} ({error!t})",
    cause="It ended the connection right after the server had shown its certificate, so the "
    "WebSocket was never asked for. The certificate is self-signed, its CA is not known to this "
    "PC, or an intermediate certificate is missing (unknown_ca, certificate_unknown, "
    "ERR_CERT_AUTHORITY_INVALID, …UNKNOWN_ISSUER); a revoked one is named so. An exception "
    "accepted for one port does not hold for another: the desktop loads from 8445, and "
    "notifications on 7443 stay refused. An issuer that is neither Cisco's nor your CA is TLS "
    "inspection. What the recording shows of the certificate: {certificate!t}.",
    remedy="1. Open https://HOST:PORT/ of the WebSocket's URL in the browser and look at the "
    "certificate: issuer, names, dates. 2. Install the issuing CA on the PCs (group policy), or "
    "have the Finesse tomcat certificate signed by a CA they trust, and upload root and "
    "intermediates as tomcat-trust before it. 3. At once, each agent can accept it, for each port "
    "and each node: https://FQDN:8445, https://FQDN:7443. 4. An issuer nobody knows: exempt the "
    "Finesse hosts from TLS inspection.",
    reference="RFC 9525 §6; RFC 5280 §6; RFC 8446 §6.2; Cisco TAC document 118855",
    explains=("TL-005", "TL-010", *ENDINGS),
    check=_check,
    fires_on=(
        "@har\n@no-upgrade 0 Error in connection establishment: net::ERR_CERT_AUTHORITY_INVALID",
        "@har\n@no-upgrade 0 SEC_ERROR_UNKNOWN_ISSUER",
        "@tls version=1.2 completed=no alert=C>48",
        "@tls version=1.2 completed=no alert=C>46",
        "@tls version=1.2 completed=no sni=a.test cert=a.test|a.test|90|a.test\n0.1 C> [fin]",
    ),
    silent_on=(
        "@har\n@no-upgrade 0 net::ERR_CERT_DATE_INVALID",
        "@tls version=1.2 completed=no sni=a.test cert=b.test|CA|90|b.test\n0.1 C> [fin]",
        "@har\n@no-connect refused",
        "@har\n@no-upgrade 0 net::ERR_SSL_PROTOCOL_ERROR",
        "@har\n@login",
        "@har\n@no-upgrade 403 Forbidden",
        "@tls completed=no client-certificate=yes alert=S>42",
        "@tls completed=no\n0.1 C> [fin]",
    ),
)
