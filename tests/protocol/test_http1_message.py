"""Messages of one direction: framing, damage, holes, caps."""

import pytest
from msgspec.structs import replace

from analyzer.model.anomaly import Anomaly, AnomalyCode
from analyzer.model.flow import EndCause, Gap
from analyzer.model.limits import HTTP_BODY_OCTETS, HTTP_HEAD_OCTETS
from analyzer.model.source import Direction
from analyzer.protocol.http1_message import Body, Head, MessageReader, Part
from tests.protocol.wire import C, S, chunk, gap, source

HEAD = b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n"

Framing = int | str | None
"""A length, "chunked", or None for until close."""


class Reading:
    """Feeds a reader and frames each body alike."""

    def __init__(self, framing: Framing = 0, direction: Direction = S) -> None:
        self.reader = MessageReader(direction, 0)
        self.framing = framing
        self.direction = direction
        self.offset = 0
        self.packet = 0
        self.parts: list[Part] = []

    def feed(self, octets: bytes) -> "Reading":
        self.packet += 1
        self.reader.queue.push(chunk(octets, self.direction, self.offset, self.packet))
        self.offset += len(octets)
        return self.drain()

    def drain(self) -> "Reading":
        while (part := self.reader.next()) is not None:
            self.parts.append(part)
            if isinstance(part, Head) and part.whole:
                if isinstance(self.framing, str):
                    self.reader.expect(None, chunked=True)
                else:
                    self.reader.expect(self.framing)
        return self

    def gap(self, length: int | None) -> "Reading":
        self.reader.gap(gap(self.direction, self.offset, length))
        self.offset += length or 0
        return self.drain()

    def end(self, cause: EndCause = EndCause.FIN) -> "Reading":
        self.reader.end(cause)
        return self.drain()

    def told(self) -> list[object]:
        """Parts in short."""
        told: list[object] = []
        for part in self.parts:
            if isinstance(part, Head):
                told.append((part.start, len(part.headers), part.whole))
            elif isinstance(part, Body):
                told.append((part.octets, part.length))
            elif isinstance(part, Anomaly):
                told.append((part.code, part.values))
            else:
                told.append((part.offset, part.length))
        return told

    def bodies(self) -> list[Body]:
        """Without their packets."""
        return [replace(part, source=None) for part in self.parts if isinstance(part, Body)]

    def codes(self) -> list[AnomalyCode]:
        return [part.code for part in self.parts if isinstance(part, Anomaly)]

    def gaps(self) -> list[Gap]:
        return [part for part in self.parts if isinstance(part, Gap)]


OK = (("HTTP/1.1", "200", "OK"), 1, True)


def test_a_head_knows_its_packets() -> None:
    reading = Reading()
    reading.feed(HEAD[:5]).feed(HEAD[5:] + b"more")
    head = reading.parts[0]
    assert isinstance(head, Head)
    assert (head.headers, head.source) == ((("A", "b"),), source(1, 2, 0))


def test_a_body_knows_its_packets() -> None:
    reading = Reading("chunked")
    for octets in (HEAD, b"3\r\nab", b"c\r\n1\r\n", b"d\r\n0\r\n\r\n", HEAD + b"0\r\n\r\n"):
        reading.feed(octets)
    whole, empty = (part for part in reading.parts if isinstance(part, Body))
    assert whole.source == source(2, 4, len(HEAD) + 3)
    assert empty.source is None


def test_an_empty_line_before_a_message_is_ignored() -> None:
    assert Reading().feed(b"\r\n\n" + HEAD).told() == [OK, (b"", 0)]


def test_line_ends_without_cr() -> None:
    assert Reading().feed(HEAD.replace(b"\r", b"")).told() == [OK, (b"", 0)]


def test_bodies_of_known_length() -> None:
    reading = Reading(3).feed(HEAD + b"abc" + HEAD + b"d").feed(b"ef")
    assert reading.told() == [OK, (b"abc", 3), OK, (b"def", 3)]


def test_bodies_until_the_end() -> None:
    reading = Reading(None).feed(HEAD + b"abc").feed(HEAD).end()
    assert reading.told() == [OK, (b"abc" + HEAD, 3 + len(HEAD))]


def test_a_reset_cuts_a_body_short() -> None:
    reading = Reading(None).feed(HEAD + b"abc").end(EndCause.RST)
    values = {"part": "body", "octets": 3, "length": 3}
    assert reading.told() == [OK, (AnomalyCode.HTTP_BODY_INCOMPLETE, values), (b"abc", 3)]


def test_an_end_cuts_a_body_of_known_length_short() -> None:
    reading = Reading(5).feed(HEAD + b"abc").end()
    values = {"part": "body", "octets": 3, "length": 5}
    assert reading.told() == [OK, (AnomalyCode.HTTP_BODY_INCOMPLETE, values), (b"abc", 5)]


CHUNKED = b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: 1\r\n\r\n"


@pytest.mark.parametrize("cut", range(len(CHUNKED)))
def test_chunked_bodies(cut: int) -> None:
    reading = Reading("chunked").feed(HEAD + CHUNKED[:cut]).feed(CHUNKED[cut:] + HEAD)
    assert reading.told() == [OK, (b"abcde", 5), OK]
    assert reading.bodies()[0].trailers == (("T", "1"),)


@pytest.mark.parametrize(
    ("octets", "problem", "body"),
    [
        (b"x\r\n", "chunk size", b""),
        (b"3\r\nabcX\r\n", "chunk end", b"abc"),
        (b"1" * 9000, "chunk size", b""),
        (b"3\r\nabc" + b"X" * 9000, "chunk end", b"abc"),
        (b"0\r\n" + b"T" * 9000, "trailer", b""),
    ],
)
def test_broken_chunks(octets: bytes, problem: str, body: bytes) -> None:
    reading = Reading("chunked").feed(HEAD + octets).feed(HEAD)
    told = reading.told()
    assert told[1:4] == [
        (
            AnomalyCode.HTTP_BODY_INCOMPLETE,
            {"part": "body", "octets": len(body), "length": len(body)},
        ),
        (body, len(body)),
        (AnomalyCode.HTTP_MALFORMED, {"problem": problem}),
    ]
    assert told[-1] == OK  # and on it goes


def test_trailers_are_bounded() -> None:
    reading = Reading("chunked").feed(HEAD + b"0\r\n" + b"A: b\r\n" * 2000)
    assert len(reading.bodies()[0].trailers) == 1000


def test_a_line_that_begins_no_message_is_named_and_passed_over() -> None:
    reading = (
        Reading().feed(b"SSH-2.0-x\r\n").feed(b"noise HTTP/1.1 20").feed(b"0 OK\r\nA: b\r\n\r\n")
    )
    assert reading.told() == [
        (AnomalyCode.HTTP_MALFORMED, {"problem": "start line"}),
        (0, 17),
        OK,
        (b"", 0),
    ]


def test_field_lines_that_are_none_are_named() -> None:
    reading = Reading().feed(b"HTTP/1.1 200 OK\r\nwhat\r\n\r\n")
    assert reading.codes() == [AnomalyCode.HTTP_MALFORMED]


@pytest.mark.parametrize("lines", [b"", b"HTTP/1.1 200 OK\r\n"])
def test_a_head_without_end_is_given_up(lines: bytes) -> None:
    reading = Reading().feed(lines + b"A" * (HTTP_HEAD_OCTETS + 1)).feed(HEAD)
    limit = {"limit": "HTTP_HEAD_OCTETS", "value": HTTP_HEAD_OCTETS}
    assert reading.told() == [
        (AnomalyCode.LIMIT, limit),
        (0, len(lines) + HTTP_HEAD_OCTETS + 1),
        OK,
        (b"", 0),
    ]


def test_a_long_body_is_counted_but_not_kept() -> None:
    extra = 10
    reading = Reading(HTTP_BODY_OCTETS + extra).feed(HEAD)
    reading.feed(b"a" * HTTP_BODY_OCTETS).feed(b"b" * extra).feed(HEAD)
    limit = {"limit": "HTTP_BODY_OCTETS", "value": HTTP_BODY_OCTETS}
    assert reading.codes() == [AnomalyCode.LIMIT]
    assert isinstance(reading.parts[1], Anomaly)
    assert (reading.parts[1].values, reading.parts[1].length) == (limit, extra)
    body = reading.bodies()[0]
    assert (len(body.octets), body.length) == (HTTP_BODY_OCTETS, HTTP_BODY_OCTETS + extra)
    assert reading.told()[-1] == OK


def test_a_head_that_does_not_tell_its_framing() -> None:
    reading = Reading()
    reading.reader.queue.push(chunk(HEAD + b"???" + HEAD, S))
    assert isinstance(reading.reader.next(), Head)
    reading.reader.reject("content length")
    assert reading.drain().told() == [
        (b"", 0),
        (AnomalyCode.HTTP_MALFORMED, {"problem": "content length"}),
        (len(HEAD), 3),
        OK,
        (b"", 0),
    ]


# Gaps


def test_a_gap_between_messages() -> None:
    reading = Reading().feed(HEAD).gap(100).feed(b"tail" + HEAD)
    assert reading.told() == [OK, (b"", 0), (len(HEAD) + 100, 4), OK, (b"", 0)]


def test_a_gap_within_a_body_of_known_length() -> None:
    reading = Reading(9).feed(HEAD + b"abc").gap(3).feed(b"ghi" + HEAD)
    values = {"part": "body", "octets": 3, "length": 9}
    assert reading.told() == [OK, (AnomalyCode.HTTP_BODY_INCOMPLETE, values), (b"abc", 9), OK]


def test_a_gap_to_the_end_of_a_body() -> None:
    reading = Reading(9).feed(HEAD + b"abc").gap(6).feed(HEAD)
    assert [(body.octets, body.length) for body in reading.bodies()] == [(b"abc", 9)]
    assert reading.gaps() == []


def test_a_gap_beyond_a_body() -> None:
    reading = Reading(9).feed(HEAD + b"abc").gap(7).feed(b"rest" + HEAD)
    assert reading.bodies()[0] == Body(octets=b"abc", length=9)
    assert [(g.offset, g.length) for g in reading.gaps()] == [(len(HEAD) + 10, 4)]


def test_a_gap_within_a_chunk() -> None:
    reading = Reading("chunked").feed(HEAD + b"9\r\nabc").gap(3).feed(b"ghi\r\n0\r\n\r\n")
    assert reading.bodies() == [Body(octets=b"abc", length=9)]


def test_a_gap_in_the_chunked_coding() -> None:
    reading = Reading("chunked").feed(HEAD + b"3\r\nabc\r\n").gap(9).feed(b"zz" + HEAD)
    assert reading.bodies() == [Body(octets=b"abc", length=3)]
    assert reading.told()[-1] == OK


def test_a_gap_in_a_body_until_the_end() -> None:
    reading = Reading(None).feed(HEAD + b"abc").gap(5).feed(b"def").gap(None).end()
    assert reading.bodies() == [Body(octets=b"abc", length=11)]
    assert reading.codes() == [AnomalyCode.HTTP_BODY_INCOMPLETE]


def test_whole_lines_of_a_cut_head_are_kept() -> None:
    reading = Reading().feed(b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConn").gap(30)
    assert reading.told() == [
        (AnomalyCode.HTTP_BODY_INCOMPLETE, {"part": "head", "octets": 48}),
        (("HTTP/1.1", "101", "Switching"), 1, False),
        (b"", 0),
    ]


def test_a_cut_start_line_tells_the_status() -> None:
    reading = Reading().feed(b"HTTP/1.1 101 Switching Proto").gap(30)
    assert reading.told()[1] == (("HTTP/1.1", "101", "Switching Proto"), 0, False)


def test_a_cut_request_line_tells_the_target() -> None:
    reading = Reading(direction=C).feed(b"GET /ws/ HT").end()
    assert reading.told()[1] == (("GET", "/ws/", ""), 0, False)


def test_a_start_line_cut_too_short_tells_nothing() -> None:
    reading = Reading().feed(HEAD + b"HTTP/1.").gap(30).feed(b"what").end()
    assert reading.told() == [OK, (b"", 0), (len(HEAD), 7), (len(HEAD) + 37, 4)]


def test_a_late_start() -> None:
    reading = Reading(direction=C).gap(None)
    reading.feed(b"end of a body" + b"POST /a HTTP/1.1\r\nHost: b\r\n\r\n")
    assert reading.told() == [(0, 13), (("POST", "/a", "HTTP/1.1"), 1, True), (b"", 0)]


def test_what_only_begins_like_a_message_is_passed_over() -> None:
    octets = b"HTTP/1.1 nothing\r\n" + b"HTTP/1.1 " + b"2" * 9000
    reading = Reading().gap(None).feed(octets[:20]).feed(octets[20:]).feed(HEAD)
    assert reading.told() == [(0, len(octets)), OK, (b"", 0)]


def test_gap_upon_gap() -> None:
    reading = Reading().gap(5).feed(b"abc").gap(5).gap(5).feed(HEAD)
    assert reading.told() == [(5, 3), OK, (b"", 0)]


def test_octets_that_mean_nothing_are_not_hoarded() -> None:
    reading = Reading().gap(None)
    for _ in range(100):
        reading.feed(bytes(1000))
    assert len(reading.reader.queue) < 20
    assert [(g.offset, g.length) for g in reading.end().gaps()] == [(0, 100_000)]
