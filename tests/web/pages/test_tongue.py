"""Which language a page speaks."""

import pytest

from analyzer.web.pages.tongue import preferred
from tests.web.pages.conftest import Site


@pytest.mark.parametrize(
    ("header", "tag"),
    [
        ("", "en"),
        ("nl", "nl"),
        ("nl-BE,en;q=0.5", "nl"),
        ("de,fr;q=0.8,en;q=0.7", "fr"),
        ("de", "en"),
        ("de, en;q=0.9, fr;q=0.8", "en"),
        ("fr;q=0.1, it;q=0.9", "it"),
        ("fr;q=0, it;q=0.2", "it"),
        ("zh-TW, zh-CN;q=0.9", "zh-Hans"),
        ("pt-PT", "pt-BR"),
        ("*", "en"),
        ("fr;q=x, it", "it"),
        ("fr;q=2, it", "it"),
        ("fr;q=nan, it", "it"),
        ("fr;level=1, it", "it"),
        (",,;;=,fr", "fr"),
        ("x," * 30 + "fr", "en"),
    ],
)
def test_the_browser_says_what_it_prefers(header: str, tag: str) -> None:
    assert preferred(header) == tag


def test_what_was_chosen_counts_more(site: Site) -> None:
    assert '<html lang="it">' in site.page("/", "it")
    site.cookies.set("stanzascope-language", "fr")
    assert '<html lang="fr">' in site.page("/", "it")
    site.cookies.set("stanzascope-language", "xx")
    assert '<html lang="it">' in site.page("/", "it")
