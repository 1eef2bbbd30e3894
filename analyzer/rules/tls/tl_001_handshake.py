"""The TLS handshake failed (RFC 8446 section 6)."""

from collections.abc import Iterator

from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Session
from ..consequences import ENDINGS
from ..net_errors import VERSION_ERRORS, failed_with, is_certificate_error, net_error
from .failures import CERTIFICATE_ALERTS, Failure, failure, is_about_client, is_mismatch


def _check(session: Session) -> Iterator[Hit]:
    error, failed = net_error(session), failure(session)
    if failed is not None and failed.alert is not None and not _is_special(session, failed):
        yield Hit((failed.place,), failed.told(session))
    elif error not in VERSION_ERRORS and not is_certificate_error(error):
        for hit in failed_with(session, (), ("ERR_SSL_", "ERR_TLS_", "ERR_BAD_SSL_", "SSL_ERROR_")):
            yield Hit(hit.evidence, {**hit.values, "side": "the browser"})


def _is_special(session: Session, failed: Failure) -> bool:
    """Whether another rule knows more of it."""
    if is_mismatch(failed) or is_about_client(session, failed):
        return True
    return failed.alert in CERTIFICATE_ALERTS or failed.alert == "unrecognized_name"


RULE = Rule(
    id="TL-001",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    title="The TLS handshake with {server} failed ({error}, from {side})",
    cause="The TCP connection came about, but the two did not agree on TLS. "
    "ERR_SSL_PROTOCOL_ERROR, decode_error, unexpected_message, record_overflow: what answered "
    "does not speak TLS on this port (a plain service behind wss://, a proxy's error page), or a "
    "device garbles it. handshake_failure, illegal_parameter, missing_extension: it offers "
    "nothing the other accepts (curves, signatures, a policy). bad_record_mac, decrypt_error: "
    "octets changed on the way, or keys that do not match. internal_error: the sender itself "
    "failed (memory, its certificate store); access_denied: its policy forbids it. "
    "no_application_protocol: it wants another ALPN. ERR_SSL_CLIENT_AUTH_…: mutual TLS.",
    remedy="1. On a PC beside the node: openssl s_client -connect HOST:PORT -servername HOST; what "
    "answers, and with whose certificate? 2. ws:// goes with 7071, wss:// with 8445 and 7443. 3. "
    "Look into the log of the side that sent the alert, at that second (webproxy, openfire, load "
    "balancer): it knows why. 4. If the certificate is not Cisco's or your CA's, exempt the "
    "Finesse hosts from TLS inspection (proxy, antivirus).",
    reference="RFC 8446 §6.2; RFC 5246 §7.2.2; Chromium, net_error_list.h",
    explains=ENDINGS,
    check=_check,
    fires_on=(
        "@har\n@no-upgrade 0 net::ERR_SSL_PROTOCOL_ERROR",
        "@tls completed=no hello=C alert=S>80",
        "@tls version=1.2 completed=no alert=C>51",
    ),
    silent_on=(
        "@har\n@no-upgrade 0 net::ERR_CERT_DATE_INVALID",
        "@har\n@no-upgrade 0 net::ERR_SSL_VERSION_OR_CIPHER_MISMATCH",
        "@har\n@login",
        "@tls completed=no hello=C alert=S>40",
        "@tls completed=no alert=S>112",
        "@tls completed=no version=1.2 alert=C>48",
        "@tls alert=S>0\n@login",
    ),
)
