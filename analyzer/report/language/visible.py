"""Captured text made safe to look at: no control character, no bidi override, no lone surrogate."""

import re
import unicodedata

_NAMES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0"}

_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""General categories without a glyph of their own (Unicode section 4.5); Cf holds bidi controls."""

_SUSPECT = re.compile(r"[^\x20-\x7e\xa1-\xac\xae-\u02ff]")


def visible(text: str) -> str:
    r"""The text with every character that cannot be seen written as an escape: \n, \x1b, \u202e."""
    if text.isascii() and text.isprintable():
        return text  # as nearly all are; ten times faster than the expression
    return _SUSPECT.sub(_escaped, text)


_SUSPECT_BESIDE_OURS = re.compile(r"[^\x20-\x7e\xa0-\xac\xae-\u02ff\u202f]")


def legible(text: str) -> str:
    """The same for sentences of ours with captured words in them: no-break blanks stay."""
    if text.isascii() and text.isprintable():
        return text
    return _SUSPECT_BESIDE_OURS.sub(_escaped, text)


def legible_lines(text: str) -> str:
    """The same for text of several lines: line feeds stay."""
    return "\n".join(legible(line) for line in text.split("\n"))


def visible_lines(text: str) -> str:
    """The same for text of several lines: line feeds stay."""
    return "\n".join(visible(line) for line in text.split("\n"))


def _escaped(match: re.Match[str]) -> str:
    character = match[0]
    if character in _NAMES:
        return _NAMES[character]
    # U+2800 and the Hangul fillers are drawn as nothing although they count as symbols or letters.
    blank = character in "\u2800\u115f\u1160\u3164\uffa0\u00a0"
    unseen = unicodedata.category(character) in _UNSEEN or character.isspace()
    return ascii(character)[1:-1] if unseen or blank else character


def clipped(text: str, length: int) -> str:
    """The text, or its beginning with an ellipsis."""
    return text if len(text) <= length else f"{text[: length - 1]}…"
