"""Words and phrases of ours among the values of a finding."""

import pytest

from analyzer.model.rule import Value
from analyzer.report.language.english import terms as english
from analyzer.report.language.terms import known, listed
from analyzer.report.language.texts import Piece, plain, sentence
from analyzer.report.language.words import words

ENGLISH = words("en")


@pytest.mark.parametrize(
    ("value", "template", "values"),
    [
        ("client", "client", {}),
        ("alert bad_certificate", "alert {alert}", {"alert": "bad_certificate"}),
        ("7 left out behind 93", "{count} left out behind {rid}", {"count": 7, "rid": 93}),
        (
            "polls 0.1 s apart, 5 s at least",
            "polls {pause} s apart, {least} s at least",
            {"pause": 0.1, "least": 5},
        ),
        ("rst by the server", "{how!t} by the {side!t}", {"how": "rst", "side": "server"}),
        ("rst by one side", "{how!t} by {side!t}", {"how": "rst", "side": "one side"}),
        ("no keys: 3", "{what!t}: {count}", {"what": "no keys", "count": 3}),
        ("a random rid (it is 007)", "a random rid (it is {rid})", {"rid": "007"}),
        ("expired (CA Lab 1.x)", "expired (CA {name})", {"name": "Lab 1.x"}),
    ],
)
def test_a_phrase_is_known(value: str, template: str, values: dict[str, Value]) -> None:
    found = known(value)
    assert found is not None
    assert (ENGLISH[found[0]], found[1]) == (template, values)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "nginx/1.22.1",
        "alert ",
        "HTTP: 3",
        "written by the server",
        "rst by the rst by the server",
        "a random rid (it is 1",
        "a random rid (it is )",
        "7 left out behind ",
        "alert " + "x" * 2_000,
    ],
)
def test_what_was_captured_is_not(value: str) -> None:
    assert known(value) is None
    assert listed(value) == ()


def test_a_list_is_taken_apart_where_a_part_is_ours() -> None:
    assert listed("no sid, x") == ("no sid", "x")
    assert listed("expired; not for a, b") == ("expired", "not for a, b")
    assert listed("wait, ver") == ()
    assert listed("no sid, " + "x" * 2_000) == ()


@pytest.mark.parametrize("value", [value for value in english.WORDS.values() if "{" not in value])
def test_english_says_a_word_as_it_is(value: str) -> None:
    assert sentence("{value!t}", {"value": value}, ENGLISH) == (Piece(value),)


@pytest.mark.parametrize(
    ("value", "captured"),
    [
        ("5, every 10.0 s, longest pause 10.0 s: held", []),
        ("close_notify by client, fin by server", []),
        ("no keys: 1, handshake failed: 2", []),
        ("close 1012, fin, rst", ["close 1012"]),
        ("nginx/1.22.1", ["nginx/1.22.1"]),
        ("504 (1), no answer (1)", ["504 (1)"]),
        (
            (
                "a.test, issued by CA, valid 2025-04-05 to 2026-04-05, for a.test, b.test: "
                "expired; not for c.test"
            ),
            ["a.test", "CA", "2025-04-05", "2026-04-05", "a.test, b.test", "c.test"],
        ),
    ],
)
def test_what_was_captured_is_marked(value: str, captured: list[str]) -> None:
    pieces = sentence("{value!t}", {"value": value}, ENGLISH)
    assert plain(pieces) == value
    assert [piece.text for piece in pieces if piece.captured] == captured


def test_control_characters_of_a_captured_part_are_shown() -> None:
    assert plain(sentence("{v!t}", {"v": "alert \x1b[1m"}, ENGLISH)) == "alert \\x1b[1m"
    assert plain(sentence("{v!t}", {"v": "\x1b, no sid"}, ENGLISH)) == "\\x1b, no sid"


def test_a_number_needs_no_term() -> None:
    assert plain(sentence("{mtu!t} octets", {"mtu": 1400}, ENGLISH)) == "1400 octets"
