"""A comparison as Markdown: the sentence, where they part, and nothing that is live."""

import pytest
from msgspec.structs import replace

from analyzer.model.comparison import Arrival, ArrivalKind, Comparison, StepPair
from analyzer.model.session import StepName
from analyzer.report.comparison.markdown import render
from analyzer.report.language.words import LANGUAGES
from analyzer.report.redaction.redact import Redaction, redact_comparison
from tests.report.comparison.test_html import full_of
from tests.report.comparisons import COMPARISONS, empty, parted, same
from tests.report.plain.test_markdown import ALLOWED, LIVE, MARKS, text_of, tokens


def markdown(comparison: Comparison, redaction: Redaction = Redaction.SECRETS) -> str:
    return render(redact_comparison(comparison, redaction), "en")


def test_the_reader_gets_the_short_story() -> None:
    made = markdown(parted())
    for part in (
        "# They part\n\nThe bad session parts from the good one at authentication: good got",
        "\n- Good: `session.har`, session 1 of 2, the one that went furthest,",
        "\n- Both have: `<auth>` PLAIN as agent1001  \n  Good: `session.har`: entry 3, message 2.",
        "\n- Bad: got `<failure>` not-authorized after 23 ms  \n  `capture.pcapng`: packet 40  \n",
        "\n  `frame.number == 40",
        "\n- `auth`: done 150 ms (good), failed 150 ms not-authorized (bad)",
        "\n- Port: 8445 (good), 7443 (bad)",
        "\n- SA-007, error, bad: The server refused the user name or password of agent1001\n",
        "\n- One is a HAR and the other a capture; what only one of them can show is not compared",
    ):
        assert part in made, part
    assert len(made) < 4_000


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("comparison", COMPARISONS.values(), ids=COMPARISONS.keys())
def test_it_is_markdown_in_every_language(comparison: Comparison, language: str) -> None:
    made = render(redact_comparison(comparison), language)
    assert {token.type for token in tokens(made)} <= ALLOWED
    assert made.endswith("\n")
    assert "\n\n\n" not in made


def test_nothing_common_and_nothing_said() -> None:
    found = parted().divergence
    assert found is not None
    nothing = replace(
        found, bad=Arrival(kind=ArrivalKind.NOTHING), common_good=None, common_bad=None
    )
    made = markdown(parted(divergence=nothing))
    assert "\n- Bad: got nothing\n" in made
    assert "Both have" not in made


def test_a_step_that_a_session_does_not_have() -> None:
    step = StepPair(name=StepName.LIVE, good=None, bad=None, differs=True)
    assert "- `live`: `-` (good), `-` (bad)\n" in markdown(parted(steps=(step,)))


def test_what_does_not_differ_is_left_out() -> None:
    assert markdown(same()).count("\n## ") == 0
    assert "holds no session" in markdown(empty())


@pytest.mark.parametrize("text", MARKS)
def test_nothing_captured_is_live(text: str) -> None:
    made = markdown(full_of(text), Redaction.NONE)
    assert {token.type for token in tokens(made)} <= ALLOWED | {"strong_open", "strong_close"}
    assert not LIVE.search(text_of(made))
    assert made.startswith("**This report holds passwords and tokens. Do not pass it on.**")
    assert "Taken out" not in made
