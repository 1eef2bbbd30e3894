"""Pings that got no answer, or a late one, for the rules that tell what it means."""

from ...model.diagnosis import Party
from ...model.session import PingTrip, Session
from ...model.source import Direction, Side
from ...model.websocket import Frame
from ...model.xmpp import Stanza
from ..progress import until_end


def unanswered(session: Session, by: Side) -> list[PingTrip]:
    """
    Pings of XEP-0199 whose answer did not come within the profile's time, nor later.

    None where octets of the session are missing: the answers may have been among them.
    """
    patience = session.profile.ping_timeout_ms * 1_000_000
    return [
        ping
        for ping in session.pings
        if ping.by is by
        and not ping.framed
        and ping.answer is None
        and not session.gaps
        and (until_end(session, ping.source) or 0) >= patience
    ]


def took(ping: PingTrip) -> int:
    """Nanoseconds from ping to answer; 0 if either is not known."""
    return ping.trip_ns or 0


def acknowledged(session: Session, since_ns: int | None) -> tuple[str, Party | None]:
    """
    Whether TCP of the other side took what the client sent, and whose fault silence then is.

    TCP acknowledges even where the program behind it is stuck. "unknown" in a HAR.

    Args:
        session: Which.
        since_ns: When the client sent what nobody answered; what it had to send again before
            has nothing to do with it.
    """
    sent = session.connection.to_server if session.connection is not None else None
    if sent is None or not sent.packets:
        return "unknown", None
    again_ns = sent.resent_ns
    if sent.unacknowledged is not None or (again_ns is not None and again_ns >= (since_ns or 0)):
        return "no", Party.NETWORK
    return "yes", Party.SERVER


def gone(session: Session, ping: PingTrip) -> bool:
    """Whether the side that was asked sent nothing more, and the other ended the session."""
    asked_ns = ping.asked_ns
    if asked_ns is None or session.close.orderly or session.close.by is not ping.by:
        return False
    way = Direction.TO_CLIENT if ping.by is Side.CLIENT else Direction.TO_SERVER
    sent: list[Stanza | Frame] = [*session.stanzas, *session.control_frames]
    last_ns = max((one.source.time_ns or 0 for one in sent if one.direction is way), default=0)
    ended_ns = session.close.time_ns
    # What comes with the end, an answer to the Close, is no sign of life any more.
    return last_ns < asked_ns or (ended_ns is not None and last_ns >= ended_ns)
