"""What a form that takes files knows: limits, profiles, sentences for its script."""

from msgspec import Struct

from ...report.language.texts import Piece, say
from ...report.language.words import Words
from ..casebook import NOTES_LENGTH, NUMBER_LENGTH, Casebook
from ..settings import Settings
from .measures import size

SCRIPTED = {
    "progress": "web.sending",
    "left": "web.sending.left",
    "check": "web.sending.check",
    "done": "web.sending.done",
    "cancelled": "web.sending.cancelled",
    "lost": "web.sending.lost",
    "retry": "web.retry",
    "sign-in": "web.sign in",
    "leave": "web.leave out",
    "remove": "web.remove",
    "large": "web.too large",
    "large-case": "web.too large.case",
    "many": "web.too many",
    "empty": "web.empty file",
    "folder": "web.folder",
    "none": "web.none chosen",
    "more": "web.drop.again",
    "seconds": "web.seconds",
    "minutes": "web.minutes",
    "kb": "web.size.kb",
    "mb": "web.size.mb",
    "gb": "web.size.gb",
}
"""What the script says, by the name of its data attribute → key; it fills them in itself."""


class Form(Struct, frozen=True, kw_only=True):
    """
    A form that takes files.

    Attributes:
        limits: What may be sent, in words.
        kept: What becomes of the files, in words.
        is_full: No more jobs may wait at the moment.
        max_file: Octets of a file.
        max_case: Octets of all files.
        max_files: How many.
        number_length: Characters of a case number.
        notes_length: Characters of notes.
        profiles: Name and title of each, the server's own first.
        sentences: Data attribute → sentence with placeholders.
    """

    limits: str
    kept: str
    is_full: bool
    max_file: int
    max_case: int
    max_files: int
    profiles: tuple[tuple[str, str], ...]
    sentences: dict[str, str]
    number_length: int = NUMBER_LENGTH
    notes_length: int = NOTES_LENGTH


def form(words: Words, casebook: Casebook, settings: Settings) -> Form:
    """All that, for a reader."""
    return Form(
        limits=say(
            words,
            "web.drop.limit",
            file=Piece(size(words, settings.max_file)),
            case=Piece(size(words, settings.max_case)),
            count=settings.max_files,
        ),
        kept=words[f"web.kept.{settings.keep.value}"],
        is_full=casebook.is_full(),
        max_file=settings.max_file,
        max_case=settings.max_case,
        max_files=settings.max_files,
        profiles=tuple(
            (name, words.translated(f"profile.{name}", title))
            for name, title in casebook.titles.items()
        ),
        sentences={name: words[key] for name, key in SCRIPTED.items()},
    )
