"""Writes a changed story as the packets of the connection it was recorded in."""

import re
import struct
from collections.abc import Iterator
from email.utils import formatdate
from functools import cache

from analyzer.model.source import Direction
from tests.capture.written import pcap
from tests.laws.damaged import Talk, recorded
from tests.protocol.wire import frame
from tests.transport.segments import ACK, FIN, PSH, RST, SYN, C, Pair, S, sent

from .story import CLOSE, FIXTURES, Call, End, Said, Story

_WAYS = {"C>": C, "S>": S}
_KEY = b"\x37\xfa\x21\x3d"
_SEGMENT = 1_400
_AGAIN_S = (0.3, 0.9, 2.1, 4.5, 9.3)
"""A segment without answer is sent again, each time after twice the time (RFC 6298)."""

Timed = tuple[float, bytes]
"""Seconds since 1970, and an Ethernet frame."""


def capture(*stories: Story) -> bytes:
    """A pcap with all of them, each from a port of its own."""
    return pcap(sorted(packets(*stories), key=lambda timed: timed[0]), magic=0xA1B23C4D)


def packets(*stories: Story) -> Iterator[Timed]:
    """What `capture` writes."""
    for number, story in enumerate(stories):
        if not story.bare:
            yield from _Wire(story, 41_000 + 100 * number).packets()
        for count, call in enumerate(story.calls):
            yield from _Wire(story, 41_001 + 100 * number + count).call(call)


@cache
def socket_talk(name: str) -> Talk:
    """The connection of a recording that was upgraded."""
    talks = recorded(FIXTURES / name / "capture.pcapng")
    return next(talk for talk in talks if b"Upgrade: websocket" in talk.turns[0].octets)


class _Wire:
    """Sends the segments of one connection."""

    def __init__(self, story: Story, port: int) -> None:
        self.story = story
        self.talk = socket_talk(story.base)
        self.begun = self.talk.turns[0].time_ns / 1e9 + story.begin_s
        address, server_port = self.talk.server
        host = story.host
        if host is not None:
            address = f"127.0.0.{2 + sum(host.encode()) % 200}"
        self.pair = Pair((self.talk.client[0], port), (address, server_port))
        self.said = {C: 0, S: 0}
        self.dead_s = story.dead_s

    def packets(self) -> Iterator[Timed]:
        """The upgrade as recorded, the messages, the end."""
        yield from self._open(0.0)
        for turn in self._upgrade():
            yield from self._send(turn[0], turn[1], turn[2])
        for one in self.story.said:
            yield from self._send(one.at_s, _WAYS[one.way], _framed(one))
        if self.story.end is not None:
            # Nobody speaks behind the end.
            last_s = max((one.at_s for one in self.story.said), default=0.0)
            end = self.story.end
            yield from self._end(end._replace(at_s=max(end.at_s, last_s + 0.001)))

    def call(self, call: Call) -> Iterator[Timed]:
        """A REST call on a connection of its own."""
        host = self.story.host or "finesse.example.test:8080"
        head = [f"{call.method} {call.path} HTTP/1.1", f"Host: {host}"]
        if call.request_id is not None:
            head.append(f"requestId: {call.request_id}")
        if call.body:
            head.append("Content-Type: application/xml")
        yield from self._open(call.at_s)
        yield from self._send(call.at_s, C, _http(head, call.body))
        if call.status:
            answer = [f"HTTP/1.1 {call.status} {_REASONS.get(call.status, 'OK')}"]
            answer.append("Content-Type: application/xml")
            yield from self._send(call.at_s + call.took_s, S, _http(answer, call.answer))
            yield from self._end(End(call.at_s + call.took_s + 0.001))

    def _upgrade(self) -> Iterator[tuple[float, Direction, bytes]]:
        request, answer = self.talk.turns[:2]
        octets = request.octets
        if self.story.host is not None:
            octets = octets.replace(b"finesse.example.test:8080", self.story.host.encode())
        yield 0.0, C, octets
        now = f"Date: {formatdate(self.begun, usegmt=True)}".encode()
        told = re.sub(rb"Date: [^\r]*", now, answer.octets)
        yield (answer.time_ns - request.time_ns) / 1e9, S, told

    def _open(self, at_s: float) -> Iterator[Timed]:
        for way, offset, flags in ((C, -1, SYN), (S, -1, SYN | ACK), (C, 0, ACK)):
            yield self._packet(at_s - 0.003 + 0.001 * (flags != SYN), way, offset, b"", flags)

    def _send(self, at_s: float, way: Direction, octets: bytes) -> Iterator[Timed]:
        dead = self.dead_s is not None and at_s >= self.dead_s
        asleep_s, awake_s = self.story.asleep_s
        deaf = way is S and asleep_s <= at_s < awake_s
        for low in range(0, len(octets), _SEGMENT):
            piece = octets[low : low + _SEGMENT]
            offset = self.said[way]
            if dead and way is S:
                continue
            yield self._packet(at_s, way, offset, piece, PSH | ACK)
            self.said[way] += len(piece)
            for late in _AGAIN_S if dead or deaf else ():
                yield self._packet(at_s + late, way, offset, piece, PSH | ACK)
            if not (dead or deaf):
                yield self._packet(at_s + 0.0005, way.other, self.said[way.other], b"", ACK)

    def _end(self, end: End) -> Iterator[Timed]:
        by = _WAYS[end.by]
        if end.how == "rst":
            yield self._packet(end.at_s, by, self.said[by], b"", RST | ACK)
            return
        yield self._packet(end.at_s, by, self.said[by], b"", FIN | ACK)
        self.said[by] += 1
        yield self._packet(end.at_s + 0.001, by.other, self.said[by.other], b"", FIN | ACK)
        self.said[by.other] += 1
        yield self._packet(end.at_s + 0.002, by, self.said[by], b"", ACK)

    def _packet(
        self, at_s: float, way: Direction, offset: int, payload: bytes, flags: int
    ) -> Timed:
        acked = self.said[way.other]
        octets = sent(way, offset, payload, flags, acked=acked, pair=self.pair, window=64_000)
        return self.begun + at_s, octets


_REASONS = {0: "", 202: "Accepted", 401: "Unauthorized", 503: "Service Unavailable"}


def _framed(said: Said) -> bytes:
    payload = said.text.encode()
    if said.opcode == CLOSE:
        payload = struct.pack(">H", said.code) + payload
    return frame(payload, said.opcode, key=_KEY if said.way == "C>" else None)


def _http(head: list[str], body: str) -> bytes:
    octets = body.encode()
    head = [*head, f"Content-Length: {len(octets)}", "", ""]
    return "\r\n".join(head).encode() + octets
