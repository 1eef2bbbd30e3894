"""Header fields are found as RFC 9110 section 5 wants."""

from analyzer.model.http import field, fields, host_of, path_of, tokens

HEADERS = (("Upgrade", "WebSocket"), ("connection", "keep-alive, Upgrade"), ("Connection", " ,x"))


def test_a_name_has_no_case() -> None:
    assert field(HEADERS, "upgrade") == "WebSocket"
    assert field(HEADERS, "CONNECTION") == "keep-alive, Upgrade"
    assert field(HEADERS, "Origin") is None


def test_several_lines_are_one_list() -> None:
    assert fields(HEADERS, "connection") == ("keep-alive, Upgrade", " ,x")
    assert tokens(HEADERS, "connection") == ("keep-alive", "upgrade", "x")
    assert tokens(HEADERS, "origin") == ()


def test_the_host_of_a_url_has_neither_case_nor_brackets() -> None:
    assert host_of("wss://[::1]:8445/ws") == "::1"
    assert host_of("https://Node.Example:8445/") == "node.example"
    assert host_of("//h:1") == "h"
    assert host_of("nothing") == ""
    assert host_of("https://[::1/ws") == ""


def test_the_path_of_a_url_has_no_query() -> None:
    assert path_of("wss://h:8445/ws/?token=x#y") == "/ws/"
    assert path_of("/finesse/api/User/1?x") == "/finesse/api/User/1"
    assert path_of("https://h:8445") == "/"
    assert path_of("") == ""
    assert path_of("https://[::1/ws") == ""
