"""Connections that went down under a session, for the rules that tell why."""

from ...model.rule import Value
from ...model.session import CloseKind, Session
from ...model.source import Direction, Side
from ...model.xmpp import StanzaKind
from ..progress import seconds

IDLE_NS = 5_000_000_000
"""Silence after which an end is put down to it: proxies allow seconds to hours, never less."""

_CUT = frozenset({CloseKind.FIN, CloseKind.RST, CloseKind.CLOSED})


def is_cut(session: Session) -> bool:
    """
    Whether the connection went down without a good-bye of either side.

    A refused upgrade, or a login that was refused, ends like this, too, and that is no cut.
    """
    close = session.close
    accepted = session.upgrade is None or session.upgrade.accepted
    # Of packets None is no cut: the end was a consequence, or a hole hides whose it was.
    fault = not close.orderly if close.kind is CloseKind.CLOSED else close.orderly is False
    if close.kind not in _CUT or not fault or not accepted or _never_began(session):
        return False
    return not any(stanza.kind is StanzaKind.FAILURE for stanza in session.stanzas[-1:])


def _never_began(session: Session) -> bool:
    hidden = session.cadence is not None and session.cadence.is_live
    return session.upgrade is None and not session.stanzas and not hidden


def is_idle_cut(session: Session) -> bool:
    """
    Whether it was cut in silence, with nothing outstanding, and not by the client.

    RST within the client's usual pause between two pings is more likely a crash than a timeout:
    what times out a connection closes it.
    """
    close = session.close
    idle_ns = close.idle_ns
    if not is_cut(session) or close.by is Side.CLIENT or idle_ns is None or idle_ns < IDLE_NS:
        return False
    if _is_waiting(session):
        return False
    pause_ns = session.profile.ping_interval_ms * 1_000_000
    return close.kind is not CloseKind.RST or idle_ns > pause_ns


def _is_waiting(session: Session) -> bool:
    """Whether the last word was a request of the client, which nothing answered."""
    if session.cadence is not None:
        return session.cadence.last_by is Side.CLIENT
    ended_ns = session.close.time_ns
    # What a client says when the other side has closed is not what that waited for.
    said = (
        stanza
        for stanza in reversed(session.stanzas)
        if ended_ns is None or (stanza.source.time_ns or 0) <= ended_ns
    )
    last = next(said, None)
    return last is not None and last.direction is Direction.TO_SERVER and last.type in _REQUESTS


_REQUESTS = frozenset({"get", "set"})


def told(session: Session) -> dict[str, Value]:
    """Values for the texts of a rule about a cut."""
    began, ended = session.started_ns, session.ended_ns
    age_ns = ended - began if began is not None and ended is not None else None
    return {
        "server": session.server,
        "how": session.close.kind.value,
        "side": session.close.by or "one side",
        "idle_s": seconds(session.close.idle_ns),
        "age_s": seconds(age_ns),
        "ping_s": seconds(session.profile.ping_interval_ms * 1_000_000),
    }
