"""How fast a session was, and when it paused, as label and value."""

from msgspec.structs import replace

from analyzer.model.session import PingTrip, Session
from analyzer.model.source import Side
from analyzer.model.timing import Pause, PauseKind, RestTrip, SlowIq, Timing
from analyzer.report.facts.connection import connection_facts
from analyzer.report.facts.timing import timing_facts
from analyzer.report.language.words import words
from tests.report.reports import START_NS, har_session, packet

WORDS = words("en")

MS = 1_000_000
SECOND = 1_000_000_000

TIMING = Timing(
    pings=3,
    answered=2,
    trip_median_ns=12 * MS,
    trip_95_ns=40 * MS,
    trip_longest_ns=2 * SECOND,
    cadence_ns=10 * SECOND,
    client_silence_ns=70 * SECOND,
    server_silence_ns=11 * SECOND,
    slowest=(
        SlowIq(by=Side.CLIENT, type="set", what="bind", latency_ns=3 * SECOND, source=packet(7, 1)),
        SlowIq(by=Side.SERVER, type="get", what="", latency_ns=5 * MS, source=packet(8, 2)),
    ),
    calls=4,
    events=3,
    event_median_ns=200 * MS,
    event_longest_ns=4 * SECOND,
)
PAUSE = Pause(
    kind=PauseKind.THROTTLED,
    begin_ns=START_NS,
    end_ns=START_NS + 60 * SECOND,
    resumed=True,
    before=packet(5, 0),
    after=packet(9, 60),
    heard=3,
)
TRIP = RestTrip(
    request_id="r-1",
    method="PUT",
    path="/finesse/api/User/a",
    asked_ns=START_NS,
    accepted_ns=START_NS + 100 * MS,
    event_ns=START_NS + 3 * SECOND,
    source=packet(20, 0),
    event=packet(30, 3),
)


def trip(by: Side, answered_s: float | None, *, framed: bool = False) -> PingTrip:
    answered = None if answered_s is None else START_NS + int(answered_s * SECOND)
    return PingTrip(
        by=by, id="p", framed=framed, asked_ns=START_NS, answered_ns=answered, source=packet(1)
    )


def facts(session: Session) -> dict[str, str]:
    return {key: value for key, value in timing_facts(session, WORDS) if value}


def test_all_of_it() -> None:
    session = har_session(timing=TIMING, pauses=(PAUSE,), pings=())
    assert facts(session) == {
        "pings": "2 of 3 answered, median 12 ms, 95 % 40 ms, slowest 2.0 s, every 10.0 s",
        "pauses": "1: 2026-01-01T00:00:00.000Z throttled 1 min 0 s, 3 of the server meanwhile",
        "silence": "client 1 min 10 s, server 11.0 s",
        "slowest": "set bind 3.0 s, get 5.0 ms (server)",
        "calls": "3 of 4 told by an event, median 200 ms, slowest 4.0 s",
    }
    labelled = dict(connection_facts(session, words("en")))
    assert {"Pings", "Pauses", "Longest silence", "Slowest answers"} <= labelled.keys()
    assert labelled["Accepted REST calls"] == facts(session)["calls"]


def test_nothing_was_measured() -> None:
    assert facts(har_session(timing=Timing(), pauses=(), pings=())) == {}
    assert facts(har_session(timing=None, pauses=(), pings=())) == {}
    vain = Timing(pings=1, calls=1)
    assert facts(har_session(timing=vain, pings=())) == {
        "pings": "0 of 1 answered",
        "calls": "0 of 1 told by an event",
    }


def test_pings_of_the_server_and_of_the_web_socket() -> None:
    pings = (
        trip(Side.CLIENT, 1),
        trip(Side.SERVER, 0.5),
        trip(Side.SERVER, None),
        trip(Side.SERVER, 2, framed=True),
        trip(Side.CLIENT, None, framed=True),
    )
    told = facts(har_session(timing=Timing(pings=1, answered=1), pings=pings))["pings"]
    assert told == (
        "1 of 1 answered; server: 1 of 2 answered, slowest 500 ms; "
        "server frames: 1 of 1 answered, slowest 2.0 s; frames: 0 of 1 answered"
    )


def test_of_many_pauses_the_first_few() -> None:
    last = replace(PAUSE, kind=PauseKind.UNKNOWN, resumed=False, after=None, heard=0)
    told = facts(har_session(pauses=(last,)))["pauses"]
    assert told == "1: 2026-01-01T00:00:00.000Z unknown 1 min 0 s, to the end"
    assert facts(har_session(pauses=(PAUSE,) * 7))["pauses"].endswith("; 2 more")
