"""The page that asks for the token."""

from pathlib import Path

import msgspec
import pytest

from analyzer.web.settings import Settings
from analyzer.web.stores import Stores
from tests.web.pages.conftest import Site, location, refusal

TOKEN = "a-token-of-some-length"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data", token=TOKEN, sign_ins_per_minute=3)


@pytest.fixture
def site(stores: Stores, tmp_path: Path) -> Site:
    return Site(stores, tmp_path, TOKEN)


def test_who_has_the_token_comes_in_and_leaves(site: Site) -> None:
    assert site.get("/new").headers["location"].startswith("/sign-in?next=")
    answer = site.send("/sign-in", token=f" {TOKEN} ", next="/new")
    assert location(answer) == "/new"
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert 'action="/sign-out"' in site.page("/new")
    assert location(site.send("/sign-out")) == "/sign-in"
    assert site.get("/new").status_code == 303


def test_a_wrong_token_is_told_and_asked_again(site: Site) -> None:
    answer = site.send("/sign-in", token="wrong", next="/new")
    assert answer.status_code in (401, 403)
    assert 'role="alert"' in answer.text
    assert "This token is wrong" in answer.text
    assert 'name="next" value="/new"' in answer.text
    assert "set-cookie" not in answer.headers


def test_too_many_wrong_ones_are_refused(site: Site) -> None:
    for _ in range(3):
        site.send("/sign-in", token="wrong")
    refusal(site.send("/sign-in", token="wrong"), "too-often")
    assert location(site.send("/sign-in", token=TOKEN)) == "/"


def test_nobody_is_led_away(site: Site) -> None:
    assert location(site.send("/sign-in", token=TOKEN, next="//evil.example")) == "/"
    assert 'name="next" value="/"' in site.page("/sign-in?next=//evil.example")
    assert 'name="next" value="/cases/1"' in site.page("/sign-in?next=/cases/1")


def test_the_token_stands_on_no_page(site: Site) -> None:
    site.send("/sign-in", token=TOKEN)
    assert TOKEN not in site.page("/") + site.page("/sign-in")
    assert msgspec.structs.replace(site.stores.settings).token == TOKEN


@pytest.mark.parametrize(("path", "wanted"), [("/cases/1", "/cases/1"), ("/sign-in", "/")])
def test_who_follows_a_link_with_a_wrong_token_is_asked_for_it(
    site: Site, path: str, wanted: str
) -> None:
    answer = site.get(f"{path}?token=wrong")
    assert answer.status_code == 401
    assert "This token is wrong" in answer.text
    assert 'id="sign-in"' in answer.text
    assert f'name="next" value="{wanted}"' in answer.text
    assert "token=" not in answer.text
