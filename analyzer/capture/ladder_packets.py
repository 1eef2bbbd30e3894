"""A ladder as a packet capture gives it: the octets of its connections, one packet a line."""

from collections.abc import Iterator
from itertools import count
from typing import NamedTuple

from ..model.events import BESIDE, Item
from ..model.flow import (
    Chunk,
    Connection,
    DirectionFacts,
    End,
    EndCause,
    Endpoint,
    Gap,
    GapReason,
    Provenance,
)
from ..model.recording import PacketFacts
from ..model.source import Direction, PacketSource, Side, Source
from . import ladder_beside, ladder_wire
from .har_http import endpoint
from .ladder_text import GAP_REASONS, Conversation, Line, Script, Start

_TO_SERVER, _TO_CLIENT = Direction.TO_SERVER, Direction.TO_CLIENT
_MS = 1_000_000

_SIDES = {_TO_SERVER: Side.CLIENT, _TO_CLIENT: Side.SERVER}
_NAMES = {_TO_SERVER: "to_server", _TO_CLIENT: "to_client"}
_CAUSES = {"fin": EndCause.FIN, "rst": EndCause.RST}

CLIENT = "192.0.2.10"
CLIENT_PORT = 50_000
SERVER = "192.0.2.1"


class _Packet(NamedTuple):
    """
    What one packet holds: octets, or the word of a line that holds none.

    Attributes:
        time_ns: Since the beginning of the ladder.
        direction: Which way it went.
        octets: Of the payload.
        word: "gap", "fin", "rst", "syn", "ack", "end" or nothing.
        line: Where it comes from a line.
    """

    time_ns: int
    direction: Direction
    octets: bytes = b""
    word: str = ""
    line: Line | None = None


class PacketLadder:
    """A ladder as the connections of a packet capture."""

    def __init__(self, script: Script, capture: int, origin_ns: int) -> None:
        """
        Take a ladder.

        Args:
            script: The ladder.
            capture: Index of the input.
            origin_ns: Its second 0, nanoseconds since 1970.
        """
        self._capture = capture
        self._origin_ns = origin_ns
        self._talks = script.conversations
        self._questions = script.questions
        self._packets = sorted(
            (packet.time_ns, number, index, packet)
            for number, talk in enumerate(self._talks)
            for index, packet in enumerate(_packets(talk))
        )

    def facts(self) -> PacketFacts:
        """Of a capture without losses."""
        times = [self._origin_ns + time_ns for time_ns, *_ in self._packets]
        return PacketFacts(
            packets=len(times),
            link_types={"Ethernet": len(times)} if times else {},
            connections=len(self._talks),
            followed=len(self._talks),
            first_ns=times[0] if times else None,
            last_ns=times[-1] if times else None,
        )

    def items(self) -> Iterator[tuple[int, list[Item]]]:
        """Number of a connection with what a packet brought of it, in order of time."""
        flows = [
            _Flow(self._capture, number, talk, self._origin_ns)
            for number, talk in enumerate(self._talks)
        ]
        if beside := [*self._beside()]:
            yield BESIDE, beside
        left = [0] * len(flows)
        for _, number, *_ in self._packets:
            left[number] += 1
        for frame, (_, number, _, packet) in enumerate(self._packets, 1):
            items = flows[number].take(packet, frame)
            left[number] -= 1
            if not left[number] and flows[number].ended:
                items += flows[number].finish()
            if items:
                yield number, items
        for number, flow in enumerate(flows):
            if not flow.ended:
                yield number, flow.finish()

    def _beside(self) -> Iterator[Item]:
        """DNS and ICMP, in front of all else."""
        capture, origin_ns = self._capture, self._origin_ns
        yield from ladder_beside.resolutions(self._questions, CLIENT, capture, origin_ns)
        for number, talk in enumerate(self._talks):
            time_ns = origin_ns + talk.first_ns - 3 * _MS
            for said in talk.icmp:
                source = PacketSource(capture, 1, 1, time_ns)
                yield ladder_beside.unreachable(said, _ends(number, talk), source)


def _ends(number: int, talk: Conversation) -> tuple[Endpoint, Endpoint]:
    server = Endpoint(SERVER, endpoint(talk.url, "").port)
    return Endpoint(CLIENT, CLIENT_PORT + number), server


def _packets(talk: Conversation) -> Iterator[_Packet]:
    """The packets of a connection, in order."""
    yield from _opening(talk)
    serial = count(1)
    for line in talk.lines:
        if line.word in {"gap", "fin", "rst"}:
            yield _Packet(line.time_ns, line.direction, word=line.word, line=line)
        elif line.word == "http":
            yield from _call(talk, line)
        elif line.word != "error":
            yield _Packet(line.time_ns, line.direction, _octets(talk, line, next(serial)))
    if talk.until_ns is not None and talk.until_ns >= talk.last_ns:
        yield _Packet(talk.until_ns, _TO_CLIENT, word="ack")


def _opening(talk: Conversation) -> Iterator[_Packet]:
    """TCP's handshake, then that of what it carries."""
    begin = talk.first_ns - 4 * _MS
    if talk.start is Start.LATE:
        return
    yield _Packet(begin, _TO_SERVER, word="syn")
    if talk.start is Start.UNREACHED:
        if talk.reason == "refused":
            yield _Packet(begin + _MS, _TO_CLIENT, word="rst")
        else:
            # RFC 6298 section 2: the first timeout is a second, then it doubles.
            yield _Packet(begin + 1_000 * _MS, _TO_SERVER, word="syn")
            yield _Packet(begin + 3_000 * _MS, _TO_SERVER, word="syn")
        return
    yield _Packet(begin + _MS, _TO_CLIENT, word="syn")
    if talk.start is Start.TLS:
        for delay, direction in ((2, _TO_SERVER), (3, _TO_CLIENT)):
            yield _Packet(begin + delay * _MS, direction, ladder_wire.HELLO[direction])
    elif talk.start in {Start.UPGRADE, Start.REFUSED}:
        yield from _handshake(talk, begin)


def _handshake(talk: Conversation, begin: int) -> Iterator[_Packet]:
    # A ladder of packets whose URL is wss:// stands for a capture that was decrypted; only the
    # request target can say so.
    target = ladder_wire.target(talk.url, absolute=talk.url.startswith("wss:"))
    request = ladder_wire.head(f"GET {target} HTTP/1.1", ladder_wire.request_fields(talk))
    yield _Packet(begin + 2 * _MS, _TO_SERVER, request)
    if talk.status:
        reason = talk.reason or "Switching Protocols"
        fields = ladder_wire.response_fields(talk)
        response = ladder_wire.head(f"HTTP/1.1 {talk.status} {reason}", fields)
        yield _Packet(begin + 3 * _MS, _TO_CLIENT, response)


def _call(talk: Conversation, line: Line) -> Iterator[_Packet]:
    method, path, status = line.words
    sent, got = ladder_wire.call_fields(talk, line)
    yield _Packet(line.time_ns, _TO_SERVER, ladder_wire.head(f"{method} {path} HTTP/1.1", sent))
    if int(status):
        octets = ladder_wire.head(f"HTTP/1.1 {status} -", got) + line.text.encode()
        yield _Packet(line.time_ns + 20 * _MS, _TO_CLIENT, octets)


def _octets(talk: Conversation, line: Line, serial: int) -> bytes:
    if line.word == "octets" or talk.start is Start.RAW:
        return ladder_wire.payload(line)
    framed = ladder_wire.frame(line, serial)
    return ladder_wire.record(framed) if talk.start is Start.TLS else framed


class _Flow:
    """One connection as it is delivered."""

    def __init__(self, capture: int, number: int, talk: Conversation, origin_ns: int) -> None:
        self._capture = capture
        self._number = number
        self._talk = talk
        self._origin_ns = origin_ns
        self._offsets = {_TO_SERVER: 0, _TO_CLIENT: 0}
        self._lost = {_TO_SERVER: 0, _TO_CLIENT: 0}
        self._packets = {_TO_SERVER: 0, _TO_CLIENT: 0}
        self._syns: dict[Direction, int] = {}
        self._ends: dict[Direction, End] = {}
        self._first: PacketSource | None = None
        self._last_ns = origin_ns

    @property
    def ended(self) -> bool:
        """Somebody ended it."""
        return bool(self._ends)

    def take(self, packet: _Packet, frame: int) -> list[Item]:
        """What the packet brings."""
        way = packet.direction
        self._last_ns = self._origin_ns + packet.time_ns
        source = PacketSource(self._capture, frame, frame, self._last_ns)
        self._packets[way] += 1
        items: list[Item] = []
        if self._first is None:
            self._first = source
            if self._talk.start is Start.LATE:
                items += [Gap(d, 0, None, GapReason.LATE_START, source) for d in Direction]
        if packet.word == "syn":
            self._syns.setdefault(way, self._last_ns)
        elif packet.word == "gap" and packet.line is not None:
            items.append(self._gap(packet.line, source))
        elif packet.word in _CAUSES:
            items += self._end(way, _CAUSES[packet.word], source)
        elif packet.octets:
            provenance = Provenance((self._offsets[way],), (frame,), (self._last_ns,))
            items.append(Chunk(way, self._offsets[way], packet.octets, provenance))
            self._offsets[way] += len(packet.octets)
        return items

    def _gap(self, line: Line, source: PacketSource) -> Gap:
        length, *reason = line.words
        gap = Gap(
            line.direction,
            self._offsets[line.direction],
            int(length),
            GAP_REASONS[reason[0]] if reason else GapReason.LOST,
            source,
        )
        self._offsets[line.direction] += int(length)
        self._lost[line.direction] += int(length)
        return gap

    def _end(self, way: Direction, cause: EndCause, source: Source | None) -> list[Item]:
        ways = (way, way.other) if cause is EndCause.RST else (way,)
        ended = [End(d, self._offsets[d], cause, source) for d in ways if d not in self._ends]
        self._ends.update((end.direction, end) for end in ended)
        return list[Item](ended)

    def finish(self) -> list[Item]:
        """The ends that were not said, and the connection."""
        first = next(iter(self._ends.values()), None)
        cause = EndCause.CAPTURE_END if first is None else first.cause
        source = None if first is None else first.source
        items = [item for way in Direction for item in self._end(way, cause, source)]
        asked, answered = self._syns.get(_TO_SERVER), self._syns.get(_TO_CLIENT)
        client, server = _ends(self._number, self._talk)
        connection = Connection(
            capture=self._capture,
            number=self._number,
            client=client,
            server=server,
            opened_ns=self._first.time_ns if self._first is not None else None,
            closed_ns=self._last_ns,
            syn_seen=asked is not None,
            syn_ack_seen=answered is not None,
            connect_ns=answered - asked if asked is not None and answered is not None else None,
            ended_by=cause,
            ended_side=None if first is None else _SIDES[first.direction],
            end_source=source,
            opened_source=self._first,
            to_server=self._direction_facts(_TO_SERVER),
            to_client=self._direction_facts(_TO_CLIENT),
        )
        return [*items, connection]

    def _direction_facts(self, way: Direction) -> DirectionFacts:
        lost = self._lost[way]
        prefix = f"{_NAMES[way]}."
        stated = {
            name.removeprefix(prefix): value
            for name, value in self._talk.tcp.items()
            if name.startswith(prefix)
        }
        return DirectionFacts(
            packets=self._packets[way], octets=self._offsets[way] - lost, lost=lost, **stated
        )
