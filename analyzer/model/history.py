"""Several sessions of one agent as one story: lost, tried again, came back, failed over."""

from enum import StrEnum

from msgspec import Struct

from .source import Source


class Happening(StrEnum):
    """One thing that happened to an agent."""

    LOGGED_IN = "logged in"
    """The first login of the story came through."""
    REFUSED = "refused"
    """A login did not come through."""
    LOST = "lost"
    """A session ended against the agent's will."""
    LEFT = "left"
    """The client said good-bye."""
    FINESSE_GONE = "finesse gone"
    """Presence unavailable from finesse@."""
    OUT_OF_SERVICE = "out of service"
    """SystemInfo, by event or when asked."""
    POLLED = "polled"
    """The client asked for SystemInfo again and again: it is in recovery."""
    RECONNECTED = "reconnected"
    """Logged in again on the same node."""
    REFRESHED = "refreshed"
    """Left, and back within a minute: a reload of the page."""
    FAILED_OVER = "failed over"
    """Logged in on the other node."""
    FELL_BACK = "fell back"
    """Logged in by another carrier: BOSH for WebSocket."""
    FORCED_LOGOUT = "forced logout"
    """Reason code 255."""
    STILL_IN = "still in"
    """The recording ends with the agent logged in."""


class Chapter(Struct, frozen=True, kw_only=True, gc=False):
    """
    One entry of a story.

    Attributes:
        what: What happened.
        session: Number of the session it happened in; None between two.
        time_ns: When; None if unknown.
        server: host:port, or host of the node.
        detail: A protocol word that says more: step, condition, count, reason code; or None.
        source: What proves it.
    """

    what: Happening
    session: int | None
    time_ns: int | None
    server: str
    detail: str | None = None
    source: Source | None = None


class History(Struct, frozen=True, kw_only=True, gc=False):
    """
    The story of one agent.

    Attributes:
        agent: Bare JID.
        sessions: Numbers, in order of time.
        chapters: In order of time.
    """

    agent: str
    sessions: tuple[int, ...]
    chapters: tuple[Chapter, ...]
