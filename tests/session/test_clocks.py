"""How far two clocks are apart, told by what both recordings hold."""

import pytest
from msgspec.structs import replace

from analyzer.model.session import Session
from analyzer.session.clocks import Clock, Sightings, clock_against, is_nearer
from tests.rules.climb import climb

MS = 1_000_000

PING = "20.0 C> <iq xmlns='jabber:client' type='get' id='9'><ping xmlns='urn:xmpp:ping'/></iq>"


def seen(text: str) -> Session:
    (session,) = climb(text).sessions
    return session


def later(session: Session, there_ms: int, back_ms: int) -> Session:
    """The same, with other times of what went to the server and of what came back."""
    late = {"C>": there_ms * MS, "S>": back_ms * MS}
    stanzas = tuple(
        replace(
            one,
            source=replace(
                one.source, time_ns=(one.source.time_ns or 0) + late[one.direction.value]
            ),
        )
        for one in session.stanzas
    )
    return replace(session, stanzas=stanzas, connection=None, upgrade=None)


def test_a_har_and_a_capture_of_one_pc() -> None:
    clock = clock_against(seen("@har\n@clock 4\n@login"), seen("@login"))
    assert clock.offset_ns == pytest.approx(-4_000 * MS, abs=MS)
    assert clock.compared > 10
    assert clock.spread_ns == 0


def test_two_capture_points() -> None:
    """The server's clock is 100 ms ahead, and the way takes 30 ms."""
    client = seen("@login")
    server = later(client, 130, 70)
    clock = clock_against(server, client)
    assert (clock.offset_ns, clock.spread_ns) == (-100 * MS, 60 * MS)
    assert clock_against(client, server).offset_ns == 100 * MS
    assert is_nearer(client, server)
    assert not is_nearer(server, client)


def test_of_one_direction_nobody_knows_who_is_nearer() -> None:
    client = seen(f"@login until=connect\n{PING}")
    server = later(client, 130, 0)
    assert is_nearer(server, client) is None
    assert clock_against(server, client) == Clock(-130 * MS, None, 1)


def test_nothing_to_compare() -> None:
    bare = replace(seen("@har\n@no-upgrade 403 No"), upgrade=None)
    assert clock_against(seen("@login"), bare) == Clock()


def test_what_has_no_time_is_not_compared() -> None:
    locked = seen("@tls locked=no-keys alpn=http/1.1 cadence=10\n@login")
    assert locked.tls is not None
    assert locked.tls.client_hello is not None
    hello = replace(locked.tls.client_hello, time_ns=None)
    timeless = replace(locked, tls=replace(locked.tls, client_hello=hello, server_hello=None))
    assert clock_against(timeless, locked).compared == 2
    client = seen("@login")
    late = [replace(one, source=replace(one.source, time_ns=None)) for one in client.stanzas]
    without = replace(client, stanzas=tuple(late))
    assert clock_against(without, client).compared == 3


def test_a_syn_without_an_answer() -> None:
    silent = seen("@no-connect silent")
    assert clock_against(silent, silent) == Clock(0, None, 1)


def test_a_har_without_messages_has_its_upgrade() -> None:
    clock = clock_against(seen("@har\n@clock 2\n@no-upgrade 403 No"), seen("@no-upgrade 403 No"))
    assert clock.compared == 1
    assert clock.offset_ns == pytest.approx(-2_000 * MS, abs=50 * MS)


def test_handshakes_tell_where_nothing_can_be_read() -> None:
    locked = "@tls locked=no-keys alpn=http/1.1 cadence=10"
    clock = clock_against(seen(f"{locked}\n@clock 3\n@login"), seen(f"{locked}\n@login"))
    assert clock.offset_ns == -3_000 * MS
    assert clock.compared == 4


def test_moments_are_looked_up_once() -> None:
    """Of the longest recording, however many others there are."""
    session, known = seen("@login"), Sightings()
    assert known.of(session) is known.of(session)
    other = later(session, 100, 100)
    assert clock_against(other, session, known) == clock_against(other, session)
    assert is_nearer(other, session, known) == is_nearer(other, session)
