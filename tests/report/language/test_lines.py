"""Lines are no longer than a terminal is wide, and break between words alone."""

import re

from rich.cells import cell_len

from analyzer.report.language.lines import WIDTH, cell, wrapped


def test_what_fits_is_one_line() -> None:
    assert wrapped("a b", "  ") == "  a b"


def test_the_others_hang_as_the_first_does_or_deeper() -> None:
    text = "not-authorized " * 12
    for hanging, margin in ((None, "  "), ("    ", "    ")):
        first, *others = wrapped(text, "  ", hanging).splitlines()
        assert first.startswith("  not")
        assert others
        assert all(line.startswith(f"{margin}not") for line in others)
        assert max(len(line) for line in (first, *others)) <= WIDTH
        assert not any(line.endswith("-") for line in (first, *others))


def test_wide_characters_take_two_columns_and_need_no_blanks() -> None:
    one = "客户端在登录后断开连接\uff0c服务器没有应答。请检查 Cisco Finesse Notification Service。"
    text = one * 5
    lines = wrapped(text, "  ", "    ").splitlines()
    assert len(lines) > 3
    assert max(map(cell_len, lines)) <= WIDTH
    assert all(cell_len(line) > WIDTH - 30 for line in lines[:-1])
    assert not any(line.strip()[0] in "\uff0c\u3002" for line in lines)
    assert re.sub(r"\s", "", "".join(lines)) == re.sub(r"\s", "", text)
    assert "Notification Service" in wrapped(text).replace("\n", " ")


def test_a_column_is_filled_and_never_touches_the_next() -> None:
    assert cell("ab", 5) == "ab   "
    assert cell("abcde", 5) == "abcde "
    assert cell("客户", 5) == "客户 "
    assert cell("", 3) == "   "


def test_a_column_of_wide_characters_keeps_its_blanks() -> None:
    row = f"{cell('服务器', 22)}finesse.example.test"
    assert wrapped(row, "  ", " " * 24) == f"  服务器{' ' * 16}finesse.example.test"


def test_no_line_ends_with_an_opening_bracket() -> None:
    lines = wrapped("会话\uff08加密\uff09" * 30, width=21).splitlines()
    assert len(lines) > 10
    assert not any(line.endswith("\uff08") for line in lines)
    assert wrapped("客户\uff08") == "客户\uff08"
