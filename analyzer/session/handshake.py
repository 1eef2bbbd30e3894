"""How a TLS handshake went (RFC 8446 section 4, RFC 5246 section 7.3)."""

from typing import NamedTuple

from ..model.flow import Connection, EndCause
from ..model.source import Direction, Side, Source
from ..model.tls import TlsAlert, TlsFacts
from .cadence import is_alert

ABORTED = "aborted after Certificate"
"""The client left when it had seen the certificate."""


class Handshake(NamedTuple):
    """
    What became of a handshake.

    Attributes:
        passed: Whether it succeeded; None if that cannot be told.
        answered: What ended it.
        detail: Of one that failed: "alert unknown_ca", `ABORTED`, "reset", "closed", "unanswered".
        by: Who ended one that failed.
    """

    passed: bool | None
    answered: Source | None = None
    detail: str | None = None
    by: Side | None = None


def outcome(facts: TlsFacts, connection: Connection | None) -> Handshake:
    """How the handshake of a connection went; the facts still have the lengths of its records."""
    alert = next((alert for alert in facts.alerts if _is_fatal(alert)), None)
    if alert is not None and _is_refusal(alert, facts):
        return _failed(f"alert {alert.description}", alert.source, alert.direction.sender)
    if facts.completed:
        return Handshake(passed=True, answered=facts.finished)
    hidden = _hidden_alert(facts)
    if hidden is not None:
        return _failed(ABORTED, hidden, Side.CLIENT)
    if _is_through(facts):
        return Handshake(passed=True, answered=facts.finished)
    if facts.client_hello is None:
        return Handshake(passed=None)
    return _broken_off(facts, connection)


def _failed(detail: str, answered: Source | None, by: Side | None) -> Handshake:
    return Handshake(passed=False, answered=answered, detail=detail, by=by)


def _is_fatal(alert: TlsAlert) -> bool:
    # RFC 8446 section 6: every alert but close_notify and user_canceled ends the connection.
    harmless = {None, "close_notify", "user_canceled", "no_renegotiation"}
    return alert.description not in harmless and alert.fatal is not False


def _is_refusal(alert: TlsAlert, facts: TlsFacts) -> bool:
    """
    Whether an alert refused the handshake.

    In TLS 1.3 a server judges the client's certificate when the client has finished, and may have
    sent its first request (RFC 8446 section 4.4.2.4).
    """
    if facts.client_hello is None:
        return False
    if alert.direction.sender is Side.SERVER and facts.to_client.opened:
        return not facts.to_client.plaintext_octets
    return not facts.completed and not _is_through(facts)


def _is_through(facts: TlsFacts) -> bool:
    """Whether the client sent application data: nobody does before the handshake is through."""
    if facts.to_server.opened or facts.to_client.opened:
        return bool(facts.to_server.plaintext_octets or facts.to_client.plaintext_octets)
    sent = facts.to_server.application
    # In TLS 1.3 the client's Finished looks the same, and so does an alert in its place.
    return sent > 0 and not is_alert(facts.to_server)


def _hidden_alert(facts: TlsFacts) -> Source | None:
    """Where the client answers the server's first flight with an alert that cannot be read."""
    if facts.server_hello is None or facts.to_server.opened:
        return None
    if is_alert(facts.to_server):
        return facts.to_server.last_source
    if facts.to_server.application or facts.to_client.application:
        return None
    mine = (a for a in facts.alerts if a.direction is Direction.TO_SERVER)
    return next((a.source for a in mine if a.description is None), None)


def _broken_off(facts: TlsFacts, connection: Connection | None) -> Handshake:
    if connection is None or connection.ended_by not in {EndCause.FIN, EndCause.RST}:
        return Handshake(passed=None)
    by, source = connection.ended_side, connection.end_source
    if by is Side.CLIENT and _shows_certificate(facts):
        return _failed(ABORTED, source, by)
    return _failed("reset" if connection.ended_by is EndCause.RST else "closed", source, by)


def _shows_certificate(facts: TlsFacts) -> bool:
    """In TLS 1.3 the certificate comes with the ServerHello, encrypted."""
    return bool(facts.certificates) or (
        facts.server_hello is not None and facts.version == "TLS 1.3"
    )
