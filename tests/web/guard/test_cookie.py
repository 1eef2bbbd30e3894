"""The cookie of a browser that gave the token."""

import re
from typing import Any

import pytest

from analyzer.web.guard.cookie import (
    check_token,
    is_https,
    name_of,
    sessions_of,
    sign_in_headers,
    sign_out_headers,
)
from analyzer.web.guard.doorkeeper import Doorkeeper
from analyzer.web.guard.token import Secrets
from analyzer.web.problems import Problem, ProblemCode
from tests.web.guard.asking import (
    DAY,
    SECOND,
    SECRETS,
    TOKEN,
    Clock,
    doorkeeper,
    scope,
    seen_by,
    settings,
)


def issued(keeper: Doorkeeper, **asked: Any) -> str:
    """Name and value of a fresh cookie."""
    given = sign_in_headers(seen_by(keeper, scope(**asked)), TOKEN)["set-cookie"]
    return given.partition(";")[0]


def known(keeper: Doorkeeper, *cookies: str, **asked: Any) -> str | None:
    asked_for = scope(headers=[("cookie", one) for one in cookies], **asked)
    return next(sessions_of(asked_for, keeper), None)


def test_over_http_on_this_machine() -> None:
    given = sign_in_headers(seen_by(doorkeeper(), scope()), TOKEN)
    assert re.fullmatch(
        r"stanzascope-8480=[\w-]{22}\.[\w-]{6}\.[\w-]{43}; "
        r"Path=/; Max-Age=2592000; HttpOnly; SameSite=Strict",
        given["set-cookie"],
    )
    assert list(given) == ["set-cookie"]
    assert TOKEN not in given["set-cookie"]


@pytest.mark.parametrize(
    ("changes", "scheme"),
    [({"public_url": "https://support.example"}, "http"), ({}, "https")],
)
def test_over_https(changes: dict[str, Any], scheme: str) -> None:
    asked = scope(scheme=scheme)
    given = sign_in_headers(seen_by(doorkeeper(**changes), asked), TOKEN)["set-cookie"]
    assert given.startswith("__Host-stanzascope-8480=")
    assert given.endswith("; Path=/; Max-Age=2592000; HttpOnly; SameSite=Strict; Secure")
    assert "Domain" not in given


@pytest.mark.parametrize(
    ("public_url", "scheme", "secure"),
    [
        ("", "http", False),
        ("http://a.example", "http", False),
        ("https://a.example", "http", True),
        ("", "https", True),
    ],
)
def test_https_is_what_people_see(public_url: str, scheme: str, secure: bool) -> None:
    assert is_https(scope(scheme=scheme), settings(public_url=public_url)) is secure


@pytest.mark.parametrize(
    ("server", "name"),
    [
        (("127.0.0.1", 9000), "stanzascope-9000"),
        (("/run/socket", None), "stanzascope-8480"),
        (None, "stanzascope-8480"),
    ],
)
def test_servers_on_one_machine_keep_apart(server: Any, name: str) -> None:
    assert name_of(scope(server=server), settings()) == name


def test_signing_out_makes_the_browser_forget() -> None:
    given = sign_out_headers(seen_by(doorkeeper(), scope()))["set-cookie"]
    assert given == "stanzascope-8480=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict"


def test_a_copy_of_a_cookie_is_worthless_after_signing_out() -> None:
    keeper = doorkeeper()
    left, stays = issued(keeper), issued(keeper)
    sign_out_headers(seen_by(keeper, scope(headers={"cookie": left})))
    assert known(keeper, left) is None
    assert known(keeper, left, stays) == known(keeper, stays) is not None


def test_signing_out_ends_all_sessions_of_a_browser() -> None:
    keeper = doorkeeper()
    cookies = [issued(keeper), "stanzascope-8480=nonsense", issued(keeper)]
    sign_out_headers(seen_by(keeper, scope(headers=[("cookie", "; ".join(cookies))])))
    assert known(keeper, *cookies) is None


def test_signing_in_anew_ends_the_session_before() -> None:
    keeper = doorkeeper()
    before = issued(keeper)
    now = issued(keeper, headers={"cookie": before})
    assert known(keeper, before) is None
    assert known(keeper, now) is not None


def test_a_browser_is_known_for_thirty_days() -> None:
    clock = Clock()
    keeper = doorkeeper(clock)
    cookie = issued(keeper)
    session = known(keeper, cookie)
    assert session is not None
    assert cookie.startswith(f"stanzascope-8480={session}.")
    clock.now += 30 * DAY
    assert known(keeper, cookie) == session
    clock.now += SECOND
    assert known(keeper, cookie) is None


def test_each_sign_in_is_a_session_of_its_own() -> None:
    keeper = doorkeeper()
    assert known(keeper, issued(keeper)) != known(keeper, issued(keeper))


def test_any_changed_character_makes_it_worthless() -> None:
    keeper = doorkeeper()
    name, _, value = issued(keeper).partition("=")
    # The last character of the signature carries two bits that no octet is made of.
    for at in range(len(value) - 1):
        changed = value[:at] + ("A" if value[at] != "A" else "B") + value[at + 1 :]
        assert known(keeper, f"{name}={changed}") is None, at
    for cut in range(len(value)):
        assert known(keeper, f"{name}={value[:cut]}") is None, cut


@pytest.mark.parametrize(
    "value",
    [
        "",
        ".",
        "..",
        "x.y.z",
        "é.é.é",
        '"',
        "a" * 60_000,
        "." * 60_000,
        "\0",
        "\udcff".encode("utf-8", "surrogatepass").decode("latin-1"),
    ],
    ids=["none", "dot", "dots", "letters", "latin", "quote", "long", "many-dots", "nul", "utf8"],
)
def test_nonsense_is_nobody(value: str) -> None:
    assert known(doorkeeper(), f"stanzascope-8480={value}") is None


def test_cookies_of_others_change_nothing() -> None:
    keeper = doorkeeper()
    cookie = issued(keeper)
    session = known(keeper, cookie)
    assert known(keeper, f"a=b; {cookie}; language=nl") == session
    assert known(keeper, "a=b", cookie) == session
    # Another host of the same domain may set one of the same name.
    assert known(keeper, f"stanzascope-8480=planted; {cookie}") == session
    assert known(keeper, ";".join([*["stanzascope-8480=planted"] * 8, cookie])) is None
    assert known(keeper, cookie.replace("8480", "8481")) is None
    assert known(keeper, cookie.upper()) is None
    assert known(keeper, "") is None
    assert known(keeper) is None


def test_over_https_a_cookie_of_http_is_not_believed() -> None:
    keeper = doorkeeper()
    cookie = issued(keeper)
    assert known(keeper, cookie, scheme="https") is None
    assert known(keeper, issued(keeper, scheme="https"), scheme="https") is not None


@pytest.mark.parametrize(
    ("token", "key"), [("another-token-of-tests", SECRETS.key), (TOKEN, b"another key")]
)
def test_another_token_or_key_signs_everybody_out(token: str, key: bytes) -> None:
    cookie = issued(doorkeeper())
    other = Doorkeeper(settings(token=token), Secrets(token=token, key=key), Clock())
    assert known(other, cookie) is None


def test_wrong_tokens_are_counted_and_the_right_one_is_always_taken() -> None:
    clock = Clock()
    keeper = doorkeeper(clock, sign_ins_per_minute=3)
    for given in ("", "wrong", TOKEN + "x"):
        with pytest.raises(Problem) as refused:
            sign_in_headers(seen_by(keeper, scope()), given)
        assert refused.value.code is ProblemCode.WRONG_TOKEN
        assert TOKEN not in f"{refused.value!r} {refused.value} {refused.value.values}"
    with pytest.raises(Problem) as refused:
        sign_in_headers(seen_by(keeper, scope()), "wrong")
    assert refused.value.code is ProblemCode.TOO_OFTEN
    assert refused.value.retry_s == 20
    assert sign_in_headers(seen_by(keeper, scope()), TOKEN)
    for client, later in (("192.0.2.2", 0), ("203.0.113.9", 20 * SECOND)):
        clock.now += later
        with pytest.raises(Problem) as refused:
            sign_in_headers(seen_by(keeper, scope(client=(client, 1))), "wrong")
        assert refused.value.code is ProblemCode.WRONG_TOKEN


def test_right_tokens_are_not_counted() -> None:
    keeper = doorkeeper(sign_ins_per_minute=1)
    for _ in range(100):
        check_token(scope(), keeper, TOKEN)
