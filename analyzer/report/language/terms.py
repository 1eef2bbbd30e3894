"""
Recognises words and phrases of ours: among the values of a finding, and in messages.

A kind of them has its keys below a prefix of its own, "term." or "error.".
"""

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from string import Formatter

from ...model.rule import Value
from .english import ENGLISH

TERM = "term."
"""Values of findings."""

ERROR = "error."
"""What is wrong with an input or an argument; several stand one behind the other."""

_SEPARATORS = {TERM: ("; ", ", "), ERROR: ("; ",)}

Known = tuple[str, dict[str, Value]]
"""Key of a template in the catalogue, and what stands in its placeholders."""

_Part = tuple[str, str, str]
"""Words, the placeholder behind them ("" behind the last), and its conversion: `t` must be ours."""


_REMEMBERED = 4_096
"""Values remembered: the same few stand in thousands of findings and steps."""

_LONGEST = 1_000
"""Characters of a value of ours; what is longer was captured."""


@lru_cache(maxsize=_REMEMBERED)
def known(value: str, *, prefix: str = TERM, inner: bool = False) -> Known | None:
    """
    A value as a word or phrase of ours; None if it is none.

    Args:
        value: What a finding holds.
        prefix: Of the keys.
        inner: It stands in the placeholder of a phrase; there it is no phrase with further ones.
    """
    key = f"{prefix}{value}"
    if key in ENGLISH:
        return key, {}
    if len(value) > _LONGEST:
        return None
    for name, parts in _phrases(prefix):
        nested = [(place, conversion) for _, place, conversion in parts if conversion]
        found = None if inner and nested else _matched(value, parts)
        if found is not None and all(
            listed(found[place], inner=True) for place, conversion in nested if conversion == "t"
        ):
            return name, {place: _number(text) for place, text in found.items()}
    return None


@lru_cache(maxsize=_REMEMBERED)
def listed(value: str, *, prefix: str = TERM, inner: bool = False) -> tuple[str, ...]:
    """The parts of a value that is one word of ours, or several in a list; empty if none is."""
    lists = []
    for separator in _SEPARATORS[prefix] if len(value) <= _LONGEST else ():
        if separator in value:
            parts = tuple(value.split(separator))
            ours = [known(part, prefix=prefix, inner=inner) is not None for part in parts]
            if all(ours):
                return parts
            lists += [parts] if any(ours) else []
    if known(value, prefix=prefix, inner=inner) is not None:
        return (value,)
    return lists[0] if lists else ()


@cache
def _phrases(prefix: str) -> tuple[tuple[str, Sequence[_Part]], ...]:
    """Key and parts of each phrase with placeholders."""
    return tuple(
        (key, tuple(_parts(template)))
        for key, template in ENGLISH.items()
        if key.startswith(prefix) and "{" in template
    )


def _parts(template: str) -> Iterator[_Part]:
    for text, name, _, conversion in Formatter().parse(template):
        yield text, name or "", conversion or ""


def _matched(value: str, parts: Sequence[_Part]) -> dict[str, str] | None:
    """What stands in the placeholders of a phrase; None if the value is another one."""
    found: dict[str, str] = {}
    rest, open_name = value, ""
    for index, (text, name, _) in enumerate(parts):
        last = index == len(parts) - 1
        if not open_name:
            if not rest.startswith(text):
                return None
            rest = rest[len(text) :]
        else:
            at = len(rest) - len(text) if last and not name else rest.find(text)
            if at < 1 or not rest.startswith(text, at):
                return None
            found[open_name], rest = rest[:at], rest[at + len(text) :]
        open_name = name
    if open_name:
        found[open_name], rest = rest, ""
    # What counts is a number.
    sound = all(found.values()) and found.get("count", "0").isdecimal()
    return found if sound and not rest else None


def _number(text: str) -> Value:
    """A number as such, so that it is written as the language writes numbers."""
    if not text.isascii() or not text.replace(".", "", 1).isdecimal():
        return text
    number = float(text) if "." in text else int(text)
    return number if str(number) == text else text
