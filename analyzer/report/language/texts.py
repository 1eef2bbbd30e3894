"""A rule's texts with a finding's values in them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from string import Formatter
from typing import Final

from msgspec import Struct

from ...model.errors import AnalyzerError, CaptureError
from ...model.report import RuleText
from ...model.rule import Finding, Value
from . import terms
from .visible import clipped, visible
from .words import Words

_VALUE_LENGTH = 200
"""Characters shown of a captured word inside a sentence."""


class Piece(Struct, frozen=True):
    """
    A part of a sentence.

    Attributes:
        text: What to write.
        captured: It is a word of the recording, not of ours, and no number.
    """

    text: str
    captured: bool = False


Sentence = tuple[Piece, ...]


_BLANKS = re.compile(r"[ \t\n]+")
"""No-break blanks are part of how some languages are written."""


def sentence(template: str, values: Mapping[str, Value | Piece], words: Words) -> Sentence:
    """A template with its placeholders filled; a value that is missing shows as a question mark."""
    return tuple(_pieces(_BLANKS.sub(" ", template).strip(" "), values, words))


def say(words: Words, key: str, /, **values: Value | Piece) -> str:
    """A sentence of the catalogue with its placeholders filled, as text; phrases as `Piece`."""
    return plain(sentence(words[key], values, words))


def named(words: Words, name: str, value: str) -> str:
    """Say "name: value" as the language writes it."""
    return say(words, "named", name=Piece(name), value=Piece(value))


def value_said(words: Words, value: str) -> str:
    """A value that may be words of ours, as `{value!t}` would say it."""
    return plain(tuple(_ours(value, words, terms.TERM)))


def error_said(words: Words, error: AnalyzerError) -> str:
    """The line of an error; what nobody has translated stays English."""
    if not isinstance(error, CaptureError):
        return plain(tuple(_ours(str(error), words, terms.ERROR)))
    told = plain(tuple(_ours(f"{error.name}: {error.reason}", words, terms.ERROR)))
    if error.offset is not None:
        told = say(words, "error.at", error=Piece(told), offset=error.offset)
    if error.tried:
        formats = Piece(listed(words, error.tried))
        told = say(words, "error.tried", error=Piece(told), formats=formats)
    return told


def reason_said(words: Words, reason: str) -> str:
    """Why an input was passed over."""
    return plain(tuple(_ours(reason, words, terms.ERROR)))


def listed(words: Words, items: Iterable[str]) -> str:
    """Items one behind the other, as a language writes lists."""
    return words["list.and so on"].format(list="", item="").join(items)


def phrases(words: Words, items: Iterable[str]) -> str:
    """The same of phrases, which may have commas of their own."""
    return words["list.of phrases"].format(list="", item="").join(items)


def aside(words: Words, text: str, more: str) -> str:
    """A text with something in brackets behind it; with nothing to say there, the text."""
    return words["aside"].format(text=text, aside=more) if more else text


def _pieces(template: str, values: Mapping[str, Value | Piece], words: Words) -> Iterator[Piece]:
    for literal, name, spec, conversion in Formatter().parse(template):
        if literal:
            yield Piece(literal)
        if name is not None:
            value = values.get(name, "?")
            if isinstance(value, Piece):
                yield value
            elif isinstance(value, str) and conversion in _KINDS:
                yield from _ours(value, words, _KINDS[conversion], inner=conversion == "e")
            elif isinstance(value, str):
                # What counts a noun may be a word like "many".
                noun = f" {spec.split('|')[-1]}" if spec and "|" in spec else ""
                yield Piece(clipped(visible(f"{value}{noun}"), _VALUE_LENGTH), captured=True)
            else:
                yield Piece(_formatted(value, spec or "", words))


_KINDS = {"t": terms.TERM, "e": terms.ERROR}
"""Conversion → prefix of the keys of what may stand there."""


def _ours(value: str, words: Words, prefix: str, *, inner: bool = False) -> Iterator[Piece]:
    """A value that holds words of ours; what else it holds was captured."""
    parts = terms.listed(value, prefix=prefix, inner=inner)
    way = "list.of phrases" if "; " in value else "list.and so on"
    for index, part in enumerate(parts or (value,)):
        if index:
            yield Piece(words[way].format(list="", item=""))
        known = terms.known(part, prefix=prefix, inner=inner)
        if known is not None:
            key, values = known
            yield from _pieces(words[key], values, words)
        else:
            yield Piece(clipped(visible(part), _VALUE_LENGTH), captured=True)


def _formatted(value: float, spec: str, words: Words) -> str:
    if "|" in spec:
        # The noun that belongs to a number, "{count:packet was|packets were}".
        return f"{words.number(value)} {words.form(value, spec)}"
    if spec:
        return words.number(value, spec)
    # Ports and status codes are written as they are, without signs between thousands.
    return str(value) if isinstance(value, int) else words.number(value)


def plain(pieces: Sentence) -> str:
    """The sentence as text."""
    return "".join(piece.text for piece in pieces)


def first_sentence(pieces: Sentence) -> tuple[Sentence, Sentence]:
    """The first sentence, and the rest."""
    for index, piece in enumerate(pieces):
        stop = None if piece.captured else _STOP.search(piece.text)
        if stop is not None:
            head, tail = piece.text[: stop.end()], piece.text[stop.end() :]
            return (*pieces[:index], Piece(head)), (Piece(tail), *pieces[index + 1 :])
    return pieces, ()


_STOP = re.compile(r"\. |。")


def steps_of(pieces: Sentence) -> tuple[Sentence, tuple[Sentence, ...]]:
    """
    Take a text apart that counts its steps: "Do this: 1. … 2. …".

    Gives what stands before the first step, and the steps without their numbers; a text without
    steps stands before them whole.
    """
    parts: list[list[Piece]] = [[]]
    for piece in pieces:
        text = piece.text
        while not piece.captured and (mark := _STEP.format(len(parts))) in f" {text}":
            head, _, text = f" {text}".partition(mark)
            parts[-1].append(Piece(head[1:] if head[:1] == " " else head))
            parts.append([])
        parts[-1].append(Piece(text, piece.captured))
    if len(parts) < 3:
        return pieces, ()
    intro, *steps = (tuple(piece for piece in part if piece.text) for part in parts)
    return intro, tuple(steps)


_STEP = " {}. "


def text_of(finding: Finding, texts: Mapping[str, RuleText], words: Words) -> RuleText:
    """The templates of a finding's rule; its id, where nobody knows the rule."""
    found = texts.get(finding.rule_id)
    if found is None:
        return RuleText(title=finding.rule_id, cause="", remedy="", reference="")
    return translated(finding.rule_id, found, words)


def translated(rule_id: str, text: RuleText, words: Words) -> RuleText:
    """The templates of a rule in a language; its reference names documents and stays."""
    title, cause, remedy = (
        words.translated(f"{rule_id}.{field}", " ".join(getattr(text, field).split()))
        for field in FIELDS
    )
    return RuleText(title=title, cause=cause, remedy=remedy, reference=text.reference)


FIELDS: Final = ("title", "cause", "remedy")
"""The texts of a rule that are translated."""


def filled(finding: Finding, texts: Mapping[str, RuleText], words: Words) -> RuleText:
    """A finding's texts, ready to be read."""
    text = text_of(finding, texts, words)

    def fill(template: str) -> str:
        return plain(sentence(template, finding.values, words))

    return RuleText(
        title=fill(text.title),
        cause=fill(text.cause),
        remedy=fill(text.remedy),
        reference=fill(text.reference),
    )
