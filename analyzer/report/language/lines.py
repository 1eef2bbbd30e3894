"""Lines of the plain-text outputs, for terminals, mails and tickets."""

import re
import textwrap
from collections.abc import Iterator

from rich.cells import cell_len

WIDTH = 100
"""Columns of a line at most, as long as a word fits in them."""


def wrapped(text: str, indent: str = "", hanging: str | None = None, width: int = WIDTH) -> str:
    """
    A text in lines.

    Args:
        text: Without line breaks of its own.
        indent: In front of the first line.
        hanging: In front of the others; None: the same.
        width: Columns.
    """
    behind = indent if hanging is None else hanging
    if columns(text) == len(text):
        return textwrap.fill(
            text, width, initial_indent=indent, subsequent_indent=behind, break_on_hyphens=False
        )
    return "\n".join(_filled(text, indent, behind, width))


_WIDE = r"\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60"

_CLOSING = r"\u3001\u3002\uff01\uff09\uff0c\uff1a\uff1b\uff1f"
"""Full-width punctuation that no line may begin with."""

_OPENING = r"\uff08\u300a\u3010"
"""Full-width brackets that no line may end with."""

_WORD = re.compile(rf"[ \t\n]+|[{_OPENING}]*(?:[{_WIDE}]|[^ \t\n{_WIDE}]+)[{_CLOSING}]*")
"""A blank, a wide character, or a word of narrow ones."""


def _filled(text: str, indent: str, behind: str, width: int) -> Iterator[str]:
    """Lines of a text in which a character may be two columns wide, and words have no blanks."""
    line, used = indent, columns(indent)
    bare = True
    for word in _WORD.findall(text.strip()):
        blank = word.isspace()
        wide = columns(word)
        if not bare and not blank and used + wide > width:
            yield line.rstrip()
            line, used, bare = behind, columns(behind), True
        # Blanks stay as many as they are: they fill columns up.
        line += " " * len(word) if blank else word
        used += len(word) if blank else wide
        bare = False
    yield line.rstrip()


def columns(text: str) -> int:
    """How many columns of a screen a text takes."""
    return cell_len(text)


def cell(text: str, width: int) -> str:
    """A text filled up to a width; one that is longer still ends with a blank."""
    return text + " " * max(1, width - columns(text))
