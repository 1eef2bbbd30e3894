"""What explains what: within a session, and from its recording as a whole."""

from analyzer.model.rule import Confidence, Effect, Finding, Severity
from analyzer.rules.causes import Causes, rank_of
from tests.rules.said import place, session


def found(
    rule_id: str,
    number: int | None = 1,
    effect: Effect = Effect.BREAKS,
    severity: Severity = Severity.ERROR,
    second: float = 0,
) -> Finding:
    return Finding(
        rule_id=rule_id,
        severity=severity,
        confidence=Confidence.HIGH,
        effect=effect,
        capture=0,
        session=number,
        evidence=(place(0, second),),
    )


def explained(*findings: Finding, **explains: tuple[str, ...]) -> dict[str, str | None]:
    return {one.rule_id: one.explained_by for one in Causes(findings, explains).findings}


def test_a_chain_leads_to_its_root() -> None:
    causes = Causes([found("A"), found("B"), found("C")], {"A": ("B",), "B": ("C",)})
    last = next(one for one in causes.findings if one.rule_id == "C")
    assert last.explained_by == "B"
    assert causes.root(last).rule_id == "A"


def test_what_concerns_the_recording_explains_what_its_sessions_suffer() -> None:
    assert explained(found("A", None), found("B", 7), A=("B",)) == {"A": None, "B": "A"}


def test_another_session_is_no_cause() -> None:
    assert explained(found("A", 1), found("B", 2), A=("B",)) == {"A": None, "B": None}


def test_two_that_explain_each_other_make_no_circle() -> None:
    told = explained(found("A"), found("B", effect=Effect.DEGRADES), A=("B",), B=("A",))
    assert told == {"A": None, "B": "A"}


def test_a_note_explains_nothing_worse() -> None:
    note = found("A", effect=Effect.NONE, severity=Severity.INFO)
    assert explained(note, found("B"), A=("B",)) == {"A": None, "B": None}


def test_the_most_harmful_comes_first_then_the_earliest() -> None:
    worse, early, late = found("A", second=9), found("B", effect=Effect.NONE), found("C", second=5)
    assert sorted([worse, early, late], key=rank_of) == [late, worse, early]


def test_findings_of_a_session() -> None:
    causes = Causes([found("A", None), found("B", 1)], {})
    assert [one.rule_id for one in causes.of(session())] == ["B"]
    assert [one.rule_id for one in causes.of(None)] == ["A"]
