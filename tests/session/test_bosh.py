"""Turns become sessions by their session and request ids, however they are delivered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from analyzer.model.anomaly import AnomalyCode
from analyzer.model.bosh import Turn
from analyzer.model.flow import EndCause
from analyzer.model.session import Carrier, CloseKind, Needs, Session
from analyzer.model.source import PacketSource, Side
from analyzer.session import bosh
from analyzer.session.bosh import FAREWELL_NS, IDLE_NS, LOOK_NS, BoshSessions
from analyzer.session.trace import Room, Trace
from tests.session.conversation import ns, statuses, tcp
from tests.session.posts import (
    NS,
    URL,
    Post,
    answer,
    body,
    creation,
    goodbye,
    login,
    sessions,
)

RID = 1_000_000
WHOLE = [*login(), Post(1.0, 4.9, body(RID + 5)), goodbye(RID + 6)]


def alone(posts: list[Post]) -> Session:
    (one,) = sessions([(0, post) for post in posts])
    return one


def told(one: Session) -> Session:
    """A session less what differs with the connections."""
    facts = one.bosh
    assert facts is not None
    turns = tuple(replace(turn, connection=0) for turn in facts.turns)
    return replace(one, connection=None, bosh=replace(facts, turns=turns, connections=()))


def test_a_whole_session() -> None:
    one = alone(WHOLE)
    assert one.carrier is Carrier.BOSH
    assert {*statuses(one).values()} == {"done"} - set() or statuses(one)["live"] == "done"
    assert statuses(one)["presence"] == "done"
    assert "upgrade" not in statuses(one)
    assert (one.agent, one.url, one.user_agent) == ("agent1@example.test", URL, "Browser/1")
    assert (one.encrypted, one.started_late) == (True, False)
    assert one.can_see >= {Needs.BOSH, Needs.PACKETS, Needs.MESSAGES, Needs.START, Needs.TIMES}
    assert Needs.WEBSOCKET not in one.can_see
    assert (one.close.kind, one.close.by, one.close.orderly) == (
        CloseKind.XMPP_CLOSE,
        Side.CLIENT,
        True,
    )
    facts = one.bosh
    assert facts is not None
    assert (facts.sid, facts.wait_s, facts.hold, facts.requests) == ("s1", 60, 1, 2)
    assert (facts.inactivity_s, facts.polling_s, facts.turn_count) == (30, 5, len(WHOLE))
    assert (facts.terminated_by, facts.condition, facts.bodies_missing) == ("client", None, 0)
    assert [turn.rid for turn in facts.turns] == [RID + n for n in range(7)]
    assert [turn.empty for turn in facts.turns] == [True, False, True, False, False, True, False]


def test_nothing_gives_nothing() -> None:
    assert BoshSessions(Room()).finish() == []


@given(st.data())
def test_it_does_not_matter_which_connection_carried_what(data: st.DataObject) -> None:
    numbers = data.draw(st.lists(st.integers(0, 3), min_size=7, max_size=7))
    order = data.draw(st.permutations(range(7)))
    (one,) = sessions([(numbers[n], WHOLE[n]) for n in order])
    assert told(one) == told(alone(WHOLE))


def test_several_sessions_at_once() -> None:
    other = [post._replace(at=post.at + 0.05) for post in login(5_000_000, "s2")]
    other = [post._replace(until=(post.until or 0) + 0.05) for post in other]
    mixed = sorted([(0, post) for post in WHOLE] + [(0, post) for post in other])
    second, first = sessions(mixed)
    assert told(first) == told(alone(WHOLE))
    assert second.bosh is not None
    assert (second.bosh.sid, second.bosh.turn_count) == ("s2", 5)


def test_a_creation_whose_answer_was_lost() -> None:
    lost = WHOLE[0]._replace(until=None)
    for posts in ([lost, *WHOLE[1:]], [*WHOLE[1:], lost]):
        one = alone(posts)
        assert not one.started_late
        assert one.bosh is not None
        assert one.bosh.turn_count == 7
        assert one.stanzas[0].receiver == "example.test"
        assert one.bosh.wait_s is None


def test_a_creation_of_another_address_is_another() -> None:
    lost = WHOLE[0]._replace(until=None, url="https://other.test/http-bind/")
    first, second = sessions([(0, lost), *[(0, post) for post in WHOLE[1:]]])
    assert {first.started_late, second.started_late} == {True, False}


def test_a_creation_that_was_not_captured() -> None:
    one = alone(WHOLE[3:])
    assert one.started_late
    assert Needs.START not in one.can_see
    assert one.bosh is not None
    assert (one.bosh.sid, one.bosh.wait_s) == ("s1", None)


def test_a_creation_that_was_sent_again() -> None:
    vain = WHOLE[0]._replace(until=0.001, status=502, got="<html/>")
    one = alone([vain, *WHOLE[1:4], WHOLE[0]._replace(at=0.005)])
    assert one.bosh is not None
    assert one.bosh.turn_count == 5
    assert one.bosh.sid == "s1"


def test_a_creation_that_was_refused() -> None:
    one = alone([WHOLE[0]._replace(status=404, got="Not found")])
    assert one.bosh is not None
    assert one.bosh.sid is None
    assert (one.close.kind, one.close.condition) == (CloseKind.BOSH_ERROR, "item-not-found")


def test_responses_without_their_requests() -> None:
    builder = BoshSessions(Room())
    place = PacketSource(0, 1, 1, ns(0))
    known = Turn(url="", answered=place, response=creation().turn().response)
    lone = Turn(url="", answered=place)
    for number, turn in ((3, lone), (3, known), (3, lone), (4, lone), (4, known), (5, lone)):
        builder.take(number, turn)
    traces = builder.finish()
    told = [(trace.bosh.sid, trace.bosh.turn_count) for trace in traces if trace.bosh]
    assert told == [("s1", 5), (None, 1)]


def test_an_address_that_is_none() -> None:
    one = alone([post._replace(url="http://[/http-bind/") for post in WHOLE])
    assert one.bosh is not None
    assert one.bosh.turn_count == 7


def test_both_sides_of_a_proxy() -> None:
    behind = [post._replace(at=post.at + 0.001, until=(post.until or 0) - 0.001) for post in WHOLE]
    one, two = sessions(
        [(n, post) for pair in zip(behind, WHOLE, strict=True) for n, post in enumerate(pair)]
    )
    for session in (one, two):
        assert session.bosh is not None
        assert session.bosh.turn_count == 7
        assert statuses(session)["live"] == "done"


def test_places_are_bounded() -> None:
    posts = [(n, post) for n in range(bosh.HALVES + 3) for post in WHOLE]
    assert len(sessions(posts)) == bosh.HALVES


def test_a_request_that_was_sent_again_is_no_other_half() -> None:
    again = Post(2.0, 2.1, body(RID + 5))
    one = alone([*WHOLE[:5], Post(1.0, 1.1, body(RID + 5)), again])
    assert one.bosh is not None
    assert [turn.rid for turn in one.bosh.turns][-2:] == [RID + 5, RID + 5]
    (other,) = sessions(
        [(0, WHOLE[0]), (1, WHOLE[1]), (2, again), (3, again._replace(at=3.0, until=3.1))]
    )
    assert other.bosh is not None
    assert other.bosh.turn_count == 4


# When a session has ended


def taken(*posts: Post) -> BoshSessions:
    builder = BoshSessions(Room())
    for post in posts:
        builder.take(0, post.turn())
    return builder


def closed(builder: BoshSessions, number: int = 0) -> bool:
    trace = Trace(Room())
    trace.feed([tcp(EndCause.FIN, 6.0, Side.CLIENT, number=number)])
    return builder.end(number, trace)


def test_both_sides_have_said_good_bye() -> None:
    builder = taken(*WHOLE)
    late = ns(6) + FAREWELL_NS
    assert builder.over(late) == []  # its connection is open
    assert closed(builder)
    assert not closed(builder)
    assert builder.over(ns(5.1)) == []
    assert len(builder.over(late)) == 1
    assert builder.finish() == []


def test_nobody_asked_again() -> None:
    builder = taken(*WHOLE[:3])
    assert builder.over(ns(1) + IDLE_NS) == []  # it may be held on its open connection
    closed(builder)
    assert builder.over(ns(1) + IDLE_NS + LOOK_NS // 2) == []
    assert len(builder.over(ns(1) + IDLE_NS + LOOK_NS)) == 1


def test_a_terminated_session_does_not_wait_for_its_connection_for_ever() -> None:
    builder = taken(*WHOLE)
    assert len(builder.over(ns(6) + IDLE_NS)) == 1
    assert closed(builder)


def test_a_silent_session_and_its_lost_creation_end_together() -> None:
    builder = taken(WHOLE[0]._replace(until=None), *WHOLE[1:3])
    closed(builder)
    (trace,) = builder.over(ns(1) + IDLE_NS)
    assert trace.bosh is not None
    assert trace.bosh.turn_count == 3


def test_sessions_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bosh, "BOSH_SESSIONS", 3)
    posts = [Post(n, n + 0.1, body(5 * n + 1, sid=f"s{n}")) for n in range(10)]
    builder = taken(*posts)
    early = builder.over(0)
    assert [trace.bosh.sid for trace in early if trace.bosh] == [f"s{n}" for n in range(7)]
    limits = [a.values["limit"] for trace in early for a in trace.anomalies()]
    assert limits == ["BOSH_SESSIONS"] * 7
    assert len(builder.finish()) == 3


def test_a_turn_behind_the_end_is_a_session_of_its_own() -> None:
    builder = taken(*WHOLE)
    assert len(builder.over(ns(6) + IDLE_NS)) == 1
    builder.take(0, Turn(url=URL, asked=PacketSource(0, 9, 9, ns(200)), status=404))
    (trace,) = builder.finish()
    assert trace.bosh is not None
    assert trace.bosh.turn_count == 1


# HAR


def test_of_a_har_each_request_is_an_entry() -> None:
    (one,) = sessions([(0, post) for post in WHOLE], har=True)
    assert one.bosh is not None
    assert one.bosh.connections == tuple(range(7))
    assert one.server == "example.test:7443"
    assert statuses(one) == {**statuses(one), "connect": "done", "tls": "done", "live": "done"}
    assert one.close.orderly


def test_bodies_that_a_har_lacks_are_holes() -> None:
    (one,) = sessions([(0, post._replace(got=None)) for post in WHOLE], har=True)
    assert one.bosh is not None
    assert one.bosh.bodies_missing == 7
    assert len(one.gaps) == 7
    assert Needs.MESSAGES not in one.can_see
    assert statuses(one)["auth"] == "not captured"


def test_a_har_without_what_the_client_said_is_one_session_all_the_same() -> None:
    (one,) = sessions([(0, post._replace(sent=None)) for post in WHOLE], har=True)
    assert one.bosh is not None
    assert (one.bosh.sid, one.bosh.turn_count) == ("s1", 7)
    assert one.started_late


def test_what_the_browser_said() -> None:
    vain = WHOLE[0]._replace(until=None, error="net::ERR_CONNECTION_REFUSED")
    (one,) = sessions([(0, vain)], har=True)
    assert statuses(one)["connect"] == "failed"
    assert (one.close.kind, one.close.reason) == (CloseKind.CLOSED, vain.error)
    (other,) = sessions([(0, vain._replace(error="net::ERR_CERT_DATE_INVALID"))], har=True)
    assert statuses(other)["tls"] == "failed"
    (nothing,) = sessions([(0, vain._replace(error=None))], har=True)
    assert statuses(nothing)["connect"] == "not captured"


# Limits and oddities


def test_what_bodies_say_is_bounded() -> None:
    odd = body(RID + 5, "", f"ver='{'9' * 900}' key='secret' foo='x'")
    one = alone([*WHOLE[:5], Post(1.0, 1.1, odd, answer("", "wait='x'"))])
    assert one.bosh is not None
    said = one.bosh.turns[-1].request
    assert {*said} == {"ver"}
    assert len(said["ver"]) == 200


def test_anomalies_of_a_body_are_the_session_s() -> None:
    one = alone([*WHOLE[:5], Post(1.0, 1.1, body(RID + 5, "<a>"))])
    assert AnomalyCode.BOSH_BODY in {anomaly.code for anomaly in one.anomalies}
    assert NS


ODD = st.builds(
    Post,
    st.integers(0, 500).map(lambda tenths: tenths / 10),
    st.none() | st.integers(0, 500).map(lambda tenths: tenths / 10),
    st.none()
    | st.builds(
        lambda rid, sid, more: f"<body {rid} {sid} {more} {NS}>",
        st.sampled_from(["rid='1'", "rid='2'", "rid='5'", "rid='x'", ""]),
        st.sampled_from(["sid='s1'", "sid='s2'", ""]),
        st.sampled_from(["to='a.test'", "type='terminate'", "xmpp:restart='true'", "/", ""]),
    ),
    st.none()
    | st.builds(
        lambda sid, more: f"<body {sid} {more} {NS}/>",
        st.sampled_from(["sid='s1'", "sid='s2'", ""]),
        st.sampled_from(["wait='6' inactivity='3'", "type='terminate' condition='x'", ""]),
    ),
    st.sampled_from([200, 200, 404, 502]),
    st.sampled_from([URL, "http://other.test/bosh", "/bosh"]),
    st.sampled_from([None, "net::ERR_FAILED"]),
)


@given(st.lists(st.tuples(st.integers(0, 3), ODD), max_size=30), st.booleans())
def test_no_turn_is_lost(posts: list[tuple[int, Post]], har: bool) -> None:
    found = sessions(posts, har=har)
    assert sum(one.bosh.turn_count for one in found if one.bosh) == len(posts)
    stanzas = sum(
        len(body.stanzas)
        for _, post in posts
        for body in (post.turn().request, post.turn().response)
        if body is not None
    )
    assert sum(one.stanza_count for one in found) == stanzas
