"""The verdict is the one an experienced engineer would give."""

import pytest
from msgspec.structs import replace

from analyzer.model.diagnosis import Bring
from analyzer.model.flow import Connection, Endpoint
from analyzer.model.history import History
from analyzer.model.recording import Kind, Recording
from analyzer.model.report import Outcome, Verdict
from analyzer.model.rule import Confidence, Effect, Finding, Rule, Severity
from analyzer.model.session import (
    CloseKind,
    Session,
    SessionClose,
    Step,
    StepName,
    StepStatus,
)
from analyzer.model.source import HarSource, Side, Source
from analyzer.model.xmpp import (
    Bind,
    Payload,
    Pubsub,
    PubsubAction,
    SessionRequest,
    StanzaKind,
)
from analyzer.rules import shelf
from analyzer.rules.verdict import judge
from tests.rules.climb import climb
from tests.rules.said import SECOND, place, session, stanza

DONE, LATE, FAILED = StepStatus.DONE, StepStatus.LATE, StepStatus.FAILED
MISSING, UNSEEN = StepStatus.MISSING, StepStatus.NOT_CAPTURED
BREAKS, DEGRADES, BLINDS, NONE = Effect.BREAKS, Effect.DEGRADES, Effect.BLINDS, Effect.NONE

STEPS = (
    StepName.OPEN,
    StepName.AUTH,
    StepName.BIND,
    StepName.PRESENCE,
    StepName.PUBSUB,
    StepName.LIVE,
)


def logged_in(
    number: int,
    *statuses: StepStatus,
    agent: str | None = "a@x.test",
    begin: float = 0,
    end: float = 10,
    capture: int = 0,
) -> Session:
    """A session whose last steps are done, unless said otherwise."""
    rest = [*statuses, *[DONE] * (len(STEPS) - len(statuses))]
    steps = tuple(
        Step(name=name, status=status, asked=place(100 * number + n, n))
        for n, (name, status) in enumerate(zip(STEPS, rest, strict=True))
    )
    return replace(
        session(),
        number=number,
        capture=capture,
        agent=agent,
        started_ns=int(begin * SECOND),
        ended_ns=int(end * SECOND),
        steps=steps,
    )


def finding(
    rule_id: str,
    effect: Effect = NONE,
    number: int | None = 1,
    *,
    severity: Severity = Severity.ERROR,
    at: Source | None = None,
    capture: int | None = 0,
    confidence: Confidence = Confidence.HIGH,
) -> Finding:
    return Finding(
        rule_id=rule_id,
        severity=severity,
        confidence=confidence,
        effect=effect,
        capture=capture,
        session=number,
        evidence=(at or place(0, 5),),
    )


def recording(*numbers: int, capture: int = 0) -> Recording:
    return Recording(
        capture=capture,
        name="r",
        sha256="",
        octets=0,
        format="HAR",
        kind=Kind.HAR,
        sessions=numbers,
    )


def rules(**explains: str) -> list[Rule]:
    """Rules A, B, … that explain those named."""
    pattern = shelf.load()[0]
    return [
        replace(pattern, id=rule_id, explains=tuple(words.split()))
        for rule_id, words in explains.items()
    ]


def verdict(
    findings: list[Finding], *sessions: Session, explains: list[Rule] | None = None
) -> Verdict:
    captures = {one.capture for one in sessions}
    recordings = [
        recording(*(s.number for s in sessions if s.capture == capture), capture=capture)
        for capture in captures
    ]
    return judge(findings, sessions, recordings, explains or [])[0]


def words(found: Verdict) -> tuple[str, str | None, str | None, int | None]:
    return (found.outcome.value, found.step and found.step.value, found.cause, found.session)


# One session


def test_healthy() -> None:
    found, findings = judge([], [logged_in(1)], [recording(1)])
    assert found == Verdict(outcome=Outcome.HEALTHY, session=1)
    assert findings == ()


def test_hygiene_changes_nothing() -> None:
    assert words(verdict([finding("A")], logged_in(1))) == ("healthy", None, None, 1)


@pytest.mark.parametrize(
    ("statuses", "effect", "expected"),
    [
        ([FAILED, *[MISSING] * 5], BREAKS, ("broken", "open", "A", 1)),
        ([FAILED, *[MISSING] * 5], NONE, ("broken", "open", None, 1)),
        ([DONE, MISSING, MISSING, MISSING, MISSING, MISSING], BREAKS, ("broken", "auth", "A", 1)),
        ([DONE, *[MISSING] * 5], NONE, ("broken", "auth", None, 1)),
        ([DONE] * 3 + [FAILED, DONE, MISSING], NONE, ("broken", "presence", None, 1)),
        ([DONE] * 5 + [FAILED], BREAKS, ("broken", "live", "A", 1)),
        ([DONE] * 5 + [FAILED], NONE, ("broken", "live", None, 1)),
        ([DONE] * 6, BREAKS, ("broken", "live", "A", 1)),
        # a refused subscription leaves the session alive
        ([DONE] * 4 + [FAILED, DONE], DEGRADES, ("degraded", "pubsub", "A", 1)),
        ([DONE] * 4 + [FAILED, DONE], NONE, ("degraded", "pubsub", None, 1)),
        ([DONE] * 4 + [FAILED, LATE], NONE, ("degraded", "pubsub", None, 1)),
        ([DONE] * 4 + [FAILED, FAILED], BREAKS, ("broken", "live", "A", 1)),
        ([DONE] * 4 + [LATE, DONE], DEGRADES, ("degraded", "pubsub", "A", 1)),
        ([DONE] * 4 + [LATE, DONE], NONE, ("degraded", "pubsub", None, 1)),
        ([DONE] * 6, DEGRADES, ("degraded", "live", "A", 1)),
        ([UNSEEN] * 5 + [DONE], BLINDS, ("inconclusive", None, "A", 1)),
        ([UNSEEN] * 6, NONE, ("inconclusive", None, None, 1)),
        ([UNSEEN] * 5 + [DONE], NONE, ("healthy", None, None, 1)),
        # Opened, and closed; what was between is hidden.
        ([DONE] + [UNSEEN] * 4 + [DONE], NONE, ("inconclusive", None, None, 1)),
        ([UNSEEN] * 5 + [FAILED], BREAKS, ("broken", "live", "A", 1)),
    ],
)
def test_one_session(
    statuses: list[StepStatus], effect: Effect, expected: tuple[str, str | None, str | None, int]
) -> None:
    assert words(verdict([finding("A", effect)], logged_in(1, *statuses))) == expected


def test_a_break_outweighs_blindness_and_blindness_a_blemish() -> None:
    blind = [finding("A", DEGRADES), finding("B", BLINDS)]
    assert words(verdict(blind, logged_in(1))) == ("inconclusive", None, "B", 1)
    assert words(verdict([*blind, finding("C", BREAKS)], logged_in(1))) == (
        "broken",
        "live",
        "C",
        1,
    )


@pytest.mark.parametrize(
    ("kind", "payload", "step"),
    [
        (StanzaKind.OPEN, None, StepName.OPEN),
        (StanzaKind.FEATURES, None, StepName.OPEN),
        (StanzaKind.AUTH, None, StepName.AUTH),
        (StanzaKind.PRESENCE, None, StepName.PRESENCE),
        (StanzaKind.IQ, Bind(), StepName.BIND),
        (StanzaKind.IQ, SessionRequest(), StepName.SESSION),
        (StanzaKind.IQ, Pubsub(action=PubsubAction.SUBSCRIBE), StepName.PUBSUB),
        (StanzaKind.MESSAGE, None, StepName.LIVE),
    ],
)
def test_a_blemish_is_placed_by_its_stanza(
    kind: StanzaKind, payload: Payload | None, step: StepName
) -> None:
    shown = stanza(Side.CLIENT, kind, payload, at=place(9, 9))
    one = replace(logged_in(1), stanzas=(shown,))
    assert verdict([finding("A", DEGRADES, at=place(9, 9))], one).step is step


def test_a_blemish_is_placed_by_its_step() -> None:
    one = logged_in(1)
    assert verdict([finding("A", DEGRADES, at=one.steps[2].asked)], one).step is StepName.BIND


def test_the_end_of_a_session_is_no_step_of_its_login() -> None:
    one = logged_in(1)
    close = SessionClose(kind=CloseKind.CLOSED, source=one.steps[0].asked)
    found = verdict([finding("A", BREAKS, at=one.steps[0].asked)], replace(one, close=close))
    assert found.step is StepName.LIVE


# Causes


def test_what_nothing_explains_is_the_root() -> None:
    findings = [finding("B", BREAKS, at=place(0, 1)), finding("A", BREAKS, at=place(0, 2))]
    found, ordered = judge(findings, [logged_in(1)], [recording(1)], rules(A="B"))
    assert (found.cause, found.finding) == ("A", 0)
    assert [(f.rule_id, f.explained_by) for f in ordered] == [("A", None), ("B", "A")]


def test_chains_lead_to_their_end() -> None:
    findings = [finding("C", BREAKS), finding("B"), finding("A")]
    found, ordered = judge(findings, [logged_in(1)], [recording(1)], rules(A="B", B="C"))
    assert found.cause == "A"
    assert {f.rule_id: f.explained_by for f in ordered} == {"A": None, "B": "A", "C": "B"}


def test_of_two_that_explain_each_other_the_earlier_is_the_cause() -> None:
    findings = [finding("A", BREAKS, at=place(0, 9)), finding("B", BREAKS, at=place(0, 1))]
    found, ordered = judge(findings, [logged_in(1)], [recording(1)], rules(A="B", B="A"))
    assert found.cause == "B"
    assert {f.rule_id: f.explained_by for f in ordered} == {"A": "B", "B": None}


def test_a_rule_does_not_explain_itself() -> None:
    assert verdict([finding("A", BREAKS)], logged_in(1), explains=rules(A="A")).cause == "A"


def test_another_session_explains_nothing() -> None:
    findings = [finding("B", BREAKS, 1), finding("A", NONE, 2)]
    found = verdict(findings, logged_in(1), logged_in(2), explains=rules(A="B"))
    assert found.cause == "B"


def test_a_note_is_no_cause_of_what_is_worse() -> None:
    note = finding("A", severity=Severity.INFO)
    found = verdict([note, finding("B", BREAKS)], logged_in(1), explains=rules(A="B"))
    assert found.cause == "B"
    warned = [note, finding("B", severity=Severity.INFO)]
    _, ordered = judge(warned, [logged_in(1)], [recording(1)], rules(A="B"))
    assert {f.rule_id: f.explained_by for f in ordered} == {"A": None, "B": "A"}


@pytest.mark.parametrize(("capture", "cause"), [(0, "A"), (None, "A"), (1, "B")])
def test_a_recording_explains_its_own_sessions(capture: int | None, cause: str) -> None:
    wide = finding("A", BLINDS, None, capture=capture)
    found = verdict([wide, finding("B", BREAKS)], logged_in(1), explains=rules(A="B"))
    assert found.cause == cause


def test_a_session_may_explain_what_is_said_of_all() -> None:
    loop = finding("B", BREAKS, None, capture=None)
    found, ordered = judge(
        [loop, finding("A", BREAKS, 1)], [logged_in(1)], [recording(1)], rules(A="B", B="A")
    )
    assert found.cause == "A"
    assert ordered[-1].explained_by == "A"


def test_the_most_harmful_then_the_surest_then_the_earliest() -> None:
    findings = [
        finding("F", DEGRADES, at=place(0, 0)),
        finding("E", BREAKS, severity=Severity.WARNING, at=place(0, 0)),
        finding("D", BREAKS, confidence=Confidence.MEDIUM, at=place(0, 0)),
        finding("C", BREAKS, at=HarSource(0, 0, 0, None)),
        finding("B", BREAKS, at=place(0, 2)),
        finding("A", BREAKS, at=place(0, 1)),
    ]
    causes = []
    while findings:
        causes.append(verdict(findings, logged_in(1)).cause)
        findings = [f for f in findings if f.rule_id != causes[-1]]
    assert causes == ["A", "B", "C", "D", "E", "F"]


def test_order_of_the_report() -> None:
    findings = [
        finding("A", severity=Severity.INFO),
        finding("B", severity=Severity.WARNING, number=2),
        finding("C", severity=Severity.WARNING, number=1, at=place(0, 9)),
        finding("D", severity=Severity.WARNING, number=1, at=place(0, 3)),
        finding("E", severity=Severity.WARNING, number=None),
        finding("F", severity=Severity.ERROR),
        finding("G", DEGRADES, severity=Severity.WARNING),
    ]
    sessions = [logged_in(1), logged_in(2)]
    _, ordered = judge(findings, sessions, [recording(1, 2)], rules(F="A", G="F"))
    assert "".join(f.rule_id for f in ordered) == "GEDCBFA"


# Several sessions


def test_a_healthy_session_never_hides_a_broken_one() -> None:
    found = verdict([finding("A", BREAKS, 2)], logged_in(1), logged_in(2, agent="b@x.test"))
    assert words(found) == ("broken", "live", "A", 2)


def test_of_several_broken_ones_the_first() -> None:
    findings = [
        finding("A", BREAKS, 2, at=place(0, 9)),
        finding("B", BREAKS, 1, at=place(0, 2)),
    ]
    assert words(verdict(findings, logged_in(1), logged_in(2))) == ("broken", "live", "B", 1)


def test_a_broken_one_with_a_cause_comes_before_one_without() -> None:
    mute = logged_in(1, FAILED, *[MISSING] * 5)
    found = verdict([finding("A", BREAKS, 2)], mute, logged_in(2, agent="b@x.test"))
    assert words(found) == ("broken", "live", "A", 2)


FAILED_LOGIN = (DONE, FAILED, MISSING, MISSING, MISSING, MISSING)


def test_who_came_back_and_through_was_not_cut_off() -> None:
    sessions = (logged_in(1, *FAILED_LOGIN), logged_in(2, begin=12))
    assert words(verdict([finding("A", BREAKS, 1)], *sessions)) == ("degraded", "auth", "A", 1)


@pytest.mark.parametrize(
    "second",
    [
        logged_in(2, begin=5),  # a second login beside it, as in a conflict
        logged_in(2, begin=12, agent="b@x.test"),
        logged_in(2, *FAILED_LOGIN, begin=12),
        logged_in(2, DONE, DONE, DONE, MISSING, MISSING, MISSING, begin=12),
        replace(logged_in(2), started_ns=None),
    ],
)
def test_who_did_not_come_back(second: Session) -> None:
    found = verdict([finding("A", BREAKS, 1)], logged_in(1, *FAILED_LOGIN), second)
    assert words(found) == ("broken", "auth", "A", 1)


def client(host: str) -> Connection:
    """A connection of that client."""
    return Connection(
        capture=0,
        number=0,
        client=Endpoint(host, 50_000),
        server=Endpoint("h", 1),
        opened_ns=None,
        closed_ns=None,
    )


MUTE = logged_in(1, MISSING, MISSING, MISSING, MISSING, MISSING, MISSING, agent=None)


def test_an_attempt_without_a_name_is_followed_by_any_of_its_client_at_its_server() -> None:
    found = verdict([finding("A", BREAKS, 1)], MUTE, logged_in(2, begin=12))
    assert found.outcome is Outcome.DEGRADED
    elsewhere = replace(logged_in(2, begin=12, agent=None), server="other:1")
    assert verdict([finding("A", BREAKS, 1)], MUTE, elsewhere).outcome is Outcome.BROKEN
    endless = replace(MUTE, ended_ns=None)
    found = verdict([finding("A", BREAKS, 1)], endless, logged_in(2, begin=12))
    assert found.outcome is Outcome.BROKEN


@pytest.mark.parametrize(
    "second",
    [
        replace(logged_in(2, begin=12), connection=client("10.0.0.8")),
        replace(logged_in(2, begin=12)),
        replace(logged_in(2, begin=12, capture=1), connection=client("10.0.0.9")),
    ],
)
def test_an_attempt_without_a_name_is_not_made_up_for_by_another_client(second: Session) -> None:
    mute = replace(MUTE, connection=client("10.0.0.9"))
    assert verdict([finding("A", BREAKS, 1)], mute, second).outcome is Outcome.BROKEN
    same = replace(second, capture=0, connection=client("10.0.0.9"))
    assert verdict([finding("A", BREAKS, 1)], mute, same).outcome is Outcome.DEGRADED


def test_an_attempt_without_a_name_is_made_up_for_on_the_other_node() -> None:
    told = (History(agent="a@x.test", sessions=(1, 2), chapters=()),)
    findings = [finding("A", BREAKS, 1)]
    for server, outcome in (
        ("b.x.test:1", Outcome.DEGRADED),
        ("chat.x.test:5280", Outcome.BROKEN),
    ):
        second = replace(logged_in(2, begin=12), server=server)
        sessions = (MUTE, second)
        found, _ = judge(findings, sessions, [recording(1, 2)], [], told)
        assert found.outcome is outcome
        found, _ = judge(findings, sessions, [recording(1, 2)], [])
        assert found.outcome is Outcome.BROKEN


def test_the_last_of_several_logins_counts() -> None:
    sessions = (
        logged_in(1, *FAILED_LOGIN, begin=20, end=30),
        logged_in(2, begin=40),
        logged_in(3, begin=0),
    )
    assert verdict([finding("A", BREAKS, 1)], *sessions).outcome is Outcome.DEGRADED


def test_a_session_that_cannot_tell_is_left_to_those_that_can() -> None:
    blind = [finding("A", BLINDS, 1)]
    one = logged_in(1)
    assert verdict(blind, one, logged_in(2, agent="b@x.test")).outcome is Outcome.HEALTHY
    other = logged_in(2, agent="b@x.test", capture=1)
    assert words(verdict(blind, one, other)) == ("inconclusive", None, "A", 1)
    assert verdict(blind, one, replace(other, agent="a@x.test")).outcome is Outcome.HEALTHY
    assert verdict(blind, replace(one, agent=None), other).outcome is Outcome.HEALTHY


# Recordings


def test_nothing_given() -> None:
    assert judge([], [], [])[0] == Verdict(outcome=Outcome.INCONCLUSIVE)


def test_a_recording_without_sessions() -> None:
    found, _ = judge([], [], [recording()])
    assert words(found) == ("inconclusive", None, None, None)
    found, ordered = judge([finding("A", BLINDS, None)], [], [recording()])
    assert words(found) == ("inconclusive", None, "A", None)
    assert found.finding == 0
    assert ordered[0].rule_id == "A"


def test_a_recording_that_says_nothing_beside_one_that_does() -> None:
    found, _ = judge(
        [finding("A", BLINDS, None, capture=1)],
        [logged_in(1)],
        [recording(1), recording(capture=1)],
    )
    assert words(found) == ("healthy", None, None, 1)


def test_what_is_said_of_several_sessions() -> None:
    loop = finding("A", BREAKS, None, capture=None)
    assert words(verdict([loop], logged_in(1))) == ("broken", "live", "A", None)
    assert words(verdict([loop], logged_in(1, LATE))) == ("broken", "open", "A", None)


# With the whole shelf


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@login", ("healthy", None, None)),
        ("@har\n@login", ("healthy", None, None)),
        ("@no-upgrade 403 Forbidden", ("broken", "upgrade", "CO-007")),
        ("@har\n@no-upgrade 0 net::ERR_CERT_AUTHORITY_INVALID", ("broken", "tls", "TL-002")),
        ("@har\n@no-connect refused", ("broken", "connect", "CO-003")),
        ("@no-connect refused", ("broken", "connect", "CO-003")),
        ("@no-connect silent", ("broken", "connect", "CO-002")),
        ("@no-connect refused\n@connection 2\n@login", ("healthy", None, None)),
        ("@no-connect refused\n@connection 2\n@tls\n@login", ("inconclusive", None, "CQ-003")),
        ("@login\n3.0 S> [rst]", ("broken", "live", "CO-004")),
        ("@login\n3.0 S> [rst]\n@connection 5\n@login", ("degraded", "live", "CO-004")),
        ("@login\n60.0 S> [fin]", ("broken", "live", "CO-005")),
        ("@tls\n@login", ("inconclusive", None, "CQ-003")),
        ("@har", ("inconclusive", None, "CQ-001")),
        ("@packets", ("inconclusive", None, "CQ-010")),
        ("@login until=auth\n5.0 S> [gap 300 snaplen]", ("inconclusive", None, "CQ-002")),
    ],
)
def test_ladders(text: str, expected: tuple[str, str | None, str | None]) -> None:
    seen = climb(text)
    findings, _ = shelf.run(seen.subjects, shelf.load())
    found, _ = judge(findings, seen.sessions, [seen.recording])
    assert words(found)[:3] == expected


def test_independent_causes_are_named_the_most_harmful_first() -> None:
    told = verdict(
        [
            finding("A", DEGRADES),
            finding("B", BREAKS),
            finding("C", DEGRADES, severity=Severity.WARNING),
            finding("C", DEGRADES, severity=Severity.WARNING),
            finding("D", NONE),
            finding("E", DEGRADES),
        ],
        logged_in(1, DONE, FAILED),
        explains=rules(B="E"),
    )
    assert (told.cause, told.finding, told.confidence) == ("B", 0, Confidence.HIGH)
    assert len(told.causes) == 3


def test_without_a_cause_nothing_is_named_and_packets_are_asked_for() -> None:
    told = verdict([], logged_in(1, DONE, DONE, DONE, DONE, DONE, FAILED))
    assert (told.outcome, told.causes, told.ruled_out) == (Outcome.BROKEN, (), ())
    assert Bring.CLIENT_CAPTURE in told.bring
