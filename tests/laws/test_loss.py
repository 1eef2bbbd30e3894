"""
Law 3: nothing is lost unsaid.

Octets in are octets in frames, or octets named in gaps; and what lies outside a hole is found.
"""

from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzer.model.events import Event, Item
from analyzer.model.flow import Chunk, Gap, GapReason, Provenance
from analyzer.model.http import Exchange
from analyzer.model.source import Direction
from analyzer.model.websocket import Frame
from analyzer.protocol.http1 import Http1
from analyzer.protocol.websocket import WebSocket
from tests.laws.talk import frames as odd_frames
from tests.protocol.wire import (
    CONNECTION,
    KEY,
    START_NS,
    C,
    Deflater,
    S,
    chunk,
    end,
    frame,
    frames,
    gap,
    source,
    upgrade,
)


def header(one: Frame) -> int:
    """Octets of a frame's header."""
    return 2 + {7: 0, 16: 2, 64: 8}[one.length_form] + (4 if one.masking_key is not None else 0)


def told(events: list[Event]) -> list[tuple[int, int]]:
    """Where octets are that events speak of."""
    spans = []
    for event in events:
        if isinstance(event, Frame):
            spans.append((event.offset, event.offset + header(event) + len(event.payload)))
        elif isinstance(event, Gap) and event.reason in {GapReason.OPAQUE, GapReason.LIMIT}:
            assert event.length is not None
            spans.append((event.offset, event.offset + event.length))
    return sorted(spans)


def joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans that touch made one; none may overlap."""
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    whole: list[tuple[int, int]] = []
    for begin, stop in spans:
        if whole and whole[-1][1] == begin:
            whole[-1] = (whole[-1][0], stop)
        elif stop > begin:
            whole.append((begin, stop))
    return whole


@st.composite
def streams(draw: st.DrawFn, direction: Direction) -> list[tuple[bytes, bool]]:
    """Packets of one direction, and which of them were lost."""
    deflate = Deflater()
    octets = b"".join(draw(odd_frames(direction, deflate)) for _ in range(draw(st.integers(0, 10))))
    cuts = sorted(draw(st.sets(st.integers(0, len(octets)), max_size=8)) | {0, len(octets)})
    return [(octets[a:b], draw(st.integers(0, 4)) == 0) for a, b in pairwise(cuts)]


@settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data(), st.sampled_from(Direction), st.booleans())
def test_octets_in_are_octets_told(data: st.DataObject, direction: Direction, late: bool) -> None:
    socket = WebSocket(0, None if late else upgrade("permessage-deflate"))
    events: list[Event] = []
    fed: list[tuple[int, int]] = []
    offset = 0
    for number, (octets, lost) in enumerate(data.draw(streams(direction)), 1):
        if lost:
            events += socket.feed(gap(direction, offset, len(octets), number))[:-1]
        else:
            events += socket.feed(chunk(octets, direction, offset, number))
            fed.append((offset, offset + len(octets)))
        offset += len(octets)
    events += socket.feed(end(direction))
    assert joined(told(events)) == joined(fed)


NAMES = st.text(alphabet="mnopqrstuvwxyz", min_size=1, max_size=200)


@settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(NAMES, min_size=1, max_size=12), st.sampled_from(Direction), st.data())
def test_frames_outside_a_hole_are_found(
    texts: list[str], direction: Direction, data: st.DataObject
) -> None:
    """Each frame in a packet of its own; a hole takes some octets out of the middle."""
    key = KEY if direction is C else None
    packets = [frame(text.encode(), key=key) for text in texts]
    total = sum(map(len, packets))
    begin = data.draw(st.integers(0, total))
    stop = data.draw(st.integers(begin, total))
    items: list[Item] = []
    whole = []
    offset = 0
    for number, (text, octets) in enumerate(zip(texts, packets, strict=True), 1):
        first, last = offset, offset + len(octets)
        offset = last
        if last <= begin or first >= stop:
            whole.append(text.encode())
        if first < begin:
            items.append(chunk(octets[: begin - first], direction, first, number))
        if first <= begin < last:
            items.append(gap(direction, begin, stop - begin, number))
        if last > stop:
            inside = max(stop, first)
            items.append(chunk(octets[inside - first :], direction, inside, number))
    socket = WebSocket(0, upgrade())
    events = [event for item in [*items, end(direction)] for event in socket.feed(item)]
    found = [one.payload for one in frames(events) if len(one.payload) == one.length]
    assert [payload for payload in found if payload in whole] == whole


@settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(2, 8), st.sets(st.integers(0, 15), max_size=3))
def test_exchanges_outside_a_hole_are_found(count: int, lost: set[int]) -> None:
    """Requests and responses take turns, a packet each, and some are not captured."""
    http = Http1(0)
    events: list[Event] = []
    offsets = {C: 0, S: 0}
    for number in range(2 * count):
        direction = S if number % 2 else C
        asked = b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n" % (number // 2)
        answered = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: %d\r\n\r\nok" % (number // 2)
        octets = answered if direction is S else asked
        offset = offsets[direction]
        offsets[direction] += len(octets)
        if number in lost:
            missing = Gap(direction, offset, len(octets), GapReason.LOST, source(number + 1))
            events += http.feed(missing)
        else:
            columns = Provenance([offset], [number + 1], [START_NS + number])
            events += http.feed(Chunk(direction, offset, octets, columns))
    events += http.feed(CONNECTION)
    found = [
        (
            e.request.url.rpartition("/")[2] if e.request else None,
            e.response.headers[-1][1] if e.response else None,
        )
        for e in events
        if isinstance(e, Exchange)
    ]
    expected = [
        (str(n) if 2 * n not in lost else None, str(n) if 2 * n + 1 not in lost else None)
        for n in range(count)
    ]
    assert found == [pair for pair in expected if pair != (None, None)]
