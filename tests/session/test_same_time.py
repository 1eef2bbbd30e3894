"""Sessions of a HAR found by time among many connections, without comparing each with each."""

from collections.abc import Sequence

from msgspec.structs import replace

from analyzer.model.flow import Endpoint
from analyzer.model.session import Session
from analyzer.session.same import groups
from analyzer.session.same_time import STEP_NS, Effort, near_in_time
from tests.session.test_same import LOCKED, S, seen

EVERY_NS = 20 * S


def test_a_reconnect_loop_that_packets_hide() -> None:
    """Several hundred sockets of a HAR, and a connection for each."""
    sessions = reconnecting(400)
    effort = Effort(1_200)
    found = [[member.number for member in group.members] for group in groups(sessions, effort)]
    assert found == [[n, n] for n in range(400)]
    assert not effort.spent


def test_the_nearer_is_worth_more() -> None:
    har, packets = reconnecting(1)
    assert packets.connection is not None
    late = (packets.connection.opened_ns or 0) + 2 * STEP_NS
    later = replace(packets, connection=replace(packets.connection, opened_ns=late))
    assert near_in_time([har, packets, later], Effort()) == {(0, 1): -1, (0, 2): -2}


def test_effort_ends() -> None:
    sessions = reconnecting(3)
    effort = Effort(2)
    assert len(near_in_time(sessions, effort)) == 2
    assert effort.spent
    assert effort.allows(0)
    assert not effort.allows(1)


def reconnecting(times: int) -> Sequence[Session]:
    """A page that opens a socket again and again, as a HAR and as packets show it."""
    har, packets = seen("@har\n@login", f"{LOCKED}\n@login\n50.0 C> [fin]")
    return [_later(har, n) for n in range(times)] + [_later(packets, n) for n in range(times)]


def _later(session: Session, times: int) -> Session:
    connection = session.connection
    assert connection is not None
    opened = (connection.opened_ns or 0) + times * EVERY_NS
    client = None if connection.client is None else Endpoint("192.0.2.1", 1024 + times)
    moved = replace(connection, opened_ns=opened, client=client)
    return replace(session, connection=moved, upgrade=None, number=times)
