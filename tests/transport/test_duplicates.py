"""Copies of a mirror port are told from retransmissions."""

import struct
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.model.flow import DirectionFacts
from analyzer.transport import duplicates
from analyzer.transport.batch import Rows
from analyzer.transport.duplicates import NEAR_NS, UNNAMED_NEAR_NS

from .segments import (
    ACK,
    START_NS,
    SYN,
    C,
    Pair,
    S,
    anomalies,
    carried,
    connection,
    handshake,
    octets,
    sent,
    window_of,
)

US = 1_000
MS = 1_000_000

Timed = tuple[int, bytes]
"""Nanoseconds since the start, and a packet."""


def named(packet: bytes, identification: int, *, ttl: int = 64, vlan: int | None = None) -> bytes:
    """A packet with an IPv4 identification; routed and tagged on its way."""
    made = bytearray(packet)
    struct.pack_into(">H", made, 18, identification)
    made[22] = ttl
    if ttl != 64:
        made[:12] = bytes(range(12))
    return bytes(made if vlan is None else made[:12] + struct.pack(">HH", 0x8100, vlan) + made[12:])


def facts(packets: Sequence[Timed], cuts: Iterable[int] = ()) -> tuple[DirectionFacts, bytes, int]:
    """Of the client's direction, what it sent, and all copies found."""
    opening = [(n * 10, packet) for n, packet in enumerate(handshake())]
    rows = [*opening, *packets]
    bounds = [0, *sorted(3 + cut for cut in cuts), len(rows)]
    windows = [
        window_of(
            [packet for _, packet in rows[low:high]],
            first=low + 1,
            times_ns=[START_NS + time for time, _ in rows[low:high]],
        )
        for low, high in pairwise(bounds)
        if low < high
    ]
    found, transport = carried(windows)
    told = connection(found[0]).to_server
    assert told is not None
    assert anomalies(found[0]) == [] or told.conflicting
    return told, octets(found[0], C), transport.duplicates


HELLO = sent(C, 0, b"hello")


@pytest.mark.parametrize(
    "copy",
    [
        named(HELLO, 7),
        named(HELLO, 7, ttl=63),
        named(HELLO, 7, vlan=100),
        named(HELLO, 7, ttl=60, vlan=1),
    ],
)
def test_a_packet_captured_twice_was_not_sent_twice(copy: bytes) -> None:
    for cuts in ((), (1,)):
        told, said, count = facts([(MS, named(HELLO, 7)), (MS + 40 * US, copy)], cuts)
        assert said == b"hello"
        assert (told.retransmitted, told.duplicates, count) == (0, 1, 1)
        assert (told.packets, told.octets) == (4, 5)


def test_copies_of_the_window_before_are_counted_once() -> None:
    copies = [(MS, named(HELLO, 7)), (MS + 40 * US, named(HELLO, 7, ttl=63))]
    told, said, count = facts([*copies, (2 * MS, named(sent(C, 5, b" you"), 8))], (2,))
    assert said == b"hello you"
    assert (told.retransmitted, told.duplicates, count) == (0, 1, 1)


@pytest.mark.parametrize(
    ("again", "after_ns"),
    [
        (named(HELLO, 8), 40 * US),
        (named(HELLO, 7), NEAR_NS),
        (named(sent(C, 0, b"hello", acked=9), 7), 40 * US),
        (named(sent(C, 0, b"hello", window=9), 7), 40 * US),
        (named(sent(C, 0, b"hello", ACK | 8), 7), 40 * US),
        (named(sent(C, 0, b"hell"), 7), 40 * US),
    ],
)
def test_what_differs_or_comes_late_was_sent_twice(again: bytes, after_ns: int) -> None:
    for cuts in ((), (1,)):
        told, said, count = facts([(MS, named(HELLO, 7)), (MS + after_ns, again)], cuts)
        assert said == b"hello"
        assert (told.duplicates, count) == (0, 0)
        assert told.retransmitted in {4, 5}


@pytest.mark.parametrize("cuts", [(), (1,)])
def test_other_octets_are_a_conflict_and_no_copy(cuts: tuple[int, ...]) -> None:
    packets = [(MS, named(HELLO, 7)), (MS + US, named(sent(C, 0, b"hellO"), 7))]
    told, said, _ = facts(packets, cuts)
    assert said == b"hello"
    assert (told.duplicates, told.conflicting, told.retransmitted) == (0, 1, 4)


@pytest.mark.parametrize("cuts", [(), (1,)])
def test_without_identification_only_what_comes_at_once_is_a_copy(cuts: tuple[int, ...]) -> None:
    for after_ns, copies in ((UNNAMED_NEAR_NS - 1, 1), (UNNAMED_NEAR_NS, 0)):
        told, _, _ = facts([(MS, HELLO), (MS + after_ns, HELLO)], cuts)
        assert told.duplicates == copies
        assert told.retransmitted == 5 * (1 - copies)
    # The same acknowledgment again is a message of its own (RFC 5681 section 3.2).
    told, _, _ = facts([(MS, sent(C, 0)), (MS + US, sent(C, 0))], cuts)
    assert told.duplicates == 0
    told, _, _ = facts([(MS, named(sent(C, 0), 7)), (MS + US, named(sent(C, 0), 7))], cuts)
    assert told.duplicates == 1


def test_a_syn_captured_twice_was_not_asked_twice() -> None:
    syn = sent(C, -1, b"", SYN)
    window = window_of([syn, syn], times_ns=[START_NS, START_NS + US])
    told = connection(carried([window])[0][0]).to_server
    assert told is not None
    assert (told.packets, told.duplicates) == (2, 1)


def test_packets_without_times_have_copies_by_their_identification_alone() -> None:
    for packet, copies in ((named(HELLO, 7), 1), (HELLO, 0)):
        window = window_of([*handshake(), packet, packet], times_ns=[-1] * 5)
        told = connection(carried([window])[0][0]).to_server
        assert told is not None
        assert told.duplicates == copies


def test_keep_alives_and_their_copies() -> None:
    packets = [(MS, named(HELLO, 1))]
    for n in range(3):
        probe = named(sent(C, 4, b"o"), 2 + n)
        packets += [((n + 1) * 1000 * MS, probe), ((n + 1) * 1000 * MS + 5 * US, probe)]
    told, said, count = facts(packets)
    assert said == b"hello"
    assert (told.keep_alives, told.duplicates, told.retransmitted, count) == (3, 3, 0, 3)


@st.composite
def mirrored(draw: st.DrawFn) -> tuple[list[Timed], bytes, int]:
    """Segments with one or two copies each, in bursts, and octets of them in order."""
    sizes = draw(st.lists(st.integers(1, 9), min_size=1, max_size=60))
    burst = draw(st.integers(1, 60))
    packets: list[Timed] = []
    stream, copies, now = b"", 0, MS
    for low in range(0, len(sizes), burst):
        group: list[bytes] = []
        for size in sizes[low : low + burst]:
            part = bytes((len(stream) + n) % 251 for n in range(size))
            group.append(named(sent(C, len(stream), part), 1 + len(packets) + len(group)))
            stream += part
        for turn in range(1 + draw(st.integers(0, 2))):
            for packet in group:
                packets.append(
                    (now, named(packet, struct.unpack_from(">H", packet, 18)[0], ttl=64 - turn))
                )
                now += 10 * US
            copies += len(group) * (turn > 0)
        now += MS
    return packets, stream, copies


@given(mirrored(), st.sets(st.integers(1, 200), max_size=5))
def test_copies_in_bursts_are_all_found(
    case: tuple[list[Timed], bytes, int], cuts: set[int]
) -> None:
    packets, stream, copies = case
    told, said, count = facts(packets, [cut for cut in cuts if cut < len(packets)])
    assert said == stream
    assert told.retransmitted == 0
    assert told.out_of_order == 0
    assert (told.duplicates, count) == (copies, copies)


def test_two_connections_with_the_same_numbers_are_not_copies() -> None:
    other = Pair(client=("10.0.0.1", 40_001))
    packets = [*handshake(), *handshake(other)]
    packets += [named(sent(C, 0, b"x"), 7), named(sent(C, 0, b"x", pair=other), 7)]
    packets += [named(sent(S, 0, b"x"), 7)]
    times = [START_NS + n * US for n in range(len(packets))]
    _, transport = carried([window_of(packets, times_ns=times)])
    assert transport.duplicates == 0


def test_a_window_that_holds_nothing_but_copies_adds_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(duplicates, "REMEMBERED", 3)
    part = [(MS + n * US, named(sent(C, n, b"x"), n + 1)) for n in range(3)]
    again = [(time + 9 * US, packet) for time, packet in part]
    told, said, count = facts([*part, *again], cuts=(3,))
    assert (said, told.duplicates, count) == (b"xxx", 3, 3)


def test_rows_have_all_that_is_compared() -> None:
    assert set(duplicates._SAME) <= set(Rows.__struct_fields__)
    assert np.uint64(duplicates._FACTOR) % np.uint64(2) == 1
