import struct
import subprocess
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.model.packet import PacketWindow
from analyzer.transport import numbering
from analyzer.transport.columns import Census
from analyzer.transport.numbering import Numbering
from tests.capture.written import START_S, pcap

from .segments import (
    ACK,
    CLIENT,
    FIN,
    RST,
    SERVER,
    SYN,
    C,
    Pair,
    S,
    ethernet,
    handshake,
    ip_packet,
    segment,
    sent,
    tcp_header,
    windows_of,
)

SIX = (("2001:db8::1", 50_000), ("2001:db8::2", 7_071))


def numbers(windows: Iterable[PacketWindow], found: Numbering | None = None) -> list[int]:
    """The connection of each segment."""
    found = found or Numbering()
    out: list[int] = []
    for window in windows:
        slot = found.assign(Census().segments(window)).slot
        out += found.number[slot].tolist()
    return out


def test_both_directions_are_one_connection() -> None:
    other = Pair(client=("10.0.0.1", 40_001))
    packets = [*handshake(), *handshake(other), sent(S, 0, b"x"), sent(C, 0, pair=other)]
    assert numbers(windows_of(packets)) == [0, 0, 0, 1, 1, 1, 0, 1]


def test_ports_and_addresses_tell_connections_apart() -> None:
    a, b = ("10.0.0.1", 1), ("10.0.0.1", 2)
    packets = [
        segment(a, b, 1),
        segment(("10.0.0.1", 1), ("10.0.0.2", 2), 1),
        segment(("10.0.0.2", 1), ("10.0.0.1", 2), 1),
        segment(b, a, 1),
        segment(a, a, 1),
        segment(("::1", 1), ("::1", 2), 1),
        segment(("::1", 2), ("::1", 1), 1),
        segment(("::0a00:0001", 1), ("::0a00:0001", 2), 1),
    ]
    assert numbers(windows_of(packets)) == [0, 1, 2, 0, 3, 4, 4, 5]


def test_a_syn_with_another_sequence_number_is_another_connection() -> None:
    packets = [
        *handshake(),
        sent(C, -1, b"", SYN),  # again
        sent(C, -1, b"", SYN, pair=Pair(isn=(2_000, 5_000))),
        sent(S, -1, b"", SYN | ACK, pair=Pair(isn=(2_000, 9_000))),
        sent(C, 0, b"x"),  # late, but there is no telling
        sent(C, -1, b"", SYN),
    ]
    assert numbers(windows_of(packets)) == [0, 0, 0, 0, 1, 1, 1, 2]


def test_a_connection_without_a_syn_is_reused_unless_the_syn_fits() -> None:
    middle = [sent(C, 10, b"x", acked=30), sent(S, 30)]
    assert numbers(windows_of([*middle, sent(C, -1, b"", SYN)])) == [0, 0, 1]
    # What the first segment shows stands right behind the SYN.
    assert numbers(windows_of([sent(C, 0, b"x"), sent(C, -1, b"", SYN)])) == [0, 0]
    assert numbers(windows_of([sent(S, 0, b"x", acked=0), sent(C, -1, b"", SYN)])) == [0, 0]
    assert numbers(windows_of([sent(S, 0, b"x", acked=1), sent(C, -1, b"", SYN)])) == [0, 1]


def test_a_syn_ack_says_anew_where_its_side_begins() -> None:
    packets = [
        sent(S, 100, b"x"),
        sent(S, -1, b"", SYN | ACK),
        sent(S, -1, b"", SYN),
    ]
    assert numbers(windows_of(packets)) == [0, 0, 0]


def test_what_was_replaced_is_told() -> None:
    found = Numbering()
    reused = [sent(C, -1, b"", SYN, pair=Pair(isn=(isn, 0))) for isn in (1, 2, 3)]
    first = found.assign(Census().segments(windows_of(reused[:2])[0]))
    assert (first.opening.tolist(), first.replaced.tolist()) == ([0, 1], [-1, 0])
    second = found.assign(Census().segments(windows_of(reused[1:])[0]))
    assert (second.opening.tolist(), second.replaced.tolist()) == ([1], [1])
    third = found.assign(Census().segments(windows_of([*reused, *handshake()])[0]))
    assert third.replaced.tolist() == [2, 3, 4, 5]
    assert found.count == found.slots == 7


def random_segments(seed: int) -> list[bytes]:
    """Segments of three pairs of endpoints with few sequence numbers and any flags."""
    random = np.random.default_rng(seed)
    packets = []
    for _ in range(int(random.integers(1, 60))):
        pairs = ((CLIENT, SERVER), (("10.0.0.1", 40_001), SERVER), SIX)
        source, destination = pairs[int(random.integers(0, 3))]
        if random.random() < 0.4:
            source, destination = destination, source
        packets.append(
            segment(
                source,
                destination,
                int(random.choice([100, 101, 200, 300])),
                int(random.choice([SYN, SYN, SYN | ACK, ACK, FIN | ACK, RST, RST | ACK, 0])),
                b"x" * int(random.choice([0, 0, 3])),
                acknowledgment=int(random.choice([0, 101, 201])),
            )
        )
    return packets


@given(st.integers(0, 1 << 32), st.lists(st.integers(0, 60)))
def test_numbers_do_not_depend_on_the_windows(seed: int, cuts: list[int]) -> None:
    packets = random_segments(seed)
    assert numbers(windows_of(packets, cuts)) == numbers(windows_of(packets))


def tshark_numbers(packets: list[bytes], path: Path) -> list[str]:
    path.write_bytes(pcap([(START_S + i, packet) for i, packet in enumerate(packets)]))
    command = ["tshark", "-r", str(path), "-T", "fields", "-e", "tcp.stream"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.split("\n")[:-1]


@pytest.mark.usefixtures("tshark")
def test_numbers_are_those_of_tshark(tmp_path: Path) -> None:
    """Each of many small captures from an address of its own, so that one tshark reads them all."""
    packets = []
    for seed in range(60):
        moved = struct.pack(">I", 0x0A000001 + (seed << 8))
        packets += [
            packet.replace(b"\x0a\x00\x00\x01", moved).replace(
                b"\x0d\xb8\x00\x00", b"\x0d\xb8" + moved[1:3]
            )
            for packet in random_segments(seed)
        ]
    header = tcp_header((1, 2), 100, 0, ACK)
    for words in range(16):
        broken = struct.pack(">H", words) + header[2:12] + bytes([words << 4]) + header[13:]
        packets.append(ethernet(ip_packet(("10.0.0.1", "10.0.0.2"), broken + bytes(4))))
    packets += [ethernet(ip_packet(("10.0.0.3", "10.0.0.2"), header[:size])) for size in range(21)]
    census, found = Census(), Numbering()
    mine = [""] * len(packets)
    for window in windows_of(packets, range(0, len(packets), 97)):
        segments = census.segments(window)
        for row, number in zip(
            segments.number.tolist(),
            found.number[found.assign(segments).slot].tolist(),
            strict=True,
        ):
            mine[row - 1] = str(number)
    assert mine == tshark_numbers(packets, tmp_path / "numbers.pcap")


def test_one_way_connections_are_those_with_payload() -> None:
    other = Pair(client=("10.0.0.1", 40_001))
    third = Pair(client=("10.0.0.1", 40_002))
    found = Numbering()
    numbers(windows_of([*handshake(), sent(C, 0, b"x")]), found)
    numbers(windows_of([sent(C, 0, b"x", pair=other), sent(C, -1, b"", SYN, pair=third)]), found)
    assert found.one_way == 1
    numbers(windows_of([sent(C, 0, b"x", pair=third)]), found)
    assert found.one_way == 2
    numbers(windows_of([sent(S, 0, pair=third)]), found)
    assert found.one_way == 1


def test_what_is_kept_keeps_its_number_its_side_and_where_it_began() -> None:
    clients = [(f"10.0.0.{last}", 40_000) for last in range(10)]
    sixes = [(f"2001:db8::{last}", 50_000) for last in range(10, 20)]
    first = [sent(C, -1, b"", SYN, pair=Pair(client)) for client in clients]
    first += [segment(six, SIX[1], 1_000, SYN, b"x") for six in sixes]
    found = Numbering()
    assert numbers(windows_of(first), found) == list(range(20))
    before = found.assign(Census().segments(windows_of(first)[0]))
    assert found.one_way == 10
    keep = np.array([3, 7, 12, 19])
    bases = [(found.base[2 * slot], found.base[2 * slot + 1]) for slot in keep]
    found.forget(keep)
    assert (found.slots, found.count, found.one_way) == (4, 20, 10)
    assert [(found.base[2 * slot], found.base[2 * slot + 1]) for slot in range(4)] == bases
    again = found.assign(Census().segments(windows_of([first[slot] for slot in keep])[0]))
    assert found.number[again.slot].tolist() == [3, 7, 12, 19]
    assert again.side.tolist() == before.side[keep].tolist()
    assert len(again.opening) == 0
    assert numbers(windows_of([first[4], first[15], first[3]]), found) == [20, 21, 3]
    assert found.one_way == 11


def is_full(found: Numbering) -> bool:
    return found.full


def test_it_is_full_by_connections_or_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numbering, "KNOWN_CONNECTIONS", 2)
    found = Numbering()
    numbers(windows_of([segment(*SIX, 1)]), found)
    assert not is_full(found)
    numbers(windows_of([segment(("::5", 1), ("::6", 1), 1)]), found)
    assert is_full(found)
    found = Numbering()
    numbers(windows_of([sent(C, -1, b"", SYN, pair=Pair(isn=(isn, 0))) for isn in range(3)]), found)
    assert is_full(found)
