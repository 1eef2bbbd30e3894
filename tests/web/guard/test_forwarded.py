"""Who asks through proxies."""

from typing import Any

import pytest
from starlette.types import Scope

from analyzer.model.errors import UsageError
from analyzer.web.guard.forwarded import bare, follow, networks, trusts
from tests.web.guard.asking import scope

TRUSTED = networks(("10.0.0.0/8", "127.0.0.1", "fd00::/8"))


def followed(client: Any, *fields: tuple[str, str]) -> Scope:
    asked = scope(headers=fields, client=client)
    follow(asked, TRUSTED)
    return asked


@pytest.mark.parametrize(
    ("chain", "client"),
    [
        ("198.51.100.1", "198.51.100.1"),
        ("198.51.100.1, 10.1.1.1", "198.51.100.1"),
        ("198.51.100.1,10.1.1.1 ,\t10.2.2.2", "198.51.100.1"),
        # Whatever stands before the first address that no proxy of ours has is invented.
        ("127.0.0.1, 198.51.100.1", "198.51.100.1"),
        ("10.9.9.9, 198.51.100.1, 10.1.1.1", "198.51.100.1"),
        ("203.0.113.1, 198.51.100.1", "198.51.100.1"),
        ("10.3.3.3, 10.1.1.1", "10.3.3.3"),
        ("evil, 198.51.100.1, 10.1.1.1", "198.51.100.1"),
        ("198.51.100.1, evil, 10.1.1.1", "10.1.1.1"),
        ("198.51.100.1, , 10.1.1.1", "10.1.1.1"),
        ("198.51.100.1, unknown", "127.0.0.1"),
        ("", "127.0.0.1"),
        (",", "127.0.0.1"),
        ("evil", "127.0.0.1"),
        ("198.51.100.1:4711", "198.51.100.1"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("2001:DB8::1, fd00::1", "2001:db8::1"),
        ("::ffff:198.51.100.1, ::ffff:10.1.1.1", "198.51.100.1"),
        ("fe80::1%<script>", "127.0.0.1"),
        ("198.51.100.1; rm -rf /", "127.0.0.1"),
        ("<script>", "127.0.0.1"),
    ],
)
def test_the_first_address_from_the_end_that_is_no_proxy(chain: str, client: str) -> None:
    asked = followed(("127.0.0.1", 1), ("x-forwarded-for", chain))
    assert asked["client"] == (client, 0)


def test_several_fields_are_one_list() -> None:
    asked = followed(
        ("127.0.0.1", 1),
        ("x-forwarded-for", "203.0.113.1"),
        ("X-Forwarded-For", "198.51.100.1"),
        ("x-forwarded-for", "10.1.1.1"),
    )
    assert asked["client"] == ("198.51.100.1", 0)


@pytest.mark.parametrize(
    ("protocols", "scheme"),
    [
        (["https"], "https"),
        (["HTTPS"], "https"),
        (["http"], "http"),
        (["http, https"], "https"),
        (["https, http"], "http"),
        (["http", "https"], "https"),
        (["wss"], "http"),
        (["https evil"], "http"),
        ([""], "http"),
        ([], "http"),
    ],
)
def test_the_scheme_is_the_nearest_proxy_s(protocols: list[str], scheme: str) -> None:
    fields = [("x-forwarded-proto", protocol) for protocol in protocols]
    assert followed(("10.0.0.1", 1), *fields)["scheme"] == scheme


@pytest.mark.parametrize(
    "client", [("198.51.100.9", 7), ("11.0.0.1", 7), ("", 0), ("testclient", 1), None]
)
def test_nobody_else_is_believed(client: Any) -> None:
    asked = followed(client, ("x-forwarded-for", "192.0.2.66"), ("x-forwarded-proto", "https"))
    assert asked["client"] == client
    assert asked["scheme"] == "http"


def test_other_fields_are_never_believed() -> None:
    asked = followed(
        ("10.0.0.1", 1),
        ("forwarded", "for=192.0.2.66;proto=https;host=evil.example"),
        ("x-real-ip", "192.0.2.66"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-prefix", "/evil"),
        ("x-original-url", "/evil"),
    )
    assert (asked["client"], asked["scheme"]) == (("10.0.0.1", 0), "http")
    assert asked["path"] == "/"


def test_a_long_chain_takes_no_long_time() -> None:
    chain = ",".join(["10.1.1.1"] * 20_000)
    assert followed(("10.0.0.1", 1), ("x-forwarded-for", chain))["client"] == ("10.1.1.1", 0)


def test_networks_and_addresses() -> None:
    assert trusts(TRUSTED, "10.255.0.1")
    assert trusts(TRUSTED, "fd12::1")
    assert trusts(TRUSTED, "::ffff:127.0.0.1")
    assert not trusts(TRUSTED, "127.0.0.2")
    assert not trusts(TRUSTED, "localhost")
    assert not trusts((), "127.0.0.1")
    assert networks(("10.1.2.3/8",)) == networks(("10.0.0.0/8",))


@pytest.mark.parametrize("given", ["proxy.example", "", "*", "10.0.0.0/33", "10.0.0.1:80"])
def test_what_is_no_address_is_told(given: str) -> None:
    with pytest.raises(UsageError, match=r"a trusted proxy is an IP address or a network"):
        networks(("127.0.0.1", given))


@pytest.mark.parametrize(
    ("hop", "address"),
    [("1.2.3.4", "1.2.3.4"), ("1.2.3.4:5", "1.2.3.4"), ("[::1]:5", "::1"), ("::1", "::1")],
)
def test_a_hop_without_its_port(hop: str, address: str) -> None:
    assert bare(hop) == address
