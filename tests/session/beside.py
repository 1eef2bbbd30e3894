"""Two hand-made sessions beside each other."""

from collections.abc import Mapping
from typing import Any

from analyzer.model.comparison import Choice, Compared, Comparison
from analyzer.model.report import Outcome, Report, Verdict
from analyzer.model.rule import Confidence, Effect, Finding, Severity
from analyzer.model.session import Needs, Session
from analyzer.session.compare import compare
from tests.session.conversation import (
    Line,
    at,
    goodbye,
    login,
    session,
)


def whole(*more: Line, until: float = 2.0) -> Session:
    """A healthy session with a good-bye, and what else was said in it."""
    return session([*login(), *more, *goodbye(until)])


def swapped(lines: list[Line], old: str, new: str) -> list[Line]:
    """Lines with the one text in place of the other."""
    assert any(text == old for _, _, text in lines)
    return [(when, way, new if text == old else text) for when, way, text in lines]


def finding(rule_id: str, session: int | None = 1, **fields: Any) -> Finding:
    """Something found."""
    values: dict[str, Any] = {
        "rule_id": rule_id,
        "severity": Severity.ERROR,
        "confidence": Confidence.HIGH,
        "effect": Effect.BREAKS,
        "capture": 0,
        "session": session,
        "evidence": (at(0.0),),
    }
    return Finding(**(values | fields))


def report(
    *sessions: Session, findings: tuple[Finding, ...] = (), verdict: Verdict | None = None
) -> Report:
    """A report of sessions."""
    return Report(
        tool_version="1",
        profile="finesse",
        verdict=verdict or Verdict(outcome=Outcome.HEALTHY),
        recordings=(),
        sessions=sessions,
        findings=findings,
        skipped=(),
        rules_run=(),
        texts={},
    )


def compared(one: Session, *findings: Finding) -> Compared:
    """One of the two."""
    made = report(one, findings=findings)
    return Compared(report=made, number=one.number, choice=Choice.ONLY, sessions=1)


def beside(
    good: Session, bad: Session, looks: Mapping[str, frozenset[Needs]] | None = None
) -> Comparison:
    """What comparing two sessions gives."""
    return compare(compared(good), compared(bad), looks or {})
