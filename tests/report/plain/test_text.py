"""The text report, whole and line by line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from analyzer.model.report import Outcome, Report, Verdict
from analyzer.model.session import CloseKind, SessionClose
from analyzer.model.source import PacketSource
from analyzer.report.language.lines import WIDTH
from analyzer.report.plain.text import render
from analyzer.report.redaction.redact import Redaction, redact
from tests.report.reports import (
    blind,
    finding,
    har_recording,
    har_session,
    healthy,
    refused,
)

GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.mark.parametrize("report", [refused, healthy, blind], ids=lambda make: make.__name__)
def test_golden(report: Callable[[], Report]) -> None:
    made = render(redact(report()), "en")
    assert made == (GOLDEN / f"{report.__name__}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("report", [refused(), healthy(), blind()])
def test_lines_are_short_and_plain(report: Report) -> None:
    for line in render(redact(report), "en").splitlines():
        assert len(line) <= WIDTH
        assert line == line.rstrip()


def test_long_words_do_not_widen_it() -> None:
    long = "x" * 400
    report = refused(
        recordings=(har_recording(name=long),),
        sessions=(har_session(agent=long, url=f"ws://{long}", server=long),),
        findings=(finding("SA-007", values={"user": long}),),
    )
    assert max(map(len, render(redact(report), "en").splitlines())) <= WIDTH


def test_escape_sequences_are_written_out() -> None:
    """SECURITY row 10: ESC, OSC 8, OSC 52, C1, bidi, wherever a recording can put them."""
    evil = "\x1b]52;c;QUFB\x07\x9b31m\u202e\r\n"
    report = refused(
        recordings=(har_recording(name=evil),),
        sessions=(
            har_session(
                agent=evil,
                url=evil,
                user_agent=evil,
                server=evil,
                close=SessionClose(kind=CloseKind.WEBSOCKET_CLOSE, reason=evil),
            ),
        ),
        findings=(finding("SA-007", values={"user": evil, "condition": evil}),),
    )
    output = render(redact(report), "en")
    assert [c for c in output if c != "\n" and not c.isprintable()] == []
    assert "\\x1b]52;c;QUFB\\x07" in output


def test_many_sessions_and_findings_are_told_by_their_number() -> None:
    report = refused(
        sessions=tuple(har_session(number=n) for n in range(1, 9)),
        findings=tuple(finding("SA-007", evidence=(), values={"user": f"u{n}"}) for n in range(50)),
    )
    output = render(redact(report), "en")
    assert "3 more sessions are in the JSON report." in output
    assert "9 more findings are in the JSON report." in output


def test_a_remedy_in_steps_is_a_list() -> None:
    report = refused(verdict=Verdict(outcome=Outcome.BROKEN, cause="CO-004", finding=1))
    output = render(redact(report), "en")
    assert "WHAT TO DO\n  1. Look at the proxy.\n  2. Ask who runs it.\n" in output


def test_the_capture_as_a_whole_is_looked_up_nowhere() -> None:
    report = refused(findings=(finding("SA-007", evidence=(PacketSource(1, 0, 0, None),)),))
    output = render(redact(report), "en")
    assert "PROOF\n  capture.pcapng: the capture as a whole\n\nWHAT TO DO" in output


def test_shown_secrets_are_announced_first() -> None:
    output = render(redact(refused(), Redaction.NONE), "en")
    assert output.startswith("THIS REPORT HOLDS PASSWORDS")
    assert "Taken out" not in output


def test_a_head_keeps_captured_words_as_they_are() -> None:
    report = refused(recordings=(har_recording(name="a.har"),))
    assert "The recording: a.har\n" in render(redact(report), "en")
