"""The choice of a language."""

from tests.web.pages.conftest import Site, location, refusal


def test_a_language_is_chosen_and_stays(site: Site) -> None:
    assert location(site.send("/language", language="nl", next="/new?x=1")) == "/new?x=1"
    assert '<html lang="nl">' in site.page("/new")


def test_nobody_is_led_away(site: Site) -> None:
    assert location(site.send("/language", language="nl", next="//evil.example/")) == "/"


def test_a_language_that_nobody_speaks_is_refused(site: Site) -> None:
    refusal(site.send("/language", language="xx"), "bad-value")
