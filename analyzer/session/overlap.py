"""Two sessions of one agent at one time: a dead socket beside the new one, or two logins."""

from ..model.session import CloseKind, Session

SLACK_NS = 1_000_000_000
"""A session may end so much behind the beginning of the one that follows it."""

DEAD_NS = 15_000_000_000
"""A desktop pings every 10 s: longer silence before a new login means that it had given up."""

CONFLICT = "conflict"
"""Condition of the stream error that a second login with a resource brings to the first."""


def end_of(session: Session) -> int:
    """When it ended, nanoseconds; the recording's end for one that did not."""
    return session.close.time_ns or session.ended_ns or session.started_ns or 0


def is_replaced(session: Session) -> bool:
    """Whether the server ended it because another session took its resource."""
    return session.close.condition == CONFLICT


def overlaps(before: Session, after: Session) -> bool:
    """Whether a session still stood when the next one began."""
    slack = 0 if is_replaced(before) else SLACK_NS
    return end_of(before) > (after.started_ns or 0) + slack


def last_word(session: Session) -> int:
    """When anything was said on it last, before its end."""
    return end_of(session) - (session.close.idle_ns or 0)


def given_up(before: Session, after: Session) -> bool:
    """
    Whether a session that still stood was dead when the next one began.

    A client that got no answer opens another socket, and leaves the old one to the system.
    """
    if not overlaps(before, after):
        return False
    silent_ns = (after.started_ns or 0) - last_word(before)
    return silent_ns >= (DEAD_NS if is_replaced(before) else -SLACK_NS)


def is_echo(before: Session, after: Session) -> bool:
    """
    Whether both are one session that was recorded twice: before and behind a proxy, or on two ends.

    A server allows a full JID once, and ends the older session with `conflict`.
    """
    if is_replaced(before) or not overlaps(before, after) or given_up(before, after):
        return False
    if before.capture != after.capture:
        return True
    return before.jid is not None and before.jid == after.jid


def is_open(session: Session) -> bool:
    """Whether it stood when the recording ended."""
    return session.close.kind is CloseKind.OPEN
