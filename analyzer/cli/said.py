"""Lines that a door prints: nothing a terminal obeys, and no secret in the name of a file."""

import sys

_NO_BREAK = "\u00a0\u202f"
"""No-break blanks, which French has in front of a colon."""


def printable(text: str) -> str:
    """The text with control characters and bidi overrides shown as escapes."""
    return "".join(c if c.isprintable() or c in _NO_BREAK else ascii(c)[1:-1] for c in text)


def safe(line: str) -> str:
    """A line without what reports take out of the names of files, printable."""
    # Imported late: a door that has nothing to say needs none of it.
    from ..report.redaction.eraser import Eraser

    eraser = Eraser([])
    for argument in sys.argv[1:]:
        eraser.collect(argument)
    eraser.vault.restart()
    # Behind a name stands a colon: "token: no such file" tells no secret.
    return ": ".join(eraser.clean(printable(part)) for part in line.split(": "))
