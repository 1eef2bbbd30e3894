"""Sessions as a page lays them out."""

from msgspec.structs import replace

from analyzer.model.limits import REPORT_OVERVIEW, REPORT_SESSIONS
from analyzer.report.language.texts import plain
from analyzer.report.language.words import words
from analyzer.report.page.pages import sessions
from tests.report.reports import har_session, healthy, refused

ENGLISH = words("en")


def test_the_session_of_the_verdict_comes_first() -> None:
    shown = sessions(refused(), ENGLISH)
    assert [page.number for page in shown["pages"]] == [1, 2]
    first = shown["pages"][0]
    assert plain(first.title) == "Session 1: agent1001"
    assert len(first.rows) == first.table.count
    assert first.rows[0][1] == "+0.000"
    assert first.headers[0][0].startswith("GET ")


def test_the_overview_leads_to_what_is_shown() -> None:
    many = tuple(har_session(number=n) for n in range(1, REPORT_OVERVIEW + 3))
    shown = sessions(healthy(sessions=many), ENGLISH)
    assert len(shown["pages"]) == REPORT_SESSIONS
    assert len(shown["overview"]) == REPORT_OVERVIEW
    assert shown["more_sessions"] == 2
    anchors = [line.anchor for line in shown["overview"] if line.anchor]
    assert anchors == [f"s{page.number}" for page in shown["pages"]]
    assert shown["linked"] == {page.number for page in shown["pages"]}


def test_the_overview_tells_how_far_each_login_came() -> None:
    shown = sessions(refused(), ENGLISH)
    assert shown["overview"][0].outcome == "Authentication: failed"
    empty = sessions(healthy(sessions=(har_session(steps=(), upgrade=None),)), ENGLISH)
    assert [line.outcome for line in empty["overview"]] == [""]
    assert empty["pages"][0].headers == ()
    nameless = sessions(healthy(sessions=(har_session(agent=None),)), ENGLISH)
    assert plain(nameless["pages"][0].title) == "Session: the client"


def test_half_an_upgrade_has_half_its_headers() -> None:
    whole = har_session()
    assert whole.upgrade is not None
    for lost in ("request", "response"):
        exchange = replace(whole.upgrade.exchange, **{lost: None})
        upgrade = replace(whole.upgrade, exchange=exchange)
        shown = sessions(healthy(sessions=(replace(whole, upgrade=upgrade),)), ENGLISH)
        assert len(shown["pages"][0].headers) == 1
