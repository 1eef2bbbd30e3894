"""The names of a server: SECURITY.md row 15."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.web.guard.hosts import (
    Authority,
    address_of,
    authority,
    check_host,
    names_of,
    read_target,
)
from analyzer.web.problems import Problem
from tests.web.guard.asking import scope, settings

OURS = names_of(
    settings(
        host="192.0.2.7",
        hosts=("Finesse-Help.example.", "fd00::7", "[fd00::8]", "10.1.2.3:8480"),
        public_url="https://Support.Example:8443/",
    )
)


def is_taken(*hosts: str, **asked: Any) -> bool:
    headers = [("host", host) for host in hosts]
    try:
        check_host(scope(headers=headers, host=None, **asked), OURS)
    except Problem as problem:
        return problem.status != 421
    return True


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:8480",
        "localhost.",
        "localhost.:8480",
        "127.0.0.1",
        "127.0.0.1:8480",
        "127.0.0.1:1",
        "127.0.0.1:65535",
        "127.255.255.254",
        "127.0.0.1.",
        "[::1]",
        "[::1]:8480",
        "[0:0:0:0:0:0:0:1]",
        "[0000::0001]:80",
        "[::ffff:127.0.0.1]",
        "[::FFFF:7F00:1]",
        "192.0.2.7",
        "[::ffff:192.0.2.7]",
        "finesse-help.example",
        "FINESSE-help.EXAMPLE.",
        "finesse-help.example:9999",
        "support.example",
        "support.example.:8443",
        "[fd00::7]",
        "[FD00:0::0007]:8480",
        "[fd00::8]",
        "10.1.2.3",
    ],
)
def test_ours(host: str) -> None:
    assert is_taken(host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        " ",
        ".",
        ":8480",
        "[]",
        "[]:80",
        "evil.example",
        "127.0.0.1.evil.example",
        "127.0.0.1.nip.io",
        "localhost.evil.example",
        "evil.localhost",
        "evillocalhost",
        "localhost.localdomain",
        "localhost..",
        "127.0.0.1..",
        "support.example.evil.example",
        "evil-support.example",
        "xn--lcalhost-54a",
        # Other spellings of 127.0.0.1 that some resolvers take.
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.0.0.01",
        "127.0.0.1%00",
        "0.0.0.0",
        "[::]",
        "0",
        "10.0.0.1",
        "192.0.2.8",
        "[fd00::9]",
        "::1",
        "fd00::7",
        "[::1",
        "::1]",
        "[[::1]]",
        "[::1]evil.example",
        "[::1%25lo]",
        "[::1%lo]",
        "[fe80::1%25eth0]",
        "[127.0.0.1]x",
        "[v1.fe]",
        "[::1:127.0.0.1:1]",
        "[::ffff:10.0.0.1]",
        # Somebody before an @ is no part of a Host field.
        "localhost@evil.example",
        "evil.example@localhost",
        "user:password@127.0.0.1",
        "localhost:80@evil.example",
        "localhost#.evil.example",
        "localhost?.evil.example",
        "localhost/evil.example",
        "evil.example/localhost",
        "localhost\\evil.example",
        "http://localhost",
        "localhost,evil.example",
        "localhost evil.example",
        "localhost\tevil",
        "localhost\0",
        "localhost\n",
        "localhost%2eevil",
        "l\u00f6calhost",
        "localhost:",
        "localhost:0",
        "localhost:65536",
        "localhost:99999",
        "localhost:-1",
        "localhost:+80",
        "localhost:80:80",
        "localhost:http",
        "localhost:\u00b2",
        "localhost: 80",
        " localhost",
        "localhost ",
        "a" * 60_000,
        "localhost:" + "0" * 60_000,
    ],
    ids=lambda host: repr(host[:40]),
)
def test_not_ours(host: str) -> None:
    assert not is_taken(host)


def test_no_host_or_several_are_refused() -> None:
    assert not is_taken()
    assert not is_taken("localhost", "localhost")
    assert not is_taken("localhost", "evil.example")
    assert not is_taken("evil.example", "localhost")


def test_the_address_that_a_connection_came_in_at_is_ours() -> None:
    assert is_taken("198.51.100.4:8480", server=("198.51.100.4", 8480))
    assert is_taken("[2001:db8::4]", server=("2001:db8:0::4", 8480))
    assert is_taken("198.51.100.4", server=("::ffff:198.51.100.4", 8480))
    assert not is_taken("198.51.100.4", server=("198.51.100.5", 8480))
    assert not is_taken("0.0.0.0", server=("0.0.0.0", 8480))
    assert not is_taken("evil.example", server=("evil.example", 8480))
    assert not is_taken("198.51.100.4", server=("/run/socket", None))
    assert not is_taken("198.51.100.4", server=None)


@pytest.mark.parametrize(
    ("target", "host", "path"),
    [
        (b"http://localhost:8480/cases/%41?", b"localhost:8480", "/cases/A?"),
        (b"HTTPS://Localhost/", b"Localhost", "/"),
        (b"http://localhost", b"localhost", "/"),
        (b"http://evil.example//a", b"evil.example", "//a"),
        (b"http:///cases", b"", "/cases"),
        (b"http://a@localhost/", b"a@localhost", "/"),
    ],
)
def test_a_target_in_absolute_form_names_the_host(target: bytes, host: bytes, path: str) -> None:
    asked = scope(headers={"Host": "127.0.0.1", "accept": "a"}, raw_path=target, path="unread")
    read_target(asked)
    assert asked["headers"] == [(b"host", host), (b"accept", b"a")]
    assert asked["path"] == path


@pytest.mark.parametrize("target", [b"/", b"/http://a/", b"ftp://a/", b"*", b"a:443", b"", None])
def test_other_targets_stay_as_they_are(target: bytes | None) -> None:
    asked = scope(raw_path=target, path="kept")
    read_target(asked)
    assert (asked["path"], asked["raw_path"]) == ("kept", target)
    assert asked["headers"] == [(b"host", b"127.0.0.1:8480")]


def test_the_names_of_settings() -> None:
    assert sorted(OURS) == [
        "10.1.2.3",
        "192.0.2.7",
        "fd00::7",
        "fd00::8",
        "finesse-help.example",
        "support.example",
    ]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "[::]", "", "bad host"])
def test_a_wildcard_is_no_name(host: str) -> None:
    assert names_of(settings(host=host)) == frozenset()


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("A.Example:80", Authority("a.example", 80)),
        ("a.example.", Authority("a.example", None)),
        ("[2001:DB8::0]:1", Authority("2001:db8::", 1)),
        ("[::ffff:1.2.3.4]", Authority("1.2.3.4", None)),
        ("[1.2.3.4]", Authority("1.2.3.4", None)),
        ("[:::]", None),
    ],
)
def test_an_authority(text: str, read: Authority | None) -> None:
    assert authority(text) == read


@given(st.text())
def test_whatever_stands_there_is_read_or_not(text: str) -> None:
    read = authority(text)
    assert read is None or (read.host == read.host.lower() and not read.host.endswith(".."))
    address_of(text)
