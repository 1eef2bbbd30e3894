"""
A language that nobody speaks (en-XA): what the catalogue says stands in brackets, and is longer.

What a page shows outside brackets was captured, is a protocol's word, or was forgotten.
"""

import re
from collections.abc import Iterator
from string import Formatter

import pytest

from analyzer.report.language import words as language

TAG = "en-XA"


class Catalogue:
    """Stands in for a gettext catalogue."""

    def __init__(self) -> None:
        self.plural = lambda count: int(count != 1)

    @staticmethod
    def pgettext(_context: str, english: str) -> str:
        """Each stretch of words in brackets, 40 % longer; placeholders as they are."""
        return "".join(_translated(english))


def _translated(english: str) -> Iterator[str]:
    for words, name, spec, conversion in Formatter().parse(english):
        if words:
            yield _longer(words).replace("{", "{{").replace("}", "}}")
        if name is not None:
            forms = "|".join(map(_longer, spec.split("|"))) if spec and "|" in spec else spec
            mark = f"!{conversion}" if conversion else ""
            yield f"{{{name}{mark}{f':{forms}' if forms else ''}}}"


def _longer(words: str) -> str:
    """Blanks at the ends stay there; numbered steps stay what they are."""
    parts = re.split(r"( *\b\d\. |^ +| +$)", words)
    return "".join(
        part if not re.search(r"[^\W\d]", part) else f"⟦{part}{'~' * (2 * len(part) // 5)}⟧"
        for part in parts
    )


def outside(text: str) -> str:
    """What of a text the catalogue did not say; what was cut ends with an ellipsis."""
    return re.sub(r"⟦[^⟦⟧]*…", " ", re.sub(r"⟦[^⟦⟧]*⟧", " ", text))


def speak(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the reports speak it."""
    monkeypatch.setitem(language.LANGUAGES, TAG, "Pseudo")
    monkeypatch.setattr(language, "_catalogue", lambda _tag: Catalogue())
    monkeypatch.setattr(language, "_symbols", lambda tag: (".", ",") if tag == "en" else (",", "."))
