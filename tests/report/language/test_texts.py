"""A rule's texts with values in them."""

import pytest

from analyzer.model.errors import CaptureError, UsageError
from analyzer.model.report import RuleText
from analyzer.model.rule import Value
from analyzer.report.language.texts import (
    Piece,
    error_said,
    filled,
    first_sentence,
    plain,
    sentence,
    steps_of,
    text_of,
)
from analyzer.report.language.words import words
from tests.report.reports import TEXTS, finding

ENGLISH = words("en")


def test_captured_words_are_told_from_ours() -> None:
    assert sentence(
        "{user} waited\n  {wait_s:.1f} s", {"user": "a\x1bb", "wait_s": 2.25}, ENGLISH
    ) == (
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
    assert plain(sentence(template, values, ENGLISH)) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (1, "1 ping was late"),
        (2, "2 pings were late"),
        (0, "0 pings were late"),
        (1.5, "1.5 pings were late"),
        ("many", "many pings were late"),
    ],
)
def test_a_number_takes_its_noun_along(count: Value, text: str) -> None:
    assert plain(sentence("{count:ping was|pings were} late", {"count": count}, ENGLISH)) == text


def test_a_finding_is_filled() -> None:
    text = filled(finding("SA-007"), TEXTS, ENGLISH)
    assert text.title == "The server refused the user name or password of agent1001"
    assert "{" not in text.title + text.cause + text.remedy + text.reference


def test_a_rule_without_texts_is_its_id() -> None:
    assert text_of(finding("XX-001"), TEXTS, ENGLISH) == RuleText(
        title="XX-001", cause="", remedy="", reference=""
    )


def test_the_first_sentence_can_be_told_apart() -> None:
    pieces = sentence("Ask {who} first. Then wait 2.5 s. Go.", {"who": "a. b"}, ENGLISH)
    first, rest = first_sentence(pieces)
    assert plain(first) == "Ask a. b first. "
    assert plain(rest) == "Then wait 2.5 s. Go."
    assert first_sentence(sentence("Only one.", {}, ENGLISH)) == ((Piece("Only one."),), ())


@pytest.mark.parametrize(
    ("template", "intro", "steps"),
    [
        (
            "1. Ask {who}, wait 2.5 s. 2. Look at {what}: 3. Go.",
            "",
            ["Ask a 2. b, wait 2.5 s.", "Look at 7:", "Go."],
        ),
        ("Do it again: 1. open; 2. close.", "Do it again:", ["open;", "close."]),
        ("Ask {who}: 1. open 2. close", "Ask a 2. b:", ["open", "close"]),
        ("Only one. 2. No.", "Only one. 2. No.", []),
        ("1. Alone.", "1. Alone.", []),
        ("", "", []),
    ],
)
def test_numbered_steps_are_told_apart(template: str, intro: str, steps: list[str]) -> None:
    before, parts = steps_of(sentence(template, {"who": "a 2. b", "what": 7}, ENGLISH))
    assert plain(before).strip() == intro
    assert [plain(part) for part in parts] == steps
    assert all(piece.captured is (piece.text == "a 2. b") for part in parts for piece in part)


def test_an_error_tells_where_and_what_was_tried() -> None:
    error = CaptureError(
        "a.har", "the file is empty; record again", offset=7, tried=("HAR", "pcap")
    )
    assert error_said(ENGLISH, error) == str(error)
    assert error_said(ENGLISH, CaptureError("a", "why")) == "a: why"
    assert error_said(ENGLISH, UsageError("no rule X; nobody knows it")) == (
        "no rule X; nobody knows it"
    )
