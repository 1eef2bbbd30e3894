"""The verdict in sentences."""

import pytest

from analyzer.model.report import Outcome, Report, Verdict
from analyzer.model.rule import Severity
from analyzer.model.session import StepName
from analyzer.report.language.texts import plain
from analyzer.report.language.words import words
from analyzer.report.view.story import Quotes, opening, root, summary, where
from tests.report.reports import blind, entry, finding, har_place, har_session, healthy, refused

WORDS = words("en")


def verdict(outcome: Outcome, **fields: object) -> Verdict:
    return Verdict(outcome=outcome, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("report", "outcome", "headline", "lead"),
    [
        (
            refused(),
            "Broken",
            "The server refused the user name or password of agent1001",
            "The login of agent1001 stopped at the step Authentication.",
        ),
        (
            refused(verdict=verdict(Outcome.BROKEN, step=StepName.LIVE, session=2)),
            "Broken",
            "The session failed",
            "agent1001 was logged in; the session broke afterwards.",
        ),
        (
            refused(verdict=verdict(Outcome.BROKEN, step=StepName.UPGRADE)),
            "Broken",
            "The login failed at the step WebSocket upgrade",
            "The login of agent1001 stopped at the step WebSocket upgrade.",
        ),
        (
            refused(verdict=verdict(Outcome.BROKEN), sessions=(har_session(agent=None),)),
            "Broken",
            "The session failed",
            "The session of the client failed.",
        ),
        (
            refused(verdict=verdict(Outcome.DEGRADED, step=StepName.PUBSUB)),
            "Degraded",
            "The session works, with a fault",
            "agent1001 is logged in, but the step Subscriptions did not go as it should.",
        ),
        (
            refused(verdict=verdict(Outcome.DEGRADED, step=StepName.LIVE)),
            "Degraded",
            "The session works, with a fault",
            "agent1001 is logged in, but not everything went well after that.",
        ),
        (
            healthy(sessions=(har_session(agent="Agent1001@host"),)),
            "Healthy",
            "Nothing is wrong with this session",
            (
                "The login of Agent1001 went through every step that was recorded, and nothing "
                "went wrong afterwards."
            ),
        ),
        (
            healthy(sessions=(har_session(), har_session(number=2))),
            "Healthy",
            "Nothing is wrong with these 2 sessions",
            (
                "Every login went through all steps that were recorded, and nothing went wrong "
                "afterwards."
            ),
        ),
        (
            healthy(
                findings=(
                    finding("SA-002", severity=Severity.WARNING),
                    finding("SA-002", severity=Severity.WARNING, session=2),
                    finding("CQ-007", severity=Severity.INFO),
                )
            ),
            "Healthy",
            "It works; 1 warning stands below",
            (
                "The login of agent1001 went through every step that was recorded, and nothing "
                "went wrong afterwards."
            ),
        ),
        (
            blind(),
            "Inconclusive",
            "This recording cannot tell how the session went",
            "It holds no session that can be read to its end.",
        ),
        (
            refused(verdict=verdict(Outcome.INCONCLUSIVE, finding=2, cause="CQ-007")),
            "Inconclusive",
            "The recording holds 1 password(s)",
            "Record the session again as described below.",
        ),
    ],
)
def test_opening(report: Report, outcome: str, headline: str, lead: str) -> None:
    start = opening(report, WORDS)
    assert (start.outcome, plain(start.headline), plain(start.lead)) == (outcome, headline, lead)


@pytest.mark.parametrize(
    ("step", "text"),
    [
        (None, ""),
        (StepName.AUTH, "at step Authentication"),
        (StepName.LIVE, "after the login"),
    ],
)
def test_where_it_went_wrong(step: StepName | None, text: str) -> None:
    assert where(refused(verdict=verdict(Outcome.BROKEN, step=step)), WORDS) == text


def test_the_root_is_the_finding_the_verdict_names() -> None:
    report = refused()
    assert root(report) is report.findings[0]
    assert root(healthy()) is None


def test_the_summary_is_one_line() -> None:
    assert summary(refused(), WORDS) == (
        "Broken at auth: The server refused the user name or password of agent1001."
    )
    assert summary(blind(), WORDS) == (
        "Inconclusive: This recording cannot tell how the session went."
    )


def test_quotes_are_what_stands_at_a_place() -> None:
    quotes = Quotes(refused().sessions)
    assert (quotes.of(har_place(4, 0.35)) or "").startswith("<failure ")
    assert quotes.of(entry(99)) is None
