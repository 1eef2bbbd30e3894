from hypothesis import given
from hypothesis import strategies as st

from analyzer.transport.pieces import Pending, Piece, differing


def piece(start: int, octets: bytes, packet: int = 1) -> Piece:
    return Piece(start, start + len(octets), octets, [start], [packet], [packet * 10])


def test_a_part_keeps_the_packets_it_came_in() -> None:
    whole = Piece(10, 19, b"abcdefghi", [10, 13, 16], [1, 2, 3], [100, 200, 300])
    assert whole.part(10, 19) is whole
    assert whole.part(12, 14) == Piece(12, 14, b"cd", [12, 13], [1, 2], [100, 200])
    assert whole.part(13, 16) == Piece(13, 16, b"def", [13], [2], [200])
    assert whole.part(18, 19) == Piece(18, 19, b"i", [18], [3], [300])
    cut = Piece(10, 19, None, [10], [1], [100])
    assert whole.offsets == [10, 13, 16]
    assert cut.part(12, 14) == Piece(12, 14, None, [12], [1], [100])


def test_octets_that_differ_are_counted_where_both_copies_hold_them() -> None:
    assert differing((10, b"abcdef"), (12, b"cdefgh"), 12, 16) == 0
    assert differing((10, b"abcdef"), (12, b"cXeYgh"), 12, 16) == 2
    assert differing((10, b"abcdef"), (12, b"cXeYgh"), 12, 14) == 1


@given(st.lists(st.tuples(st.integers(0, 60), st.binary(min_size=1, max_size=12)), max_size=20))
def test_what_comes_first_stands(pieces: list[tuple[int, bytes]]) -> None:
    pending = Pending()
    held: dict[int, int] = {}
    for packet, (start, octets) in enumerate(pieces):
        seen = sorted(at for at in held if start <= at < start + len(octets))
        found = [
            (at, part.octets[at - part.start] if part.octets else None)
            for low, high, part in pending.overlaps(start, start + len(octets))
            for at in range(low, high)
        ]
        assert found == [(at, held[at]) for at in seen]
        pending.add(piece(start, octets, packet))
        for at, octet in enumerate(octets, start):
            held.setdefault(at, octet)
        assert pending.octets == len(held)
        assert pending.start == min(held)
    out: list[tuple[int, int]] = []
    while pending:
        first = pending.pop()
        out += enumerate(first.octets or b"", first.start)
    assert out == sorted(held.items())
    assert len(pending) == pending.octets == 0


def test_octets_the_capture_cut_off_weigh_nothing() -> None:
    pending = Pending()
    pending.add(Piece(5, 9, None, [5], [1], [10]))
    assert (len(pending), pending.octets) == (1, 0)
    assert pending.pop().end == 9
    assert pending.octets == 0


def test_what_is_missing_between_pieces_is_held() -> None:
    pending = Pending()
    for one in (piece(2, b"cd", 1), piece(6, b"gh", 2), piece(0, b"ABCDEFGHIJ", 3)):
        pending.add(one)
    found = [(part.start, part.octets) for _, _, part in pending.overlaps(0, 10)]
    assert found == [(0, b"AB"), (2, b"cd"), (4, b"EF"), (6, b"gh"), (8, b"IJ")]
