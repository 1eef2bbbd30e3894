"""The TLS handshake failed (RFC 8446 section 6)."""

from collections.abc import Iterator

from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from ..net_errors import VERSION_ERRORS, failed_with, is_certificate_error, net_error


def _check(session: Session) -> Iterator[Hit]:
    error = net_error(session)
    if error not in VERSION_ERRORS and not is_certificate_error(error):
        yield from failed_with(session, (), ("ERR_SSL_", "ERR_TLS_", "ERR_BAD_SSL_", "SSL_ERROR_"))


RULE = Rule(
    id="TL-001",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    title="The TLS handshake with {server} failed ({error})",
    cause="The TCP connection came about, but browser and server did not agree on TLS. "
    "ERR_SSL_PROTOCOL_ERROR: what answered does not speak TLS on this port (a plain service behind "
    "wss://, a proxy's error page). ERR_SSL_CLIENT_AUTH_…, ERR_BAD_SSL_CLIENT_AUTH_CERT: the "
    "server wants a certificate of the client, as mutual TLS does. Others: a device on the way "
    "that breaks open and re-signs TLS.",
    remedy="1. On a PC beside the node: openssl s_client -connect HOST:PORT -servername HOST; what "
    "answers, and with whose certificate? 2. ws:// goes with 7071, wss:// with 8445 and 7443. 3. "
    "If the certificate is not Cisco's or your CA's, exempt the Finesse hosts from TLS inspection "
    "(proxy, antivirus). 4. If it wants a client certificate, agents must not be sent to that "
    "port: it is for the reverse proxy.",
    reference="RFC 8446 §6; Chromium, net_error_list.h",
    needs=frozenset({Needs.HAR}),
    explains=ENDINGS,
    check=_check,
    fires_on=(
        """
        @har
        @no-upgrade 0 net::ERR_SSL_PROTOCOL_ERROR
        """,
    ),
    silent_on=(
        """
        @har
        @no-upgrade 0 net::ERR_CERT_DATE_INVALID
        """,
        """
        @har
        @no-upgrade 0 net::ERR_SSL_VERSION_OR_CIPHER_MISMATCH
        """,
        """
        @har
        @login
        """,
    ),
)
