"""Law 2: any octets give events; nothing raises, and time does not grow with their square."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzer.model.events import Event, Item
from analyzer.model.flow import EndCause, Gap, GapReason
from analyzer.model.source import Direction
from analyzer.protocol.tower import Tower
from analyzer.protocol.websocket import WebSocket
from tests.laws.talk import Packet, conversations
from tests.protocol.wire import CONNECTION, KEY, C, S, chunk, end, frame, source, upgrade

NOISE = st.one_of(
    st.binary(max_size=40),
    st.sampled_from(
        (
            b"GET / HTTP/1.1\r\n",
            b"HTTP/1.1 101 x\r\nUpgrade: websocket\r\n\r\n",
            b"Upgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n",
            b"Transfer-Encoding: chunked\r\n\r\n",
            b"Content-Length: 99999999999999999999\r\n\r\n",
            b"CONNECT a HTTP/1.1\r\n\r\n",
            b"\x16\x03\x01\x00\x05",
            b"\xc1\x05\x00\x00\x00\xff\xff",
            b"\x81\x7f\xff\xff\xff\xff\xff\xff\xff\xff",
            b"\x81\xff\x00\x00\x00\x00\x00\x00\x00\x01",
            b"<iq><ping/></iq>",
        )
    ),
)


@settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    conversations(),
    st.lists(st.tuples(st.integers(0, 30), st.sampled_from(Direction), NOISE), max_size=8),
    st.lists(st.tuples(st.sampled_from(Direction), st.sampled_from(EndCause)), max_size=2),
    st.booleans(),
)
def test_nothing_raises(
    packets: list[Packet],
    noise: list[tuple[int, Direction, bytes]],
    ends: list[tuple[Direction, EndCause]],
    late: bool,
) -> None:
    for at, direction, octets in noise:
        packets.insert(at, (direction, octets, False))
    tower = Tower(0)
    offsets = {C: 0, S: 0}
    events: list[Event] = []
    for number, (direction, octets, lost) in enumerate(packets, 1):
        offset = offsets[direction]
        item: Item = chunk(octets, direction, offset, number)
        if lost:
            length = None if late else len(octets)
            item = Gap(direction, offset, length, GapReason.LOST, source(number))
        offsets[direction] += len(octets)
        events += tower.feed([item])
    events += tower.feed([*(end(direction, cause) for direction, cause in ends), CONNECTION])
    assert events[-1] is CONNECTION


def seconds(items: list[Item], tower: Tower | WebSocket) -> float:
    begun = time.process_time()
    for item in items:
        if isinstance(tower, Tower):
            tower.feed([item])
        else:
            tower.feed(item)
    return time.process_time() - begun


def single_octets(octets: bytes, direction: Direction) -> list[Item]:
    return [chunk(octets[i : i + 1], direction, i, i + 1) for i in range(len(octets))]


HEAD = b"GET /ws HTTP/1.1\r\n"
SLOW: dict[str, tuple[Direction, bytes]] = {
    "a head that never ends": (C, HEAD + b"a" * 100_000),
    "a head of folded lines": (C, HEAD + b"A: b\r\n" + b" c\r\n" * 23_000),
    "heads that look like heads": (C, HEAD * 3_300),
    "empty lines": (C, b"\r\n" * 33_000),
    "chunks of one octet": (
        S,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\na\r\n" * 10_000,
    ),
    "a chunk size that never ends": (
        S,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1" * 50_000,
    ),
    "headers of frames": (S, b"\x82\x7e\xff\xff" * 20_000),
    "masked headers of frames": (C, b"\x82\xfe" * 33_000),
    "nothing known": (C, bytes(100_000)),
}


@pytest.mark.parametrize("name", SLOW)
@pytest.mark.parametrize("whole", [True, False])
def test_time_grows_with_the_octets(name: str, whole: bool) -> None:
    direction, octets = SLOW[name]
    items: list[Item] = [chunk(octets, direction)] if whole else single_octets(octets, direction)
    # Measured at 1 to 10 microseconds an octet where each comes alone; the square would be half a
    # minute.
    assert seconds([*items, CONNECTION], Tower(0)) < 4


SOCKETS: dict[str, bytes] = {
    "one frame": frame(bytes(130_000), key=KEY),
    "fragments of nothing": frame(b"", fin=False, key=KEY) * 20_000,
    "control frames": frame(b"", 9, key=KEY) * 20_000,
    "final blocks": frame(b"\x03\x00" * 66_000, rsv=4, key=KEY),
    "references without a window": frame(b"\xf2\x00\x11\x00\x00", rsv=4, key=KEY) * 10_000,
    "lengths that cannot be": b"\x82\xff\xff\xff\xff\xff\xff\xff\xff\xff" * 10_000,
}


@pytest.mark.parametrize("name", SOCKETS)
@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("late", [True, False])
def test_time_grows_with_the_octets_of_frames(name: str, whole: bool, late: bool) -> None:
    octets = SOCKETS[name]
    items: list[Item] = [chunk(octets, C)] if whole else single_octets(octets, C)
    socket = WebSocket(0, None if late else upgrade("permessage-deflate"))
    assert seconds([*items, CONNECTION], socket) < 4
