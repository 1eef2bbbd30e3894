"""What a timeline is made of, told by stanzas."""

import pytest
from msgspec.structs import replace

from analyzer.model.flow import Gap, GapReason
from analyzer.model.packed import pack
from analyzer.model.session import CloseKind, Session, SessionClose
from analyzer.model.source import Direction, Source
from analyzer.model.timing import Pause, PauseKind, RestTrip
from analyzer.model.xmpp import Ping, Stanza, StanzaKind
from analyzer.report.drawing.measured import end_of, intervals, silences, spoken
from analyzer.report.language.words import words
from tests.report.reports import PROFILE, START_NS, har_session, packet, stanza

WORDS = words("en")


def at(seconds: float) -> int:
    return START_NS + round(seconds * 1e9)


def iq(number: int, seconds: float, kind: str, **fields: object) -> Stanza:
    direction = "C>" if kind in ("get", "set") else "S>"
    values = {"id": f"i{number}", "type": kind} | fields
    way = str(values.pop("way", direction))
    return stanza(way, StanzaKind.IQ, "<iq/>", packet(round(seconds * 10), seconds), **values)


def ping(number: int, seconds: float) -> Stanza:
    return iq(number, seconds, "get", payload=Ping())


def session(*stanzas: Stanza, **fields: object) -> Session:
    values: dict[str, object] = {
        "profile": replace(PROFILE, ping_interval_ms=20_000, iq_timeout_ms=10_000),
        "stanzas": stanzas,
        "stanza_count": len(stanzas),
        "close": SessionClose(kind=CloseKind.RST, time_ns=at(100)),
        "ended_ns": at(100),
    }
    return har_session(**(values | fields))


TALK = (
    iq(1, 1, "set"),
    ping(2, 2),
    iq(1, 1.5, "result"),
    iq(2, 2.1, "result"),
    iq(3, 4, "set"),
    iq(3, 3.9, "error"),
    stanza("S>", StanzaKind.MESSAGE, "<message/>", packet(9, 5)),
)


@pytest.mark.parametrize("packed", [False, True])
def test_who_spoke_and_how_long_answers_took(packed: bool) -> None:
    told = session(*TALK)
    if packed:
        told = replace(told, stanzas=(), packed=pack(TALK))
    said = spoken(told, WORDS)
    assert said.client == (at(1), at(2), at(4))
    assert said.server == (at(1.5), at(2.1), at(3.9), at(5))
    assert [time_ns for time_ns, _ in said.pings] == [at(2)]
    assert [(a.kind, a.asked_ns, a.took_ns) for a in said.answers] == [
        ("iq", at(1), 500_000_000),
        ("ping", at(2), 100_000_000),
        ("iq", at(4), 0),  # the clock was set back
    ]
    assert said.answers[0].what == "iq set"


def test_what_belongs_to_no_request_of_the_client_is_no_answer() -> None:
    said = spoken(
        session(
            iq(1, 1, "get", way="S>"),
            iq(1, 2, "result", way="C>"),
            iq(2, 3, "result"),
            iq(3, 4, "get", id=None),
            replace(iq(4, 0, "get"), source=replace(packet(1), time_ns=None)),
        ),
        WORDS,
    )
    assert said.answers == ()
    assert len(said.client) + len(said.server) == 4


def test_what_was_asked_in_vain() -> None:
    asked = (iq(1, 10, "set"), ping(2, 80), ping(3, 95))
    hole = Gap(Direction.TO_CLIENT, 1, 1, GapReason.LOST, packet(1))

    def vain(told: Session) -> list[int]:
        return [a.asked_ns for a in spoken(told, WORDS).answers if a.took_ns is None]

    assert vain(session(*asked)) == [at(10), at(80)]
    assert vain(session(*asked, gaps=(hole,))) == []
    assert vain(session(*asked, stanza_count=9)) == []


def test_calls_until_their_event() -> None:
    call = RestTrip(
        request_id="r",
        method="PUT",
        path="/finesse/api/User/1",
        asked_ns=at(3),
        accepted_ns=at(3.1),
        event_ns=at(3.5),
        source=packet(30, 3),
    )
    late = replace(call, asked_ns=at(95), event_ns=None)  # the event may still come
    trips = (call, replace(call, event_ns=None), replace(call, asked_ns=None), late)
    told = spoken(session(rest_trips=trips), WORDS).answers
    assert [(a.kind, a.took_ns, a.what) for a in told] == [
        ("rest", 500_000_000, "PUT /finesse/api/User/1"),
        ("rest", None, "PUT /finesse/api/User/1"),
    ]


def lasts(told: Session, *seconds: float) -> list[tuple[float, bool, bool]]:
    pings: list[tuple[int, Source]] = [(at(s), packet(n, s)) for n, s in enumerate(seconds)]
    return [
        ((one.end_ns - one.begin_ns) / 1e9, one.late, one.last) for one in intervals(told, pings)
    ]


def test_from_ping_to_ping() -> None:
    assert lasts(session()) == []
    assert lasts(session(), 3, 23, 43) == [(20, False, False), (20, False, False), (57, True, True)]
    assert lasts(session(), 0, 20, 51, 71, 90) == [
        (20, False, False),
        (31, True, False),
        (20, False, False),
        (19, False, False),
        (10, False, True),
    ]
    assert lasts(session(), 100) == []


def test_who_keeps_a_slower_pace_is_late_by_that() -> None:
    slow = session(profile=replace(PROFILE, ping_interval_ms=10_000))
    assert [late for _, late, _ in lasts(slow, 0, 20, 40, 60)] == [False, False, False, True]


def test_the_end_of_a_session_or_of_its_recording() -> None:
    assert end_of(session()) == at(100)
    still = SessionClose(kind=CloseKind.OPEN)
    assert end_of(session(close=still, ended_ns=at(40), recorded_until_ns=at(50))) == at(50)
    assert end_of(session(recorded_until_ns=at(900))) == at(100)
    assert end_of(session(close=still, ended_ns=None)) is None


def message(seconds: float) -> Stanza:
    return stanza("S>", StanzaKind.MESSAGE, "<message/>", packet(round(seconds * 10), seconds))


def quiet(told: Session) -> list[tuple[float, float]]:
    found = silences(told, spoken(told, WORDS))
    return [((a - START_NS) / 1e9, (b - START_NS) / 1e9) for a, b in found]


def test_who_said_nothing_for_long() -> None:
    assert quiet(session(message(0), message(29), message(59), message(80))) == [(29, 59)]
    assert quiet(session(message(0), message(69), message(70))) == [(0, 69), (70, 100)]
    assert quiet(session(message(0), message(69), stanza_count=3)) == []
    assert quiet(session()) == []


def test_of_a_short_session_a_short_silence_tells_how_it_ended() -> None:
    def ended(seconds: float) -> list[tuple[float, float]]:
        close = SessionClose(kind=CloseKind.RST, time_ns=at(seconds))
        return quiet(session(message(0), message(1), ended_ns=at(seconds), close=close))

    assert [ended(seconds) for seconds in (2.9, 3, 7)] == [[], [(1, 3)], [(1, 7)]]
    timeless = session(message(0), close=SessionClose(kind=CloseKind.OPEN), ended_ns=None)
    assert quiet(timeless) == []


def test_a_silence_with_a_cause_is_told_by_that() -> None:
    asleep = Pause(
        kind=PauseKind.ASLEEP, begin_ns=at(10), end_ns=at(60), resumed=True, before=packet(100)
    )
    told = session(message(0), message(10), message(60), message(99), pauses=(asleep,))
    assert quiet(told) == [(60, 99)]
