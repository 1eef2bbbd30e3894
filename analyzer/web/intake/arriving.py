"""A form that arrives: its fields kept in memory, its files written, both within limits."""

from collections.abc import Callable, Mapping
from typing import Final

from anyio.to_thread import run_sync

from ..blobs.incoming import Incoming, IncomingFile
from ..problems import Problem, ProblemCode
from ..records import FileKind, Received, Upload
from ..settings import Settings
from .kinds import WANTED_OCTETS, kind_of
from .multipart import PartBegins, PartEnds, Piece
from .names import shown_name

FIELDS: Final = 64
"""Fields of a form besides its files."""

FIELD_OCTETS: Final = 128 << 10
"""Octets of all of them, names too: the longest notes in any script, and some room."""

OVERHEAD_OCTETS: Final = 1 << 20
"""Octets of a body that are in no file: fields, boundaries, headers of parts."""

PIECE_OCTETS: Final = 1 << 20
"""Octets written at once, in a thread; there are hardly more of an upload in memory."""

BeforeFiles = Callable[[Mapping[str, str]], None]


class Arriving:
    """Takes a form piece by piece, and gives what came once it is whole."""

    def __init__(
        self,
        incoming: Incoming,
        settings: Settings,
        before_files: BeforeFiles | None = None,
    ) -> None:
        """As of `receive`."""
        self._incoming = incoming
        self._settings = settings
        self._before_files = before_files
        self._fields: dict[str, str] = {}
        self._field_octets = 0
        self._files: list[Received] = []
        self._parts = 0
        self._octets = 0
        self._body = 0
        self._part: _Field | _File = _Field("")

    async def take(self, piece: Piece) -> None:
        """
        Take the next piece of the form.

        Raises:
            Problem: It goes beyond a limit, or is no recording.
            OSError: The disk does not take it.
        """
        part = self._part
        if isinstance(piece, PartBegins):
            self._begin(piece)
        elif isinstance(piece, PartEnds):
            await self._end()
        elif isinstance(part, _Field):
            self._count_field(len(piece))
            part.value += piece
        else:
            await self._write(part, piece)

    def count(self, octets: int) -> None:
        """
        Count octets of the body, of whatever they are.

        Raises:
            Problem: They are too many.
        """
        self._body += octets
        if self._body > self._settings.max_case + OVERHEAD_OCTETS:
            raise Problem(ProblemCode.TOO_LARGE, limit=self._settings.max_case)

    def upload(self) -> Upload:
        """What came; nothing may follow."""
        self._ask()
        return Upload(fields=self._fields, files=tuple(self._files))

    def discard(self) -> None:
        """Remove all that was written."""
        if isinstance(self._part, _File) and self._part.file is not None:
            self._part.file.discard()
        self._incoming.discard(self._files)

    def _begin(self, piece: PartBegins) -> None:
        self._parts += 1
        if self._parts > FIELDS + self._settings.max_files:
            raise Problem(ProblemCode.TOO_MANY_FILES, limit=self._settings.max_files)
        if piece.filename is None:
            self._count_field(len(piece.name.encode()))
            self._part = _Field(piece.name)
        else:
            self._ask()
            self._part = _File(piece.filename)

    def _ask(self) -> None:
        """Let the fields be looked at, once."""
        if self._before_files is not None:
            ask, self._before_files = self._before_files, None
            ask(self._fields)

    def _count_field(self, octets: int) -> None:
        self._field_octets += octets
        if self._field_octets > FIELD_OCTETS:
            raise Problem(ProblemCode.TOO_LARGE, "too much text")

    async def _write(self, file: "_File", octets: bytes) -> None:
        file.octets += len(octets)
        self._octets += len(octets)
        settings = self._settings
        if file.octets > settings.max_file:
            raise Problem(
                ProblemCode.TOO_LARGE, name=shown_name(file.given), limit=settings.max_file
            )
        if self._octets > settings.max_case:
            raise Problem(ProblemCode.TOO_LARGE, limit=settings.max_case)
        if len(self._files) >= settings.max_files:
            raise Problem(ProblemCode.TOO_MANY_FILES, limit=settings.max_files)
        file.waiting += octets
        if len(file.waiting) >= (PIECE_OCTETS if file.looked_at else WANTED_OCTETS):
            await run_sync(self._store, file)

    def _store(self, file: "_File", *, whole: bool = False) -> IncomingFile:
        """Look at what waits of a file if nobody has, and write it."""
        if not file.looked_at:
            file.name = shown_name(file.given)
            file.kind = kind_of(bytes(file.waiting), file.name, whole=whole)
            file.looked_at = True
        if self._incoming.free() - len(file.waiting) < self._settings.free_disk:
            raise Problem(ProblemCode.DISK_FULL)
        if file.file is None:
            file.file = self._incoming.file()
        file.file.write(file.waiting)
        file.waiting.clear()
        return file.file

    def _finish(self, file: "_File") -> Received:
        written = self._store(file, whole=True)
        written.finish()
        return Received(
            path=str(written.path),
            name=file.name,
            kind=file.kind,
            octets=written.octets,
            sha256=written.sha256,
        )

    async def _end(self) -> None:
        part = self._part
        if isinstance(part, _Field):
            self._take_field(part)
        elif part.octets:
            self._files.append(await run_sync(self._finish, part))
        elif part.given:
            raise Problem(ProblemCode.EMPTY_FILE, name=shown_name(part.given))
        # Neither name nor octets: a browser says so that nothing was chosen.
        self._part = _Field("")

    def _take_field(self, field: "_Field") -> None:
        try:
            value = field.value.decode().replace("\r\n", "\n")
        except UnicodeDecodeError:
            raise Problem(ProblemCode.BAD_FORM, "a field is no UTF-8") from None
        if "\0" in value or field.name in self._fields:
            raise Problem(ProblemCode.BAD_FORM, "a field came twice, or holds a NUL")
        self._fields[field.name] = value


class _Field:
    """A field of which more may come."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.value = bytearray()


class _File:
    """A file of which more may come."""

    def __init__(self, given: str) -> None:
        self.given = given
        self.name = ""
        self.kind = FileKind.OTHER
        self.looked_at = False
        self.octets = 0
        self.waiting = bytearray()
        self.file: IncomingFile | None = None
