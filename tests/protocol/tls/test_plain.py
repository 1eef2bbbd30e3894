"""Plaintext in as few chunks as may be, with the packets it came in."""

from analyzer.model.anomaly import AnomalyCode
from analyzer.model.flow import Chunk, End, Gap, GapReason
from analyzer.protocol.tls.plain import Plain
from tests.protocol.wire import C, codes, end, source


def test_one_chunk_of_many_records() -> None:
    plain = Plain(C)
    for packet, octets in ((5, b"a"), (5, b"bc"), (5, b""), (6, b"d"), (5, b"e")):
        plain.add(octets, packet, packet * 10)
    (chunk,) = plain.take()
    assert isinstance(chunk, Chunk)
    assert (chunk.offset, chunk.octets) == (0, b"abcde")
    assert chunk.provenance.offsets == [0, 3, 4]
    assert chunk.provenance.packets == [5, 6, 5]
    assert chunk.provenance.times_ns == [50, 60, 50]
    assert plain.take() == []
    plain.add(b"f", 7, 70)
    (chunk,) = plain.take()
    assert isinstance(chunk, Chunk)
    assert chunk.offset == chunk.provenance.offsets[0] == 5


def test_order() -> None:
    plain = Plain(C)
    plain.add(b"a", 1, 1)
    plain.miss(GapReason.ENCRYPTED, source(2))
    plain.miss(GapReason.LOST, source(3))
    plain.add(b"b", 4, 4)
    plain.report(AnomalyCode.TLS_RECORD, {"reason": "header"})
    plain.miss(GapReason.LOST, source(5))
    plain.end(end(C))
    events = plain.take()
    assert [type(event) for event in events if not codes([event])] == [Chunk, Gap, Chunk, Gap, End]
    last = events[-1]
    assert isinstance(last, End)
    assert last.offset == 2
