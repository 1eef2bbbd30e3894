"""A rule's texts with a finding's values in them."""

from collections.abc import Iterator, Mapping
from string import Formatter

from msgspec import Struct

from ..model.report import RuleText
from ..model.rule import Finding, Value
from .visible import clipped, visible

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


def sentence(template: str, values: Mapping[str, Value | Piece]) -> Sentence:
    """A template with its placeholders filled; a value that is missing shows as a question mark."""
    return tuple(_pieces(" ".join(template.split()), values))


def _pieces(template: str, values: Mapping[str, Value | Piece]) -> Iterator[Piece]:
    for literal, name, spec, _ in Formatter().parse(template):
        if literal:
            yield Piece(literal)
        if name is not None:
            value = values.get(name, "?")
            if isinstance(value, Piece):
                yield value
            else:
                text = clipped(visible(_formatted(value, spec or "")), _VALUE_LENGTH)
                yield Piece(text, captured=isinstance(value, str))


def _formatted(value: Value, spec: str) -> str:
    one, either, many = spec.partition("|")
    if either:
        # The noun that belongs to a number, "{count:packet was|packets were}".
        return f"{value} {one if value == 1 else many}"
    try:
        return format(value, spec)
    except ValueError:
        # The format of a number, and a rule that had a word.
        return str(value)


def plain(pieces: Sentence) -> str:
    """The sentence as text."""
    return "".join(piece.text for piece in pieces)


def first_sentence(pieces: Sentence) -> tuple[Sentence, Sentence]:
    """The first sentence, and the rest."""
    for index, piece in enumerate(pieces):
        head, stop, tail = piece.text.partition(". ")
        if stop and not piece.captured:
            return (*pieces[:index], Piece(f"{head}. ")), (Piece(tail), *pieces[index + 1 :])
    return pieces, ()


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


def text_of(finding: Finding, texts: Mapping[str, RuleText]) -> RuleText:
    """The templates of a finding's rule; its id, where nobody knows the rule."""
    missing = RuleText(title=finding.rule_id, cause="", remedy="", reference="")
    return texts.get(finding.rule_id, missing)


def filled(finding: Finding, texts: Mapping[str, RuleText]) -> RuleText:
    """A finding's texts, ready to be read."""
    text = text_of(finding, texts)

    def fill(template: str) -> str:
        return plain(sentence(template, finding.values))

    return RuleText(
        title=fill(text.title),
        cause=fill(text.cause),
        remedy=fill(text.remedy),
        reference=fill(text.reference),
    )
