"""Where octets of a case are: a file, what a pipe delivered, a member of an archive."""

import os
import stat
import tempfile
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from shutil import copyfileobj
from typing import Any, BinaryIO, Protocol, Self, TypeVar, cast

from ..model.errors import CaptureError
from . import archive
from .archive import Unpacked
from .formats import OpenedCapture, mapped, refused
from .members import Archive, Budget, Member, head
from .signature import Look, look
from .zipped import why

PEEK_OCTETS = 64 << 10
"""Octets of a file by which it is told what it is."""

OPEN_ARCHIVES = 4
"""Archives kept open at a time, one in the other or one behind the other."""

COPY_OCTETS = 8 << 20

LARGE_OCTETS = 16 << 20
"""Recordings of a case from this size on may hold the sessions of many agents."""


class Place(Protocol):
    """Octets that can be opened more than once."""

    @property
    def name(self) -> str:
        """What to call it."""

    def size(self) -> int:
        """Octets of it as they lie there, packed or not; 0 if that cannot be told."""

    def file(self) -> Unpacked:
        """
        Its octets in a file that can be mapped, with what they came out of.

        Raises:
            CaptureError: They cannot be read.
        """


class FilePlace:
    """
    A file.

    Attributes:
        name: What to call it.
        path: Where it is.
    """

    def __init__(self, path: Path, name: str) -> None:
        self.path = path
        self.name = name

    def size(self) -> int:
        """Of the file; 0 if it is gone."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    def file(self) -> Unpacked:
        """The file itself."""
        try:
            file = self.path.open("rb")
            if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return Unpacked(file, "")
        except OSError as error:
            raise CaptureError(self.name, refused(error)) from error
        file.close()
        raise CaptureError(self.name, "this is no file")


class StreamPlace:
    """
    What a pipe or an upload delivers, read to its end into a file of ours.

    Attributes:
        name: What to call it.
    """

    def __init__(self, name: str, stream: BinaryIO, stack: ExitStack) -> None:
        """
        Read it.

        Raises:
            CaptureError: It cannot be read.
        """
        self.name = Path(name).name or name
        self._copy = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115
        try:
            copyfileobj(stream, self._copy, COPY_OCTETS)
            self._copy.flush()
        except OSError as error:
            raise CaptureError(self.name, refused(error)) from error

    def size(self) -> int:
        """Of what came."""
        return self._copy.seek(0, os.SEEK_END)

    def file(self) -> Unpacked:
        """The same file once more; it stays open until the case is closed."""
        self._copy.seek(0)
        lasting = _Lasting(self._copy)
        return Unpacked(cast("BinaryIO", lasting), "")


class _Lasting:
    """A file that its users do not close; they share its position."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """It is closed with the case."""


class Container:
    """An archive at a place, opened when a member is asked for."""

    def __init__(self, place: Place, budget: Budget, opened: "OpenArchives") -> None:
        self.place = place
        self.budget = budget
        self._opened = opened

    def archive(self) -> Archive:
        """
        The archive, valid until some others have been opened.

        Raises:
            CaptureError: It is none, or cannot be read.
        """
        return self._opened.get(self)


class OpenArchives:
    """The archives used last, which stay open: to unpack one anew for each member takes long."""

    def __init__(self) -> None:
        self._open: OrderedDict[Container, tuple[ExitStack, Archive]] = OrderedDict()

    def get(self, container: Container) -> Archive:
        """An archive."""
        if container not in self._open:
            self._open[container] = _open_archive(container)
            if len(self._open) > OPEN_ARCHIVES:
                _, (stack, _) = self._open.popitem(last=False)
                stack.close()
        self._open.move_to_end(container)
        return self._open[container][1]

    def close(self) -> None:
        """Close all."""
        while self._open:
            self._open.popitem()[1][0].close()


def _open_archive(container: Container) -> tuple[ExitStack, Archive]:
    place, budget = container.place, container.budget
    with ExitStack() as stack:
        file = stack.enter_context(place.file().file)
        for _ in range(archive.LAYERS + 1):
            data = mapped(file, place.name)
            found = archive.opened(data, file, place.name)
            if found is not None:
                return stack.pop_all(), found
            inner = archive.unpack(data, file, place.name, budget)
            if inner is None:
                break
            file = stack.enter_context(inner.file)
    raise CaptureError(place.name, "the archive cannot be unpacked")


class MemberPlace:
    """
    A member of an archive.

    Attributes:
        name: That of the archive, and its own behind a slash.
        container: The archive.
        member: Which.
    """

    def __init__(self, container: Container, member: Member) -> None:
        self.container = container
        self.member = member
        # As a name is shown only: `..` and all else leads nowhere.
        self.name = f"{container.place.name}/{member.name}"

    def size(self) -> int:
        """What it takes in the archive."""
        return self.member.packed

    def file(self) -> Unpacked:
        """The member in a file of its own."""
        if self.container.budget.left <= 0:
            raise CaptureError(self.name, "not read: ARCHIVE_OCTETS have come out of its archive")
        found = self.container.archive()
        return archive.extract(found, self.member, self.name, self.container.budget)


_Group = TypeVar("_Group")


def largest_last(
    groups: list[_Group], key: Callable[[_Group], Sequence[Place]], large: int = LARGE_OCTETS
) -> list[_Group]:
    """
    In the order given, but for one that is larger than all others together.

    It may hold the sessions of many agents; once the others have been read it is known which of
    these they hold, too.

    Args:
        groups: What is to be ordered.
        key: The places of one.
        large: Octets from which on the order matters.
    """
    sizes = [sum(place.size() for place in key(group)) for group in groups]
    most = max(sizes, default=0)
    if most < large or 2 * most <= sum(sizes):
        return groups
    index = sizes.index(most)
    return [*groups[:index], *groups[index + 1 :], groups[index]]


def peek(place: Place, size: int = PEEK_OCTETS) -> tuple[bytes, Look]:
    """
    The first octets of a place once wrappings are off, and what it seems to be.

    Raises:
        CaptureError: It cannot be read.
    """
    if isinstance(place, MemberPlace):
        try:
            octets = head(place.container.archive(), place.member, size)
        except RuntimeError as error:
            raise CaptureError(place.name, why(error)) from error
    else:
        with place.file().file as file:
            octets = file.read(size)
    whole = len(octets) < size
    octets = archive.bare(octets)
    return octets, look(octets, place.name, whole=whole)


def open_recording(place: Place, capture: int, digest: str | None = None) -> OpenedCapture:
    """
    The recording at a place.

    Raises:
        CaptureError: It is none.
    """
    found = place.file()
    inside = found if found.wrapping else None
    return OpenedCapture(place.name, capture, found.file, inside, digest)


def read_whole(place: Place, limit: int) -> bytes:
    """
    What stands at a place once wrappings are off, at most so many octets.

    Raises:
        CaptureError: It cannot be read.
    """
    with ExitStack() as stack:
        file = stack.enter_context(place.file().file)
        for _ in range(archive.LAYERS):
            if not file.seek(0, os.SEEK_END):
                return b""
            inner = archive.unpack(mapped(file, place.name), file, place.name)
            if inner is None:
                break
            file = stack.enter_context(inner.file)
        file.seek(0)
        return file.read(limit)
