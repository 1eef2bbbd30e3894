"""The terminal: colour for people, never for the recording."""

import io
import re

import pytest
from msgspec.structs import replace
from rich.console import Console

from analyzer.model.diagnosis import Bring
from analyzer.model.report import Outcome, Report, Verdict
from analyzer.report.plain.terminal import show
from analyzer.report.redaction.redact import Redaction, redact
from tests.report.reports import blind, finding, har_session, healthy, refused


def shown(report: Report, *, colour: bool = False, secrets: bool = False, width: int = 120) -> str:
    output = io.StringIO()
    console = Console(file=output, width=width, force_terminal=colour, highlight=False)
    show(redact(report, Redaction.NONE if secrets else Redaction.SECRETS), console)
    return output.getvalue()


def test_the_verdict_comes_first_and_the_steps_follow() -> None:
    output = shown(refused())
    first = next(line for line in output.splitlines() if line.strip())
    assert "BROKEN" in first
    assert "Authentication" in first
    assert "The server refused the user name or password of agent1001" in output
    assert "✓ upgrade ─ ✓ open ─ ✗ auth 150 ms ─ - bind ─ ◷ presence 10.3 s" in output
    assert re.search(r"Warning +CO-004 +The connection was reset", output)
    assert "sasl exchange (2)" in output


def test_steps_break_between_two_of_them_only() -> None:
    output = shown(refused(), width=40)
    assert "✓ upgrade ─ ✓ open" in output
    assert all("✓" not in line.rstrip()[-1:] for line in output.splitlines())
    assert "no steps" not in shown(healthy(sessions=(har_session(steps=()),)))


def test_healthy_and_empty_reports() -> None:
    assert "Nothing is wrong" in shown(healthy())
    assert "INCONCLUSIVE" in shown(blind())


def test_what_stands_beside_the_cause() -> None:
    report = refused()
    output = shown(replace(report, verdict=replace(report.verdict, causes=(0, 1, 2))))
    assert re.search(r"On whose side +client side", output)
    assert re.search(r"Also wrong +CO-004 The connection was reset", output)
    assert re.search(r"Ruled out +A proxy that stops WebSockets", output)
    assert re.search(r"What would tell more +A packet capture from the Finesse node", output)


def test_without_a_cause_it_says_what_to_bring() -> None:
    verdict = Verdict(outcome=Outcome.INCONCLUSIVE, bring=(Bring.HAR, Bring.KEYS))
    output = shown(blind(verdict=verdict))
    assert re.search(r"What would tell more +A HAR from Chrome or Edge", output)
    assert "On whose side" not in output


def test_captured_markup_and_escapes_have_no_effect() -> None:
    evil = "[bold red]x[/] [link=http://a]y[/link] \x1b[31m"
    output = shown(refused(findings=(finding("SA-007", values={"user": evil}),)))
    assert "[bold red]x[/]" in output
    assert "\\x1b[31m" in output
    assert "\x1b" not in output


def test_a_remedy_in_steps_is_a_list() -> None:
    report = refused(verdict=Verdict(outcome=Outcome.BROKEN, cause="CO-004", finding=1))
    output = shown(report)
    assert re.search(r"What to do +1\. Look at the proxy\.", output)
    assert "Ask who runs it." in output


def test_colour_where_there_is_a_terminal() -> None:
    assert "\x1b[" in shown(refused(), colour=True)


def test_many_findings_are_counted_and_sessions_cut() -> None:
    report = refused(
        sessions=tuple(har_session(number=n, agent=None) for n in range(1, 9)),
        findings=tuple(finding("SA-007", evidence=(), values={"user": f"u{n}"}) for n in range(20)),
    )
    output = shown(report)
    assert "7 more findings" in output
    assert "Session 3: the client" in output
    assert "Session 4" not in output


def test_shown_secrets_are_announced() -> None:
    output = shown(refused(), secrets=True)
    assert "Do not pass it on" in output
    assert "Taken out" not in output


def test_it_prints_to_standard_output_by_itself(capsys: pytest.CaptureFixture[str]) -> None:
    show(redact(blind()))
    out, _ = capsys.readouterr()
    assert "INCONCLUSIVE" in out
