"""How fast a session was, in a few numbers."""

from msgspec.structs import replace

from analyzer.model.session import Session
from analyzer.model.source import Side
from analyzer.model.timing import RestTrip, SlowIq, Timing
from analyzer.session.timing import with_calls
from tests.session.conversation import (
    Line,
    at,
    har_end,
    iq,
    messages,
    ns,
    ping,
    session,
    upgrade,
)

SECOND = 1_000_000_000
PUBSUB = "http://jabber.org/protocol/pubsub"
MS = 1_000_000


def timing(one: Session) -> Timing:
    assert one.timing is not None
    return one.timing


def pings(*trips: tuple[float, float | None]) -> list[Line]:
    """Pings of the client at a second, answered so many seconds later."""
    lines: list[Line] = []
    for number, (second, took) in enumerate(trips):
        lines.append((second, "C>", ping(f"p{number}")))
        if took is not None:
            lines.append((second + took, "S>", iq("result", f"p{number}")))
    return sorted(lines)


def test_round_trips() -> None:
    found = timing(session(pings((10, 0.1), (20, 0.3), (30, 0.2), (41, None))))
    assert (found.pings, found.answered) == (4, 3)
    assert (found.trip_median_ns, found.trip_95_ns, found.trip_longest_ns) == (
        200 * MS,
        300 * MS,
        300 * MS,
    )
    assert found.cadence_ns == 10 * SECOND


def test_95_of_100() -> None:
    found = timing(session(pings(*((10 * n, 0.001 * (n + 1)) for n in range(100)))))
    assert found.trip_95_ns == 96 * MS
    assert found.trip_longest_ns == 100 * MS


def test_silence_of_either_side_lasts_to_the_end() -> None:
    lines = [*pings((10, 0.1), (30, 0.1)), (75.0, "S>", "<message xmlns='jabber:client'/>")]
    found = timing(session(lines, har_end(80.0), har=True))
    assert found.client_silence_ns == 50 * SECOND
    assert found.server_silence_ns == round(44.9 * SECOND)


def test_the_slowest_answers_the_slowest_first() -> None:
    lines: list[Line] = [
        (1.0, "C>", iq("set", "a", "<x xmlns='urn:x'/>")),
        (1.5, "S>", iq("result", "a")),
        (2.0, "S>", ping("s")),
        (4.0, "C>", iq("result", "s")),
        (5.0, "C>", ping("c")),
        (5.2, "S>", iq("result", "c")),
        (6.0, "C>", ping("d")),
        (6.1, "S>", iq("result", "d")),
        (7.0, "C>", ping("never")),
    ]
    assert timing(session(lines)).slowest == (
        SlowIq(by=Side.SERVER, type="get", what="ping", latency_ns=2 * SECOND, source=at(2.0)),
        SlowIq(by=Side.CLIENT, type="set", what="x", latency_ns=500 * MS, source=at(1.0)),
        SlowIq(by=Side.CLIENT, type="get", what="ping", latency_ns=200 * MS, source=at(5.0)),
    )


def test_what_was_asked_for() -> None:
    asked = [
        ("bind", "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>"),
        ("session", "<session xmlns='urn:ietf:params:xml:ns:xmpp-session'/>"),
        ("subscribe /a", f"<pubsub xmlns='{PUBSUB}'><subscribe node='/a'/></pubsub>"),
        ("", ""),
    ]
    for what, inside in asked:
        lines = [(1.0, "C>", iq("set", "a", inside)), (1.5, "S>", iq("result", "a"))]
        assert [slow.what for slow in timing(session(lines)).slowest] == [what]


def test_without_times_or_stanzas_nothing_is_measured() -> None:
    assert session([]).timing is None
    untimed = messages([(1.0, "C>", ping("a")), (2.0, "S>", iq("result", "a"))], timed=False)
    found = timing(session([], [*untimed, *har_end(3.0)], har=True, before=[upgrade(har=True)]))
    assert (found.pings, found.answered) == (1, 1)
    assert (found.trip_longest_ns, found.cadence_ns, found.client_silence_ns) == (None, None, None)
    alone = timing(session([(1.0, "S>", "<message xmlns='jabber:client'/>")]))
    assert alone.client_silence_ns is None


TRIP = RestTrip(
    request_id="a",
    method="PUT",
    path="/",
    asked_ns=ns(1),
    accepted_ns=None,
    event_ns=ns(3),
    source=at(1),
    event=at(3),
)


def test_rest_calls() -> None:
    trips = (
        TRIP,
        replace(TRIP, event_ns=ns(2)),
        replace(TRIP, event_ns=ns(9)),
        replace(TRIP, asked_ns=None),
        replace(TRIP, event_ns=None, event=None),
    )
    found = with_calls(Timing(pings=7), trips)
    assert (found.pings, found.calls, found.events) == (7, 5, 4)
    assert (found.event_median_ns, found.event_longest_ns) == (2 * SECOND, 8 * SECOND)
    none = with_calls(Timing(), trips[4:])
    assert (none.event_median_ns, none.event_longest_ns) == (None, None)
