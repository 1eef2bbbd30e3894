"""Every catalogue is whole, true to the English, and built."""

import io
import re
import tomllib
from gettext import GNUTranslations
from string import Formatter
from typing import NamedTuple

import pytest

from analyzer.report.language import words as language
from tests.languages.__main__ import path_of, read, updated
from tests.languages.messages import messages

TAGS = [tag for tag in language.LANGUAGES if tag != "en"]

FORMS = {"nl": 2, "zh-Hans": 1, "fr": 2, "it": 2, "pt-BR": 2}
"""Plural forms that gettext knows of each."""

_MARKUP = re.compile(r"<\s*/?\s*(?:a|b|br|code|div|em|i|img|p|script|span|strong|style|u)\b")

_PROTECTED = re.compile(
    r"</?[a-z][\w:.-]*(?: [^<>]*)?/?>"  # XML
    r"|\b(?:XMPP|WebSocket|BOSH|TLS|SASL|HAR|SNI|ALPN|DNS|TCP|HTTP|JID|SSLKEYLOGFILE|Openfire"
    r"|Finesse|Strophe|Wireshark|Cisco|SHA-256|JSON)\b"
    r"|file get activelog|\butils [a-z]+\b|\b[A-Z]{2}-\d{3}\b|\b[A-Z]{3,}_[A-Z_]+\b"
    r"|\b(?:GET|POST|PUT|DELETE|CONNECT)\b"
)
"""Words of protocols, products and command lines: the same in every language."""


class Pair(NamedTuple):
    """A message: where it stands, in English, and in the language."""

    context: str
    id: str
    string: str


def translated(tag: str) -> list[Pair]:
    return [
        Pair(str(message.context), str(message.id), str(message.string))
        for message in read(tag)
        if message.id and message.string
    ]


def fields(text: str) -> set[tuple[str, str | None]]:
    """Placeholders, and which of them are words of ours."""
    return {(name, how) for _, name, _, how in Formatter().parse(text) if name is not None}


def formats(text: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for _, name, spec, _ in Formatter().parse(text):
        if name is not None:
            found.setdefault(name, set()).add(spec or "")
    return found


def steps(text: str) -> list[str]:
    """Numbers of counted steps, as `texts.steps_of` finds them."""
    found: list[str] = []
    for number in range(1, 10):
        if f" {number}. " not in f" {text}":
            break
        found.append(str(number))
    return found if len(found) > 1 else []


@pytest.mark.parametrize("tag", TAGS)
def test_it_holds_the_messages_of_today(tag: str) -> None:
    assert path_of(tag).read_bytes() == updated(read(tag)), "run python -m tests.languages"


@pytest.mark.parametrize("tag", TAGS)
def test_nothing_is_untranslated_or_doubtful(tag: str) -> None:
    found = [message for message in read(tag) if message.id]
    assert len(found) == len(dict(messages()))
    assert [message.context for message in found if not message.string] == []
    assert [message.context for message in found if message.fuzzy] == []


@pytest.mark.parametrize("tag", TAGS)
def test_placeholders_are_those_of_the_english(tag: str) -> None:
    wrong = [m.context for m in translated(tag) if fields(m.id) != fields(m.string)]
    assert wrong == []


@pytest.mark.parametrize("tag", TAGS)
def test_numbers_take_as_many_forms_as_the_language_has(tag: str) -> None:
    assert read(tag).num_plurals == FORMS[tag]
    wrong = []
    for message in translated(tag):
        english = formats(message.id)
        for name, specs in formats(message.string).items():
            for spec in specs:
                counted = "|" in spec
                plain = {"" if "|" in one else one for one in english.get(name, set())}
                if spec.count("|") + 1 != FORMS[tag] if counted else spec not in {*plain, ""}:
                    wrong.append((message.context, name, spec))
    assert wrong == []


@pytest.mark.parametrize("tag", TAGS)
def test_no_markup_comes_in_and_no_protected_word_goes(tag: str) -> None:
    wrong = []
    for message in translated(tag):
        kept = {word for word in _PROTECTED.findall(message.id) if word not in message.string}
        markup = {tag for tag in _MARKUP.findall(message.string) if tag not in message.id}
        if kept or markup:
            wrong.append((message.context, kept))
    assert wrong == []


@pytest.mark.parametrize("tag", TAGS)
def test_counted_steps_stay_counted(tag: str) -> None:
    assert [m.context for m in translated(tag) if steps(m.id) != steps(m.string)] == []


@pytest.mark.parametrize("tag", TAGS)
def test_the_words_are_those_of_the_glossary(tag: str) -> None:
    path = path_of(tag).parents[1] / "glossary.toml"
    glossary: dict[str, list[str]] = tomllib.loads(path.read_text(encoding="utf-8"))
    assert len(glossary) >= 30
    wrong = []
    for message in translated(tag):
        english = re.sub(r"\{[^{}|]*\}", "", message.id).lower()
        text = message.string.lower()
        for term, renderings in glossary.items():
            held = re.search(rf"(?<![\w<./:-]){re.escape(term)}s?(?![\w>=/-])", english)
            # A word of a protocol (`Connection`, `node=`) stays in English.
            told = (term, *(rendering.lower() for rendering in renderings))
            if held and not any(word in text for word in told):
                wrong.append((message.context, term))
    assert wrong == []


@pytest.mark.parametrize("tag", TAGS)
def test_what_gettext_reads_is_built_of_what_people_read(tag: str) -> None:
    built = GNUTranslations(io.BytesIO(path_of(tag).with_suffix(".mo").read_bytes()))
    stale = [m.context for m in translated(tag) if built.pgettext(m.context, m.id) != m.string]
    assert stale == [], "run python -m tests.languages"
