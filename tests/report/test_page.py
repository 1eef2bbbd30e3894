"""The page in a real browser, with script and without."""

from typing import Any

import pytest

from analyzer.model.report import Report
from analyzer.model.xmpp import StanzaKind
from tests.report.hostile import POLYGLOTS, hostile
from tests.report.reports import blind, har_place, har_session, healthy, refused, stanza


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("polyglot", POLYGLOTS)
def test_nothing_captured_runs_or_asks_for_anything(show: Any, polyglot: str, script: bool) -> None:
    opened = show(hostile(polyglot), java_script_enabled=script)
    opened.page.wait_for_timeout(50)
    assert opened.events == []
    assert opened.page.title().startswith("Broken: ")
    assert opened.page.locator("h1").count() == 1


def long_report() -> Report:
    stanzas = tuple(
        stanza("S>", StanzaKind.MESSAGE, f"<body>word{n}</body>", har_place(n, n / 2))
        for n in range(1, 40)
    )
    return healthy(sessions=(har_session(stanzas=stanzas, stanza_count=39),))


def test_it_is_complete_without_script(show: Any) -> None:
    page = show(refused(), java_script_enabled=False).page
    for words in ("Broken", "The server refused", "Authentication", "failure not-authorized"):
        assert page.get_by_text(words).first.is_visible()
    assert not page.locator(".tools").is_visible()
    assert page.locator(".ladder svg").first.is_visible()
    # <details> opens by itself.
    row = page.locator("table.rows tr", has_text="not-authorized").first
    row.locator("summary").click()
    assert row.locator("pre").is_visible()


def test_a_filter_narrows_the_table(show: Any) -> None:
    page = show(long_report()).page
    rows = page.locator("table.rows tbody tr:visible")
    before = rows.count()
    page.get_by_role("searchbox").fill("word17")
    assert (before, rows.count()) == (42, 1)
    page.get_by_role("searchbox").fill("")
    assert rows.count() == before


def test_a_short_table_needs_no_filter(show: Any) -> None:
    assert show(healthy()).page.get_by_role("searchbox").count() == 0


def test_a_link_opens_the_message_it_leads_to(show: Any) -> None:
    page = show(refused()).page
    page.locator("#verdict .proofs a").first.click()
    assert page.locator("tr:target pre").is_visible()
    page.goto(page.url.split("#")[0] + "#finding-CO-004-1")
    page.reload()
    assert page.locator("#finding-CO-004-1 .case").is_visible()


def test_the_theme_can_be_turned(show: Any) -> None:
    for scheme in ("light", "dark"):
        page = show(refused(), color_scheme=scheme).page
        before = page.evaluate("getComputedStyle(document.body).backgroundColor")
        page.get_by_role("button", name="Light or dark").click()
        after = page.evaluate("getComputedStyle(document.body).backgroundColor")
        page.get_by_role("button", name="Light or dark").click()
        assert before == page.evaluate("getComputedStyle(document.body).backgroundColor") != after


def test_the_case_text_is_copied(show: Any) -> None:
    page = show(refused(), permissions=["clipboard-read", "clipboard-write"]).page
    page.get_by_role("button", name="Copy for the case").click()
    page.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("# Broken: The server refused")


def test_one_finding_is_copied(show: Any) -> None:
    page = show(refused(), permissions=["clipboard-read", "clipboard-write"]).page
    page.locator("#finding-CO-004-1 summary").click()
    page.locator("#finding-CO-004-1 button").click()
    page.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("### ")
    assert "CO-004" in copied


def test_without_a_clipboard_the_text_is_selected(show: Any) -> None:
    page = show(refused()).page
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.get_by_role("button", name="Copy for the case").click()
    assert page.evaluate("String(getSelection())").startswith("# Broken: The server refused")


def test_the_keyboard_reaches_everything(show: Any) -> None:
    page = show(refused()).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "verdict"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.proofs') !== null")
    page.locator("#finding-CO-004-1 summary").focus()
    page.keyboard.press("Enter")
    assert page.locator("#finding-CO-004-1 .case").is_visible()


@pytest.mark.parametrize("width", [320, 768, 1280])
@pytest.mark.parametrize("report", [refused(), hostile("x" * 300), blind()])
def test_no_width_needs_sideways_scrolling(show: Any, width: int, report: Report) -> None:
    page = show(report, viewport={"width": width, "height": 800}).page
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_printed_it_opens_the_findings_and_hides_the_tools(show: Any) -> None:
    page = show(refused()).page
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.locator("#finding-CO-004-1 .case").is_visible()
    assert not page.locator(".tools").is_visible()
    # Paper is white whatever the screen was.
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    assert not page.locator("#finding-CO-004-1 .case").is_visible()


CONTRAST = """
() => {
  const lin = v => { v /= 255; return v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; };
  const lum = c => .2126 * lin(c[0]) + .7152 * lin(c[1]) + .0722 * lin(c[2]);
  const rgb = text => text.match(/[\\d.]+/g).map(Number);
  const behind = element => {
    for (let e = element; e; e = e.parentElement) {
      const colour = rgb(getComputedStyle(e).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) { return colour; }
    }
    return [255, 255, 255];
  };
  const weak = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility()) { continue; }
    if (["SCRIPT", "STYLE"].includes(element.tagName)) { continue; }
    const style = getComputedStyle(element);
    const ink = element.closest("svg") ? rgb(style.fill) : rgb(style.color);
    const row = element.closest(".failed");
    const paper = element.closest("svg") && row
      ? rgb(getComputedStyle(row.querySelector(".band")).fill) : behind(element);
    const [a, b] = [lum(ink), lum(paper)].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < 4.5) { weak.push(`${ratio.toFixed(2)} ${walker.currentNode.data.slice(0, 40)}`); }
  }
  return weak;
}
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("report", [refused(), healthy(), blind()])
def test_every_word_has_enough_contrast(show: Any, scheme: str, report: Report) -> None:
    """WCAG 2.2 success criterion 1.4.3, level AA."""
    page = show(report, color_scheme=scheme).page
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate(CONTRAST) == []
