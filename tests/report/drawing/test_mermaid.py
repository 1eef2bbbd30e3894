"""A diagram for wikis and tickets, in which captured text is nothing but text."""

import re

import pytest
from msgspec.structs import replace

from analyzer.model.history import Chapter, Happening, History
from analyzer.model.joined import Disagreed, Disagreement
from analyzer.model.report import Report
from analyzer.model.session import CloseKind, SessionClose
from analyzer.model.source import Direction
from analyzer.model.xmpp import StanzaKind
from analyzer.report.drawing.mermaid import MOST_LINES, render, safe
from analyzer.report.formats import RENDERERS
from analyzer.report.redaction.redact import Redaction, redact
from tests.report.hostile import POLYGLOTS, hostile
from tests.report.reports import (
    START_NS,
    blind,
    entry,
    finding,
    har_place,
    har_session,
    refused,
    stanza,
)

# One statement a line: what it is, and behind it text that holds no sign of Mermaid's own.
TEXT = r"(?:[\w .,()/=+-]|#\d+;)+"
STATEMENT = re.compile(
    rf"sequenceDiagram|  title {TEXT}|  participant [CPSO] as {TEXT}"
    rf"|  [CPSO](?:->>|-x|-->>)[CPSO]: {TEXT}|  Note over C(?:,S)?:wrap: {TEXT}"
)


def lines(report: Report, redaction: Redaction = Redaction.SECRETS) -> list[str]:
    text = render(redact(report, redaction), "en")
    assert text.endswith("\n")
    told = text.splitlines()
    assert len(told) <= MOST_LINES
    assert [line for line in told if STATEMENT.fullmatch(line) is None] == []
    return told


def test_who_said_what() -> None:
    told = lines(refused())
    assert told[:6] == [
        "sequenceDiagram",
        "  title The server refused the user name or password of agent1001",
        "  participant C as Browser",
        "  participant S as Server#58; finesse.example.test#58;7071",
        "  C->>S: +0.000 GET upgrade /ws/",
        "  S->>C: +0.000 HTTP response 101 Switching Protocols",
    ]
    assert any(
        line.startswith("  S->>C: +0.350 failure not-authorized (failed here)") for line in told
    )
    assert told[-1].startswith("  Note over C,S:wrap: ")
    assert RENDERERS["mermaid"](redact(refused()), "en").splitlines() == told


def test_a_recording_without_a_session() -> None:
    assert lines(blind())[2:] == [
        "  participant C as Client",
        "  Note over C:wrap: No session can be drawn of this recording.",
    ]


def test_what_shows_secrets_says_so() -> None:
    told = lines(refused(), Redaction.NONE)
    assert (
        "  Note over C,S:wrap: This report holds passwords and tokens. Do not pass it on." in told
    )


def test_what_did_not_arrive_and_where_the_agent_went_on() -> None:
    lost = Disagreed(
        kind=Disagreement.LEFT_NOT_ARRIVED,
        direction=Direction.TO_SERVER,
        seen=har_place(3, 0.2),
        stanzas=1,
    )
    chapters = (
        Chapter(what=Happening.LOST, session=1, time_ns=START_NS, server="a.example.test"),
        Chapter(what=Happening.FAILED_OVER, session=2, time_ns=START_NS, server="b.example.test"),
    )
    history = History(agent="agent1001", sessions=(1, 2), chapters=chapters)
    session = har_session(disagreements=(lost,))
    told = lines(refused(sessions=(session,), histories=(history,)))
    assert [line for line in told if "-x" in line and "did not arrive" in line]
    assert "  participant O as Server#58; b.example.test" in told
    assert told[-1].startswith("  C-->>O: +0.000 went on at b.example.test")


@pytest.mark.parametrize("every", [3, 60])
@pytest.mark.parametrize("cited", [5, 50])
def test_a_long_session_has_no_more_lines_than_a_wiki_draws(every: int, cited: int) -> None:
    said = tuple(
        stanza("C>", StanzaKind.IQ, "<iq/>", entry(n, n * every), id=f"i{n}", type="set")
        for n in range(1_000)
    )
    marks = tuple(finding("SA-007", evidence=(one.source,)) for one in said[::cited])
    session = har_session(stanzas=said, stanza_count=1_000, close=SessionClose(kind=CloseKind.OPEN))
    told = lines(replace(refused(), sessions=(session,), findings=marks))
    assert len(told) > MOST_LINES - 8
    assert any("not drawn" in line for line in told)
    assert "recording ends" in told[-1]


HOSTILE = (
    *POLYGLOTS,
    "C->>S: x\nlink C: y @ https://evil.example",
    "%%{init: {'securityLevel': 'loose'}}%%",
    "; participant Z as #lt;script#gt;",
    "[click](https://evil.example) www.evil.example mailto:a@b.example",
    "end",
)


@pytest.mark.parametrize("polyglot", HOSTILE)
def test_captured_text_is_no_statement_link_or_markup(polyglot: str) -> None:
    told = "\n".join(lines(hostile(polyglot)))
    assert not re.search(r"[<>\[\]{}%@]|://|www\.", re.sub(r"->>|-->>", "", told))


def test_what_stays_readable() -> None:
    assert safe("iq set /finesse/api/User/1", 99) == "iq set /finesse/api/User/1"
    assert safe("a@b;#c", 99) == "a#64;b#59;#35;c"
    assert safe("www.x WWW.x", 99) == "www#46;x WWW#46;x"
    assert safe(" ", 99) == "-"
    assert safe("登录失败", 99) == "登录失败"
    assert safe("x" * 9, 5) == "xxxx#8230;"
