"""How a TLS handshake failed, as packets show it, for the rules that tell why."""

from typing import NamedTuple

from ...model.rule import Value
from ...model.session import Session, StepName, StepStatus
from ...model.source import Side, Source
from ..evidence import of_step

ABORTED = "aborted after Certificate"

CERTIFICATE_ALERTS = frozenset(
    {
        "bad_certificate",
        "unsupported_certificate",
        "certificate_revoked",
        "certificate_expired",
        "certificate_unknown",
        "unknown_ca",
        "bad_certificate_status_response",
        "certificate_required",
        "no_certificate",
    }
)
"""What one side says of the other's certificate (RFC 8446 section 6.2)."""

VERSION_ALERTS = frozenset({"protocol_version", "insufficient_security", "inappropriate_fallback"})
"""Nothing in common."""

OBSOLETE = frozenset({"SSL 2.0", "SSL 3.0", "TLS 1.0", "TLS 1.1"})
"""RFC 6176, RFC 7568, RFC 8996."""


class Failure(NamedTuple):
    """
    A handshake that failed.

    Attributes:
        alert: Description of the alert that ended it; None if none can be read.
        how: `ABORTED`, "reset", "closed" or "unanswered", where there is no alert.
        by: Who ended it; None if that cannot be told.
        answered: The server's ServerHello was seen.
        place: What ended it.
    """

    alert: str | None
    how: str
    by: Side | None
    answered: bool
    place: Source

    @property
    def words(self) -> str:
        """How it failed, in protocol words."""
        return self.how if self.alert is None else f"alert {self.alert}"

    def told(self, session: Session) -> dict[str, Value]:
        """Values for the texts."""
        return {"error": self.words, "server": session.server, "side": self.by or "one side"}


def failure(session: Session) -> Failure | None:
    """How the handshake failed, if packets show that it did."""
    step, facts = session.step(StepName.TLS), session.tls
    if facts is None or step is None or step.status is not StepStatus.FAILED:
        return None
    place, answered = of_step(session, step), facts.server_hello is not None
    detail = step.detail or "unanswered"
    alert = next((a for a in facts.alerts if detail == f"alert {a.description}"), None)
    if alert is None:
        by = Side.CLIENT if detail == ABORTED else _ended_by(session)
        return Failure(None, detail, by, answered, place)
    return Failure(alert.description, detail, alert.direction.sender, answered, place)


def _ended_by(session: Session) -> Side | None:
    return session.connection.ended_side if session.connection is not None else None


def is_about_client(session: Session, failed: Failure) -> bool:
    """Whether the server ended it for want of a certificate of the client that it accepts."""
    if failed.by is not Side.SERVER or failed.alert is None:
        return False
    asked = session.tls is not None and session.tls.client_certificate is True
    return failed.alert in CERTIFICATE_ALERTS or (asked and failed.alert == "handshake_failure")


def is_mismatch(failed: Failure) -> bool:
    """Whether the two have no version or cipher in common."""
    refused = failed.alert == "handshake_failure" and not failed.answered
    return failed.alert in VERSION_ALERTS or (refused and failed.by is Side.SERVER)
