"""What every page has."""

import re
from pathlib import Path

import pytest

import analyzer.web.pages
from analyzer.report.language.english.web import WORDS
from analyzer.report.language.words import LANGUAGES
from analyzer.web.pages.view import environment
from tests.web.pages.conftest import Site, location

HERE = Path(analyzer.web.pages.__file__).parent

HOSTILE = "\u202e<script>alert(1)</script>\"'>"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["/", "/new", "/problems", "/sign-in"])
def test_every_page_speaks_every_language(site: Site, path: str, language: str) -> None:
    page = site.page(path, language)
    assert f'<html lang="{language}">' in page
    assert re.search(r"<title>[^<]+ · Stanzascope</title>", page)
    assert len(re.findall("<h1", page)) == 1
    assert not re.search(r">\s*web\.", page)


def test_words_of_strangers_stay_words(site: Site) -> None:
    case = site.case({f"{HOSTILE}.har": b'{"log": {"entries": []}}'}, number=HOSTILE, notes=HOSTILE)
    site.done(headline={"en": HOSTILE}, agents=(HOSTILE,), servers=(HOSTILE,))
    for path in (f"/cases/{case}", "/", f"/?search={HOSTILE}", f"/?agent={HOSTILE}"):
        page = site.page(path)
        assert "<script>alert" not in page
        # A form gives back what was typed; elsewhere it cannot turn the line around.
        assert "\u202e" not in re.sub(
            r'value="[^"]*"|<textarea.*?</textarea>', "", page, flags=re.DOTALL
        )


def test_one_comes_back_to_the_page_one_was_on(site: Site) -> None:
    assert 'name="next" value="/?search=a%26b"' in site.page("/?search=a%26b")
    answer = site.send("/language", language="xx")
    assert 'name="next" value="/"' in answer.text


def test_the_page_one_is_on_is_marked(site: Site) -> None:
    assert '<a href="/" aria-current="page">' in site.page("/?search=x")
    assert '<a href="/new" aria-current="page">' in site.page("/new")
    case = site.case()
    assert "aria-current" not in site.page(location(site.send(f"/cases/{case}")))


def test_every_sentence_is_said_somewhere() -> None:
    sources = [*HERE.glob("*.py"), *(HERE / "templates").iterdir()]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    made = r"web\.(kind|left|kept|failed|problem|job|size|download|outcome|compare)\.[\w. -]+"
    unsaid = [key for key in WORDS if f'"{key}"' not in text and not re.fullmatch(made, key)]
    assert unsaid == []


def test_templates_are_strict() -> None:
    environment().cache.clear()  # type: ignore[union-attr]
    for path in (HERE / "templates").iterdir():
        environment().get_template(path.name)
        assert len(path.read_text(encoding="utf-8").splitlines()) < 100
