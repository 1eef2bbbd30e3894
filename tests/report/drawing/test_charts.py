"""The timeline of a session, laid out and written."""

import gzip
from itertools import pairwise

import pytest
from lxml import html as lxml_html
from msgspec.structs import replace

from analyzer.model.flow import Gap, GapReason
from analyzer.model.session import CloseKind, Session, SessionClose
from analyzer.model.source import Direction, Source
from analyzer.model.timing import Pause, PauseKind
from analyzer.model.xmpp import Ping, Stanza, StanzaKind
from analyzer.report.drawing.chart_parts import LEFT, RIGHT, Chart
from analyzer.report.drawing.charts import charts
from analyzer.report.drawing.flags import Flagged
from analyzer.report.drawing.geometry import width_of
from analyzer.report.language.words import words
from analyzer.report.page.html import environment
from tests.report.reports import PROFILE, START_NS, har_session, packet, stanza

WORDS = words("en")


def at(seconds: float) -> int:
    return START_NS + round(seconds * 1e9)


def iq(number: int, seconds: float, kind: str, **fields: object) -> Stanza:
    way = "C>" if kind == "get" else "S>"
    place = packet(number, seconds)
    return stanza(way, StanzaKind.IQ, "<iq/>", place, id=f"i{number}", type=kind, **fields)


def pings(count: int, every: float = 20) -> list[Stanza]:
    asked = [(n, every * n) for n in range(1, count + 1)]
    return [
        one
        for n, s in asked
        for one in (iq(n, s, "get", payload=Ping()), iq(n, s + 0.04, "result"))
    ]


def silent(*stanzas: Stanza, **fields: object) -> Session:
    """Pings every 20 s, then 57 s nothing, then the end."""
    told = stanzas or tuple(pings(10))
    values: dict[str, object] = {
        "profile": replace(PROFILE, ping_interval_ms=20_000),
        "stanzas": told,
        "stanza_count": len(told),
        "started_ns": START_NS,
        "ended_ns": at(257),
        "close": SessionClose(
            kind=CloseKind.RST, time_ns=at(257), source=packet(90), orderly=False
        ),
    }
    return har_session(**(values | fields))


def drawn(session: Session, *found: Flagged) -> Chart:
    anchors: dict[Source, str] = {one.source: f"m1-{n}" for n, one in enumerate(session.stanzas)}
    made, *_ = charts(session, WORDS, anchors, found)
    return made


def page(made: Chart) -> str:
    source = '{% import "charts.html" as c with context %}{{ c.timeline(chart) }}'
    return environment().from_string(source).render(w=WORDS, chart=made)


FLAG = Flagged(time_ns=at(200), rule_id="CO-005", severity="error", title="cut", anchor="verdict")
PAUSE = Pause(
    kind=PauseKind.ASLEEP, begin_ns=at(200), end_ns=at(257), resumed=False, before=packet(10)
)


def test_pings_every_20_s_then_nothing_then_the_end() -> None:
    made = drawn(silent(pauses=(PAUSE,)), FLAG)
    assert [track.kind for track in made.tracks] == ["client", "server", "answers", "pings"]
    edges = [edge for track in made.tracks for edge in (track.top, track.bottom)]
    assert edges == sorted(edges)
    assert made.top < edges[0] < edges[-1] < made.axis < made.height
    assert made.end == RIGHT
    assert made.tracks[-1].note == "usually 20.0 s"
    (shade,) = made.shades
    assert (shade.text, shade.kind) == ("PC asleep, 57.0 s", "pause")
    assert [flag.text for flag in made.flags] == ["CO-005"]
    told = [(entry.what, entry.lasts, entry.bad) for entry in made.entries][-3:]
    assert told == [
        ("PC asleep", "57.0 s", True),
        ("No ping any more until the end", "57.0 s", True),
        ("The session ends", "", True),
    ]
    assert made.caption.endswith(
        "since 2026-01-01 00:00:00.000 UTC; the session lasted 4 min 17 s."
    )
    assert (made.kinds, made.thinned) == (("ping",), False)


def test_ticks_stand_on_the_axis() -> None:
    made = drawn(silent())
    assert [tick.text for tick in made.ticks][::4] == ["0:00", "2:00", "4:00"]
    assert all(LEFT <= tick.at <= RIGHT for tick in made.ticks)
    short = drawn(silent(ended_ns=None, close=SessionClose(kind=CloseKind.FIN, time_ns=at(0.0015))))
    assert short.ticks


def test_what_was_not_recorded_is_left_out() -> None:
    close = SessionClose(kind=CloseKind.OPEN)
    made = drawn(silent(iq(1, 20, "result"), close=close))
    assert made.end is None
    assert [track.kind for track in made.tracks] == ["client", "server"]
    assert made.entries[-1].what == "The recording ends"


@pytest.mark.parametrize(
    "fields",
    [
        {"started_ns": None, "ended_ns": None, "stanzas": (), "stanza_count": 0},
        {"stanzas": (), "ended_ns": START_NS + 10, "close": SessionClose(kind=CloseKind.OPEN)},
    ],
)
def test_without_times_there_is_no_timeline(fields: dict[str, object]) -> None:
    close = SessionClose(kind=CloseKind.OPEN)
    assert charts(silent(**({"close": close} | fields)), WORDS, {}) == ()


def test_holes_are_shaded_and_what_is_merely_encrypted_is_not() -> None:
    gaps = [
        Gap(Direction.TO_CLIENT, 0, 10, reason, source)
        for reason, source in (
            (GapReason.LOST, packet(5, 50)),
            (GapReason.LOST, None),
            (GapReason.ENCRYPTED, packet(6, 60)),
        )
    ]
    shade, silence = drawn(silent(gaps=tuple(gaps))).shades
    assert (shade.kind, shade.title, shade.text) == ("hole", "not captured", "")
    assert silence.text == "57.0 s without a message"


def pause(begin: float, end: float, kind: PauseKind = PauseKind.BUSY) -> Pause:
    return replace(PAUSE, kind=kind, begin_ns=at(begin), end_ns=at(end), resumed=True)


def test_the_names_of_pauses_stand_where_there_is_room() -> None:
    pauses = (pause(0, 1), pause(3, 4), pause(100, 101), pause(150, 250), pause(250, 257))
    gap = Gap(Direction.TO_CLIENT, 0, 10, GapReason.LOST, packet(5, 50))
    shades = drawn(silent(pauses=pauses, gaps=(gap,))).shades
    assert len(shades) == 6
    named = [(shade.text_x, shade.anchor, shade.text) for shade in shades if shade.text]
    assert [anchor for _, anchor, _ in named] == ["start", "end", "start"]
    spans = []
    for x, anchor, text in named:
        width = width_of(text, 11)
        spans.append((x, x + width) if anchor == "start" else (x - width, x))
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert spans[0][0] >= LEFT
    assert spans[-1][1] <= RIGHT


def test_the_page_says_it_in_a_table_too_and_leads_to_the_rows() -> None:
    tree = lxml_html.fromstring(page(drawn(silent(pauses=(PAUSE,)), FLAG)))
    hrefs = tree.xpath("//svg//a/@href")
    assert "#verdict" in hrefs
    assert "#m1-0" in hrefs
    rows = [[cell.text_content() for cell in row] for row in tree.xpath("//tbody/tr")]
    assert rows[-1] == ["+257.000", "The session ends", ""]
    assert tree.xpath("//details[@class='same'][not(@open)]")
    assert "style=" not in page(drawn(silent()))


def test_two_thousand_events_fit_the_budget() -> None:
    events = [
        stanza("S>", StanzaKind.MESSAGE, "<message/>", packet(1_000 + n, 10 + n / 9))
        for n in range(2_000)
    ]
    pauses = tuple(pause(n * 10, n * 10 + 5) for n in range(12))
    written = page(drawn(silent(*pings(12), *events, pauses=pauses), FLAG, FLAG, FLAG, FLAG))
    assert len(written) <= 20 << 10
    assert len(gzip.compress(written.encode(), 9)) <= 5 << 10


def test_of_a_session_that_cannot_be_read_only_its_pauses_are_drawn() -> None:
    hidden = silent(stanzas=(), stanza_count=0)
    assert charts(hidden, WORDS, {}) == ()
    assert len(charts(replace(hidden, pauses=(PAUSE,)), WORDS, {})) == 1


def test_one_ping_has_no_pace() -> None:
    kinds = [track.kind for track in drawn(silent(*pings(1, every=250))).tracks]
    assert kinds == ["client", "server", "answers"]
    late = drawn(silent(*pings(1)))
    assert late.tracks[-1].kind == "pings"


def hours(**fields: object) -> Session:
    """Three hours of pings, then 57 s nothing, then the end."""
    end = SessionClose(kind=CloseKind.RST, time_ns=at(10_857), orderly=False)
    early = Gap(Direction.TO_CLIENT, 0, 10, GapReason.LOST, packet(5, 50))
    values: dict[str, object] = {"ended_ns": at(10_857), "close": end, "gaps": (early,)}
    return silent(*pings(540), **(values | fields))


def test_the_end_of_a_long_session_is_drawn_once_more() -> None:
    told = hours(pauses=(pause(300, 400), replace(PAUSE, begin_ns=at(10_800), end_ns=at(10_857))))
    whole, end = charts(told, WORDS, {}, (FLAG, replace(FLAG, time_ns=at(10_800))))
    assert len(whole.flags) == 2
    assert len(end.flags) == 1
    assert end.caption == "The last 3 min 57 s of it, since 2026-01-01 02:57:00.000 UTC."
    assert [tick.text for tick in end.ticks][:3] == ["2:57:00", "2:57:30", "2:58:00"]
    (shade,) = end.shades
    assert shade.text == "PC asleep, 57.0 s"
    assert end.entries[-1].time == "+10857.000"
    assert end.tracks[-1].note == "usually 20.0 s"
    assert end.end == RIGHT


def test_of_a_silence_long_ago_nothing_is_drawn_at_the_end() -> None:
    told = [*pings(5), *(iq(n, 20 * n, "get", payload=Ping()) for n in range(20, 541))]
    _, end = charts(hours(stanzas=tuple(told), stanza_count=len(told)), WORDS, {})
    assert [shade.title for shade in end.shades] == ["57.0 s without a message"]


@pytest.mark.parametrize(
    "close",
    [
        SessionClose(kind=CloseKind.OPEN, time_ns=at(10_857)),
        SessionClose(kind=CloseKind.XMPP_CLOSE, time_ns=at(10_857), orderly=True),
    ],
)
def test_a_long_session_that_went_well_is_drawn_once(close: SessionClose) -> None:
    assert len(charts(hours(close=close), WORDS, {})) == 1
    assert len(charts(silent(), WORDS, {})) == 1


def test_what_a_finding_points_at_in_another_session_has_no_flag() -> None:
    before, after = replace(FLAG, time_ns=at(-5)), replace(FLAG, time_ns=at(300))
    assert len(drawn(silent(), before, FLAG, after).flags) == 1
