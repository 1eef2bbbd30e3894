"""Refusals as pages, and the page that explains all of them."""

import pytest

from analyzer.report.language.words import LANGUAGES
from analyzer.web.problems import ProblemCode
from analyzer.web.records import FailureCode
from tests.web.pages.conftest import Site, refusal


def test_every_refusal_and_failure_is_explained(site: Site) -> None:
    page = site.page("/problems")
    for code in ProblemCode:
        assert f'<div id="{code.value}">' in page
    for failure in FailureCode:
        assert f'<div id="job-{failure.value}">' in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_is_told_in_the_readers_language(site: Site, language: str) -> None:
    answer = site.get("/cases/none", headers={"Accept-Language": language})
    assert answer.status_code == 404
    assert f'<html lang="{language}">' in refusal(answer, "not-found")


def test_a_refusal_shows_the_way_back(site: Site) -> None:
    page = refusal(site.get("/nowhere"), "not-found")
    assert 'class="button main" href="/"' in page
    assert 'href="/new">' in page


def test_a_method_that_is_none_is_told(site: Site) -> None:
    headers = {"Origin": "http://127.0.0.1:8480", "X-CSRF-Token": site.token()}
    refusal(site.ask("PUT", "/new", headers=headers), "method")


def test_who_is_refused_at_the_door_gets_a_page_too(site: Site) -> None:
    answer = site.get("/new", headers={"Host": "evil.example"})
    page = refusal(answer, "wrong-host")
    assert "--allow-host" in page


def test_a_page_without_the_guard_gives_no_token(site: Site) -> None:
    site.app = site.unguarded
    assert 'name="csrf" value=""' in refusal(site.get("/nowhere"), "not-found")


def test_a_fault_shows_nothing_of_itself(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(site.services.casebook, "page", broken)
    page = refusal(site.get("/"), "fault")
    assert "secret" not in page
