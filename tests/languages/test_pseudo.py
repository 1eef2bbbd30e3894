"""What is neither captured nor a protocol's word is said by the catalogue, in every report."""

import re
from collections.abc import Iterator
from enum import Enum
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from lxml import html as lxml_html
from msgspec import Struct
from rich.console import Console

from analyzer.model.anomaly import AnomalyCode
from analyzer.model.report import Report
from analyzer.model.rule import Rule
from analyzer.pipeline import analyze, compare
from analyzer.report.comparison import html as comparison_html
from analyzer.report.comparison import text as comparison_text
from analyzer.report.language import words as language
from analyzer.report.language.texts import filled
from analyzer.report.language.visible import visible
from analyzer.report.language.words import words
from analyzer.report.page import html
from analyzer.report.plain import terminal, text
from analyzer.report.redaction.redact import redact, redact_comparison
from analyzer.rules import shelf
from tests.languages.pseudo import TAG, outside, speak
from tests.rules.climb import climb

FIXTURES = Path(__file__).parents[2] / "fixtures"
RULES = shelf.load()
TEXTS = shelf.texts(RULES)

_WORDS = (
    # steps of the login, as their codes are written
    "connect tls upgrade open auth bind session presence pubsub live "
    # stanzas, their types and payloads, frames
    "stream features error iq get set result message ping subscribe roster event items query "
    "xmpp close challenge response success failure abort malformed other starttls headline publish "
    # ends of TCP, ICMP, DNS, TLS
    "fin rst alert SYN administratively prohibited host NXDOMAIN SERVFAIL ClientHello ServerHello "
    # attributes of BOSH and of a stream
    "wait hold requests inactivity polling ver to from version lang "
    # what one types into Wireshark and jq
    "tcp eq frame number log entries webSocketMessages "
    # formats, link types, protocols
    "HAR har pcap pcapng nanosecond Ethernet Linux cooked UDP DNS ARP ICMP HTTP SHA TLS RTT "
    "BOSH WebSocket CANCEL INTERNAL ERROR certificate unknown "
    # what this program is called
    "Stanzascope finesse UTC"
)
PROTOCOL = frozenset(_WORDS.split())
"""Of all recordings; what a recording itself holds is taken from it."""

OURS = frozenset({"detail", "undecoded", "tls_locked", "problem", "anomalies", "pauses"})
"""Fields that hold words of ours beside captured ones: they excuse nothing."""


@pytest.fixture(autouse=True)
def _pseudo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    speak(monkeypatch)
    yield
    language.words.cache_clear()


def captured(thing: Any) -> Iterator[str]:
    """Every text in a recording and its sessions."""
    match thing:
        case Enum():
            return
        case str():
            yield thing
        case bytes():
            yield thing.decode("utf-8", "replace")
        case Struct():
            for field in thing.__struct_fields__:
                if field not in OURS:
                    yield from captured(getattr(thing, field))
        case dict():
            for key, value in thing.items():
                yield from captured(key)
                yield from captured(value)
        case tuple() | list() | frozenset():
            for one in thing:
                yield from captured(one)


_CODES = "|".join(re.escape(code.value) for code in AnomalyCode)
_NO_WORDS = re.compile(rf"(?<!\w)\w+…|\d{{4}}-\d\d-\d\dT[\d:.]+Z|\b[A-Z]{{2}}-\d{{3}}\b|{_CODES}")
"""Words that were cut; times, rules, oddities: alike in every language."""


def letters(said: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]{2,}", _NO_WORDS.sub(" ", said)))


def forgotten(said: str, *held: Any) -> set[str]:
    texts = [text for one in held for text in captured(one)]
    known = letters(" ".join((*texts, *map(visible, texts))))
    return letters(outside(said)) - known - PROTOCOL


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_says_nothing_in_english(rule: Rule) -> None:
    catalogue = words(TAG)
    for ladder in rule.fires_on:
        seen = climb(ladder)
        for finding in shelf.run(seen.subjects, [rule])[0]:
            said = filled(finding, TEXTS, catalogue)
            all_of_it = f"{said.title} {said.cause} {said.remedy}"
            held = (ladder, seen.sessions, seen.recording, seen.others)
            assert forgotten(all_of_it, *held) == set()


NAMES = sorted(path.parent.name for path in FIXTURES.glob("*/README.md")) or sorted(
    path.name for path in FIXTURES.iterdir() if path.is_dir()
)


def recorded(name: str) -> list[Path]:
    folder = FIXTURES / name
    return [
        path for path in sorted(folder.iterdir()) if path.suffix in {".har", ".pcap", ".pcapng"}
    ]


def held_by(report: Report) -> tuple[Any, ...]:
    references = [text.reference for text in report.texts.values()]
    return report.recordings, report.sessions, references, report.profile


@pytest.mark.parametrize("name", NAMES)
def test_a_text_says_nothing_in_english(name: str) -> None:
    for path in recorded(name):
        report = analyze([path])
        assert forgotten(text.render(redact(report), TAG), *held_by(report)) == set()


def shown(page: str) -> str:
    """What a page shows outside code, and says of itself in attributes."""
    tree = lxml_html.document_fromstring(page)
    for dropped in tree.xpath("//script|//style|//code|//pre|//*[@translate='no']"):
        dropped.drop_tree()
    named = tree.xpath("//@title|//@aria-label|//@data-done|//@data-filter|//@data-hint")
    return " ".join([*tree.itertext(), *named])


@pytest.mark.parametrize("name", NAMES)
def test_a_page_says_nothing_in_english(name: str) -> None:
    for path in recorded(name):
        report = analyze([path])
        assert forgotten(shown(html.render(redact(report), TAG)), *held_by(report)) == set()


def test_a_terminal_says_nothing_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "_WIDTH", 2000)  # columns that are folded tear brackets apart
    report = analyze(recorded("idle-timeout-proxy"))
    console = Console(width=2000, record=True, file=StringIO())
    terminal.show(redact(report), console, TAG)
    said = re.sub(r"[│╭╮╰╯─]", " ", console.export_text())
    assert forgotten(said, *held_by(report)) == set()


BAD = ["wrong-password", "h-close-1012", "good-bosh", "untrusted-certificate", "ping-unanswered"]


@pytest.mark.parametrize("name", BAD)
def test_a_comparison_says_nothing_in_english(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for width in ("_LABEL", "_COLUMN", "_MARK"):
        monkeypatch.setattr(comparison_text, width, 500)  # nothing is folded
    comparison = compare(recorded("good-ws")[-1:], recorded(name)[-1:])
    redacted = redact_comparison(comparison)
    held = [*held_by(comparison.good.report), *held_by(comparison.bad.report)]
    held.append([(fact.good, fact.bad, fact.name) for fact in comparison.facts])
    assert forgotten(comparison_text.render(redacted, TAG), *held) == set()
    assert forgotten(shown(comparison_html.render(redacted, TAG)), *held) == set()
