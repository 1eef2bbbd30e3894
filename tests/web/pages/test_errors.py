"""Refusals as pages, and the page that explains all of them."""

import re

import pytest

from analyzer.report.language.words import LANGUAGES
from analyzer.web.guard.headers import REPORT
from analyzer.web.problems import Problem, ProblemCode
from analyzer.web.records import FailureCode
from tests.web.doubles import HAR
from tests.web.pages.conftest import Site, location, refusal


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


POLICIES = ("content-security-policy", "x-frame-options", "referrer-policy")


@pytest.mark.parametrize("kind", ["analysis", "comparison"])
def test_why_there_is_no_report_is_shown_where_the_report_would_be(
    site: Site, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = site.case({"a.har": HAR, "b.har": HAR})
    site.done()
    good, bad = site.services.casebook.files(case)
    to = location(site.send(f"/cases/{case}/comparisons", good=good.id, bad=bad.id))
    site.done()

    async def refuse(*_: object) -> None:
        raise Problem(ProblemCode.RENDERING, retry_s=7)

    monkeypatch.setattr(site.services.casebook, "rendering", refuse)
    path = f"{to if kind == 'comparison' else f'/cases/{case}'}/report"
    answer = site.get(path, headers={"Sec-Fetch-Dest": "iframe"})
    # Nothing of it needs a style sheet or leads anywhere: the frame may load and open nothing.
    assert not re.search("<(link|script|form|a) ", refusal(answer, "rendering"))
    assert answer.headers["retry-after"] == "7"
    assert {name: answer.headers[name] for name in POLICIES} == {
        name: REPORT[name] for name in POLICIES
    }
    assert "cross-origin-opener-policy" not in answer.headers
    assert site.get(path).headers["x-frame-options"] == "SAMEORIGIN"
    # A report by itself, or one that is saved, is in no frame.
    for answer in (
        site.get(path, headers={"Sec-Fetch-Dest": "document"}),
        site.get(f"/cases/{case}/report.md"),
    ):
        assert 'href="/static/pages.css"' in refusal(answer, "rendering")
        assert answer.headers["x-frame-options"] == "DENY"


def test_a_page_without_the_guard_gives_no_token(site: Site) -> None:
    site.app = site.unguarded
    assert 'name="csrf" value=""' in refusal(site.get("/nowhere"), "not-found")


def test_a_fault_shows_nothing_of_itself(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(site.services.casebook, "page", broken)
    page = refusal(site.get("/"), "fault")
    assert "secret" not in page
