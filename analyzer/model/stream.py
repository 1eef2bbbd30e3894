"""What keeps a stream on TCP alive, or brings it back (RFC 6120 section 4.6.1, XEP-0198)."""

from msgspec import Struct

from .source import Direction, Source


class Keepalive(Struct, frozen=True, gc=False):
    """
    White space between elements, sent to keep a connection alive (RFC 6120 section 4.6.1).

    Attributes:
        direction: Which way it went.
        source: The packet that began with it.
    """

    direction: Direction
    source: Source


class StreamManagement(Struct, frozen=True, tag=True, kw_only=True, gc=False):
    """
    An element of XEP-0198; its name says which: enable, enabled, resume, resumed, failed, r, a.

    Attributes:
        handled: `h`, stanzas handled so far; None if missing or no number.
        stream: `id` of enabled, or `previd` of resume and resumed: what a client resumes by.
        resume: Resumption is asked for, or granted.
        condition: Of failed.
    """

    handled: int | None = None
    stream: str | None = None
    resume: bool = False
    condition: str | None = None
