"""What cannot be seen is written out; what can be seen stays."""

import sys
import unicodedata

import pytest

from analyzer.report.language.visible import clipped, legible, visible, visible_lines


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("plain ASCII ~", "plain ASCII ~"),
        ("Grüße, 通知, наряд, שלום, 👩", "Grüße, 通知, наряд, שלום, 👩"),
        ("a\nb\tc\rd\0", "a\\nb\\tc\\rd\\0"),
        ("\x1b[31mred\x1b]52;c;AA\x07", "\\x1b[31mred\\x1b]52;c;AA\\x07"),
        ("\x9bC1", "\\x9bC1"),
        ("user\u202egpj.exe", "user\\u202egpj.exe"),
        ("\u2066x\u2069 \u200b \ufeff", "\\u2066x\\u2069 \\u200b \\ufeff"),
        ("\u2028 \u2029", "\\u2028 \\u2029"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("\u00a0\u3164\u2800\u00ad", "\\xa0\\u3164\\u2800\\xad"),
        ("\u3000", "\\u3000"),
    ],
)
def test_visible(text: str, seen: str) -> None:
    assert visible(text) == seen


def test_no_control_or_format_character_of_unicode_passes() -> None:
    for code in range(sys.maxunicode + 1):
        if unicodedata.category(chr(code)) in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
            assert visible(chr(code)) != chr(code)


def test_line_feeds_stay_where_lines_are_wanted() -> None:
    assert visible_lines("a\n\x1bb\r\n") == "a\n\\x1bb\\r\n"


def test_clipped() -> None:
    assert clipped("abcdef", 6) == "abcdef"
    assert clipped("abcdef", 5) == "abcd…"


def test_no_break_blanks_of_our_typography_stay() -> None:
    assert legible("« 1\u202f234 »\u00a0: \u202e\x1b") == "« 1\u202f234 »\u00a0: \\u202e\\x1b"
    assert legible("plain") == "plain"
    assert visible("a\u00a0b") == "a\\xa0b"
