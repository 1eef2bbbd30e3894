"""Why a client refused a server's certificate, as an alert, a browser or the chain tells it."""

from collections.abc import Iterator
from enum import StrEnum
from ipaddress import ip_address

from ...model.diagnosis import Party
from ...model.rule import Hit, Value
from ...model.session import Session
from ...model.source import Side
from ..net_errors import failed_with, is_certificate_error, net_error
from . import chain
from .failures import ABORTED, CERTIFICATE_ALERTS, Failure, failure


class Why(StrEnum):
    """What was wrong with the certificate."""

    TRUST = "trust"
    NAME = "name"
    DATES = "dates"


_NAME_ERRORS = frozenset(
    {"ERR_CERT_COMMON_NAME_INVALID", "SSL_ERROR_BAD_CERT_DOMAIN", "ERR_CERT_NON_UNIQUE_NAME"}
)

_DATE_ERRORS = frozenset(
    {
        "ERR_CERT_DATE_INVALID",
        "ERR_CERT_VALIDITY_TOO_LONG",
        "SEC_ERROR_EXPIRED_CERTIFICATE",
        "SEC_ERROR_EXPIRED_ISSUER_CERTIFICATE",
        "MOZILLA_PKIX_ERROR_NOT_YET_VALID_CERTIFICATE",
        "MOZILLA_PKIX_ERROR_NOT_YET_VALID_ISSUER_CERTIFICATE",
    }
)


def refused(session: Session, why: Why) -> Iterator[Hit]:
    """The session, if its client refused the certificate for this reason."""
    error, failed = net_error(session), failure(session)
    known: dict[str, Value] = {"certificate": chain.told(session), "name": _name(session)}
    places = () if failed is None else (failed.place,)
    if error is not None and is_certificate_error(error):
        # A HAR beside the packets names the reason, which TLS 1.3 hides.
        for hit in failed_with(session, {error} if _of_error(error) is why else ()):
            evidence = (*hit.evidence, *places)
            yield Hit(evidence, hit.values | known, party=_party(session, why))
    elif failed is not None and failed.by is Side.CLIENT and _of_alert(session, failed) is why:
        yield Hit(places, failed.told(session) | known, party=_party(session, why))


def _party(session: Session, why: Why) -> Party | None:
    """Whose fault it is, where the recording shows that."""
    if why is Why.NAME:
        # RFC 9525 section 6.3: no certificate of a public CA holds a short name.
        return Party.SERVER if is_full(_name(session)) else Party.CLIENT
    expired = any(defect.startswith("expired") for defect in chain.defects(session))
    return Party.SERVER if why is Why.DATES and expired else None


def is_full(name: str) -> bool:
    """Whether a name is an FQDN: no address, no host name alone."""
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return "." in name.strip(".")
    return False


def _name(session: Session) -> str:
    named = session.tls.server_name if session.tls is not None else None
    return named or session.server.rpartition(":")[0] or "none"


def _of_error(error: str) -> Why:
    if error in _NAME_ERRORS:
        return Why.NAME
    return Why.DATES if error in _DATE_ERRORS else Why.TRUST


def _of_alert(session: Session, failed: Failure) -> Why | None:
    """The reason; None if it was not the certificate, or nothing shows that it was."""
    found = chain.defects(session)
    if failed.alert == "certificate_expired":
        return Why.DATES
    if failed.alert == "unknown_ca":
        return Why.TRUST
    if failed.alert in CERTIFICATE_ALERTS or (failed.how == ABORTED and found):
        # Of several defects browsers name the trust first, then the name, then the dates.
        return _of_defects(found)
    return None


def _of_defects(found: tuple[str, ...]) -> Why:
    if "self-signed" in found:
        return Why.TRUST
    if any(defect.startswith("not for ") for defect in found):
        return Why.NAME
    return Why.DATES if found else Why.TRUST
