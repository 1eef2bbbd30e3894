"""
Takes recorded connections apart, and sends them anew in the ways networks and captures do.

`recorded` reads a capture with dpkt, as what each side said when. `Manner` says how it is sent:
segments of any size, overlaps, retransmissions, copies of a mirror port, any order within what one
side said, sequence numbers that wrap around, holes, a snap length.
"""

import struct
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

import dpkt
from hypothesis import strategies as st

from analyzer.model.source import Direction
from tests.transport.segments import ACK, FIN, PSH, SYN, C, Pair, S, sent

RTO_NS = 300_000_000


class Turn(NamedTuple):
    """What one side said at once."""

    time_ns: int
    way: Direction
    octets: bytes


class Talk(NamedTuple):
    """A connection: who, and what was said."""

    client: tuple[str, int]
    server: tuple[str, int]
    turns: list[Turn]


class Sent(NamedTuple):
    """
    A packet as it goes over the wire.

    Attributes:
        time_ns: When.
        frame: Ethernet frame.
        talk: Index of the connection.
        way: Which way.
        offset: Of the first octet of the payload.
        length: Octets of payload.
    """

    time_ns: int
    frame: bytes
    talk: int
    way: Direction
    offset: int
    length: int


def recorded(path: Path, most: int = 1 << 20) -> list[Talk]:
    """
    The connections of a capture of Ethernet frames and IPv4, each side's octets in order.

    Args:
        path: A pcapng.
        most: Connections with more octets are left out, and those without any.
    """
    talks: dict[frozenset[tuple[str, int]], Talk] = {}
    expected: dict[tuple[str, int, str, int], int] = {}
    with path.open("rb") as file:
        for seconds, octets in dpkt.pcapng.Reader(file):
            datagram = dpkt.ethernet.Ethernet(octets).data
            segment = datagram.data
            if not isinstance(segment, dpkt.tcp.TCP):
                continue
            source = ".".join(map(str, datagram.src)), segment.sport
            destination = ".".join(map(str, datagram.dst)), segment.dport
            key = frozenset((source, destination))
            if key not in talks:
                talks[key] = Talk(source, destination, [])
            talk, way = talks[key], (*source, *destination)
            begin = segment.seq + bool(segment.flags & SYN)
            start = expected.setdefault(way, begin)
            known = (start - begin) % (1 << 32)
            fresh = segment.data[known:]
            if fresh:
                assert known < 1 << 31, "a hole"
                expected[way] = (start + len(fresh)) % (1 << 32)
                direction = C if source == talk.client else S
                talk.turns.append(Turn(round(seconds * 1_000_000_000), direction, bytes(fresh)))
    sizes = {key: sum(len(t.octets) for t in talk.turns) for key, talk in talks.items()}
    return [talk for key, talk in talks.items() if 0 < sizes[key] <= most]


class Manner(NamedTuple):
    """
    How a connection is sent.

    Attributes:
        seed: Of what is left to chance.
        sizes: Segments have one of these sizes.
        isn: First sequence numbers.
        overlap: Octets of the segment before that a segment may hold once more.
        again: One in so many segments is sent again, later; 0: none.
        copies: How often each packet is captured.
        shuffled: The segments of a turn come in any order.
    """

    seed: int = 0
    sizes: tuple[int, ...] = (1_460,)
    isn: tuple[int, int] = (1_000, 5_000)
    overlap: int = 0
    again: int = 0
    copies: int = 1
    shuffled: bool = False


_TOP = (1 << 32) - 1


@st.composite
def manners(draw: st.DrawFn) -> Manner:
    """Any manner."""
    sizes = st.sampled_from([1, 2, 7, 64, 536, 1_460, 8_960, 65_000])
    numbers = st.one_of(st.integers(0, _TOP), st.integers(_TOP - 9_000, _TOP))
    return Manner(
        seed=draw(st.integers(0, 1 << 16)),
        sizes=tuple(draw(st.lists(sizes, min_size=1, max_size=3))),
        isn=(draw(numbers), draw(numbers)),
        overlap=draw(st.sampled_from([0, 0, 1, 9, 600])),
        again=draw(st.sampled_from([0, 0, 2, 5])),
        copies=draw(st.sampled_from([1, 1, 2, 3])),
        shuffled=draw(st.booleans()),
    )


def send(talks: list[Talk], manner: Manner) -> list[Sent]:
    """The packets, in the order of their times."""
    packets = [
        packet
        for number, talk in enumerate(talks)
        for packet in _Sender(number, talk, manner).packets()
    ]
    return sorted(packets, key=lambda packet: packet.time_ns)


class _Sender:
    """Sends one connection."""

    def __init__(self, number: int, talk: Talk, manner: Manner) -> None:
        self.number = number
        self.talk = talk
        self.manner = manner
        self.random = Random(manner.seed + number)
        self.pair = Pair(talk.client, talk.server, manner.isn)
        self.said = {C: b"", S: b""}
        self.identification = Counter[Direction]()
        self.now_ns = 0

    def packets(self) -> Iterator[Sent]:
        self.now_ns = self.talk.turns[0].time_ns - 1_000_000
        for way, flags in ((C, SYN), (S, SYN | ACK)):
            yield from self._packet(way, -1, b"", flags)
        yield from self._packet(C, 0, b"", ACK)
        for turn in self.talk.turns:
            self.now_ns = max(self.now_ns, turn.time_ns)
            yield from self._turn(turn.way, turn.octets)
        for way in (C, S):
            yield from self._packet(way, len(self.said[way]), b"", FIN | ACK)

    def _turn(self, way: Direction, octets: bytes) -> Iterator[Sent]:
        before = len(self.said[way])
        self.said[way] += octets
        spans = [*self._spans(before, len(self.said[way]))]
        if self.manner.shuffled:
            self.random.shuffle(spans)
        for low, high in spans:
            yield from self._packet(way, low, self.said[way][low:high], PSH | ACK)
        for low, high in spans if self.manner.again else ():
            if not self.random.randrange(self.manner.again):
                payload = self.said[way][low:high]
                yield from self._packet(way, low, payload, PSH | ACK, later_ns=RTO_NS)
        yield from self._packet(way.other, len(self.said[way.other]), b"", ACK)

    def _spans(self, low: int, end: int) -> Iterator[tuple[int, int]]:
        begin = low
        while low < end:
            high = min(low + self.random.choice(self.manner.sizes), end)
            back = self.random.randint(0, min(self.manner.overlap, low - begin))
            yield low - back, high
            low = high

    def _packet(
        self, way: Direction, offset: int, payload: bytes, flags: int, *, later_ns: int = 0
    ) -> Iterator[Sent]:
        acked = len(self.said[way.other]) + (flags & FIN and way is S)
        frame = bytearray(sent(way, offset, payload, flags, acked=acked, pair=self.pair))
        self.identification[way] += 1
        struct.pack_into(">H", frame, 18, self.identification[way] % 0xFFFF + 1)
        for copy in range(self.manner.copies):
            frame[22] = 64 - copy  # routed once more
            place = (self.number, way, offset, len(payload))
            yield Sent(self.now_ns + later_ns, bytes(frame), *place)
            self.now_ns += 1_000
