"""What explains what: within a session, and from its recording as a whole."""

from analyzer.model.rule import Confidence, Effect, Finding, Severity
from analyzer.rules.causes import Causes, rank_of
from tests.rules.said import place, session


def found(
    rule_id: str,
    number: int | None = 1,
    *,
    effect: Effect = Effect.BREAKS,
    severity: Severity = Severity.ERROR,
    second: float = 0,
    sessions: tuple[int, ...] = (),
    capture: int | None = 0,
) -> Finding:
    return Finding(
        sessions=sessions,
        rule_id=rule_id,
        severity=severity,
        confidence=Confidence.HIGH,
        effect=effect,
        capture=capture,
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


def loop(*sessions: int) -> Finding:
    """A finding about several sessions of a cohort."""
    return found("LOOP", None, sessions=sessions, capture=None)


def test_another_agents_session_explains_no_loop() -> None:
    rules = {"A": ("LOOP",)}
    assert Causes([loop(1, 2), found("A", 3)], rules).findings[-1].explained_by is None
    causes = Causes([loop(1, 2), loop(3, 4), found("A", 3)], rules)
    told = {one.sessions: one.explained_by for one in causes.findings if one.rule_id == "LOOP"}
    assert told == {(1, 2): None, (3, 4): "A"}
    loops = [one for one in causes.findings if one.rule_id == "LOOP"]
    assert {one.sessions: causes.root(one).rule_id for one in loops} == {
        (1, 2): "LOOP",
        (3, 4): "A",
    }


def test_a_loop_explains_its_own_sessions_only() -> None:
    causes = Causes([loop(1, 2), found("B", 2), found("B", 3)], {"LOOP": ("B",)})
    assert {one.session: one.explained_by for one in causes.findings if one.session} == {
        2: "LOOP",
        3: None,
    }


def test_what_explains_each_other_across_sessions_makes_no_circle() -> None:
    rules = {"LOOP": ("A",), "A": ("LOOP",), "ALL": ("LOOP", "A"), "B": ("ALL",)}
    every = found("ALL", None, capture=None)
    findings = [loop(1, 2), found("A", 1), every, found("B", 1)]
    causes = Causes(findings, rules)
    assert {causes.root(one).rule_id for one in causes.findings} == {"B"}


def test_what_concerns_a_recording_is_explained_within_it() -> None:
    rules = {"A": ("R",)}
    whole, other = found("R", None), found("R", None, capture=1)
    causes = Causes([whole, other, found("A", 1)], rules)
    told = {one.capture: one.explained_by for one in causes.findings if one.rule_id == "R"}
    assert told == {0: "A", 1: None}


def test_sessions_of_a_recording_explain_what_concerns_it_and_no_other() -> None:
    """A loop of an agent in one of several recordings."""
    whole, other = found("R", None), found("R", None, capture=1)
    causes = Causes([whole, other, loop(1, 2)], {"LOOP": ("R",)})
    told = {one.capture: one.explained_by for one in causes.findings if one.rule_id == "R"}
    assert told == {0: "LOOP", 1: None}
