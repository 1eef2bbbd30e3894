"""A rule's texts with values in them."""

import pytest

from analyzer.model.report import RuleText
from analyzer.model.rule import Value
from analyzer.report.texts import Piece, filled, first_sentence, plain, sentence, steps_of, text_of
from tests.report.reports import TEXTS, finding


def test_captured_words_are_told_from_ours() -> None:
    assert sentence("{user} waited\n  {wait_s:.1f} s", {"user": "a\x1bb", "wait_s": 2.25}) == (
        Piece("a\\x1bb", captured=True),
        Piece(" waited "),
        Piece("2.2"),
        Piece(" s"),
    )


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{missing}", "?"),
        ("{word:.1f}", "late"),
        ("{{literal}}", "{literal}"),
        ("{long}", "x" * 199 + "…"),
        ("{ours}", "the client"),
        ("{injected}", "{user} {0.__class__}"),
    ],
)
def test_a_value_never_breaks_a_sentence(template: str, text: str) -> None:
    values: dict[str, Value | Piece] = {
        "word": "late",
        "long": "x" * 500,
        "ours": Piece("the client"),
        "injected": "{user} {0.__class__}",
    }
    assert plain(sentence(template, values)) == text


def test_a_finding_is_filled() -> None:
    text = filled(finding("SA-007"), TEXTS)
    assert text.title == "The server refused the user name or password of agent1001"
    assert "{" not in text.title + text.cause + text.remedy + text.reference


def test_a_rule_without_texts_is_its_id() -> None:
    assert text_of(finding("XX-001"), TEXTS) == RuleText(
        title="XX-001", cause="", remedy="", reference=""
    )


def test_the_first_sentence_can_be_told_apart() -> None:
    pieces = sentence("Ask {who} first. Then wait 2.5 s. Go.", {"who": "a. b"})
    first, rest = first_sentence(pieces)
    assert plain(first) == "Ask a. b first. "
    assert plain(rest) == "Then wait 2.5 s. Go."
    assert first_sentence(sentence("Only one.", {})) == ((Piece("Only one."),), ())


def test_numbered_parts_are_told_apart() -> None:
    pieces = sentence(
        "1. Ask {who}, wait 2.5 s. 2. Look at {what}: 3. Go.", {"who": "a 2. b", "what": 7}
    )
    assert [plain(part) for part in steps_of(pieces)] == [
        "Ask a 2. b, wait 2.5 s.",
        "Look at 7:",
        "Go.",
    ]
    assert steps_of(pieces)[0][1].captured
    assert steps_of(sentence("Only one. 2. No.", {})) == ()
    assert steps_of(()) == ()
