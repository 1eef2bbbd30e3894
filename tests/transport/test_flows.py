from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.model import limits
from analyzer.model.anomaly import AnomalyCode
from analyzer.model.events import Item
from analyzer.model.flow import Chunk, Connection, EndCause, Endpoint
from analyzer.model.source import Direction, Side
from analyzer.transport import flows, numbering, selection
from analyzer.transport.flows import Transport

from .segments import (
    ACK,
    CLIENT,
    FIN,
    PAIR,
    PORT,
    RST,
    START_NS,
    SYN,
    C,
    Pair,
    S,
    anomalies,
    carried,
    connection,
    ends,
    gaps,
    handshake,
    octets,
    one,
    sent,
    window_of,
    windows_of,
)

WEB = Pair(server=("10.0.0.2", 80))
REQUEST = b"GET / HTTP/1.1\r\n\r\n"


def client(port: int, pair: Pair = PAIR) -> Pair:
    return pair._replace(client=("10.0.0.1", port))


@st.composite
def conversations(draw: st.DrawFn) -> tuple[list[bytes], bytes, bytes, list[int]]:
    """A handshake, then two byte streams in segments of any cut, order, and number of copies."""
    top = (1 << 32) - 1
    isn = (draw(st.integers(0, top)), draw(st.sampled_from([0, 5, top - 3, top])))
    pair = Pair(isn=isn)
    packets = []
    streams = [draw(st.binary(max_size=80)), draw(st.binary(max_size=80))]
    for way, stream in zip((C, S), streams, strict=True):
        cuts = [0, *sorted(draw(st.sets(st.integers(1, 80)))), 80]
        spans = list(pairwise(cuts))
        places = st.integers(0, 80)
        spans += draw(st.lists(st.tuples(places, places), max_size=4))
        packets += [
            sent(way, low, stream[low:high], pair=pair) for low, high in spans if stream[low:high]
        ]
    shuffled = draw(st.permutations(packets))
    whole = [*handshake(pair), *shuffled]
    return whole, streams[0], streams[1], draw(st.lists(st.integers(1, len(whole))))


@given(conversations())
def test_however_octets_are_cut_shuffled_and_repeated_they_come_out_the_same(
    case: tuple[list[bytes], bytes, bytes, list[int]],
) -> None:
    packets, to_server, to_client, cuts = case
    items = one(packets, cuts)
    assert octets(items, C) == to_server
    assert octets(items, S) == to_client
    assert gaps(items) == []
    assert anomalies(items) == []
    found = connection(items)
    carried_octets = sum(
        len(packet) - 54 for packet in packets if packet[34:36] == (40_000).to_bytes(2, "big")
    )
    assert found.to_server is not None
    counted = found.to_server.octets + found.to_server.retransmitted
    # One octet again may be a keep-alive.
    assert carried_octets - found.to_server.keep_alives <= counted <= carried_octets
    assert found.to_server.conflicting == 0
    check_provenance(items, packets)


def check_provenance(items: Sequence[Item], packets: list[bytes]) -> None:
    """Every octet stands in the packet that is said to have brought it; offsets have no seams."""
    expected = {C: 0, S: 0}
    for item in items:
        if not isinstance(item, Chunk):
            continue
        assert item.offset == expected[item.direction]
        expected[item.direction] += len(item.octets)
        starts = list(item.provenance.offsets)
        assert starts == sorted(starts)
        assert starts[0] <= item.offset
        assert len(starts) == len(item.provenance.packets) == len(item.provenance.times_ns)
        uppers = [*starts[1:], item.offset + len(item.octets)]
        for low, high, packet in zip(starts, uppers, item.provenance.packets, strict=True):
            part = item.octets[max(low, item.offset) - item.offset : high - item.offset]
            assert part
            assert part in packets[packet - 1][54:]


@given(conversations(), st.data())
def test_packets_that_are_missing_are_gaps(
    case: tuple[list[bytes], bytes, bytes, list[int]], data: st.DataObject
) -> None:
    packets, to_server, to_client, cuts = case
    kept = packets[:3]
    kept += [packet for packet in packets[3:] if data.draw(st.booleans())]
    items = one(kept, cuts)
    for way, stream in ((C, to_server), (S, to_client)):
        rebuilt = bytearray(len(stream))
        holes = bytearray(b"\x01" * len(stream))
        at = 0
        for item in items:
            if isinstance(item, Chunk) and item.direction is way:
                assert item.offset == at
                at += len(item.octets)
                rebuilt[item.offset : at] = item.octets
                holes[item.offset : at] = bytes(len(item.octets))
            elif not isinstance(item, Connection) and (found := gaps([item])):
                direction, offset, length, reason = found[0]
                assert reason == "lost"
                if direction is way:
                    assert (offset, length) == (at, length or 0)
                    at += length or 0
        assert all(
            hole or octet == stream[i]
            for i, (hole, octet) in enumerate(zip(holes, rebuilt, strict=True))
        )
        seen = {
            i
            for packet in kept[3:]
            if (packet[34:36] == (40_000).to_bytes(2, "big")) is (way is C)
            for i in span(packet, packets[0 if way is C else 1])
        }
        assert {i for i, hole in enumerate(holes) if not hole} == seen


def span(packet: bytes, syn: bytes) -> range:
    """Offsets that a segment holds."""
    first, begin = (int.from_bytes(p[38:42], "big") for p in (packet, syn))
    offset = (first - begin - 1) % (1 << 32)
    return range(offset, offset + len(packet) - 54)


def test_the_client_speaks_first_in_each_window() -> None:
    packets = [*handshake(), sent(S, 0, b"b"), sent(C, 0, b"a")]
    (delivered,) = list(flows.Transport(0, [7_071]).feed(window_of(packets)))
    number, items = delivered
    assert number == 0
    assert [item.direction for item in items if isinstance(item, Chunk)] == [C, S]


def test_connections_are_counted() -> None:
    packets = [
        *handshake(),
        sent(C, 0, b"x", pair=client(1, WEB)),
        sent(C, 0, REQUEST, pair=client(2, WEB)),
        bytes(60),
    ]
    found, transport = carried(windows_of(packets))
    assert sorted(found) == [0, 2]
    assert (transport.connections, transport.followed, transport.one_way) == (3, 2, 2)
    assert transport.link_types == {"Ethernet": 6}
    assert transport.undecoded == {"LLC": 1}


def test_windows_without_tcp_bring_nothing() -> None:
    found, transport = carried([window_of([]), window_of([bytes(60)])])
    assert found == {}
    assert transport.connections == 0


def test_ipv6_and_a_client_with_the_lower_address() -> None:
    ends6 = Pair(("fe80::1", 50_000), ("fe80::2", 7_071))
    items = one([*handshake(ends6), sent(C, 0, b"x", pair=ends6)])
    found = connection(items)
    assert found.client == Endpoint("fe80::1", 50_000)
    assert found.server == Endpoint("fe80::2", 7_071)
    assert octets(items, C) == b"x"


@pytest.mark.parametrize("cuts", [(), (3,), (4,), range(20)])
def test_a_reused_pair_ends_the_connection_before(cuts: Sequence[int]) -> None:
    isn = Pair(isn=(9_000, 20_000))
    packets = [
        *handshake(),
        sent(C, 0, b"first"),
        *handshake(isn),
        sent(C, 0, b"second", pair=isn),
        sent(S, 0, b"", FIN | ACK, pair=isn),
        sent(C, -1, b"", SYN, pair=Pair(isn=(70, 1))),
    ]
    found, _ = carried(windows_of(packets, cuts))
    assert [octets(found[number], C) for number in range(3)] == [b"first", b"second", b""]
    assert [connection(found[number]).ended_by for number in range(3)] == [
        EndCause.REUSED,
        EndCause.FIN,
        EndCause.CAPTURE_END,
    ]
    assert ends(found[0]) == [(C, 5, "reused"), (S, 0, "reused")]
    assert ends(found[1]) == [(C, 6, "reused"), (S, 0, "fin")]


def test_a_closed_connection_waits_a_while_for_what_is_late() -> None:
    second = 1_000_000_000
    begun = [*handshake(), sent(S, 0, b"", RST)]
    late = [sent(C, 0, b"late")]
    other = [sent(C, 0, pair=client(5))]
    seconds = [0, 1, 2, 3, 10, 71, 72]
    packets = [*begun, *late, *other, *late]
    windows = [
        window_of([packet], first=n + 1, times_ns=[seconds[n] * second])
        for n, packet in enumerate(packets)
    ]
    found, _ = carried(windows)
    told = connection(found[0])
    assert told.to_server is not None
    assert told.to_server.packets == 3
    assert told.closed_ns == 10 * second
    assert (told.ended_by, told.ended_side) == (EndCause.RST, Side.SERVER)
    # Nothing comes behind its end.
    assert octets(found[0], C) == b"late"


def test_a_syn_that_nobody_answers_is_given_up_before_the_end() -> None:
    syns = [sent(C, -1, b"", SYN), sent(C, -1, b"", SYN)]
    other, third = client(40_001), client(40_002)
    answered = handshake(other)[:2]
    later = START_NS + flows.UNANSWERED_NS + 2_000_000_000
    transport = flows.Transport(0, (7_071,))
    found = [
        item
        for delivered in (
            transport.feed(window_of([*syns, *answered])),
            transport.feed(window_of(handshake(third), first=5, times_ns=[later] * 3)),
            transport.feed(window_of(handshake(client(40_003)), first=8, times_ns=[later] * 3)),
        )
        for _, items in delivered
        for item in items
        if isinstance(item, Connection)
    ]
    assert [(one.number, one.ended_by, one.syn_ack_seen) for one in found] == [
        (0, EndCause.UNKNOWN, False)
    ]
    assert [number for number, _ in transport.finish()] == [1, 2, 3]


def test_a_closed_connection_without_times_waits_to_the_end() -> None:
    windows = [
        window_of([packet], first=n + 1, times_ns=[-1])
        for n, packet in enumerate([*handshake(), sent(S, 0, b"", RST), sent(C, 0, b"late")])
    ]
    found, _ = carried(windows)
    assert octets(found[0], C) == b"late"


def test_holes_are_given_up_across_windows() -> None:
    packets = [*handshake(), sent(C, 5, b"x"), sent(S, 0, acked=6), sent(C, 6, b"y")]
    items = one(packets, range(9))
    assert [type(item).__name__ for item in items][:3] == ["Gap", "Chunk", "Chunk"]


def test_snaplen_cuts_are_gaps() -> None:
    packets = [*handshake(), sent(C, 0, b"0123456789"), sent(C, 10, b"0123456789")]
    found, _ = carried([window_of(packets, snaplen=60)])
    assert octets(found[0], C) == b"012345012345"
    assert gaps(found[0]) == [(C, 6, 4, "snaplen"), (C, 16, 4, "snaplen")]
    told = connection(found[0])
    assert told.to_server is not None
    assert told.to_server.cut == 8


def test_counts_of_a_direction() -> None:
    packets = [
        *handshake(),
        sent(C, 0, b"abc"),
        sent(S, 0, acked=3, window=0),
        sent(C, 2),
        sent(C, 2, b"\x00"),
        sent(S, 0, acked=3),
    ]
    for cuts in ((), range(9)):
        told = connection(one(packets, cuts))
        assert told.to_server is not None
        assert told.to_client is not None
        assert (told.to_server.keep_alives, told.to_server.zero_windows) == (2, 0)
        assert (told.to_client.keep_alives, told.to_client.zero_windows) == (0, 1)
        assert (told.to_server.retransmitted, told.to_server.conflicting) == (0, 0)


def test_tls_on_no_known_port_is_cut_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "NAMED_OCTETS", 100)
    hello = b"\x16\x03\x01\x02\x00\x01" + bytes(90)
    for known in (False, True):
        to = Pair(server=("10.0.0.2", 7_071 if known else 8_443))
        packets = [
            *handshake(to),
            sent(C, 0, hello, pair=to),
            *(sent(S, at * 50, bytes(50), acked=96, pair=to) for at in range(20)),
            sent(S, 1_000, b"", FIN | ACK, pair=to),
        ]
        items = one(packets, range(30))
        told = connection(items)
        assert told.to_client is not None
        assert told.to_client.packets == 22
        assert ends(items)[1] == (S, 1_000, "fin")
        if known:
            assert gaps(items) == []
            assert told.to_client.octets == 1_000
        else:
            assert gaps(items) == [(S, 100, None, "opaque")]
            assert told.to_client.octets == 100


def test_too_many_connections_at_once_let_the_oldest_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows, "CONNECTIONS", 3)
    packets = [sent(C, 0, b"x", pair=client(port)) for port in (1, 2, 3, 1, 4, 5)]
    found, _ = carried(windows_of([*packets, sent(C, 1, b"late", pair=client(2))], range(9)))
    by_limit = [
        number
        for number, items in sorted(found.items())
        if any(a.code is AnomalyCode.LIMIT for a in anomalies(items))
    ]
    assert by_limit == [1, 2]
    told = anomalies(found[1])[0]
    assert told.values == {"limit": "CONNECTIONS", "value": limits.CONNECTIONS}
    assert connection(found[1]).ended_by is EndCause.UNKNOWN
    assert octets(found[1], C) == b"x"


def test_handshakes_that_waited_too_long_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selection, "WAITING_SEGMENTS", 2)
    packets = [*handshake(WEB), sent(C, 0, REQUEST, pair=WEB)]
    items = one(packets, range(9))
    assert anomalies(items)[0].values["limit"] == "WAITING_SEGMENTS"
    assert octets(items, C) == REQUEST


def test_connections_nobody_follows_may_be_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numbering, "KNOWN_CONNECTIONS", 4)
    far = Pair(server=("10.0.0.9", 80))
    scan = [sent(C, 0, b"?", pair=client(port, WEB)) for port in range(1, 9)]
    packets = [
        *scan[:3],
        *handshake(),
        *handshake(client(7, far)),
        *scan[3:],
        sent(C, 0, b"hello"),
        sent(S, 0, b"", RST),
        sent(C, 0, REQUEST, pair=client(7, far)),
        scan[0],
    ]
    found, transport = carried(windows_of(packets, range(0, len(packets), 2)))
    assert sorted(found) == [3, 4]
    assert octets(found[3], C) == b"hello"
    assert connection(found[3]).syn_seen
    assert octets(found[4], C) == REQUEST
    assert connection(found[4]).syn_seen
    assert [a.values["limit"] for a in anomalies(found[4])] == ["KNOWN_CONNECTIONS"]
    assert transport.connections == 11
    assert transport.one_way == 9


def test_history_is_shared_by_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows, "ALL_HISTORY_OCTETS", 3)
    packets = [*handshake(), *handshake(client(1)), sent(C, 0, b"abcd"), sent(C, 0, b"XbcX")]
    items = carried(windows_of(packets, (7,)))[0][0]
    told = connection(items)
    assert told.to_server is not None
    assert told.to_server.conflicting == 1


@given(st.integers(0, 1 << 32), st.lists(st.integers(0, 200)))
def test_what_is_found_does_not_depend_on_the_windows(seed: int, cuts: list[int]) -> None:
    """Random segments, sound and unsound, of three connections."""
    random = np.random.default_rng(seed)
    packets: list[bytes] = []
    for port in (1, 2, 3):
        packets += handshake(client(port))[: int(random.integers(0, 4))]
    for _ in range(int(random.integers(0, 60))):
        way = (C, S)[int(random.integers(0, 2))]
        start = int(random.integers(0, 40))
        packets.append(
            sent(
                way,
                start,
                bytes(range(start, start + int(random.integers(0, 12)))),
                int(random.choice([ACK, ACK, ACK, ACK | FIN, RST, SYN])),
                window=int(random.integers(0, 2)),
                pair=client(int(random.integers(1, 4))),
            )
        )
    whole, parted = (carried(windows_of(packets, at)) for at in ((), cuts))
    assert sorted(whole[0]) == sorted(parted[0])
    for number in whole[0]:
        first, second = (connection(found[0][number]) for found in (whole, parted))
        for name in ("client", "server", "ended_by", "ended_side", "end_source", "opened_source"):
            assert getattr(first, name) == getattr(second, name)


def test_directions_are_named() -> None:
    assert Direction.TO_SERVER.other is S


def test_whose_a_connection_is_while_it_lasts() -> None:
    transport = Transport(0, [PORT])
    (window,) = windows_of([*handshake(), sent(C, 0, b"GET")])
    deliveries = [*transport.feed(window)]
    assert [number for number, _ in deliveries] == [0]
    assert (transport.client(0), transport.client(1)) == (CLIENT[0], None)
    assert [number for number, _ in transport.finish()] == [0]
    assert transport.client(0) is None
