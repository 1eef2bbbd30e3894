"""When a client fell silent though it should have pinged, and why."""

from itertools import pairwise

import pytest
from msgspec.structs import replace

from analyzer.capture.ladder import ORIGIN_NS
from analyzer.model.anomaly import AnomalyCode
from analyzer.model.events import Event
from analyzer.model.flow import DirectionFacts, EndCause, Gap, GapReason, Silence
from analyzer.model.session import SeenIn, Session
from analyzer.model.source import Direction, PacketSource, Side
from analyzer.model.timing import Pause, PauseKind
from analyzer.model.tls import Locked, RecordFacts, TlsFacts
from analyzer.session import pauses
from analyzer.session.build import Builder
from analyzer.session.pauses import pace
from tests.rules.climb import climb
from tests.session.conversation import (
    PROFILE,
    START_NS,
    at,
    har_end,
    login,
    messages,
    ns,
    ping,
    tcp,
    upgrade,
)
from tests.session.conversation import session as conversed

SECOND = 1_000_000_000
Told = tuple[str, float, float, bool, int]
THROTTLED, ASLEEP, BUSY, OFFLINE, UNKNOWN = (
    PauseKind.THROTTLED.value,
    PauseKind.ASLEEP.value,
    PauseKind.BUSY.value,
    PauseKind.OFFLINE.value,
    PauseKind.UNKNOWN.value,
)


def asks(second: float, *, answered: bool = True) -> str:
    """A ping of the client, and its answer."""
    line = (
        f"{second} C> <iq xmlns='jabber:client' type='get' id='p{second}'>"
        "<ping xmlns='urn:xmpp:ping'/></iq>\n"
    )
    reply = f"{second + 0.01:.2f} S> <iq xmlns='jabber:client' type='result' id='p{second}'/>\n"
    return line + (reply if answered else "")


def says(second: float, who: str = "S") -> str:
    return f"{second} {who}> <message xmlns='jabber:client'/>\n"


def again(second: float, who: str) -> str:
    return f"{second} {who}> [resent]\n"


def of(text: str) -> Session:
    (session,) = climb(f"@login\n{text}" if "@login" not in text else text).sessions
    return session


def told(found: tuple[Pause, ...], origin: int = ORIGIN_NS) -> list[Told]:
    return [
        (
            pause.kind.value,
            round((pause.begin_ns - origin) / SECOND, 2),
            round((pause.end_ns - origin) / SECOND, 2),
            pause.resumed,
            pause.heard,
        )
        for pause in found
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (asks(10) + asks(20) + asks(40), []),
        # The page spoke, its timer did not run.
        (asks(10) + says(40, "C") + asks(70), [(THROTTLED, 10, 70, True, 0)]),
        (asks(10) + says(20, "C") + asks(35), [(BUSY, 10, 35, True, 0)]),
        # The PC acknowledged what came.
        (asks(10) + says(40) + says(50) + asks(95), [(THROTTLED, 10, 95, True, 2)]),
        (asks(10) + says(22) + asks(35), [(BUSY, 10, 35, True, 1)]),
        # Nothing came that could have been acknowledged, but it is minutes.
        (asks(10) + asks(130), [(THROTTLED, 10, 130, True, 0)]),
        (asks(10) + asks(69), [(THROTTLED, 10, 69, True, 0)]),
        (asks(10) + asks(95), [(UNKNOWN, 10, 95, True, 0)]),
        (asks(10) + asks(50), [(BUSY, 10, 50, True, 0)]),
        # Nobody acknowledged what came.
        (
            asks(10) + says(40) + again(41, "S") + again(43, "S") + asks(95),
            [(ASLEEP, 10, 95, True, 1)],
        ),
        (asks(10) + says(20) + again(21, "S") + asks(45), [(UNKNOWN, 10, 45, True, 1)]),
        # All that was missed came at once.
        (asks(10) + asks(95) + says(95.5) + says(95.6), [(ASLEEP, 10, 95, True, 0)]),
        # The socket was found dead.
        (asks(10) + asks(95, answered=False) + "97 S> [rst]\n", [(ASLEEP, 10, 95, True, 0)]),
        (asks(10) + asks(95) + "101 S> [rst]\n", [(UNKNOWN, 10, 95, True, 0)]),
        # What the page said meanwhile waited for the network.
        (asks(10) + asks(75) + asks(75.2), [(OFFLINE, 10, 75, True, 0)]),
        # It never went on.
        (asks(10) + "@until 95\n", [(UNKNOWN, 10, 95, False, 0)]),
        (asks(10) + says(40) + "@until 95\n", [(THROTTLED, 10, 95, False, 1)]),
        (asks(10) + asks(20, answered=False) + "@until 95\n", []),
        (asks(10) + "70 S> [fin]\n", [(UNKNOWN, 10, 70, False, 0)]),
        (asks(10) + "35 S> [fin]\n", [(UNKNOWN, 10, 35, False, 0)]),
        (asks(10) + says(80, "C") + "@until 95\n", [(UNKNOWN, 10, 80, True, 0)]),
        # A hole hides what it may.
        (asks(10) + "30 C> [gap 5]\n" + asks(95), []),
        (asks(10) + "5 C> [gap 5]\n" + asks(95), [(UNKNOWN, 10, 95, True, 0)]),
    ],
)
def test_packets(text: str, expected: list[Told]) -> None:
    assert told(of(text).pauses) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (asks(10) + says(40) + asks(95), [(THROTTLED, 10, 95, True, 1)]),
        (asks(10) + says(22) + asks(35), [(BUSY, 10, 35, True, 1)]),
        (asks(10) + asks(130), [(THROTTLED, 10, 130, True, 0)]),
        (asks(10) + asks(95) + says(94.9) + says(95.6), [(ASLEEP, 10, 95, True, 0)]),
        (asks(10) + asks(95), [(UNKNOWN, 10, 95, True, 0)]),
        (asks(10) + says(70) + "95 C> [error net::ERR_NETWORK_IO_SUSPENDED]\n",
         [(ASLEEP, 10, 95, False, 1)]),
        (asks(10) + "95 C> [error net::ERR_INTERNET_DISCONNECTED]\n",
         [(OFFLINE, 10, 95, False, 0)]),
        (asks(10) + "95 C> [error net::ERR_CONNECTION_RESET]\n", [(UNKNOWN, 10, 95, False, 0)]),
    ],
)  # fmt: skip
def test_a_har(text: str, expected: list[Told]) -> None:
    assert told(of(f"@har\n@login\n{text}").pauses) == expected


def test_bosh_has_no_connection_of_its_own() -> None:
    text = f"@bosh\n@login\n{asks(10)}{says(40)}{asks(95)}"
    assert told(of(text).pauses) == [(THROTTLED, 10, 95, True, 1)]


def test_where_a_pause_stands() -> None:
    session = of(asks(10) + asks(95))
    asked = [trip.source for trip in session.pings if trip.by is Side.CLIENT]
    assert [(one.before, one.after) for one in session.pauses] == [(asked[0], asked[1])]
    cut = of(asks(10) + "95 S> [fin]\n")
    assert [one.after for one in cut.pauses] == [cut.close.source]
    still_open = of(asks(10) + "@until 95\n")
    assert [one.after for one in still_open.pauses] == [None]
    spoke = of(asks(10) + says(80, "C"))
    assert [one.after for one in spoke.pauses] == [spoke.stanzas[-1].source]


def test_a_broken_way() -> None:
    text = (
        asks(10)
        + asks(20, answered=False)
        + again(20.3, "C")
        + asks(30, answered=False)
        + again(30.3, "C")
        + "42 S> <iq xmlns='jabber:client' type='result' id='p20'/>\n"
        + "42.01 S> <iq xmlns='jabber:client' type='result' id='p30'/>\n"
    )
    session = of(text)
    assert told(session.pauses) == [(OFFLINE, 10.01, 42, True, 0)]
    assert session.pauses[0].before == session.pings[1].source
    # Nothing was sent again: who captured it has not seen all that was acknowledged.
    quiet = "".join(line for line in text.splitlines(keepends=True) if "resent" not in line)
    assert of(quiet).pauses == ()
    # What came may have been lost by who captured it.
    assert of(text.replace("42 S>", "41 S> [gap 5]\n42 S>", 1)).pauses == ()
    # It came back at once when the client spoke.
    late = asks(10) + says(12, "C") + again(12.3, "C") + says(12.5) + asks(40)
    assert [kind for kind, *_ in told(of(late).pauses)] == [BUSY]


@pytest.mark.parametrize(
    ("seconds", "usual"),
    [
        ((0, 10, 20, 30), 10),
        ((0, 15, 30, 45, 60), 15),
        ((0, 5, 10, 15, 20), 10),
        ((0, 60, 120, 180, 240), 30),
        ((0, 15, 30, 80, 200), 10),
    ],
)
def test_a_pace_of_its_own(seconds: tuple[int, ...], usual: int) -> None:
    assert pace([second * SECOND for second in seconds], 10 * SECOND) == usual * SECOND


def test_a_slow_pace_makes_no_pauses() -> None:
    assert of("".join(asks(10 + 25 * n) for n in range(8))).pauses == ()
    assert len(of("".join(asks(10 + 25 * n) for n in range(3))).pauses) == 2


def test_minutes_tell_nothing_of_a_client_that_pings_once_a_minute() -> None:
    (session,) = climb(f"@login\n{asks(10)}{asks(70)}{asks(250)}", "xmpp").sessions
    assert told(session.pauses) == [(UNKNOWN, 70, 250, True, 0)]


def test_they_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pauses, "PAUSES", 1)
    session = of(asks(10) + asks(60) + asks(90))
    assert len(session.pauses) == 1
    limits = [one.values for one in session.anomalies if one.code is AnomalyCode.LIMIT]
    assert limits == [{"limit": "PAUSES", "value": 1}]


def test_a_hole_nobody_knows_the_time_of_may_be_anywhere() -> None:
    hole = Gap(Direction.TO_SERVER, 0, 5, GapReason.LOST, None)
    lines = [*login(), (10.0, "C>", ping("1")), (95.0, "C>", ping("2"))]
    end = [tcp(EndCause.FIN, 99.0, Side.CLIENT)]
    assert len(conversed(lines, end).pauses) == 1
    assert conversed(lines, [hole, *end]).pauses == ()
    other = replace(hole, direction=Direction.TO_CLIENT)
    assert len(conversed(lines, [other, *end]).pauses) == 1


def locked(
    beats: list[float],
    heard: list[float],
    end: float,
    *,
    dark: bool = False,
    lost: tuple[float, ...] = (),
    packets: bool = True,
) -> Session:
    """A connection nobody can read: pings at these seconds, and what the server said beside."""
    asked = [(second, 300) for second in (0.0, 0.1, 0.2, 0.3)]
    asked += [(second, 120) for second in beats]
    replies = sorted([(second + 0.02, 90) for second, _ in asked] + [(s, 700) for s in heard])
    asked += [(second, 120) for second in lost]
    facts = TlsFacts(
        version="TLS 1.3",
        alpn_offered=("http/1.1",),
        completed=True,
        locked=Locked.NO_KEYS,
        to_server=_records(asked, packets=packets),
        to_client=_records(replies),
    )
    sent = sorted([second for second, _ in asked] + ([] if dark else heard))
    got = _direction([second for second, _ in replies])
    last = replace(
        tcp(EndCause.CAPTURE_END, end),
        to_server=replace(_direction(sent), retransmitted=len(lost)),
        to_client=replace(got, retransmitted=int(dark)),
    )
    builder = Builder(0, SeenIn.PACKETS, replace(PROFILE, ports=(7071,)))
    hole = Gap(Direction.TO_SERVER, 0, None, GapReason.ENCRYPTED, at(90.0))
    items: list[Event] = [hole, facts, last]
    (session,) = builder.feed(0, items) + builder.finish()
    return session


def _direction(seconds: list[float]) -> DirectionFacts:
    silences = tuple(Silence(ns(a), ns(b)) for a, b in pairwise(seconds) if b - a >= 15)
    return DirectionFacts(last_ns=ns(seconds[-1]), silences=silences)


def _records(said: list[tuple[float, int]], *, packets: bool = True) -> RecordFacts:
    return RecordFacts(
        records=len(said),
        application=len(said),
        times_ns=tuple(ns(second) for second, _ in said),
        lengths=tuple(length for _, length in said),
        packets=tuple(range(1, len(said) + 1)) if packets else (),
        last_ns=ns(said[-1][0]),
        last_octets=said[-1][1],
        last_source=at(said[-1][0]),
    )


BEATS = [10.0, 20.0, 30.0, 40.0]


@pytest.mark.parametrize(
    ("session", "expected"),
    [
        (locked([*BEATS, 50.0], [], 55), []),
        (locked([*BEATS, 125.0], [70, 90], 130), [(THROTTLED, 40, 125, True, 2)]),
        (locked([*BEATS, 125.0], [70, 90], 130, dark=True), [(ASLEEP, 40, 125, True, 2)]),
        (locked([*BEATS, 160.0], [], 165), [(THROTTLED, 40, 160, True, 0)]),
        (locked(BEATS, [70, 90], 130), [(THROTTLED, 40, 130, False, 2)]),
        (locked(BEATS, [70, 90], 130, dark=True), [(UNKNOWN, 40, 130, False, 2)]),
        # The way was broken: its records went, and no packet came.
        (locked(BEATS, [60.5], 61, lost=(50, 60)), [(OFFLINE, 40.02, 60.5, True, 0)]),
        (locked([], [60.5, 61, 62], 130), []),
        (locked([*BEATS, 125.0], [70, 90], 130, packets=False), []),
    ],
    ids=lambda value: "" if isinstance(value, Session) else None,
)
def test_records_that_nobody_can_read(session: Session, expected: list[Told]) -> None:
    assert told(session.pauses, START_NS) == expected
    for pause in session.pauses:
        assert isinstance(pause.before, PacketSource)
        assert pause.before.first == pause.before.last > 4


def test_words_without_a_time_make_no_pause() -> None:
    lines = [(10.0, "C>", ping("1")), (95.0, "C>", ping("2"))]
    kept = Builder(0, SeenIn.HAR, PROFILE)
    untimed = messages(login(), har=True, timed=False)
    items = [upgrade(har=True), *untimed, *messages(lines, har=True), *har_end(96.0)]
    (session,) = kept.feed(0, items) + kept.finish()
    assert [kind for kind, *_ in told(session.pauses)] == [ASLEEP]
    none = Builder(0, SeenIn.HAR, PROFILE)
    items = [upgrade(har=True), *messages([*login(), *lines], har=True, timed=False)]
    (session,) = none.feed(0, [*items, *har_end(96.0)]) + none.finish()
    assert session.pauses == ()
