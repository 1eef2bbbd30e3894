"""What happened to an agent is told line by line, in order, with its proof."""

import re

import pytest

from analyzer.model.history import Chapter, Happening, History
from analyzer.model.report import Report
from analyzer.model.source import Side
from analyzer.report.language.words import words
from analyzer.report.page import html
from analyzer.report.plain import text
from analyzer.report.redaction.redact import redact
from analyzer.report.view.stories import said, stories
from tests.report.reports import START_NS, entry, har_recording, har_session, healthy, refused

WORDS = words("en")
S = 1_000_000_000


def chapter(what: Happening, second: float | None = 0.0, **fields: object) -> Chapter:
    time_ns = None if second is None else START_NS + round(second * S)
    told: dict[str, object] = {"session": 1, "server": "fin-a.example.test"} | fields
    return Chapter(what=what, time_ns=time_ns, **told)  # type: ignore[arg-type]


def told(*chapters: Chapter, agent: str = "agent1001@example.test") -> Report:
    history = History(agent=agent, sessions=(1,), chapters=chapters)
    return refused(histories=(history,), recordings=(har_recording(),))


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (chapter(Happening.LOGGED_IN), "Logged in"),
        (
            chapter(Happening.LOST, by=Side.SERVER, span_ns=12 * S, detail="rst"),
            "The session was lost, by the server, after 12.0 s of silence (rst)",
        ),
        (chapter(Happening.LEFT, by=Side.CLIENT, detail="fin"), "Left (fin)"),
        (chapter(Happening.IN_VAIN, detail="refused"), "A connection came to nothing (refused)"),
        (
            chapter(Happening.IN_VAIN, count=3, span_ns=2 * S),
            "3 connections came to nothing, within 2.0 s",
        ),
        (
            chapter(Happening.FAILED_OVER, detail="fin-b", span_ns=90 * S),
            "Failed over from fin-b, 1 min 30 s later",
        ),
        (chapter(Happening.FELL_BACK, detail="bosh"), "Fell back to BOSH"),
        (
            chapter(Happening.POLLED, count=4, span_ns=60 * S, detail="503, IN_SERVICE"),
            (
                "Asked for SystemInfo 4 times: the desktop was in recovery, for 1 min 0 s "
                "(503, IN_SERVICE)"
            ),
        ),
        (chapter(Happening.LEFT, detail="x" * 90), f"Left ({'x' * 79}…)"),
    ],
)
def test_a_chapter_is_a_sentence(one: Chapter, expected: str) -> None:
    assert said(one, WORDS) == expected


@pytest.mark.parametrize("what", Happening)
def test_every_happening_has_its_words(what: Happening) -> None:
    assert said(chapter(what, detail="d", count=2, span_ns=S), WORDS)


def test_a_line_has_time_node_and_place() -> None:
    report = told(
        chapter(Happening.LOGGED_IN, side="A", evidence=(entry(2),)),
        chapter(Happening.LOST, 5),
        chapter(Happening.RECONNECTED, 86_400, session=None),
        chapter(Happening.STILL_IN, None),
    )
    (view,) = stories(report, WORDS, 9, 9)
    assert view.title == "What happened to agent1001"
    assert [(one.time, one.node, one.bad, one.session, one.place) for one in view.lines] == [
        ("2026-01-01T00:00:00.000Z", "fin-a.example.test (A)", False, 1, "entry 3, message 2"),
        ("00:00:05.000Z", "fin-a.example.test", True, 1, ""),
        ("2026-01-02T00:00:00.000Z", "fin-a.example.test", False, None, ""),
        ("", "fin-a.example.test", False, 1, ""),
    ]


def test_a_time_beyond_the_calendar_is_a_number() -> None:
    report = told(chapter(Happening.LOGGED_IN, 1e12), chapter(Happening.LEFT, 1e12))
    (view,) = stories(report, WORDS, 9, 9)
    assert [one.time.endswith(" ns") for one in view.lines] == [True, True]


@pytest.mark.parametrize(
    ("agent", "title"),
    [("", "the client"), ("10.0.9.9", "10.0.9.9"), ("a\u202eb@x.test", "a\\u202eb")],
)
def test_who_it_is(agent: str, title: str) -> None:
    (view,) = stories(told(chapter(Happening.LEFT), agent=agent), WORDS, 9, 9)
    assert view.title == f"What happened to {title}"


def test_of_many_the_story_of_the_verdict_comes_first() -> None:
    others = tuple(
        History(agent=f"a{n}@x.test", sessions=(n,), chapters=(chapter(Happening.LEFT),))
        for n in (5, 1, 3)
    )
    report = refused(histories=others)
    assert report.verdict.session == 1
    found = stories(report, WORDS, 2, 9)
    assert [view.title[-2:] for view in found] == ["a1", "a5"]


def long(count: int) -> Report:
    return told(*(chapter(Happening.RECONNECTED, n, evidence=(entry(n),)) for n in range(count)))


def test_of_a_long_one_the_beginning_and_the_end_are_told() -> None:
    (view,) = stories(long(20), WORDS, 9, 5)
    assert [one.place for one in view.lines] == [f"entry 3, message {n}" for n in (0, 1, 2, 18, 19)]
    assert (view.hidden, view.head) == (15, 3)
    (view,) = stories(long(5), WORDS, 9, 5)
    assert (view.hidden, view.head, len(view.lines)) == (0, 5, 5)


def test_the_text_says_where_it_left_out() -> None:
    found = text.render(redact(long(20)), "en")
    block = next(b for b in found.split("\n\n") if b.startswith("What happened"))
    lines = block.splitlines()
    assert lines[0] == "What happened to agent1001"
    assert lines[9] == "  4 more entries are in the JSON report."
    assert lines[8] == (
        "  00:00:07.000Z  fin-a.example.test  Logged in again (session 1, entry 3, message 7)"
    )
    bare = text.render(redact(told(chapter(Happening.LEFT, session=None))), "en")
    assert "  2026-01-01T00:00:00.000Z  fin-a.example.test  Left\n" in bare
    assert "What happened" not in text.render(redact(healthy()), "en")


def test_the_page_links_to_session_and_evidence() -> None:
    report = refused(
        sessions=(har_session(),),
        recordings=(har_recording(),),
        histories=(
            History(
                agent="agent1001@example.test",
                sessions=(1, 7),
                chapters=(
                    chapter(Happening.LOST, evidence=(har_session().stanzas[0].source,)),
                    chapter(Happening.LEFT, 1, session=7, evidence=(entry(999),)),
                    chapter(Happening.STILL_IN, 2, session=None, evidence=()),
                ),
            ),
        ),
    )
    page = html.render(redact(report), "en")
    section = page[page.index('id="story-1"') : page.index("</section>", page.index("story-1"))]
    assert "What happened to agent1001" in section
    rows = section[section.index("<tbody>") :].split("<tr>")[1:]
    assert len(rows) == 3
    assert '<td class="wrong">The session was lost</td><td><a href="#s1">1</a></td>' in rows[0]
    anchor = re.search(r'href="#(m1-[\w.-]+)"', rows[0])
    assert anchor is not None
    assert f'id="{anchor[1]}"' in page
    assert "<td>7</td>" in rows[1]
    assert ">entry 3, message 999</td>" in rows[1]
    assert '<td></td><td class="where"></td>' in rows[2]
    assert "more entries" not in section
    many = html.render(redact(long(90)), "en")
    assert "30 more entries are in the JSON report." in many
    assert 'id="story-1"' not in html.render(redact(healthy()), "en")
