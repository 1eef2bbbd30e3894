import pytest

from analyzer.model.flow import EndCause, Endpoint, GapReason
from analyzer.model.source import PacketSource, Side

from .segments import (
    ACK,
    CLIENT,
    FIN,
    RST,
    SERVER,
    START_NS,
    SYN,
    C,
    S,
    carried,
    connection,
    ends,
    gaps,
    handshake,
    octets,
    one,
    sent,
    window_of,
)

MS = 1_000_000


def at(packet: int) -> PacketSource:
    return PacketSource(0, packet, packet, START_NS + packet * MS)


def test_a_whole_connection() -> None:
    packets = [
        *handshake(),
        sent(C, 0, b"hello"),
        sent(S, 0, b"world!", acked=5),
        sent(C, 5, b"", FIN | ACK, acked=6),
        sent(S, 6, b"", FIN | ACK, acked=6),
        sent(C, 6, acked=7),
    ]
    items = one(packets)
    found = connection(items)
    assert (octets(items, C), octets(items, S)) == (b"hello", b"world!")
    assert gaps(items) == []
    assert ends(items) == [(C, 5, "fin"), (S, 6, "fin")]
    assert found.client == Endpoint(*CLIENT)
    assert found.server == Endpoint(*SERVER)
    assert (found.syn_seen, found.syn_ack_seen, found.connect_ns) == (True, True, MS)
    assert (found.opened_ns, found.closed_ns) == (START_NS + MS, START_NS + 8 * MS)
    assert (found.ended_by, found.ended_side) == (EndCause.FIN, Side.CLIENT)
    assert (found.end_source, found.opened_source) == (at(6), at(1))
    assert found.to_server is not None
    assert found.to_client is not None
    assert (found.to_server.packets, found.to_client.packets) == (5, 3)


@pytest.mark.parametrize("cuts", [(), range(9)])
def test_who_ends_first_does_not_depend_on_the_windows(cuts: range) -> None:
    packets = [
        *handshake(),
        sent(C, 0, b"hello"),
        sent(S, 0, b"", FIN | ACK, acked=5),
        sent(C, 5, b"", RST | ACK, acked=1),
        sent(S, 0, b"", FIN | ACK, acked=5),
    ]
    items = one(packets, cuts)
    found = connection(items)
    assert (found.ended_by, found.ended_side, found.end_source) == (
        EndCause.FIN,
        Side.SERVER,
        at(5),
    )
    assert ends(items) == [(C, 5, "rst"), (S, 0, "fin")]


def test_a_reset_ends_both_directions_and_says_nothing() -> None:
    packets = [*handshake(), sent(C, 0, b"hello"), sent(S, 0, b"no", RST), sent(S, 0, b"", RST)]
    items = one(packets)
    found = connection(items)
    assert (found.ended_by, found.ended_side, found.end_source) == (
        EndCause.RST,
        Side.SERVER,
        at(5),
    )
    assert octets(items, S) == b""
    assert ends(items) == [(C, 5, "rst"), (S, 0, "rst")]


def test_a_refused_connection() -> None:
    items = one([sent(C, -1, b"", SYN), sent(S, -1, b"", RST | ACK)])
    found = connection(items)
    assert (found.syn_seen, found.syn_ack_seen, found.connect_ns) == (True, False, None)
    assert (found.ended_by, found.ended_side) == (EndCause.RST, Side.SERVER)


def test_a_connection_may_be_open_at_the_end() -> None:
    items = one([*handshake(), sent(C, 0, b"hello")])
    found = connection(items)
    assert (found.ended_by, found.ended_side, found.end_source) == (
        EndCause.CAPTURE_END,
        None,
        None,
    )
    assert ends(items) == [(C, 5, "capture end"), (S, 0, "capture end")]


def test_without_times_there_are_none() -> None:
    found, _ = carried([window_of(handshake(), times_ns=[-1, -1, -1])])
    told = connection(found[0])
    assert (told.opened_ns, told.closed_ns, told.connect_ns) == (None, None, None)
    assert told.opened_source == PacketSource(0, 1, 1, None)


def test_packets_may_stand_out_of_order() -> None:
    syn, answer, ack = handshake()
    found = connection(one([answer, ack, syn]))
    assert (found.syn_seen, found.syn_ack_seen, found.connect_ns) == (True, True, -2 * MS)
    assert found.opened_source == at(1)


def test_a_late_capture_begins_with_a_gap() -> None:
    items = one([sent(C, 500, b"hello", acked=900), sent(S, 900, b"world", acked=505)])
    late = GapReason.LATE_START.value
    assert gaps(items) == [(C, 0, None, late), (S, 0, None, late)]
    assert (octets(items, C), octets(items, S)) == (b"hello", b"world")
    assert connection(items).syn_seen is False


def test_a_late_capture_may_begin_out_of_order() -> None:
    items = one([sent(C, 505, b"there"), sent(C, 500, b"hello")])
    assert octets(items, C) == b"hellothere"


def test_a_late_capture_may_begin_with_a_keep_alive() -> None:
    packets = [sent(S, 900, acked=500), sent(C, 499, b"\x00"), sent(C, 500, b"hello", acked=900)]
    items = one(packets)
    assert octets(items, C) == b"hello"
    assert gaps(items) == [(C, 0, None, "late start")]
    found = connection(items)
    assert found.to_server is not None
    assert found.to_server.keep_alives == 1
    assert octets(one([sent(S, 900, acked=500), sent(C, 499, b"\x00")]), C) == b""
    # Acknowledged behind it, the octet is one like any other.
    assert octets(one([sent(C, 499, b"a"), sent(S, 900, acked=500)]), C) == b"a"


def test_the_syn_of_one_side_tells_where_the_other_begins() -> None:
    _, answer, ack = handshake()
    items = one([answer, sent(C, 3, b"lo", acked=0), sent(S, 0, b"x")])
    assert gaps(items) == [(C, 0, 3, "lost")]
    syn, _, ack = handshake()
    items = one([syn, ack, sent(S, 3, b"ld")])
    assert gaps(items) == [(S, 0, 3, "lost")]
    assert connection(items).syn_ack_seen is False


def test_what_came_before_the_first_acknowledgment_counts() -> None:
    syn, _, _ = handshake()
    items = one([syn, sent(S, 0, b"hello"), sent(C, 0, acked=5), sent(S, 5, b"!")])
    assert octets(items, S) == b"hello!"
    assert gaps(items) == [(S, 0, None, "late start")]


def test_a_direction_nobody_captured_is_lost() -> None:
    items = one([sent(C, -1, b"", SYN), sent(C, 0, b"hello", acked=0), sent(C, 5, acked=300)])
    assert gaps(items) == [(S, 0, 300, "lost")]
    found = connection(items)
    assert found.to_client is not None
    assert (found.to_client.packets, found.to_client.lost) == (0, 300)


def test_a_side_that_only_acknowledges_has_no_beginning() -> None:
    items = one([sent(C, 500, acked=900), sent(S, 900, acked=500)])
    assert gaps(items) == []
    assert ends(items) == [(C, 0, "capture end"), (S, 0, "capture end")]


def test_a_fin_tells_where_a_late_side_stands() -> None:
    packets = [
        sent(C, 500, acked=900),
        sent(S, 900, b"", FIN | ACK, acked=500),
        sent(C, 500, b"bye", FIN | ACK, acked=901),
    ]
    for cuts in ((), range(9)):
        items = one(packets, cuts)
        late = "late start"
        assert set(gaps(items)) == {(C, 0, None, late), (S, 0, None, late)}
        assert ends(items) == [(C, 3, "fin"), (S, 0, "fin")]


def test_what_cannot_be_placed_leaves_no_trace() -> None:
    packets = [sent(C, 1 << 30), sent(S, 900, acked=500), sent(C, 500, b"ab"), sent(C, 502, b"c")]
    found = connection(one(packets, range(9)))
    assert found.to_server is not None
    assert (found.to_server.out_of_order, found.to_server.keep_alives) == (0, 0)


def test_data_on_a_syn_counts() -> None:
    packets = [sent(C, -1, b"hello", SYN), sent(S, -1, b"", SYN | ACK, acked=5), sent(C, 5, b"!")]
    assert octets(one(packets), C) == b"hello!"
