"""The browser refused the certificate (RFC 9525)."""

from collections.abc import Iterator

from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from ..net_errors import failed_with, is_certificate_error, net_error


def _check(session: Session) -> Iterator[Hit]:
    error = net_error(session)
    if error is not None and is_certificate_error(error):
        yield from failed_with(session, {error})


RULE = Rule(
    id="TL-002",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    title="The browser did not accept the certificate of {server} ({error})",
    cause="It ended the connection right after the server had shown its certificate, so the "
    "WebSocket was never asked for. ERR_CERT_AUTHORITY_INVALID, …UNKNOWN_ISSUER: self-signed, or "
    "its CA is not trusted on this PC; an exception accepted for one port does not hold for "
    "another (the desktop on 8445, notifications on 7443). ERR_CERT_COMMON_NAME_INVALID, "
    "…BAD_CERT_DOMAIN: the name in the URL is not among the certificate's (IP address or short "
    "name instead of the FQDN). ERR_CERT_DATE_INVALID, …EXPIRED…: expired, not yet valid, or a "
    "clock is wrong.",
    remedy="1. Open https://HOST:PORT/ of the WebSocket's URL in the browser and look at the "
    "certificate: issuer, names, dates. 2. Not trusted: install the issuing CA on the PCs (group "
    "policy), or have the Finesse tomcat certificate signed by a CA they trust; at once, each "
    "agent can accept it for each port. 3. Wrong name: use the FQDN, or reissue with that name as "
    "SAN. 4. Dates: renew; compare the clocks (utils ntp status, PC). 5. An issuer nobody knows: "
    "TLS inspection; exempt the Finesse hosts.",
    reference="RFC 9525 §6; RFC 5280 §6; Cisco TAC document 118855",
    needs=frozenset({Needs.HAR}),
    explains=ENDINGS,
    check=_check,
    fires_on=(
        """
        @har
        @no-upgrade 0 Error in connection establishment: net::ERR_CERT_AUTHORITY_INVALID
        """,
        """
        @har
        @no-upgrade 0 net::ERR_CERT_DATE_INVALID
        """,
        """
        @har
        @no-upgrade 0 SEC_ERROR_UNKNOWN_ISSUER
        """,
        """
        @har
        @no-upgrade 0 SSL_ERROR_BAD_CERT_DOMAIN
        """,
    ),
    silent_on=(
        """
        @har
        @no-connect refused
        """,
        """
        @har
        @no-upgrade 0 net::ERR_SSL_PROTOCOL_ERROR
        """,
        """
        @har
        @login
        """,
        """
        @har
        @no-upgrade 403 Forbidden
        """,
    ),
)
