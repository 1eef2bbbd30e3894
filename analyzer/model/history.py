"""Several sessions of one agent as one story: lost, tried again, came back, failed over."""

from enum import StrEnum

from msgspec import Struct

from .source import Side, Source


class Happening(StrEnum):
    """One thing that happened to an agent."""

    ALREADY_IN = "already in"
    """The recording begins with the agent logged in."""
    LOGGED_IN = "logged in"
    """The first login of the story came through."""
    CONNECTED = "connected"
    """The first connection that went on; whether it is logged in cannot be read."""
    IN_VAIN = "in vain"
    """Connections that came to nothing: refused, unanswered, reset, TLS failed."""
    REFUSED = "refused"
    """A login did not come through."""
    LOST = "lost"
    """A session ended against the agent's will."""
    ENDED = "ended"
    """A session ended, and whether against the agent's will cannot be told."""
    LEFT = "left"
    """The client said good-bye."""
    FINESSE_GONE = "finesse gone"
    """Presence unavailable from finesse@."""
    OUT_OF_SERVICE = "out of service"
    """SystemInfo, by event or when asked."""
    IN_SERVICE = "in service"
    """The same, behind that."""
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
    BESIDE = "beside"
    """Logged in while the session before was still in use: another tab, PC or program."""
    REPLACED = "replaced"
    """The server ended a session because another one took its resource (`conflict`)."""
    LINGERED = "lingered"
    """A socket that the client had given up went down long after."""
    FORCED_LOGOUT = "forced logout"
    """Reason code 255 (UCCE) or 32765 (UCCX)."""
    STILL_IN = "still in"
    """The recording ends with the agent logged in."""


ENTRIES = frozenset(
    {
        Happening.ALREADY_IN,
        Happening.LOGGED_IN,
        Happening.CONNECTED,
        Happening.RECONNECTED,
        Happening.REFRESHED,
        Happening.FAILED_OVER,
        Happening.FELL_BACK,
        Happening.BESIDE,
    }
)
"""A login came through."""

RETURNS = frozenset(
    {
        Happening.RECONNECTED,
        Happening.REFRESHED,
        Happening.FAILED_OVER,
        Happening.FELL_BACK,
    }
)
"""A login came through behind the end of another one; `Chapter.span_ns` is the absence."""


class Moment(Struct, frozen=True, kw_only=True, gc=False):
    """
    What a session brought that its agent's story needs; kept when its stanzas are let go.

    Attributes:
        what: FINESSE_GONE, OUT_OF_SERVICE, IN_SERVICE or FORCED_LOGOUT.
        time_ns: When; None if unknown.
        user: Of a forced logout: whose, lower-cased; None if the event does not say.
        detail: Sender of a presence; state and reason code of a forced logout.
        source: What says so.
    """

    what: Happening
    time_ns: int | None
    user: str | None = None
    detail: str | None = None
    source: Source


class Polling(Struct, frozen=True, kw_only=True, gc=False):
    """
    A client that asked a node for SystemInfo again and again, every 20 s.

    Attributes:
        capture: Index of the input.
        client: Its address; None in a HAR.
        host: The node.
        count: How often.
        first_ns: First time.
        last_ns: Last time.
        answers: What it was told: HTTP statuses, IN_SERVICE, OUT_OF_SERVICE, "no answer"; each
            once, in order.
        sources: The first few requests.
    """

    capture: int
    client: str | None
    host: str
    count: int
    first_ns: int
    last_ns: int
    answers: tuple[str, ...] = ()
    sources: tuple[Source, ...]


class Chapter(Struct, frozen=True, kw_only=True, gc=False):
    """
    One entry of a story.

    Attributes:
        what: What happened.
        session: Number of the session it happened in; None before the first.
        time_ns: When; None if unknown.
        server: Host of the node.
        side: "A" or "B" where SystemInfo names it as primary or secondary node.
        detail: What says more: step and condition, how a session ended, carrier, the node that
            was left, answers; None for the rest.
        by: Who ended a session; None if that cannot be told, or for the rest.
        count: How often: connections in vain, questions for SystemInfo.
        span_ns: How long. Of a loss the silence before it, of a return and of a forced logout the
            absence before it, of polls and of connections in vain from the first to the last;
            None if unknown, or for the rest.
        evidence: What proves it, the first the primary one; empty if nothing has a place.
    """

    what: Happening
    session: int | None
    time_ns: int | None
    server: str
    side: str | None = None
    detail: str | None = None
    by: Side | None = None
    count: int = 1
    span_ns: int | None = None
    evidence: tuple[Source, ...] = ()


class History(Struct, frozen=True, kw_only=True, gc=False):
    """
    The story of one agent.

    Attributes:
        agent: Bare JID; where no session names one, the address of the client; empty in a HAR.
        sessions: Numbers, in order of time.
        chapters: In order of time.
    """

    agent: str
    sessions: tuple[int, ...]
    chapters: tuple[Chapter, ...]
