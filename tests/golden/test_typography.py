"""Reports of real recordings show no escape where a language writes a no-break blank."""

from functools import cache
from pathlib import Path

import pytest

from analyzer.pipeline import analyze, compare
from analyzer.report.formats import COMPARISON_RENDERERS, RENDERERS
from analyzer.report.language.words import LANGUAGES
from analyzer.report.redaction.redact import RedactedReport, redact, redact_comparison

FIXTURES = Path(__file__).parents[2] / "fixtures"

CASES = (
    ("reconnect-loop/session.har",),
    ("ping-unanswered/session.har", "ping-unanswered/capture.pcapng"),
    ("idle-timeout-proxy/capture.pcapng",),
)

ESCAPES = (r"\xa0", r"\u202f", "#92;xa0", "#92;u202f")

READABLE = ("html", "text", "md", "csv", "svg", "mermaid")


@cache
def redacted(names: tuple[str, ...]) -> RedactedReport:
    return redact(analyze([FIXTURES / name for name in names]))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("names", CASES, ids=("loop", "joined", "idle"))
def test_no_blank_is_shown_as_an_escape(names: tuple[str, ...], language: str) -> None:
    for name in READABLE:
        made = RENDERERS[name](redacted(names), language)
        assert isinstance(made, str)
        assert [escape for escape in ESCAPES if escape in made] == [], name
    french = RENDERERS["text"](redacted(names), language)
    assert ("\u00a0" in str(french)) is (language == "fr")


def test_nor_in_a_comparison() -> None:
    good, bad = FIXTURES / "good-ws/session.har", FIXTURES / "wrong-password/session.har"
    compared = redact_comparison(compare([good], [bad]))
    for name in COMPARISON_RENDERERS:
        made = COMPARISON_RENDERERS[name](compared, "fr")
        assert [escape for escape in ESCAPES if escape in made] == [], name
