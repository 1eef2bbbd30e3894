"""What a command line names: files, folders, and standard input."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..model.errors import UsageError

if TYPE_CHECKING:
    from ..pipeline import Input


def sources(*groups: Sequence[str]) -> list[list["Input"]]:
    """
    What to read for names as they were given; - is standard input.

    Raises:
        UsageError: Two of them are standard input.
    """
    if sum(names.count("-") for names in groups) > 1:
        raise UsageError("- can be given once: there is one standard input")
    return [[_source(name) for name in names] for names in groups]


def _source(name: str) -> "Input":
    return ("standard input", sys.stdin.buffer) if name == "-" else Path(name)
