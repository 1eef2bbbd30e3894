"""Names of uploaded files, made fit to be shown; whoever makes a path of one takes its own."""

import re
import unicodedata
from pathlib import PurePath
from typing import Final

from ...report.redaction.eraser import Eraser

CHARACTERS: Final = 120
"""Of a name for show."""

OCTETS: Final = 200
"""Of the same in UTF-8: most file systems take 255."""

TAIL: Final = 40
"""Characters at the end that stay of a longer name: a suffix, the number in a rotated set."""

NAMELESS: Final = "capture"
"""What a file is called that has no name."""

SUFFIX: Final = 16
"""Characters of the longest suffix; what is longer counts as part of the name."""

_SLASH = re.compile(r"[/\\]")

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""General categories without a glyph of their own (Unicode section 4.5); Cf holds bidi controls."""

_BLANK = "\u2800\u115f\u1160\u3164\uffa0"
"""Drawn as nothing although they count as symbols or letters."""

_ESCAPED = {"%22": '"', "%0D": " ", "%0A": " "}
"""What a browser cannot write in a header, and writes so (WHATWG HTML, multipart/form-data)."""


def shown_name(given: str) -> str:
    """
    The name of a file for people.

    Args:
        given: As the client says: with folders of any system and whatever characters.

    Returns:
        Its last component without control and bidi characters, dots in front, and secrets as the
        report finds them; at most `CHARACTERS` and `OCTETS` long, never empty.
    """
    name = _SLASH.split(given)[-1]
    for escape, character in _ESCAPED.items():
        name = name.replace(escape, character)
    name = unicodedata.normalize("NFC", "".join(map(_seen, name)))
    name = Eraser([]).clean(" ".join(name.split()).lstrip(". "))
    return _cut(_SLASH.sub("_", name)) or NAMELESS


def distinct_name(name: str, taken: set[str]) -> str:
    """
    A name that is none of those taken, to which it is added: `session (2).har`.

    Browsers call all that they write alike; people, reports and downloads must tell it apart.

    Args:
        name: As of `shown_name`.
        taken: Of the other files of the case.
    """
    distinct, number = name, 1
    while distinct in taken:
        number += 1
        suffix = PurePath(name).suffix
        if len(suffix) > SUFFIX:
            suffix = ""
        distinct = _cut(f"{name[: len(name) - len(suffix)]} ({number}){suffix}")
    taken.add(distinct)
    return distinct


def _seen(character: str) -> str:
    if character.isspace():
        return " "
    unseen = unicodedata.category(character) in _UNSEEN or character in _BLANK
    return "" if unseen else character


def _cut(name: str) -> str:
    """The beginning and the end of a name that is too long."""
    if len(name) <= CHARACTERS and len(name.encode()) <= OCTETS:
        return name
    end = name[-TAIL:]
    begin = name[: min(CHARACTERS, len(name)) - TAIL - 1]
    while len(f"{begin}…{end}".encode()) > OCTETS:
        begin, end = begin[:-1], end if begin else end[1:]
    return f"{begin}…{end}"
