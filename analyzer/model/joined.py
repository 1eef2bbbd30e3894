"""One session in several recordings: what each saw of it, and where they disagree."""

from enum import StrEnum

from msgspec import Struct

from .flow import Connection
from .source import Direction, Source


class MatchedBy(StrEnum):
    """What shows that two recordings hold the same session, the surest first."""

    WEBSOCKET_KEY = "Sec-WebSocket-Key"
    TLS_RANDOM = "TLS client random"
    STREAM_ID = "stream id"
    STANZAS = "stanzas"
    """Ids and texts of its stanzas."""
    SEQUENCE = "TCP sequence numbers"
    ADDRESSES = "addresses and time"
    """Both ends of the connection, or the server name, at the same time."""


class Part(Struct, frozen=True, kw_only=True, gc=False):
    """
    What one recording saw of a session that several recorded.

    Attributes:
        capture: Index of the input.
        matched_by: How it was recognised; None for the first part, which the others match.
        offset_ns: What is to be added to its times to get those of the first part; 0 for that, and
            where nothing can be compared.
        spread_ns: How far it may be from that: between two captures both delays of the way
            together, else how far the offsets of single stanzas lie apart; None if it is not known.
        compared: Events whose times in both tell the offset; 0 if it is not known.
        har: It is a HAR.
        stanzas: Stanzas it holds.
        matched: Those of them that the part with most of them holds, too, unchanged; of that one
            those that another part holds.
        began_ns: The first it shows of the session, by the first part's clock; None if unknown.
        ended_ns: The last, its end included, likewise.
        last_stanza: Its last stanza; None without one.
        connection: The TCP connection as it shows it, or what a HAR knows of it.
    """

    capture: int
    matched_by: MatchedBy | None = None
    offset_ns: int = 0
    spread_ns: int | None = None
    compared: int = 0
    har: bool = False
    stanzas: int = 0
    matched: int = 0
    began_ns: int | None = None
    ended_ns: int | None = None
    last_stanza: Source | None = None
    connection: Connection | None = None


class Disagreement(StrEnum):
    """What one recording saw and the other should have seen."""

    LEFT_NOT_ARRIVED = "left, not arrived"
    """The sender's side recorded it, the receiver's side did not."""
    ARRIVED_NOT_LEFT = "arrived, not left"
    """The receiver's side recorded it, the sender's side did not: put in on the way."""
    CHANGED = "changed"
    """Both have it, with other content."""
    NOT_IN_HAR = "not in the HAR"
    """The packets show it, the browser did not record it."""
    END = "end"
    """Each side saw the other end the connection, or only one saw an end."""


class Disagreed(Struct, frozen=True, kw_only=True, gc=False):
    """
    One disagreement between two parts of a session.

    Attributes:
        kind: Which.
        direction: Of what was sent; None for an end.
        seen: Where it was seen, in the one part.
        other: The last thing before it that the other part has, or what it has instead; None if it
            has nothing.
        octets: How many octets of the connection it concerns; None if that is not known.
        stanzas: How many stanzas.
    """

    kind: Disagreement
    direction: Direction | None
    seen: Source
    other: Source | None = None
    octets: int | None = None
    stanzas: int = 0
