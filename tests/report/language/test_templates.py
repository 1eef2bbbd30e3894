"""What templates make of strings."""

import pytest
from jinja2 import TemplateNotFound, UndefinedError
from markupsafe import Markup

from analyzer.report.language.templates import environment
from analyzer.report.language.words import words

MADE = environment("analyzer.web.pages")

HOSTILE = "\u202e<b>&"


def test_captured_text_is_made_visible_and_escaped() -> None:
    assert MADE.from_string("{{ it }}").render(it=HOSTILE) == r"\u202e&lt;b&gt;&amp;"
    assert MADE.from_string('<a title="{{ it }}">').render(it='"') == '<a title="&#34;">'
    assert MADE.from_string("{{ it }}").render(it=Markup("<b>")) == "<b>"
    assert MADE.from_string("{{ it }}").render(it=3) == "3"


def test_long_text_is_cut_as_it_is_read() -> None:
    written = MADE.from_string("{{ it|clip(20) }}").render(it=HOSTILE * 9)
    assert written.startswith(r"\u202e&lt;b&gt;&amp;")
    assert len(Markup(written).unescape()) == 20
    assert written.endswith("…")


def test_sentences_hold_captured_text_as_such() -> None:
    source = MADE.from_string("{{ say(w, 'web.comparison.of', good=it, bad='b') }}")
    assert "&lt;b&gt;" in source.render(w=words("en"), it=HOSTILE)


def test_what_is_not_there_is_a_fault() -> None:
    with pytest.raises(UndefinedError):
        MADE.from_string("{{ missing }}").render()
    with pytest.raises(TemplateNotFound):
        MADE.get_template("none.html")


def test_templates_lie_in_their_package() -> None:
    assert "page.html" in MADE.list_templates()
    assert "report.html" in environment("analyzer.report.page").list_templates()
