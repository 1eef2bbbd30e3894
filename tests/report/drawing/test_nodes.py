"""The sessions of an agent on the lines of their nodes."""

from lxml import html as lxml_html
from msgspec.structs import replace

from analyzer.model.history import Chapter, Happening, History
from analyzer.model.report import Report
from analyzer.model.session import CloseKind, Session, SessionClose
from analyzer.report.drawing.nodes import LEFT, SESSIONS, Nodes, nodes
from analyzer.report.language.words import words
from analyzer.report.page.html import environment
from tests.report.reports import START_NS, har_session, refused

WORDS = words("en")
A, B = "finesse-a.example.test", "finesse-b.example.test"
END = SessionClose(kind=CloseKind.RST)


def at(seconds: float) -> int:
    return START_NS + round(seconds * 1e9)


def session(number: int, begin: float, end: float, **fields: object) -> Session:
    values: dict[str, object] = {
        "number": number,
        "started_ns": at(begin),
        "ended_ns": at(end),
        "close": END,
    }
    return har_session(**(values | fields))


def chapter(what: Happening, number: int | None, server: str, **fields: object) -> Chapter:
    values: dict[str, object] = {"time_ns": START_NS}
    return Chapter(what=what, session=number, server=server, **(values | fields))  # type: ignore[arg-type]


FAILED_OVER = (
    session(1, 0, 12),
    session(2, 40, 55),
    session(3, 90, 120, close=SessionClose(kind=CloseKind.OPEN)),
)
CHAPTERS = (
    chapter(Happening.LOGGED_IN, 1, A, side="A"),
    chapter(Happening.LOST, 1, A, side="A"),
    chapter(Happening.IN_VAIN, None, A, count=4, time_ns=at(20)),
    chapter(Happening.OUT_OF_SERVICE, None, "elsewhere", time_ns=at(20)),
    chapter(Happening.REFUSED, None, A, time_ns=None),
    chapter(Happening.FAILED_OVER, 2, B, side="B", detail=A, span_ns=28_000_000_000),
    chapter(Happening.LEFT, 2, B, side="B"),
    chapter(Happening.IN_SERVICE, 2, B, time_ns=at(60)),
    chapter(Happening.FAILED_OVER, 3, A, side="A", detail=B),
)


def report(sessions: tuple[Session, ...], chapters: tuple[Chapter, ...]) -> Report:
    numbers = tuple(one.number for one in sessions)
    history = History(agent="agent1001@example.test", sessions=(*numbers, 99), chapters=chapters)
    return refused(sessions=sessions, histories=(history,))


def drawn(sessions: tuple[Session, ...], chapters: tuple[Chapter, ...] = CHAPTERS) -> Nodes:
    (made,) = nodes(report(sessions, chapters), WORDS, 12)
    assert made is not None
    return made


def test_a_bar_for_each_session_on_the_line_of_its_node() -> None:
    made = drawn(FAILED_OVER)
    assert [(rail.role, rail.name) for rail in made.rails] == [("Node A", A), ("Node B", B)]
    assert [bar.end for bar in made.bars] == ["bad", "left", "open"]
    assert [bar.text for bar in made.bars] == ["1", "2", "3"]
    first, second, third = made.bars
    assert first.y == third.y == made.rails[0].y < second.y == made.rails[1].y
    assert first.x == LEFT
    assert first.x + first.width < second.x < second.x + second.width < third.x
    assert round(third.x + third.width) == made.right
    assert first.title == (
        f"Session 1 on {A}: 2026-01-01 00:00:00.000 to 2026-01-01 00:00:12.000. "
        "The session was lost"
    )
    assert made.caption == "agent1001 on each node over time"


def test_the_way_to_the_other_node_and_what_happened_beside() -> None:
    made = drawn(FAILED_OVER)
    assert [(move.y, move.to_y) for move in made.moves] == [
        (made.rails[0].y, made.rails[1].y),
        (made.rails[1].y, made.rails[0].y),
    ]
    assert made.moves[0].title == f"Failed over from {A}, 28.0 s later"
    assert [(sign.bad, sign.title) for sign in made.signs] == [
        (True, "4 connections came to nothing"),
        (False, "Finesse said that it is in service again"),
    ]


def test_without_chapters_a_session_stands_on_the_line_of_its_server() -> None:
    made = drawn((session(1, 0, 1), session(2, 2, 3)), ())
    assert [(rail.role, rail.title) for rail in made.rails] == [
        ("Server", "finesse.example.test:7071")
    ]
    assert [bar.end for bar in made.bars] == ["plain", "plain"]
    assert made.moves == ()


def test_one_session_is_no_story_to_draw() -> None:
    one, timeless = session(1, 0, 1), session(2, 2, 3, started_ns=None)
    assert nodes(report((one, timeless), ()), WORDS, 12) == (None,)
    assert nodes(refused(), WORDS, 12) == ()
    assert nodes(report((one, timeless), ()), WORDS, 0) == ()


def test_the_story_of_the_verdict_comes_first() -> None:
    made = report(FAILED_OVER, CHAPTERS)
    other = History(agent="b@example.test", sessions=(8, 9), chapters=())
    both = replace(
        made,
        histories=(other, *made.histories),
        sessions=(*FAILED_OVER, session(8, 0, 1), session(9, 2, 3)),
    )
    told = [one.caption.split()[0] for one in nodes(both, WORDS, 12) if one is not None]
    assert told == ["agent1001", "b"]


def test_a_loop_of_thousands_is_drawn_as_far_as_it_has_room() -> None:
    many = tuple(session(n, n, n + 0.5) for n in range(1, 1_000))
    made = drawn(many, (chapter(Happening.LOST, 1, A),))
    assert len(made.bars) == SESSIONS
    assert {bar.text for bar in made.bars} == {""}
    assert min(bar.width for bar in made.bars) >= 3


def test_sessions_of_no_time_at_all() -> None:
    made = drawn((session(1, 0, 0, ended_ns=None), session(2, 0, 0)), ())
    assert made.ticks


def test_bars_lead_to_their_sessions() -> None:
    source = '{% import "nodes.html" as n with context %}{{ n.nodes(made, (1, 3)) }}'
    written = environment().from_string(source).render(w=WORDS, made=drawn(FAILED_OVER))
    tree = lxml_html.fromstring(written)
    assert tree.xpath("//a/@href") == ["#s1", "#s3"]
    assert len(tree.xpath("//circle[@class='badge']")) == 1
    assert "style=" not in written
