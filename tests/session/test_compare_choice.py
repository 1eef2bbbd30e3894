"""Which session is compared."""

from msgspec.structs import replace

from analyzer.model.comparison import Choice, Role
from analyzer.model.flow import EndCause
from analyzer.model.report import Outcome, Verdict
from analyzer.model.rule import Effect, Severity
from analyzer.model.session import Session, StepName
from analyzer.model.source import Side
from analyzer.session.compare_choice import choose, findings_of, is_healthy
from tests.session.beside import finding, report, whole
from tests.session.conversation import failure, login, session, tcp


def numbered(*sessions: Session) -> list[Session]:
    return [replace(one, number=n) for n, one in enumerate(sessions, 1)]


def refused() -> Session:
    lines = [*login(StepName.OPEN), (1.0, "S>", failure("not-authorized"))]
    return session(lines, [tcp(EndCause.FIN, 2.0, Side.SERVER)])


def test_none_and_the_only_one() -> None:
    assert choose(report(), Role.GOOD) == (None, Choice.NONE)
    assert choose(report(replace(whole(), number=7)), Role.BAD) == (7, Choice.ONLY)


def test_good_went_furthest_and_longest() -> None:
    long = whole((1.5, "S>", "<message xmlns='jabber:client'/>"))
    sessions = numbered(refused(), whole(), long, replace(long, stanzas=()), long)
    assert choose(report(*sessions), Role.GOOD) == (3, Choice.HEALTHIEST)
    broken = (finding("CO-004", 3),)
    assert choose(report(*sessions, findings=broken), Role.GOOD) == (5, Choice.HEALTHIEST)


def test_bad_is_the_one_of_the_verdict() -> None:
    sessions = numbered(whole(), refused(), whole())
    broken = Verdict(outcome=Outcome.BROKEN, session=2)
    found = (finding("SA-007", 2),)
    assert choose(report(*sessions, findings=found, verdict=broken), Role.BAD) == (
        2,
        Choice.VERDICT,
    )


def test_bad_has_the_worst_fault_where_the_verdict_names_none() -> None:
    sessions = numbered(whole(), refused(), whole())
    broken = Verdict(outcome=Outcome.BROKEN)
    found = (finding("CO-010", None),)
    assert choose(report(*sessions, findings=found, verdict=broken), Role.BAD)[1] is Choice.WORST
    more = (finding("FI-006", 3, effect=Effect.DEGRADES), *found)
    assert choose(report(*sessions, findings=more, verdict=broken), Role.BAD) == (3, Choice.WORST)


def test_without_fault_bad_is_taken_like_good() -> None:
    sessions = numbered(whole(), whole())
    healthy = report(*sessions, verdict=Verdict(outcome=Outcome.HEALTHY, session=2))
    assert choose(healthy, Role.BAD) == choose(healthy, Role.GOOD) == (1, Choice.HEALTHIEST)


def test_healthy_is_a_session_without_failed_step_and_breaking_finding() -> None:
    assert is_healthy(whole(), [finding("FI-006", effect=Effect.DEGRADES)])
    assert not is_healthy(whole(), [finding("CO-004")])
    assert not is_healthy(refused(), [])


def test_findings_are_those_of_the_session_and_what_went_wrong_over_several() -> None:
    one = whole()
    told = (
        finding("SA-007", one.number),
        finding("SA-007", one.number + 1),
        finding("CO-010", None, capture=None),
        finding("CO-010", None, capture=1),
        finding("CQ-007", None, effect=Effect.NONE),
        finding("CQ-011", None, effect=Effect.DEGRADES, severity=Severity.INFO),
        finding("SA-002", one.number, effect=Effect.NONE),
    )
    found = findings_of(report(one, findings=told), one)
    assert found == (told[0], told[2], told[6])
