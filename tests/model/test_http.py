"""Header fields are found as RFC 9110 section 5 wants."""

from analyzer.model.http import field, fields, tokens

HEADERS = (("Upgrade", "WebSocket"), ("connection", "keep-alive, Upgrade"), ("Connection", " ,x"))


def test_a_name_has_no_case() -> None:
    assert field(HEADERS, "upgrade") == "WebSocket"
    assert field(HEADERS, "CONNECTION") == "keep-alive, Upgrade"
    assert field(HEADERS, "Origin") is None


def test_several_lines_are_one_list() -> None:
    assert fields(HEADERS, "connection") == ("keep-alive, Upgrade", " ,x")
    assert tokens(HEADERS, "connection") == ("keep-alive", "upgrade", "x")
    assert tokens(HEADERS, "origin") == ()
