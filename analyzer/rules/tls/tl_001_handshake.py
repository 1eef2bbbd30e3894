"""The TLS handshake failed (RFC 8446 section 6)."""

from collections.abc import Iterator

from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Session
from ...model.source import Side
from ..consequences import ENDINGS
from ..net_errors import VERSION_ERRORS, failed_with, is_certificate_error, net_error
from ..violations import blamed
from .failures import CERTIFICATE_ALERTS, Failure, failure, is_about_client, is_mismatch
from .handshakes import CLIENT_AUTH_ERRORS, SPECIAL, SPECIAL_ERRORS


def _check(session: Session) -> Iterator[Hit]:
    error, failed = net_error(session), failure(session)
    if failed is not None and failed.alert is not None and not _is_special(session, failed):
        # Who gives up for a reason of its own knows it.
        yield Hit((failed.place,), failed.told(session), party=blamed(failed.by))
    elif error is not None and not _is_told(error):
        for hit in failed_with(session, (), ("ERR_SSL_", "ERR_TLS_", "ERR_BAD_SSL_", "SSL_ERROR_")):
            yield Hit(hit.evidence, {**hit.values, "side": "the browser"})


def _is_special(session: Session, failed: Failure) -> bool:
    """Whether another rule knows more of it."""
    if is_mismatch(failed) or is_about_client(session, failed):
        return True
    unknown_name = failed.alert == "unrecognized_name" and failed.by is not Side.CLIENT
    return unknown_name or failed.alert in CERTIFICATE_ALERTS | SPECIAL


def _is_told(error: str) -> bool:
    if error in VERSION_ERRORS | SPECIAL_ERRORS or error.startswith(CLIENT_AUTH_ERRORS):
        return True
    return is_certificate_error(error)


RULE = Rule(
    id="TL-001",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    title="The TLS handshake with {server} was given up ({error!t}, from {side!t})",
    cause="Both speak TLS, and one of them ended the handshake for a reason of its own. "
    "internal_error: it failed by itself (memory, its certificate store, a certificate without its "
    "key). access_denied: its policy forbids this client. user_canceled: the client left. Any "
    "other name or number stands in IANA's registry of TLS alerts, or in the browser's list of "
    "errors.",
    remedy="1. Look into the log of the side that gave up, at that second (webproxy, openfire, "
    "load balancer, browser console): it knows why. 2. internal_error of the server: utils service "
    "list, then the certificate in Cisco Unified OS Administration (tomcat, with its private key); "
    "restart Cisco Finesse Tomcat and the service in question in a quiet hour. 3. access_denied: "
    "the access list of the proxy or load balancer. 4. From beside the node: openssl s_client "
    "-connect HOST:PORT -servername HOST; if that works, the fault lies in between.",
    reference="RFC 8446 §6.2; RFC 5246 §7.2.2; Chromium, net_error_list.h",
    explains=ENDINGS,
    check=_check,
    fires_on=(
        "@har\n@no-upgrade 0 net::ERR_SSL_UNRECOGNIZED_NAME_ALERT",
        "@tls completed=no hello=C alert=S>80",
        "@tls version=1.2 completed=no alert=C>80",
    ),
    silent_on=(
        "@har\n@no-upgrade 0 net::ERR_CERT_DATE_INVALID",
        "@har\n@no-upgrade 0 net::ERR_SSL_VERSION_OR_CIPHER_MISMATCH",
        "@har\n@no-upgrade 0 net::ERR_SSL_PROTOCOL_ERROR",
        "@har\n@no-upgrade 0 net::ERR_SSL_CLIENT_AUTH_CERT_NEEDED",
        "@har\n@login",
        "@tls completed=no hello=C alert=S>40",
        "@tls completed=no alert=S>112",
        "@tls completed=no version=1.2 alert=C>48",
        "@tls alert=S>0\n@login",
    ),
)
