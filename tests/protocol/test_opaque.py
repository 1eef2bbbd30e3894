"""What no decoder reads is named, once in each direction."""

from analyzer.model.flow import Chunk, GapReason, Provenance
from analyzer.protocol.opaque import Opaque
from tests.protocol.wire import CONNECTION, C, S, chunk, end, gaps


def test_each_direction_is_named_once() -> None:
    opaque = Opaque(0)
    events = opaque.feed(chunk(b"abc", C, 7)) + opaque.feed(chunk(b"def", C, 10))
    events += opaque.feed(Chunk(S, 0, b"x", Provenance([0], [1], [-1])))
    assert gaps(events) == [(C, 7, None, GapReason.OPAQUE), (S, 0, None, GapReason.OPAQUE)]


def test_all_else_passes() -> None:
    assert Opaque(0).feed(end(C)) == [end(C)]
    assert Opaque(0).feed(CONNECTION) == [CONNECTION]
