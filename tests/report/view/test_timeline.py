"""A session in rows, in the order it happened."""

from msgspec.structs import replace

from analyzer.model.flow import Gap, GapReason
from analyzer.model.http import Exchange
from analyzer.model.joined import MatchedBy, Part
from analyzer.model.session import CloseKind, SessionClose
from analyzer.model.source import Direction, PacketSource, Side, Source
from analyzer.model.xmpp import Ping, StanzaKind
from analyzer.report.language.words import words
from analyzer.report.view.timeline import Timelines
from tests.report.reports import (
    entry,
    har_place,
    har_recording,
    har_session,
    healthy,
    packet,
    packet_recording,
    packet_session,
    refused,
    stanza,
    upgrade,
)

WORDS = words("en")


def test_a_har_session() -> None:
    report = refused()
    timelines = Timelines(report, WORDS)
    rows = timelines.rows(report.sessions[0])
    assert [f"{row.label.name} {row.label.detail}".strip() for row in rows] == [
        "GET upgrade /ws/",
        "HTTP response 101 Switching Protocols",
        "open to finesse.example.test",
        "stream:features PLAIN",
        "auth PLAIN as agent1001",
        "failure not-authorized",
        "session ends closed, 1.1 s after the last stanza",
    ]
    auth, failure = rows[4:6]
    assert auth.cited == ("SA-007", "CQ-007")
    assert (failure.cited, failure.failed) == (("SA-007",), True)
    assert [row.failed for row in rows] == [row is failure for row in rows]
    assert (failure.place, failure.look_up) == (
        "entry 3, message 3",
        ".log.entries[3]._webSocketMessages[3]",
    )
    assert timelines.anchors[failure_source()] == failure.key == "m1-3-3"
    # The entry stands for request, response and end: a link leads to the first.
    assert timelines.anchors[entry(None)] == "m1-3"


def failure_source() -> Source:
    return har_place(4, 0.35)


def test_a_packet_session_has_frames_holes_and_an_end() -> None:
    report = refused()
    rows = Timelines(report, WORDS).rows(replace(packet_session(), upgrade=None))
    assert [row.label.name for row in rows] == [
        "open",
        "stream:features",
        "auth",
        "failure",
        "iq get",
        "hole",
        "ping frame",
        "pong frame",
        "close frame",
        "session ends",
    ]
    hole, end = rows[5], rows[-1]
    assert (hole.label.detail, hole.direction) == ("1,460 octets, lost", Direction.TO_CLIENT)
    assert (end.by, end.label.fault, end.direction) == (Side.SERVER, True, None)
    assert end.label.detail == 'websocket close, by server, code 1012, "restart"'
    assert rows[8].label.detail == "1012 restart"


def test_what_came_in_one_packet_stands_as_it_was_sent() -> None:
    session = packet_session()
    last = session.control_frames[-1]
    assert isinstance(last.source, PacketSource)
    goodbye = stanza("S>", StanzaKind.CLOSE, "<close/>", replace(last.source, offset=5))
    frame = replace(last, source=replace(last.source, offset=20))
    rows = Timelines(refused(), WORDS).rows(
        replace(session, upgrade=None, stanzas=(goodbye,), control_frames=(frame,), gaps=())
    )
    assert [row.label.name for row in rows] == ["close", "close frame", "session ends"]


def test_the_answer_to_a_ping_is_as_routine_as_the_ping() -> None:
    ping = stanza("C>", StanzaKind.IQ, "<iq/>", entry(5), id="p", type="get", payload=Ping())
    pong = stanza("S>", StanzaKind.IQ, "<iq/>", entry(6), id="p", type="result")
    other = stanza("S>", StanzaKind.IQ, "<iq/>", entry(7), id="q", type="result")
    rows = Timelines(healthy(), WORDS).rows(har_session(stanzas=(ping, pong, other)))
    assert [row.label.routine for row in rows[2:5]] == [True, True, False]


def test_what_is_unknown_stays_empty() -> None:
    session = har_session(
        upgrade=None,
        stanzas=(),
        steps=(),
        gaps=(Gap(Direction.TO_CLIENT, 0, None, GapReason.LATE_START, None),),
        close=SessionClose(kind=CloseKind.OPEN),
    )
    hole, end = Timelines(healthy(), WORDS).rows(session)
    assert (hole.label.detail, hole.place, hole.time_ns) == ("late start", "", None)
    assert (end.label.name, end.place) == ("recording ends", "")
    assert end.label.detail == "still open when the recording ended"


def test_a_refused_upgrade_and_half_of_one() -> None:
    made = upgrade(entry(None))
    response = made.exchange.response
    assert response is not None
    refusal = replace(
        made,
        accepted=False,
        exchange=Exchange(
            request=made.exchange.request,
            response=replace(response, status=403, reason="Forbidden"),
        ),
    )
    rows = Timelines(healthy(), WORDS).rows(har_session(upgrade=refusal, stanzas=()))
    assert [(row.label.detail, row.label.fault) for row in rows[:2]] == [
        ("/ws/", False),
        ("403 Forbidden", True),
    ]
    nothing = replace(made, exchange=Exchange(request=None, response=None))
    assert len(Timelines(healthy(), WORDS).rows(har_session(upgrade=nothing, stanzas=()))) == 1


def test_places_of_several_recordings_stand_in_order_of_time() -> None:
    """Packet 90 came before message 4 of a HAR; the place says which input is meant."""
    said = stanza("C>", StanzaKind.PRESENCE, "<presence/>", entry(4, 5.0))
    before = stanza("S>", StanzaKind.PRESENCE, "<presence id='1'/>", packet(90, 4.0, capture=1))
    session = har_session(
        stanzas=(said, before),
        upgrade=None,
        parts=(Part(capture=0, har=True), Part(capture=1, matched_by=MatchedBy.STREAM_ID)),
    )
    recordings = (har_recording(), replace(packet_recording(), capture=1, name="b.pcapng"))
    rows = Timelines(healthy(sessions=(session,), recordings=recordings), WORDS).rows(session)
    assert [row.place for row in rows[:2]] == [
        "b.pcapng: packet 90",
        f"{recordings[0].name}: entry 3, message 4",
    ]
    assert rows[-1].label.name in {"session ends", "recording ends"}


def test_an_end_before_the_last_answers_is_told_last_and_untimed() -> None:
    session = har_session()
    close = replace(session.close, time_ns=session.stanzas[0].source.time_ns)
    end = Timelines(healthy(), WORDS).rows(replace(session, close=close))[-1]
    assert (end.label.name, end.time_ns) == ("session ends", None)
    assert Timelines(healthy(), WORDS).rows(session)[-1].time_ns == session.close.time_ns
