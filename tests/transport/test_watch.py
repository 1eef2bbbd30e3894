"""What packets tell beside their octets: what was not acknowledged, who was silent when."""

from collections.abc import Sequence
from itertools import pairwise

import pytest

from analyzer.model.anomaly import AnomalyCode
from analyzer.model.events import Item
from analyzer.model.flow import Connection, DirectionFacts, Silence, Unacknowledged
from analyzer.model.source import PacketSource
from analyzer.transport import watch
from analyzer.transport.watch import Flight, Watch

from .segments import (
    ACK,
    FIN,
    RST,
    START_NS,
    C,
    S,
    anomalies,
    carried,
    handshake,
    sent,
    window_of,
)

SECOND = 1_000_000_000
OPENING = [(0.0, packet) for packet in handshake()]


def delivered(
    packets: Sequence[tuple[float, bytes]], cuts: Sequence[int] = ()
) -> tuple[list[Item], Connection]:
    """What comes of packets at these seconds, in windows cut before some of them."""
    rows = [*OPENING, *packets]
    bounds = [0, *(cut + len(OPENING) for cut in cuts), len(rows)]
    windows = [
        window_of(
            [packet for _, packet in rows[low:high]],
            first=low + 1,
            times_ns=[at(second) for second, _ in rows[low:high]],
        )
        for low, high in pairwise(bounds)
    ]
    found, _ = carried(windows)
    (last,) = (item for item in found[0] if isinstance(item, Connection))
    return found[0], last


def both(last: Connection) -> tuple[DirectionFacts, DirectionFacts]:
    """Facts of both directions."""
    assert last.to_server is not None
    assert last.to_client is not None
    return last.to_server, last.to_client


def facts(
    packets: Sequence[tuple[float, bytes]], cut: int | None = None
) -> tuple[DirectionFacts, DirectionFacts]:
    """Facts of both directions of a connection whose packets came at these seconds."""
    return both(delivered(packets, () if cut is None else (cut,))[1])


def at(second: float) -> int:
    return START_NS + int(second * SECOND)


def place(packet: int, second: float) -> PacketSource:
    return PacketSource(0, packet, packet, at(second))


BLACK_HOLE = [
    (1.0, sent(C, 0, b"abc")),
    (1.1, sent(S, 0, acked=3)),
    (2.0, sent(C, 3, b"de")),
    (2.1, sent(C, 5, b"fgh")),
    (2.4, sent(C, 3, b"de")),
    (3.0, sent(C, 3, b"defgh")),
]


@pytest.mark.parametrize("cut", [None, 1, 2, 3, 4, 5])
def test_what_was_sent_again_in_vain(cut: int | None) -> None:
    """In one window as in two."""
    to_server, to_client = facts(BLACK_HOLE, cut)
    assert to_server.unacknowledged == Unacknowledged(5, 2, place(6, 2.0), place(9, 3.0))
    assert to_client.unacknowledged is None
    assert (to_server.resent_ns, to_client.resent_ns) == (at(3.0), None)
    assert (to_server.last_ns, to_client.last_ns) == (at(3.0), at(1.1))


def test_an_acknowledgment_ends_it() -> None:
    to_server, _ = facts([*BLACK_HOLE, (4.0, sent(S, 0, acked=8))])
    assert to_server.unacknowledged is None


def test_one_of_a_part_begins_it_anew() -> None:
    packets = [*BLACK_HOLE, (4.0, sent(S, 0, acked=5)), (4.5, sent(C, 5, b"fgh"))]
    assert facts(packets)[0].unacknowledged == Unacknowledged(3, 2, place(7, 2.1), place(11, 4.5))
    # What had been sent before the window in which the acknowledgment came is not known any more.
    assert facts(packets, 6)[0].unacknowledged == Unacknowledged(
        3, 0, place(11, 4.5), place(11, 4.5)
    )
    assert facts(packets[:-1], 6)[0].unacknowledged is None


def test_a_fin_is_no_octet() -> None:
    assert facts([(1.0, sent(C, 0, flags=FIN | ACK))])[0].unacknowledged is None
    packets = [(1.0, sent(C, 0, b"ab", FIN | ACK)), (2.0, sent(C, 0, b"ab", FIN | ACK))]
    told = facts(packets)[0].unacknowledged
    assert told is not None
    assert (told.octets, told.resent) == (2, 1)


def test_a_reset_brings_nothing() -> None:
    assert facts([(1.0, sent(C, 0, b"why", RST))])[0].unacknowledged is None


def test_stretches_without_packets() -> None:
    packets = [
        (1.0, sent(C, 0, b"a")),
        (16.0, sent(C, 1, b"b")),
        (16.5, sent(S, 0, acked=2)),
        (30.9, sent(C, 2, b"c")),
    ]
    for cut in (None, 1, 2, 3):
        to_server, to_client = facts(packets, cut)
        assert to_server.silences == (Silence(at(1.0), at(16.0)),)
        assert to_client.silences == (Silence(at(0.0), at(16.5)),)


def test_a_clock_that_was_set_back_is_no_silence() -> None:
    packets = [(100.0, sent(C, 0, b"a")), (20.0, sent(C, 1, b"b")), (21.0, sent(C, 2, b"c"))]
    assert facts(packets)[0].silences == (Silence(at(0.0), at(100.0)),)
    assert facts(packets, 1)[0].silences == (Silence(at(0.0), at(100.0)),)


def test_packets_without_a_time_tell_none() -> None:
    window = window_of([*handshake(), sent(C, 0, b"a")], times_ns=[-1, -1, -1, 99 * SECOND])
    found, _ = carried([window])
    (last,) = (item for item in found[0] if isinstance(item, Connection))
    to_server, to_client = both(last)
    assert (to_server.silences, to_client.last_ns) == ((), None)


@pytest.mark.parametrize("cuts", [(), (1, 2, 3)])
def test_silences_are_bounded(cuts: Sequence[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "SILENCES", 1)
    items, last = delivered([(20.0 * n, sent(C, n - 1, b"a")) for n in range(1, 6)], cuts)
    said = [one for one in anomalies(items) if one.code is AnomalyCode.LIMIT]
    assert [one.values["limit"] for one in said] == ["SILENCES"]
    assert both(last)[0].silences == (Silence(at(0.0), at(20.0)),)


def test_a_flight_goes_on_as_long_as_nothing_is_acknowledged() -> None:
    one = Watch()
    one.fly(Flight(7, 1, (1, 10), (1, 10)))
    one.fly(Flight(7, 2, (3, 30), (4, 40)))
    assert one.flight == Flight(7, 3, (1, 10), (4, 40))
    one.fly(Flight(9, 1, (5, 50), (5, 50)))
    assert one.flight == Flight(9, 1, (5, 50), (5, 50))
    assert (one.last_ns, one.silences()) == (None, ())
