"""Where frames begin, told from how they look."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.model.source import Direction
from analyzer.protocol.byte_queue import ByteQueue
from analyzer.protocol.websocket_sync import LONGEST, Look, find, judge
from tests.protocol.wire import KEY, C, S, chunk, frame, run_of


def queue_of(*packets: bytes, direction: Direction = S) -> ByteQueue:
    queue = ByteQueue(0)
    queue.push(run_of(packets, direction))
    return queue


def look(
    *packets: bytes,
    direction: Direction = S,
    at: int = 0,
    compressed: bool = True,
    missing: int | None = None,
) -> Look:
    queue = queue_of(*packets, direction=direction)
    return judge(queue, direction, at, compressed=compressed, missing=missing)[0]


def test_two_frames_in_packets_of_their_own() -> None:
    assert look(frame(b"abc"), frame(b"def")) is Look.FRAME
    assert look(frame(b"abc"), frame(b"d" * 200)[:4]) is Look.FRAME
    assert look(frame(b"abc"), frame(b"d" * 200)[:3]) is Look.UNCLEAR


def test_a_text_that_begins_like_xml_or_json() -> None:
    assert look(frame(b"<iq/>")[:2]) is Look.UNCLEAR
    assert look(frame(b"<iq/>")[:3]) is Look.FRAME
    assert look(frame(b"{}", key=KEY), direction=C) is Look.FRAME
    assert look(frame(b"<iq/>", 2)) is Look.UNCLEAR
    assert look(b"?" + frame(b"<iq/>"), at=1) is Look.UNCLEAR
    assert look(frame(b"<iq/>")[:3], missing=900) is Look.FRAME
    assert look(frame(b"<iq/>")[:2], missing=5) is Look.FRAME
    assert look(frame(b"<iq/>")[:2], missing=900) is Look.OTHER


def test_four_frames_in_one_packet() -> None:
    assert look(b"?" + frame(b"abc") * 3, at=1) is Look.UNCLEAR
    assert look(b"?" + frame(b"abc") * 4, at=1) is Look.FRAME


def test_the_end_of_the_octets_counts_where_a_frame_ends_there() -> None:
    assert look(frame(b"abc")) is Look.UNCLEAR
    assert look(frame(b"abc"), missing=0) is Look.FRAME
    assert look(frame(b"abc")[:-1], missing=0) is Look.OTHER
    assert look(frame(b"abc")[:-1], missing=1) is Look.FRAME
    assert look(frame(b"abc") + b"\x81", missing=0) is Look.OTHER


def test_masks_tell_directions_apart() -> None:
    masked = frame(b"abc", key=KEY)
    assert look(masked, masked, direction=C) is Look.FRAME
    assert look(masked, masked) is Look.OTHER
    assert look(frame(b"abc"), frame(b"abc"), direction=C) is Look.OTHER


@pytest.mark.parametrize(
    "octets",
    [
        b"\x83\x00",  # opcode
        b"\xa1\x00",  # RSV2
        b"\xc0\x00",  # RSV1 on a continuation
        b"\xc9\x00",  # RSV1 on a ping
        b"\x09\x00",  # a fragmented ping
        b"\x89\x7e\x00\x7e",  # a long ping
        frame(b"", form=16),  # longer length forms than needed
        frame(b"a" * 126, form=64),
        b"\x82\x7f" + (LONGEST + 1).to_bytes(8, "big"),
        frame(b"a", fin=False) + frame(b"b"),  # data inside a fragmented message
        frame(b"a") + frame(b"b", 0),  # a continuation outside
        b"\x00\x00",  # an empty continuation
    ],
)
def test_implausible_headers(octets: bytes) -> None:
    assert look(octets) is Look.OTHER


def test_fragmented_messages() -> None:
    parts = [frame(b"a", fin=False), frame(b"", 9), frame(b"b", 0, fin=False), frame(b"c", 0)]
    assert look(b"?" + b"".join(parts), at=1) is Look.FRAME
    assert look(frame(b"", 0), frame(b"a"), frame(b"b")) is Look.FRAME


def test_compressed_messages_only_where_they_may_be() -> None:
    compressed = frame(b"abc", rsv=4)
    assert look(compressed, compressed) is Look.FRAME
    assert look(compressed, compressed, compressed=False) is Look.OTHER


def found(
    *packets: bytes, missing: int | None = None, direction: Direction = S
) -> tuple[Look, int]:
    queue = queue_of(*packets, direction=direction)
    return find(queue, direction, compressed=True, missing=missing), queue.at


def test_the_first_place_that_is_believed() -> None:
    assert found(b"noise", frame(b"a"), frame(b"b")) == (Look.FRAME, 5)
    assert found(b"noise\x81", frame(b"a"), frame(b"b")) == (Look.FRAME, 6)


def test_a_place_that_may_yet_be_one_is_waited_for() -> None:
    assert found(b"noise", frame(b"a")) == (Look.UNCLEAR, 5)
    assert found(b"noise", frame(b"a"), missing=0) == (Look.FRAME, 5)
    assert found(b"noise\x81") == (Look.UNCLEAR, 5)
    assert found(b"noise", missing=0) == (Look.OTHER, 5)
    assert found(b"noise" + frame(b"abc")[:4], missing=0) == (Look.OTHER, 9)


def test_nothing_left() -> None:
    queue = ByteQueue(0)
    assert find(queue, S, compressed=True, missing=None) is Look.UNCLEAR
    assert find(queue, S, compressed=True, missing=0) is Look.OTHER


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), max_size=300))
def test_ascii_is_never_taken_for_frames_of_a_client(text: str) -> None:
    queue = ByteQueue(0)
    queue.push(chunk(text.encode(), C))
    assert find(queue, C, compressed=True, missing=0) is Look.OTHER
