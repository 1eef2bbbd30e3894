"""Octets are kept in order, once, and know their packets."""

from hypothesis import given
from hypothesis import strategies as st

from analyzer.model.flow import Chunk, Provenance
from analyzer.model.source import PacketSource
from analyzer.protocol import byte_queue
from analyzer.protocol.byte_queue import ByteQueue
from tests.protocol.wire import START_NS, C, chunk, run_of


def queue_of(*packets: bytes) -> ByteQueue:
    queue = ByteQueue(0)
    offset = 0
    for number, octets in enumerate(packets, 1):
        queue.push(chunk(octets, C, offset, number))
        offset += len(octets)
    return queue


def test_a_chunk_that_meets_an_empty_queue_is_not_copied() -> None:
    octets = b"abc"
    queue = queue_of(octets)
    assert queue.octets is octets
    assert (len(queue), queue.position, queue.end) == (3, 0, 3)


def test_what_is_read_goes_and_what_is_not_stays() -> None:
    queue = queue_of(b"abc", b"def")
    assert queue.take(2) == b"ab"
    queue.push(chunk(b"ghi", C, 6, 3))
    assert queue.take(7) == b"cdefghi"
    queue.push(chunk(b"j", C, 9, 4))
    assert (queue.take(1), queue.position, queue.end) == (b"j", 10, 10)
    queue.clear()
    assert len(queue) == 0


def test_a_range_knows_its_packets() -> None:
    queue = queue_of(b"abc", b"def", b"ghi")
    assert queue.source(0, 3) == PacketSource(0, 1, 1, START_NS + 1, 0)
    assert queue.source(1, 4) == PacketSource(0, 1, 2, START_NS + 2, 1)
    assert queue.source(4, 9) == PacketSource(0, 2, 3, START_NS + 3, 4)
    assert queue.source(0, 1) == PacketSource(0, 1, 1, START_NS + 1, 0)  # and back again


def test_a_range_is_complete_with_its_latest_packet() -> None:
    queue = ByteQueue(0)
    queue.push(Chunk(C, 0, b"abcdef", Provenance([0, 2, 4], [5, 9, 6], [50, 90, 60])))
    assert queue.source(0, 6) == PacketSource(0, 5, 9, 90, 0)
    assert queue.source(4, 6) == PacketSource(0, 6, 6, 60, 4)
    assert queue.latest(4, 6) == (6, 60)
    assert queue.latest(0, 6) == (9, 90)  # and back again


def test_a_packet_without_a_time_has_none() -> None:
    queue = ByteQueue(0)
    queue.push(Chunk(C, 0, b"a", Provenance([0], [1], [-1])))
    assert queue.source(0, 1).time_ns is None


def test_rows_that_are_consumed_go() -> None:
    queue = queue_of(b"abc", b"def")
    queue.take(4)
    queue.push(chunk(b"ghi", C, 6, 3))
    assert queue._starts == [3, 6]
    assert queue.source(4, 9) == PacketSource(0, 2, 3, START_NS + 3, 4)


def test_a_packet_begins_where_its_first_new_octet_stands() -> None:
    queue = queue_of(b"abc", b"def")
    assert [offset for offset in range(8) if queue.begins_packet(offset)] == [0, 3]
    queue.take(4)
    queue.push(chunk(b"x", C, 6, 2))
    assert [offset for offset in range(8) if queue.begins_packet(offset)] == [3]
    queue.clear()
    queue.push(chunk(b"x", C, 7, 2))
    assert not queue.begins_packet(7)
    queue.push(chunk(b"x", C, 8, 3))
    assert queue.begins_packet(8)


def test_the_rest_is_a_chunk_for_another_decoder() -> None:
    queue = queue_of(b"abc", b"def", b"ghi")
    queue.take(4)
    rest = queue.rest(C)
    assert rest == Chunk(C, 4, b"efghi", Provenance([3, 6], [2, 3], [START_NS + 2, START_NS + 3]))
    assert queue.rest(C) is None


def test_packets_of_one_octet_are_bounded() -> None:
    queue = ByteQueue(0)
    count = byte_queue.MAX_ROWS + 10
    for i in range(count):
        queue.push(chunk(b"a", C, i, i + 1))
    assert len(queue._starts) <= byte_queue.MAX_ROWS
    assert queue.source(0, count) == PacketSource(0, 1, count, START_NS + count, 0)


@given(st.lists(st.binary(min_size=1, max_size=5), min_size=1), st.data())
def test_any_cut_gives_the_same_octets_and_packets(
    packets: list[bytes], data: st.DataObject
) -> None:
    one, many = ByteQueue(0), queue_of(*packets)
    one.push(run_of(packets, C))
    total = sum(map(len, packets))
    begin = 0
    while begin < total:
        stop = data.draw(st.integers(begin + 1, total))
        assert one.source(begin, stop) == many.source(begin, stop)
        assert one.take(stop - begin) == many.take(stop - begin)
        begin = stop


@given(st.lists(st.binary(min_size=1, max_size=5), min_size=1), st.data())
def test_packets_counted_anew(packets: list[bytes], data: st.DataObject) -> None:
    queue = queue_of(*packets)
    total = sum(map(len, packets))
    begin = data.draw(st.integers(0, total - 1))
    stop = data.draw(st.integers(begin + 1, total))
    provenance = queue.provenance(begin, stop, 100 - begin)
    packet_of = [n for n, octets in enumerate(packets, 1) for _ in octets]
    told = [
        max(p for o, p in zip(provenance.offsets, provenance.packets, strict=True) if o <= at)
        for at in range(100, 100 + stop - begin)
    ]
    assert told == packet_of[begin:stop]
    assert provenance.offsets[0] == 100
    assert provenance.times_ns == [START_NS + n for n in provenance.packets]
