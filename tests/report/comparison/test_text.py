"""A comparison as text."""

import pytest

from analyzer.model.comparison import Change, ChangeKind, Comparison
from analyzer.model.errors import UsageError
from analyzer.model.session import StepName
from analyzer.report.comparison.text import CHANGES, brief, render
from analyzer.report.language.lines import WIDTH
from analyzer.report.language.words import words
from analyzer.report.redaction.redact import Redaction, redact_comparison
from tests.report.comparisons import COMPARISONS, parted, said, same
from tests.report.reports import har_session


def text(comparison: Comparison, *, show_secrets: bool = False) -> str:
    return render(
        redact_comparison(comparison, Redaction.NONE if show_secrets else Redaction.SECRETS), "en"
    )


@pytest.mark.parametrize("comparison", COMPARISONS.values(), ids=COMPARISONS.keys())
def test_it_fits_and_ends_with_a_line(comparison: Comparison) -> None:
    lines = text(comparison).split("\n")
    assert max(map(len, lines)) <= WIDTH
    assert lines[-1] == ""
    assert lines[-2]
    assert all(line == line.rstrip() for line in lines)


def test_the_reader_gets_the_whole_story() -> None:
    told = text(parted())
    for part in (
        "THEY PART: The bad session parts from the good one at authentication: good got",
        "Good: session.har, session 1 of 2, the one that went furthest, agent1001 @",
        "Bad:  capture.pcapng, session 2 of 2, the one the verdict is about, agent1001 @",
        "  Both have  <auth> PLAIN as agent1001\n",
        " Good: session.har: entry 3, message 2. Bad: capture.pcapng: packet 30.\n",
        "  Bad        got <failure> not-authorized after 23 ms\n",
        "             capture.pcapng: packet 40   frame.number == 40\n",
        "  failed 150 ms not-authorized parts here\n",
        "  bind                    -                            not reached\n",
        "  other answer, good  <auth> PLAIN as agent1001 not answered (session.har: entry 3,",
        "  only good           <open> to finesse.example.test (3 times) (session.har: entry 3,",
        "  4 more differences are not listed.\n",
        "  Port                    8445                         7443      ",
        "  bad   SA-007  error   The server refused the user name or password of agent1001\n",
        "  good  CQ-007  error   The recording holds 1 password(s)\n",
        "  The session taken as the good one has failures of its own.\n",
    ):
        assert part in told, part


def test_where_nothing_differs_it_says_so() -> None:
    told = text(same())
    for part in (
        "SAME: No difference that matters.",
        "  What both recordings show of what was said means the same.\n",
        "  Nothing that both recordings show differs.\n",
        "  Every rule that could look at both says the same of both.\n",
    ):
        assert part in told
    assert "WHERE THEY PART" not in told
    assert "WHAT LIMITS" not in told


def test_without_a_session_only_that_is_said() -> None:
    told = text(COMPARISONS["empty"])
    assert told.startswith("CANNOT TELL: The bad recording holds no session to compare.")
    assert "STEPS OF THE LOGIN" not in told


def test_of_many_changes_the_first_are_listed() -> None:
    one = Change(kind=ChangeKind.MISSING, step=StepName.LIVE, good=said(har_session(), 0))
    told = text(same(changes=(one,) * (CHANGES + 7)))
    assert told.count("only good") == CHANGES
    assert "7 more differences are not listed." in told


def test_no_place_and_nothing_common() -> None:
    found = parted().divergence
    assert found is not None
    told = text(
        parted(
            divergence=type(found)(
                step=found.step,
                good=type(found.good)(kind=found.good.kind.__class__("no step")),
                bad=found.bad,
            )
        )
    )
    assert "  Good       has no such step\n  Bad " in told
    assert "Both have" not in told


def test_secrets_are_told() -> None:
    assert "THIS REPORT HOLDS PASSWORDS" in text(parted(), show_secrets=True)
    assert "Taken out" not in text(parted(), show_secrets=True)


def test_brief() -> None:
    short = brief(redact_comparison(parted()), words("en"))
    assert short.startswith("The bad session parts from the good one at authentication")
    assert short.count("\n\n") == 1
    assert len(short.splitlines()) < 9


def test_an_unknown_language() -> None:
    with pytest.raises(UsageError, match="no language xx"):
        render(redact_comparison(same()), "xx")
