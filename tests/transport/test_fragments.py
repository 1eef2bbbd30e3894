import random
import struct
import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.model.limits import FRAGMENT_OCTETS, FRAGMENTED_DATAGRAMS
from analyzer.transport.fragments import DATAGRAM_OCTETS, TIMEOUT_NS, Fragment, Fragments, Whole

ADDRESSES = bytes(range(8))


def four(
    offset: int,
    body: bytes,
    *,
    more: bool = True,
    number: int = 1,
    lacking: int = 0,
    time_ns: int = 0,
    options: bytes = b"",
) -> Fragment:
    words = 5 + len(options) // 4
    field = more << 13 | offset >> 3
    total = min(4 * words + len(body) + lacking, DATAGRAM_OCTETS)
    head = struct.pack(">BBHHHBBH", 0x40 | words, 0, total, number, field, 64, 6, 0)
    return Fragment(head + ADDRESSES + options, body, lacking, time_ns)


def six(offset: int, body: bytes, *, more: bool = True, before: bytes = b"") -> Fragment:
    head = struct.pack(">IHBB", 6 << 28, len(before) + 8 + len(body), 60 if before else 44, 64)
    extension = struct.pack(">BBHI", 6, 0, offset | more, 7)
    return Fragment(head + ADDRESSES * 4 + before + extension, body, 0, 0)


def body_of(whole: Whole | None, head: int = 20) -> bytes:
    assert whole is not None
    return whole.octets[head:]


def test_in_order() -> None:
    fragments = Fragments()
    assert fragments.take(four(0, b"01234567")) is None
    assert fragments.waiting == 1
    whole = fragments.take(four(8, b"89", more=False))
    head = struct.pack(">BBHHHBBH", 0x45, 0, 30, 1, 0, 64, 6, 0) + ADDRESSES
    assert whole == Whole(head + b"0123456789", 0)
    assert (fragments.together, fragments.lost, fragments.waiting) == (2, 0, 0)


def test_out_of_order_and_twice() -> None:
    fragments = Fragments()
    last = four(16, b"g", more=False)
    for fragment in (last, last, four(8, b"89abcdef")):
        assert fragments.take(fragment) is None
    assert body_of(fragments.take(four(0, b"01234567"))) == b"0123456789abcdefg"
    assert fragments.together == 4


def test_the_octets_that_came_first_stay() -> None:
    fragments = Fragments()
    assert fragments.take(four(8, b"BBBBBBBB")) is None
    assert fragments.take(four(0, b"A" * 24)) is None
    assert fragments.take(four(16, b"C" * 24)) is None
    assert body_of(fragments.take(four(0, b"D" * 48, more=False))) == (
        b"A" * 8 + b"B" * 8 + b"A" * 8 + b"C" * 16 + b"D" * 8
    )


def test_what_lies_behind_the_end_is_dropped() -> None:
    fragments = Fragments()
    assert fragments.take(four(8, b"X" * 16)) is None
    assert fragments.take(four(32, b"Y" * 8)) is None
    assert fragments.take(four(8, b"89ab", more=False)) is None
    assert fragments.take(four(16, b"Z" * 8)) is None
    # That there is another end now does not count.
    assert fragments.take(four(16, b"Z" * 8, more=False)) is None
    assert body_of(fragments.take(four(0, b"01234567"))) == b"01234567XXXX"


def test_header_of_the_first_fragment_counts() -> None:
    fragments = Fragments()
    assert fragments.take(four(8, b"8", more=False)) is None
    whole = fragments.take(four(0, b"01234567", options=b"\x01\x01\x01\x00"))
    assert whole is not None
    assert whole.octets[:4] == b"\x46\x00\x00\x21"
    assert body_of(whole, 24) == b"012345678"


@pytest.mark.parametrize("before", [b"", bytes([44, 0, 1, 4, 0, 0, 0, 0])])
def test_ipv6(before: bytes) -> None:
    fragments = Fragments()
    assert fragments.take(six(8, b"89", more=False, before=before)) is None
    whole = fragments.take(six(0, b"01234567", before=before))
    # Extension headers before the fragment header have no say any more.
    assert whole is not None
    assert whole.octets == struct.pack(">IHBB", 6 << 28, 10, 6, 64) + ADDRESSES * 4 + b"0123456789"


def test_datagrams_are_told_apart() -> None:
    fragments = Fragments()
    others = [
        four(8, b"no", more=False, number=2),
        Fragment(four(8, b"").head[:9] + b"\x11" + four(8, b"").head[10:], b"no", 0, 0),
        Fragment(four(8, b"").head[:19] + b"\xff", b"no", 0, 0),
    ]
    for fragment in (four(0, b"01234567"), *others):
        assert fragments.take(fragment) is None
    assert body_of(fragments.take(four(8, b"89", more=False))) == b"0123456789"
    assert fragments.waiting == 3


def test_what_was_not_captured_whole() -> None:
    fragments = Fragments()
    whole = fragments.take(four(0, b"0123", lacking=4))
    assert whole is not None
    assert (body_of(whole), whole.lacking) == (b"0123", 4)
    assert whole.octets[2:4] == (28).to_bytes(2, "big")
    assert whole.octets[6:8] == bytes(2)
    assert fragments.take(four(8, b"89", lacking=1, more=False)) is None
    assert (fragments.lost, fragments.waiting, fragments.together) == (1, 0, 0)


def test_no_datagram_is_longer_than_its_length_can_tell() -> None:
    fragments = Fragments()
    assert fragments.take(four(65_528, bytes(8), more=False)) is None
    assert fragments.lost == 1
    assert fragments.take(four(0, bytes(65_528), lacking=100)) is not None
    # With its header it does not fit: the length says as much as it can.
    assert fragments.take(four(65_520, bytes(15), more=False)) is None
    whole = fragments.take(four(0, bytes(65_520)))
    assert whole is not None
    assert whole.octets[2:4] == b"\xff\xff"


def test_the_rest_is_not_waited_for_for_ever() -> None:
    fragments = Fragments()
    fragments.take(four(0, b"01234567"))
    fragments.take(four(0, b"01234567", number=2, time_ns=TIMEOUT_NS))
    assert (fragments.lost, fragments.waiting) == (0, 2)
    assert fragments.take(four(8, b"89", more=False, time_ns=TIMEOUT_NS + 1)) is None
    assert (fragments.lost, fragments.waiting) == (1, 2)
    assert fragments.take(four(8, b"8", more=False, number=2, time_ns=-1)) is not None


def test_a_flood_of_datagrams() -> None:
    fragments = Fragments()
    for number in range(2 * FRAGMENTED_DATAGRAMS):
        fragments.take(four(0, b"01234567", number=number))
    assert fragments.full
    assert fragments.waiting == fragments.lost == FRAGMENTED_DATAGRAMS
    # The newest are kept.
    assert fragments.take(four(8, b"8", more=False, number=2 * FRAGMENTED_DATAGRAMS - 1))


def test_a_flood_of_octets() -> None:
    fragments = Fragments()
    tracemalloc.start()
    for number in range(2 * FRAGMENT_OCTETS // 32_768):
        fragments.take(four(0, bytes(32_768), number=number))
    assert fragments.full
    assert fragments.waiting == FRAGMENT_OCTETS // 32_768
    assert tracemalloc.get_traced_memory()[1] < 2 * FRAGMENT_OCTETS
    tracemalloc.stop()


def test_a_flood_of_fragments_of_one_datagram() -> None:
    fragments = Fragments()
    places = list(range(0, 65_504, 16))
    random.Random(1).shuffle(places)
    for place in places * 2:
        assert fragments.take(four(place, bytes(8))) is None
    for _ in range(50):
        assert fragments.take(four(8, bytes(65_000))) is None
    assert fragments.waiting == 2 * len(places) + 50


@given(st.binary(min_size=9, max_size=200), st.randoms(use_true_random=False), st.data())
def test_any_cut_in_any_order(body: bytes, order: random.Random, data: st.DataObject) -> None:
    pieces = []
    for _ in range(data.draw(st.integers(1, 4))):
        cuts = sorted({0, len(body), *(8 * c for c in data.draw(st.sets(st.integers(0, 24))))})
        cuts = [cut for cut in cuts if cut <= len(body)]
        pieces += [four(low, body[low:high], more=high < len(body)) for low, high in pairwise(cuts)]
    order.shuffle(pieces)
    fragments = Fragments()
    whole = [found for piece in pieces if (found := fragments.take(piece)) is not None]
    assert whole
    assert {body_of(found) for found in whole} == {body}
    assert fragments.together + fragments.waiting == len(pieces)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 40), st.integers(0, 60), st.booleans(), st.sampled_from([0, 0, 0, 3])
        ),
        max_size=30,
    )
)
def test_any_pieces_as_an_array_of_octets_has_them(
    pieces: list[tuple[int, int, bool, int]],
) -> None:
    """Overlaps, ends that contradict each other, octets that lack; against a slow reference."""
    fragments = Fragments()
    kept: dict[int, int] = {}
    total = None
    for index, (eights, size, open_end, lacking) in enumerate(pieces, 1):
        offset = 8 * eights
        # Neither an offset nor others behind it: no fragment.
        more = open_end or not offset
        found = fragments.take(four(offset, bytes([index]) * size, more=more, lacking=lacking))
        if lacking:
            assert (found is None) == bool(offset)
            continue
        if not more and total is None:
            total = offset + size
        for place in range(offset, offset + size):
            kept.setdefault(place, index)
        if total is not None:
            kept = {place: value for place, value in kept.items() if place < total}
        if total is not None and len(kept) == total:
            assert body_of(found) == bytes(kept[place] for place in range(total))
            kept, total = {}, None
        else:
            assert found is None
