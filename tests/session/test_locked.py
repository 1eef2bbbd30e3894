"""Which connections that cannot be read are taken for sessions."""

from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from analyzer.model import limits
from analyzer.model.events import Event
from analyzer.model.flow import Connection, EndCause, Endpoint, Gap, GapReason
from analyzer.model.http import Switched
from analyzer.model.network import AttemptEnd
from analyzer.model.session import Carrier, CloseKind, Needs, SeenIn, Session, StepName
from analyzer.model.source import Direction, Side
from analyzer.model.tls import HANDSHAKE_FAILED, Locked, Sign, TlsAlert, TlsFacts
from analyzer.session import locked
from analyzer.session.build import Builder
from analyzer.session.locked import bare
from tests.session.conversation import (
    PROFILE,
    at,
    built,
    goodbye,
    login,
    messages,
    ns,
    statuses,
    tcp,
    upgrade,
)
from tests.session.test_cadence import pings, records

SOCKET = ("http/1.1",)
PAGE = ("h2", "http/1.1")
Lane = Iterable[tuple[float, int]]

TALK: tuple[Lane, Lane] = (
    [(0.1, 550), (0.2, 114), (0.3, 161), (0.4, 114), (0.5, 140)],
    [(0.15, 420), (0.25, 440), (0.35, 250), (0.45, 130), (0.9, 300)],
)


def facts(talk: tuple[Lane, Lane] = TALK, **fields: Any) -> TlsFacts:
    values: dict[str, Any] = {
        "version": "TLS 1.3",
        "locked": Locked.NO_KEYS,
        "server_name": "finesse.example.test",
        "alpn_offered": SOCKET,
        "completed": True,
        "client_hello": at(0.0),
        "server_hello": at(0.01),
        "finished": at(0.02),
        "to_server": records(talk[0]),
        "to_client": records(talk[1]),
    }
    return TlsFacts(**(values | fields))


def refused(**fields: Any) -> TlsFacts:
    """A handshake that the client gave up with an alert that can be read."""
    alert = TlsAlert(
        direction=Direction.TO_SERVER, fatal=True, description="unknown_ca", source=at(0.1)
    )
    values: dict[str, Any] = {"completed": False, "finished": None, "alerts": (alert,)}
    return facts(([], []), **(values | fields))


def connection(
    end: float = 2.0,
    *,
    cause: EndCause = EndCause.FIN,
    side: Side | None = Side.CLIENT,
    begin: float = -0.05,
    number: int = 0,
    port: int = 8445,
    client: str = "10.0.0.1",
    syn: bool = True,
) -> Connection:
    made = tcp(cause, end, side, number=number, syn=syn)
    return replace(
        made,
        client=Endpoint(client, 50_000 + number),
        server=Endpoint("10.0.0.2", port),
        opened_ns=ns(begin),
    )


def found(*talks: tuple[TlsFacts, Connection], before: Sequence[Event] = ()) -> list[Session]:
    """The sessions of several connections, with what else the recording holds."""
    return build(*talks, before=before)[0]


def build(
    *talks: tuple[TlsFacts, Connection], before: Sequence[Event] = ()
) -> tuple[list[Session], Builder]:
    builder = Builder(0, SeenIn.PACKETS, PROFILE)
    sessions = builder.feed(99, list(before)) if before else []
    for number, (told, made) in enumerate(talks):
        gaps = [Gap(way, 0, None, GapReason.ENCRYPTED, at(0.05)) for way in Direction]
        events: list[Event] = [Switched(protocol="tls"), *gaps, told, made]
        sessions += builder.feed(number, events)
    return sessions + builder.finish(), builder


def readable(**fields: Any) -> list[Event]:
    """A session that could be read."""
    lines = [*login(), *goodbye(2.0)]
    tls = facts(**(fields | {"locked": None}))
    return [upgrade(), *messages(lines), tls, replace(connection(3.0), number=99)]


def test_a_session_that_cannot_be_read() -> None:
    (one,) = found((facts(), connection()))
    assert (one.carrier, one.agent, one.server) == (Carrier.UNKNOWN, None, "10.0.0.2:8445")
    assert one.can_see == {Needs.TLS, Needs.PACKETS, Needs.START, Needs.TIMES, Needs.END}
    assert (one.encrypted, one.started_late, one.url) == (True, False, None)
    assert set(statuses(one).values()) == {"done", "not captured"}
    assert statuses(one)["connect"] == statuses(one)["tls"] == "done"
    tls = one.step(StepName.TLS)
    assert tls is not None
    assert (tls.asked, tls.answered, tls.latency_ns) == (at(0.0), at(0.02), 20_000_000)
    assert one.cadence is not None
    assert one.cadence.signs == (Sign.HTTP_1,)
    assert (one.close.kind, one.close.by, one.close.orderly) == (CloseKind.FIN, Side.CLIENT, None)
    assert one.close.idle_ns == 1_100_000_000


def test_times_of_records_are_not_kept() -> None:
    (one,) = found((facts(), connection()))
    assert one.tls is not None
    assert one.tls.to_server.times_ns == one.tls.to_client.lengths == ()
    assert one.tls.to_server.application == 5
    assert bare(None) is None


@pytest.mark.parametrize(
    ("told", "there"),
    [
        (facts(alpn_offered=PAGE), False),
        (facts(pings(9), alpn_offered=PAGE), True),
        (facts(alpn_offered=("xmpp-client",)), True),
        (facts(alpn_offered=()), False),
    ],
)
def test_not_every_connection_to_the_port_is_a_session(told: TlsFacts, there: bool) -> None:
    sessions, builder = build((told, connection(100.0)))
    assert bool(sessions) is there
    assert builder.tls_locked == {"no keys": 1}
    assert builder.unread == there


def test_the_server_cut_it_in_silence() -> None:
    (one,) = found((facts(), connection(60.0, side=Side.SERVER)))
    assert (one.close.orderly, one.close.idle_ns) == (False, 59_100_000_000)
    assert statuses(one)["live"] == "failed"


def test_the_server_may_answer_a_good_bye() -> None:
    (one,) = found((facts(), connection(1.5, side=Side.SERVER)))
    assert one.close.orderly is None
    assert statuses(one)["live"] == "not captured"


def test_who_closed_tls_ended_it() -> None:
    lanes = ([*TALK[0]], [*TALK[1], (59.0, 19)])
    (one,) = found((facts(lanes), connection(59.1, side=Side.CLIENT)))
    assert one.close.by is Side.SERVER


def test_single_calls_may_end_as_they_like() -> None:
    calls = ([(0.1, 550), (1.0, 550)], [(0.2, 900), (1.1, 900)])
    (one,) = found((facts(calls), connection(60.0, side=Side.SERVER)))
    assert one.close.orderly is None


def test_a_capture_that_began_late() -> None:
    late = facts(
        pings(9),
        locked=Locked.NO_HANDSHAKE,
        client_hello=None,
        server_hello=None,
        completed=None,
        finished=None,
        alpn_offered=(),
        version=None,
    )
    (one,) = found((late, connection(100.0, syn=False)))
    assert one.started_late
    assert Needs.START not in one.can_see
    assert statuses(one)["connect"] == "not captured"
    assert statuses(one)["tls"] == "done"
    # As long as only the server speaks, it may still be the handshake.
    server = replace(
        late, to_server=records([]), to_client=records([(0.5 * n, 300) for n in range(9)])
    )
    (one,) = found((server, connection(100.0, syn=False)))
    assert statuses(one)["tls"] == "not captured"


def test_hello_alone_tells_that_it_did_not_begin_late() -> None:
    (one,) = found((facts(), connection(syn=False)))
    assert not one.started_late


def test_a_handshake_that_failed() -> None:
    (one,), builder = build((refused(), connection(0.2)))
    assert one.carrier is Carrier.UNKNOWN
    tls = one.step(StepName.TLS)
    assert tls is not None
    assert (tls.status.value, tls.detail, tls.answered) == ("failed", "alert unknown_ca", at(0.1))
    assert {value for name, value in statuses(one).items() if name not in {"connect", "tls"}} == {
        "missing"
    }
    assert one.close.orderly is None
    assert builder.tls_locked == {HANDSHAKE_FAILED: 1}


def test_a_browser_replaces_connections_that_it_gave_up() -> None:
    page = refused(alpn_offered=PAGE)
    lives = facts(alpn_offered=PAGE)
    assert found((page, connection(0.2)), (lives, connection(5.0, number=1))) == []
    # Whichever ended first.
    assert found((lives, connection(5.0, number=1)), (page, connection(0.2))) == []
    # A socket that lives tells of the page's, but not the other way round.
    assert len(found((page, connection(0.2)), (facts(), connection(5.0, number=1)))) == 1
    (one,) = found((refused(), connection(0.2)), (lives, connection(5.0, number=1)))
    assert statuses(one)["tls"] == "failed"


def test_a_connection_before_it_is_no_replacement() -> None:
    earlier = (facts(alpn_offered=PAGE), connection(5.0))
    failing = (refused(alpn_offered=PAGE), connection(60.0, begin=59.0, number=1))
    (one,) = found(earlier, failing)
    assert statuses(one)["tls"] == "failed"


def test_another_client_is_no_replacement() -> None:
    other = (facts(alpn_offered=PAGE), connection(5.0, number=1, client="10.0.0.9"))
    assert len(found((refused(alpn_offered=PAGE), connection(0.2)), other)) == 1


def test_vain_tries_of_one_client_are_one_session() -> None:
    page = (refused(alpn_offered=PAGE), connection(0.2))
    tries = [(refused(), connection(n + 0.2, begin=float(n), number=n)) for n in range(1, 4)]
    elsewhere = (refused(), connection(0.2, number=7, client="10.0.0.9"))
    first, other = found(page, *tries, elsewhere)
    assert first.connection is not None
    assert first.connection.number == 1  # the socket's, not the page's
    assert [a.connection.number for a in first.attempts] == [0, 2, 3]
    assert {(a.end, a.detail) for a in first.attempts} == {
        (AttemptEnd.TLS_FAILED, "alert unknown_ca")
    }
    assert other.attempts == ()


def test_a_host_that_another_session_names() -> None:
    talk = (facts(), connection(number=1, port=10_443))
    assert len(found(talk, before=readable())) == 2
    other = (facts(server_name="chat.example.com"), connection(number=1, port=10_443))
    assert len(found(other, before=readable())) == 1
    nameless = (facts(server_name=None), connection(number=1, port=10_443))
    assert len(found(nameless, before=readable())) == 1
    # By the address of its socket as well.
    named = replace(talk[0], server_name="example.test")
    assert len(found((named, talk[1]), before=readable(server_name=None))) == 2


def test_where_nothing_else_is_found_a_socket_at_any_port_counts() -> None:
    assert len(found((facts(), connection(port=10_443)))) == 1
    assert len(found((refused(), connection(0.2, port=10_443)))) == 1
    # Whatever else a page talks to is at 443, and what offers more is no WebSocket.
    assert found((facts(), connection(port=443))) == []
    assert found((facts(pings(9), alpn_offered=PAGE), connection(100.0, port=10_443))) == []
    page = (refused(alpn_offered=PAGE), connection(0.2, port=10_443))
    assert found(page, (facts(alpn_offered=PAGE), connection(number=1, port=10_444))) == []
    # Where all failed, they are what it was recorded for, whatever they offered.
    assert len(found(page)) == 1
    assert found((refused(alpn_offered=PAGE), connection(0.2, port=443))) == []
    # Beside a session of the service it is somebody else's.
    talks = ((facts(), connection()), (facts(server_name="b"), connection(number=1, port=10_443)))
    assert [one.server for one in found(*talks)] == ["10.0.0.2:8445"]


def test_a_hostile_address_names_no_host() -> None:
    events = [upgrade(url="wss://[x/ws/"), *messages(login()), connection(3.0)]
    talk = (facts(), connection(number=1, port=10_443))
    assert len(found(talk, before=events)) == 1


def test_many_are_held_only_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locked, "LOCKED_HELD", 2)
    assert limits.LOCKED_HELD > 2
    talks = [(refused(), connection(0.2, number=n, client=f"10.0.1.{n}")) for n in range(5)]
    assert len(found(*talks)) == 2
    sockets = [(facts(), connection(number=n, port=10_443)) for n in range(5)]
    assert len(found(*sockets)) == 2
    lives = [
        (facts(alpn_offered=PAGE), connection(9.0, number=n, client=f"10.0.1.{n}"))
        for n in range(5)
    ]
    # The peers seen longest ago are forgotten, and their failures count.
    page = refused(alpn_offered=PAGE)
    old = (page, connection(0.2, number=8, client="10.0.1.0"))
    new = (page, connection(0.2, number=9, client="10.0.1.4"))
    assert len(found(*lives, old, new)) == 1


def test_keys_that_open_nothing_but_a_refusal() -> None:
    opened = replace(refused(), locked=None, to_server=replace(records([]), opened=1))
    (one,) = found((opened, connection(0.2)))
    assert (one.carrier, statuses(one)["tls"]) == (Carrier.UNKNOWN, "failed")


def test_what_was_read_and_is_no_xmpp_gives_no_session() -> None:
    read = facts(locked=None, to_server=replace(records(TALK[0]), plaintext_octets=9, opened=5))
    sessions, builder = build((read, connection()))
    assert sessions == []
    assert builder.tls_locked == {}
    assert builder.tls_opened == 1


def test_an_unused_connection_gives_no_session() -> None:
    idle = facts(([], []), alpn_offered=PAGE)
    assert found((idle, connection())) == []


def test_tls_without_an_end_gives_no_session() -> None:
    assert built([Switched(protocol="tls"), facts()]) == []


def test_starttls_leaves_a_session_that_is_read_in_part() -> None:
    lines = login(StepName.OPEN)
    events: list[Event] = [
        upgrade(),
        *messages(lines),
        *(Gap(way, 400, None, GapReason.ENCRYPTED, at(0.2)) for way in Direction),
        facts(),
        connection(60.0, side=Side.SERVER),
    ]
    (one,) = built(events)
    assert one.carrier is not Carrier.UNKNOWN
    assert one.cadence is not None
    assert (one.close.orderly, statuses(one)["live"]) == (False, "failed")
    (one,) = built([*events[:-1], connection(1.0)])
    assert statuses(one)["live"] == "not captured"
