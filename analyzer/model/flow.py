"""Connections, and the ordered octets they deliver: `Chunk`, `Gap`, `End` (RFC 9293)."""

from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct

from .source import Direction, Side, Source


class Endpoint(Struct, frozen=True, gc=False):
    """An address and a TCP port; `host` is an IP address, or a name where only a URL is known."""

    host: str
    port: int

    def __str__(self) -> str:
        """`host:port`, IPv6 in brackets (RFC 3986 section 3.2.2)."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Provenance(Struct, frozen=True, gc=False):
    """
    Which packet brought which octets.

    Three columns of equal length: octet `offsets[i]` of the direction and what follows it, up to
    `offsets[i + 1]`, came in packet `packets[i]` (Wireshark's number) at `times_ns[i]`.
    `offsets` ascends and its first value is not beyond the octets it belongs to.
    """

    offsets: Sequence[int]
    packets: Sequence[int]
    times_ns: Sequence[int]


class Chunk(Struct, frozen=True, gc=False):
    """
    Octets of one direction, in order and without repetition.

    Attributes:
        direction: Which way they went.
        offset: Of the first octet, counted from the first octet ever expected in this direction.
        octets: The octets.
        provenance: The packets they came in.
    """

    direction: Direction
    offset: int
    octets: bytes
    provenance: Provenance


class GapReason(StrEnum):
    """Why octets are not there."""

    LOST = "lost"
    """Never captured though the connection went on behind them."""
    SNAPLEN = "snaplen"
    """The capture kept only the beginning of each packet."""
    LATE_START = "late start"
    """The capture began after the connection; how much came before is not known."""
    LIMIT = "limit"
    """Let go to keep memory bounded."""
    NOT_EXPORTED = "not exported"
    """The body of a response that a HAR was written without."""
    ENCRYPTED = "encrypted"
    """There, and protected by TLS for which no key was given."""
    OPAQUE = "opaque"
    """There, but what it means cannot be told behind an earlier gap or violation."""


class Gap(Struct, frozen=True, gc=False):
    """
    Octets that should be here and are not.

    Attributes:
        direction: Which way they went.
        offset: Of the first missing octet.
        length: Octets missing; None where it cannot be known.
        reason: Why.
        source: The packet at which the gap showed.
    """

    direction: Direction
    offset: int
    length: int | None
    reason: GapReason
    source: Source | None


class EndCause(StrEnum):
    """How a direction, or a connection, ended."""

    FIN = "fin"
    RST = "rst"
    CAPTURE_END = "capture end"
    """Still open when the capture ended."""
    REUSED = "reused"
    """Another connection took the same ports without an end of this one in the capture."""
    CLOSED = "closed"
    """A HAR says that it closed, not how."""
    UNKNOWN = "unknown"


class End(Struct, frozen=True, gc=False):
    """
    No more octets of one direction.

    Attributes:
        direction: Whose octets end.
        offset: Octets delivered or missed before it.
        cause: How.
        source: The packet that says so.
    """

    direction: Direction
    offset: int
    cause: EndCause
    source: Source | None


class Silence(Struct, frozen=True, gc=False):
    """A stretch without a packet of one direction, not even an acknowledgment, from to until."""

    begin_ns: int
    end_ns: int


class Unacknowledged(Struct, frozen=True, gc=False):
    """
    What one side sent and the other had not acknowledged by the end.

    Attributes:
        octets: How many, without what was never captured.
        resent: How often the first of them was sent again.
        first: The packet that brought the first of them first.
        last: The packet that brought it last.
    """

    octets: int
    resent: int
    first: Source
    last: Source


class DirectionFacts(Struct, frozen=True, gc=False):
    """
    What one direction of a connection did.

    Attributes:
        packets: Captured packets, those without payload included.
        octets: Octets delivered, each counted once.
        lost: Octets that never came (gaps of known length).
        retransmitted: Octets seen again with equal content.
        conflicting: Octets seen again with other content; the first copy was used.
        out_of_order: Segments that came before an earlier one.
        keep_alives: TCP keep-alive segments (RFC 9293 section 3.8.4).
        zero_windows: Segments that advertise a window of zero.
        cut: Octets not captured because of the snap length.
        duplicates: Packets captured twice (mirror port): counted among the packets, nowhere else.
        last_ns: Its last packet, nanoseconds since 1970 UTC; None if not known.
        resent_ns: When it last sent something again; None if it never did.
        unacknowledged: What the peer had not acknowledged by the end; None: nothing, or not known.
        silences: Stretches of `limits.SILENCE_NS` and more between two of its packets, in order;
            gone once rules have looked.
    """

    packets: int = 0
    octets: int = 0
    lost: int = 0
    retransmitted: int = 0
    conflicting: int = 0
    out_of_order: int = 0
    keep_alives: int = 0
    zero_windows: int = 0
    cut: int = 0
    duplicates: int = 0
    last_ns: int | None = None
    resent_ns: int | None = None
    unacknowledged: Unacknowledged | None = None
    silences: tuple[Silence, ...] = ()


RESENT = 2
"""How often something must have been sent again: once may be chance."""

CROSSING_NS = 200_000_000
"""What was on its way already may still come; the shortest timeout of TCP."""

DEAD_NS = 3_000_000_000
"""Sent again for so long, three times by every TCP (RFC 6298 section 5), there is nobody."""


class Connection(Struct, frozen=True, kw_only=True, gc=False):
    """
    One TCP connection, or what a HAR knows of one.

    Attributes:
        capture: Index of the input, 0-based.
        number: As tshark's `tcp.stream` (0-based); for a HAR the index of its entry.
        client: Who opened it; None in a HAR.
        server: The other.
        opened_ns: First packet, nanoseconds since 1970 UTC.
        closed_ns: Last packet, or the close time that a HAR implies; None if not known.
        syn_seen: Whether the capture holds the client's SYN; None for a HAR.
        syn_ack_seen: Whether it holds the server's SYN-ACK; None for a HAR.
        connect_ns: From SYN to SYN-ACK; None if either was not captured.
        ended_by: How it ended.
        ended_side: Who ended it first; None if nobody did or nobody can tell.
        end_source: The packet (or HAR entry) that shows the end.
        opened_source: The first packet, or the HAR entry.
        to_server: Facts of the client's octets; None for a HAR.
        to_client: Facts of the server's octets; None for a HAR.
        sequence: Sequence numbers of the first octet of client and server, which NAT leaves alone;
            None unless the SYNs of both were captured.
    """

    capture: int
    number: int
    client: Endpoint | None = None
    server: Endpoint
    opened_ns: int | None
    closed_ns: int | None
    syn_seen: bool | None = None
    syn_ack_seen: bool | None = None
    connect_ns: int | None = None
    ended_by: EndCause = EndCause.UNKNOWN
    ended_side: Side | None = None
    end_source: Source | None = None
    opened_source: Source | None = None
    to_server: DirectionFacts | None = None
    to_client: DirectionFacts | None = None
    sequence: tuple[int, int] | None = None

    def silent_side(self) -> tuple[Side, Unacknowledged] | None:
        """
        The end of which nothing came while the other sent its octets again and again.

        Returns:
            Who, and what it left unacknowledged; None unless the connection ended so, by the sign
            that something was sent `RESENT` times more and not a packet came back.
        """
        ways = (self.to_server, self.to_client)
        for sent, back, side in ((*ways, Side.SERVER), (*ways[::-1], Side.CLIENT)):
            lost = sent.unacknowledged if sent is not None else None
            if lost is None or lost.resent < RESENT or back is None or back.last_ns is None:
                continue
            if back.last_ns - (lost.first.time_ns or 0) <= CROSSING_NS:
                return side, lost
        return None
