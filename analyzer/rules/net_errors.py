"""What a browser says of a connection that it could not make, for the rules that explain it."""

import re
from collections.abc import Collection, Iterator

from ..model.rule import Hit
from ..model.session import Session, StepName, StepStatus
from .evidence import beginning, of_step

_CODE = re.compile(r"\b(?:net::)?(ERR_[A-Z0-9_]+|(?:NS|SEC|SSL|MOZILLA_PKIX)_ERROR_[A-Z0-9_]+)")

_CERTIFICATE = re.compile(r"ERR_CERT_|SEC_ERROR_|MOZILLA_PKIX_ERROR_|SSL_ERROR_BAD_CERT")

VERSION_ERRORS = frozenset(
    {
        "ERR_SSL_VERSION_OR_CIPHER_MISMATCH",
        "ERR_SSL_OBSOLETE_VERSION",
        "SSL_ERROR_UNSUPPORTED_VERSION",
        "SSL_ERROR_NO_CYPHER_OVERLAP",
        "SSL_ERROR_PROTOCOL_VERSION_ALERT",
    }
)
"""Nothing in common with the server."""

REFUSED = frozenset({"ERR_CONNECTION_REFUSED", "NS_ERROR_CONNECTION_REFUSED"})
"""The host answered the SYN with RST."""


def net_error(session: Session) -> str | None:
    """Chrome's or Firefox's name of the error that kept the upgrade from an answer."""
    text = session.upgrade.exchange.error if session.upgrade is not None else None
    found = _CODE.search(text) if text is not None else None
    return found.group(1) if found is not None else None


def is_certificate_error(error: str | None) -> bool:
    """Whether the browser refused the certificate."""
    return error is not None and _CERTIFICATE.match(error) is not None


def failed_with(
    session: Session, codes: Collection[str], beginnings: tuple[str, ...] = ()
) -> Iterator[Hit]:
    """
    The session, if its connection failed with one of the codes.

    Args:
        session: Of a HAR.
        codes: Names in full.
        beginnings: What other names begin with.
    """
    error = net_error(session)
    if error is not None and (error in codes or error.startswith(beginnings)):
        yield Hit((beginning(session),), {"error": error, "server": session.server})


def not_connected(session: Session, how: str) -> Iterator[Hit]:
    """
    The session, if packets show that its connection did not come about.

    Args:
        session: Of packets.
        how: "refused" or "unanswered".
    """
    step = session.step(StepName.CONNECT)
    if step is not None and step.status is StepStatus.FAILED and step.detail == how:
        place = of_step(session, step)
        yield Hit((place,), {"error": f"SYN {how}", "server": session.server})
