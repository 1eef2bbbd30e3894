"""The client refused the server's certificate (RFC 9525)."""

from collections.abc import Iterator

from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Session
from ...model.source import Side
from ..consequences import ENDINGS
from ..net_errors import failed_with, is_certificate_error, net_error
from . import chain
from .failures import ABORTED, CERTIFICATE_ALERTS, failure


def _check(session: Session) -> Iterator[Hit]:
    error, failed = net_error(session), failure(session)
    known: dict[str, Value] = {"certificate": chain.told(session)}
    if failed is not None and failed.by is Side.CLIENT:
        faulty = failed.how == ABORTED and chain.defects(session)
        if failed.alert in CERTIFICATE_ALERTS or faulty:
            yield Hit((failed.place,), failed.told(session) | known)
    elif error is not None and is_certificate_error(error):
        for hit in failed_with(session, {error}):
            yield Hit(hit.evidence, hit.values | known)


RULE = Rule(
    id="TL-002",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    title="The client did not accept the certificate of {server} ({error})",
    cause="It ended the connection right after the server had shown its certificate, so the "
    "WebSocket was never asked for. unknown_ca, certificate_unknown, ERR_CERT_AUTHORITY_INVALID, "
    "…UNKNOWN_ISSUER: self-signed, or its CA is not trusted on this PC; an exception accepted for "
    "one port does not hold for another (the desktop on 8445, notifications on 7443). "
    "bad_certificate, ERR_CERT_COMMON_NAME_INVALID, …BAD_CERT_DOMAIN: the name in the URL is not "
    "among the certificate's (IP address or short name instead of the FQDN). certificate_expired, "
    "ERR_CERT_DATE_INVALID: expired, not yet valid, or a clock is wrong. What the recording shows "
    "of the certificate: {certificate}.",
    remedy="1. Open https://HOST:PORT/ of the WebSocket's URL in the browser and look at the "
    "certificate: issuer, names, dates. 2. Not trusted: install the issuing CA on the PCs (group "
    "policy), or have the Finesse tomcat certificate signed by a CA they trust; at once, each "
    "agent can accept it for each port. 3. Wrong name: use the FQDN, or reissue with that name as "
    "SAN. 4. Dates: renew; compare the clocks (utils ntp status, PC). 5. An issuer nobody knows: "
    "TLS inspection; exempt the Finesse hosts.",
    reference="RFC 9525 §6; RFC 5280 §6; RFC 8446 §6.2; Cisco TAC document 118855",
    explains=("TL-005", "TL-010", *ENDINGS),
    check=_check,
    fires_on=(
        "@har\n@no-upgrade 0 Error in connection establishment: net::ERR_CERT_AUTHORITY_INVALID",
        "@har\n@no-upgrade 0 net::ERR_CERT_DATE_INVALID",
        "@har\n@no-upgrade 0 SEC_ERROR_UNKNOWN_ISSUER",
        "@har\n@no-upgrade 0 SSL_ERROR_BAD_CERT_DOMAIN",
        "@tls version=1.2 completed=no alert=C>48",
        "@tls version=1.2 completed=no sni=a.test cert=b.test|CA|90|b.test\n0.1 C> [fin]",
    ),
    silent_on=(
        "@har\n@no-connect refused",
        "@har\n@no-upgrade 0 net::ERR_SSL_PROTOCOL_ERROR",
        "@har\n@login",
        "@har\n@no-upgrade 403 Forbidden",
        "@tls completed=no client-certificate=yes alert=S>42",
        "@tls completed=no\n0.1 C> [fin]",
    ),
)
