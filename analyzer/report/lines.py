"""Lines of the plain-text outputs, for terminals, mails and tickets."""

import textwrap

WIDTH = 100
"""Columns of a line at most, as long as a word fits in them."""


def wrapped(text: str, indent: str = "", hanging: str | None = None) -> str:
    """
    A text in lines.

    Args:
        text: Without line breaks of its own.
        indent: In front of the first line.
        hanging: In front of the others; None: the same.
    """
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent if hanging is None else hanging,
        break_on_hyphens=False,
    )
