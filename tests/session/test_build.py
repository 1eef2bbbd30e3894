"""Events of connections become sessions, one for each that spoke or wanted to speak XMPP."""

import pytest
from msgspec.structs import replace

from analyzer.model.anomaly import Anomaly, AnomalyCode
from analyzer.model.bosh import Turn
from analyzer.model.events import Streamed
from analyzer.model.flow import EndCause, Gap, GapReason
from analyzer.model.http import Exchange, Request, Response, Switched
from analyzer.model.session import Carrier, Needs, SeenIn, StepName
from analyzer.model.source import Direction, Side
from analyzer.model.tls import TlsFacts
from analyzer.session import build
from analyzer.session.build import Builder
from tests.session.conversation import (
    AVAILABLE,
    JID,
    NODE,
    PROFILE,
    at,
    built,
    goodbye,
    har_end,
    login,
    messages,
    ns,
    session,
    statuses,
    tcp,
    upgrade,
)


def test_a_healthy_login_is_done_in_every_step() -> None:
    one = session([*login(), *goodbye(2.0)])
    assert statuses(one) == dict.fromkeys(
        ("connect", "upgrade", "open", "auth", "bind", "session", "presence", "pubsub", "live"),
        "done",
    )
    assert (one.capture, one.number, one.carrier) == (0, 0, Carrier.WEBSOCKET)
    assert one.seen_in is SeenIn.PACKETS
    assert one.can_see == {
        Needs.MESSAGES,
        Needs.FRAMES,
        Needs.PACKETS,
        Needs.HTTP,
        Needs.TIMES,
        Needs.START,
        Needs.END,
        Needs.WEBSOCKET,
    }
    assert one.agent == "agent1@example.test"
    assert one.jid == JID
    assert (one.resource, one.domain) == ("desktop", "example.test")
    assert (one.server, one.url) == ("10.0.0.2:7071", "ws://example.test:7071/ws/")
    assert (one.user_agent, one.encrypted, one.started_late) == ("Browser/1", False, False)
    assert (one.started_ns, one.ended_ns) == (ns(-0.05), ns(2.03))
    assert one.recorded_until_ns == ns(2.03)
    assert one.stanza_count == len(one.stanzas) == len(login()) + 3
    assert (len(one.iqs), len(one.pings), len(one.deliveries)) == (4, 1, 1)
    assert [subscription.node for subscription in one.subscriptions] == [NODE]
    assert one.misplaced == ()
    assert one.unmatched == ()
    assert one.peer_presence is not None
    assert one.peer_gone is None
    assert one.frames[Direction.TO_SERVER].frames == 10


def test_a_har_sees_messages_but_neither_frames_nor_packets() -> None:
    one = session([*login(), *goodbye(2.0)], har=True)
    assert set(statuses(one).values()) == {"done"}
    assert one.can_see == {
        Needs.MESSAGES,
        Needs.HAR,
        Needs.HTTP,
        Needs.TIMES,
        Needs.START,
        Needs.END,
        Needs.WEBSOCKET,
    }
    assert one.frames == {}
    assert one.server == "example.test:8445"


def test_what_neither_speaks_xmpp_nor_upgrades_to_it_gives_no_session() -> None:
    page = Exchange(
        request=Request(method="GET", url="http://example.test/", source=at(0.0)), response=None
    )
    assert built([page, tcp(EndCause.FIN, 1.0)]) == []
    assert built([Switched(protocol="h2"), tcp(EndCause.FIN, 1.0)]) == []
    assert built([page]) == []


@pytest.mark.parametrize("status", [200, 403, 502])
def test_a_refused_upgrade_gives_a_session(status: int) -> None:
    (one,) = built([upgrade(status), tcp(EndCause.FIN, 1.0, Side.SERVER)])
    assert statuses(one)["upgrade"] == "failed"
    step = one.step(StepName.UPGRADE)
    assert step is not None
    assert step.detail == str(status)


def test_tls_connections_are_counted() -> None:
    builder = Builder(0, SeenIn.PACKETS, PROFILE)
    for number in range(2):
        assert builder.feed(number, [Switched(protocol="tls")]) == []
    builder.feed(2, [Switched(protocol="h2")])
    assert builder.tls_connections == 2


def test_connections_are_counted_by_what_they_speak() -> None:
    bind = Turn(url="http://example.test/http-bind/", asked=at(0.0))
    builder = Builder(0, SeenIn.PACKETS, PROFILE)
    builder.feed(0, [bind])
    builder.feed(0, [bind])
    websocket = [Switched(protocol="websocket"), Switched(protocol="xmpp")]
    builder.feed(1, [*websocket, tcp(EndCause.FIN, 1.0, number=1)])
    builder.feed(2, [Switched(protocol="xmpp"), tcp(EndCause.FIN, 1.0, number=2)])
    builder.feed(3, [Switched(protocol="h2")])
    builder.finish()
    assert builder.protocols == {"bosh": 1, "websocket": 1, "xmpp": 1, "h2": 1}


def test_sessions_of_packets_come_when_their_connections_end() -> None:
    builder = Builder(0, SeenIn.PACKETS, PROFILE)
    first = [upgrade(), *messages(login())]
    assert builder.feed(7, list(first)) == []
    assert builder.feed(8, list(first)) == []
    (ended,) = builder.feed(7, [tcp(EndCause.RST, 3.0, Side.SERVER, number=7)])
    assert ended.connection is not None
    assert ended.connection.number == 7
    (left,) = builder.finish()
    assert left.connection is None
    assert left.server == ""
    assert left.recorded_until_ns == ns(3.0)
    assert builder.finish() == []


def test_sessions_of_a_har_wait_for_its_rest_calls() -> None:
    builder = Builder(0, SeenIn.HAR, PROFILE)
    events = [upgrade(har=True), *messages(login(), har=True), *har_end(5.0)]
    assert builder.feed(0, events) == []
    call = Exchange(
        request=Request(
            method="PUT", url="https://example.test:8445/finesse/api/User/1", source=at(1.0)
        ),
        response=Response(status=202, source=at(1.1)),
    )
    assert builder.feed(1, [call, *har_end(5.0)[1:]]) == []
    (one,) = builder.finish()
    assert one.exchanges == (call,)


def test_nothing_is_misplaced_in_what_has_holes_or_no_beginning() -> None:
    early = [(0.0, "C>", AVAILABLE)]
    assert [p.missing for p in session(early).misplaced] == [StepName.AUTH]
    hole = Gap(Direction.TO_SERVER, 0, 10, GapReason.LOST, at(0.0))
    assert session(early, before=[upgrade(), hole]).misplaced == ()
    late = session(early, [tcp(EndCause.FIN, 1.0, syn=False)], before=[])
    assert late.started_late
    assert late.misplaced == ()


def test_gaps_and_anomalies_are_handed_on() -> None:
    hole = Gap(Direction.TO_CLIENT, 0, 10, GapReason.LOST, at(0.0))
    odd = Anomaly(code=AnomalyCode.WS_RSV)
    one = session(login(), before=[upgrade(), hole, odd])
    assert one.gaps == (hole,)
    assert one.anomalies == (odd,)


def test_without_any_time_there_is_none() -> None:
    one = session(
        [], har_end(None), har=True, before=[replace(upgrade(403, har=True), time_ns=None)]
    )
    assert (one.started_ns, one.ended_ns, one.recorded_until_ns) == (None, None, None)
    assert Needs.TIMES not in one.can_see


def test_sessions_of_one_connection_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "CONNECTION_SESSIONS", 2)
    builder = Builder(0, SeenIn.PACKETS, PROFILE)
    for stream in (1, 3, 5, 3):
        builder.feed(7, [Streamed(stream, (upgrade(),))])
    ends = [Streamed(stream, (tcp(EndCause.FIN, 9.0),)) for stream in (1, 3)]
    found = builder.feed(7, [*ends, tcp(EndCause.FIN, 9.0)])
    assert len(found) == 2
    assert [one.code for one in found[0].anomalies] == []
    assert AnomalyCode.LIMIT in [one.code for one in found[1].anomalies]


def test_streams_that_share_a_connection_share_its_tls() -> None:
    builder = Builder(0, SeenIn.PACKETS, PROFILE)
    for stream in (1, 3):
        builder.feed(7, [Streamed(stream, (upgrade(),))])
    facts = TlsFacts(version="TLS 1.3", server_name="cuic.example.test")
    # What carries them ends first: TLS is told of before its streams are over.
    builder.feed(7, [facts])
    builder.feed(7, [Streamed(stream, (tcp(EndCause.FIN, 9.0),)) for stream in (1, 3)])
    found = builder.feed(7, [tcp(EndCause.FIN, 9.0)])
    assert [one.tls.server_name for one in found if one.tls] == [facts.server_name] * 2
