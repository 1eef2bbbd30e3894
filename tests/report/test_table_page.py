"""The table of a long session in a real browser."""

from typing import Any

import pytest
from playwright.sync_api import Page

from analyzer.model.packed import pack
from analyzer.model.report import Report
from analyzer.model.xmpp import StanzaKind
from analyzer.report.page.pretty import notification, pretty
from tests.report.hostile import POLYGLOTS
from tests.report.reports import finding, har_place, har_session, refused, stanza

COUNT = 6_000
CITED = 4_321


def long_report(
    text: str = "<message><body>word{n}.</body></message>", count: int = COUNT
) -> Report:
    """A packed session of `count` stanzas."""
    stanzas = tuple(
        stanza("S>" if n % 3 else "C>", StanzaKind.OTHER, text.replace("{n}", str(n)), place)
        for n in range(count)
        for place in [har_place(n, n / 2)]
    )
    told = finding("SA-007", evidence=(stanzas[CITED % count].source,))
    session = har_session(stanzas=stanzas[:9], packed=pack(stanzas), stanza_count=count)
    return refused(sessions=(session,), findings=(told,))


@pytest.fixture
def page(show: Any) -> Page:
    opened = show(long_report())
    shown: Page = opened.page
    shown.locator(".filter output").get_by_text("6,003 / 6,003").wait_for()
    assert opened.events == []
    return shown


def texts(page: Page) -> list[str]:
    return [text for text in page.locator(".sheet .line .what").all_inner_texts() if text]


def test_only_rows_in_sight_are_laid_out(page: Page) -> None:
    assert page.locator(".sheet .line").count() < 60
    assert page.locator(".list").get_attribute("aria-rowcount") == str(COUNT + 3 + 1)
    page.locator(".list").evaluate("list => { list.scrollTop = list.scrollHeight; }")
    page.locator(".sheet .line", has_text="session ends").wait_for()
    assert page.locator(".sheet .line").count() < 60


def test_the_search_finds_what_is_far_away(page: Page) -> None:
    page.get_by_role("searchbox").fill("WORD5999.")
    page.locator(".filter output").get_by_text("1 / 6,003").wait_for()
    page.locator(".sheet .line").click()
    assert page.locator(".opened pre").inner_text() == (
        "<message>\n  <body>word5999.</body>\n</message>"
    )
    page.get_by_role("searchbox").fill("nobody said this")
    page.locator(".filter output").get_by_text("0 / 6,003").wait_for()
    assert page.locator(".sheet .line").count() == 0


def test_rows_can_be_chosen_by_who_sent_them_and_what_cites_them(page: Page) -> None:
    choice = page.get_by_role("combobox")
    choice.select_option(label="client")
    page.locator(".filter output").get_by_text("2,001 / 6,003").wait_for()
    choice.select_option(label="Cited by findings")
    page.locator(".sheet .line .chip", has_text="SA-007").first.wait_for()
    assert len(texts(page)) < 5


def test_the_keyboard_moves_and_opens(page: Page) -> None:
    page.locator(".list").focus()
    for key in ("ArrowDown", "ArrowDown", "PageDown", "End", "ArrowUp", "Enter"):
        page.keyboard.press(key)
    assert page.locator(".opened pre").inner_text().count("word5999.") == 1
    active = page.locator(".list").get_attribute("aria-activedescendant")
    assert page.locator(f"[id='{active}']").get_attribute("aria-selected") == "true"
    page.keyboard.press("Home")
    assert page.locator(".list").evaluate("list => list.scrollTop") == 0


def test_a_link_leads_to_a_row_that_was_not_laid_out(page: Page) -> None:
    page.locator("#verdict .proofs a").first.click()
    page.locator(".opened pre", has_text=f"word{CITED}.").wait_for()
    assert page.locator(".sheet .line.active .chip").inner_text() == "SA-007"
    # The same link again, after looking elsewhere.
    page.get_by_role("searchbox").fill("word1.")
    page.locator("#verdict .proofs a").first.click()
    page.locator(".opened pre", has_text=f"word{CITED}.").wait_for()
    page.reload()
    page.locator(".opened pre", has_text=f"word{CITED}.").wait_for()


def test_without_script_the_telling_rows_are_there(show: Any) -> None:
    page = show(long_report(), java_script_enabled=False).page
    assert page.locator("table.rows tr.bad .chip").first.is_visible()
    assert page.locator(".no-script").is_visible()
    assert page.locator("table.rows tbody tr").count() < COUNT / 10


def test_on_paper_the_telling_rows_are_there(page: Page) -> None:
    page.emulate_media(media="print")
    assert page.locator("table.rows tr.bad .chip").first.is_visible()
    assert not page.locator(".list").is_visible()


def test_xml_is_laid_out_as_python_does_it(show: Any) -> None:
    text = (
        "<a x='>'><b/><c>  t </c><d></d>tail<e><f>"
        "&lt;g h=&quot;1&quot;&gt;&amp;lt;&lt;/g&gt;</f></e></a>"
    )
    page = show(long_report(text, 200)).page
    page.locator(".sheet .line b").nth(5).wait_for()
    page.locator(".sheet .line").nth(5).click()
    assert page.locator(".opened pre").first.inner_text() == pretty(text)
    assert page.locator(".opened pre").last.inner_text() == pretty(notification(text) or "")


@pytest.mark.parametrize("polyglot", POLYGLOTS)
def test_nothing_captured_runs(show: Any, polyglot: str) -> None:
    safe = polyglot.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    opened = show(long_report(f"<m a='{safe}'>{safe}&lt;n>{safe}</m>", 200))
    opened.page.locator(".sheet .line b").nth(6).wait_for()
    opened.page.locator(".sheet .line").nth(6).click()
    opened.page.locator(".opened pre").first.wait_for()
    opened.page.get_by_role("searchbox").fill(safe[:30])
    opened.page.wait_for_timeout(50)
    assert opened.events == []
    assert opened.page.title().startswith("Broken: ")
