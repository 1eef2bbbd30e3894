"""Tell what a file is by its first octets, so that a picture is refused before it has come."""

from typing import Final

from ...model.errors import CaptureError
from ...model.recording import InputKind
from ...pipeline import HEAD_OCTETS, recognise
from ..problems import Problem, ProblemCode
from ..records import FileKind

WANTED_OCTETS: Final = HEAD_OCTETS
"""Octets by which a file is told."""


def kind_of(head: bytes, name: str, *, whole: bool) -> FileKind:
    """
    What a file seems to be.

    Args:
        head: Its first octets, `WANTED_OCTETS` of them where there are so many.
        name: As of `File.name`.
        whole: They are all there are.

    Raises:
        Problem: It is certainly nothing to be analysed.
    """
    try:
        found: InputKind = recognise(head, name, whole=whole)
    except CaptureError as error:
        raise Problem(ProblemCode.NOT_A_CAPTURE, error.reason, name=name) from None
    return FileKind(found.value)
