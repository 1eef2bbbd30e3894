"""What a ladder sends is acknowledged at once, unless it is sent again."""

from analyzer.capture.ladder_packets import PacketLadder
from analyzer.capture.ladder_text import parse
from analyzer.model.flow import Connection, DirectionFacts, Silence, Unacknowledged
from analyzer.model.source import PacketSource

SECOND = 1_000_000_000


def facts(text: str) -> tuple[DirectionFacts, DirectionFacts]:
    script = parse(text)
    assert script.wrong == []
    items = [item for _, some in PacketLadder(script, 0, 0).items() for item in some]
    (last,) = (item for item in items if isinstance(item, Connection))
    assert last.to_server is not None
    assert last.to_client is not None
    return last.to_server, last.to_client


def at(packet: int, second: float) -> PacketSource:
    return PacketSource(0, packet, packet, int(second * SECOND))


def test_what_is_said_is_acknowledged_at_once() -> None:
    to_server, to_client = facts("@raw\n1 C> abc\n20 C> d")
    assert to_server.unacknowledged is None
    assert to_client.unacknowledged is None
    assert (to_server.last_ns, to_client.last_ns) == (20 * SECOND, 20 * SECOND)
    assert to_server.silences == to_client.silences == (Silence(SECOND, 20 * SECOND),)


def test_what_is_sent_again_was_not() -> None:
    to_server, to_client = facts("@raw\n1 C> abc\n1 S> x\n2 C> ab\n3 C> [resent]\n18 C> [resent]")
    assert to_server.unacknowledged == Unacknowledged(2, 2, at(5, 2), at(7, 18))
    assert (to_server.retransmitted, to_server.resent_ns) == (4, 18 * SECOND)
    assert (to_client.retransmitted, to_client.resent_ns) == (0, None)
    assert to_server.last_ns == 18 * SECOND
    assert to_server.silences == (Silence(3 * SECOND, 18 * SECOND),)
    assert to_client.last_ns == SECOND
    assert to_client.silences == ()


def test_whatever_the_peer_sends_acknowledges_it() -> None:
    to_server, to_client = facts("@raw\n1 C> a\n2 C> [resent]\n30 S> b")
    assert to_server.unacknowledged is None
    assert to_server.last_ns == 30 * SECOND  # the acknowledgment of b
    assert to_client.silences == (Silence(997_000_000, 30 * SECOND),)


def test_nothing_can_be_sent_again_that_was_not_sent() -> None:
    to_server, _ = facts("@raw\n1 C> [resent]")
    assert to_server.unacknowledged is None
    assert to_server.packets == 2


def test_a_hole_is_no_packet() -> None:
    to_server, _ = facts("@raw\n1 C> [gap 5]")
    assert to_server.last_ns == 996_000_000  # the SYN
