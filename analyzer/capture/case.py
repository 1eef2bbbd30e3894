"""
Inputs → the recordings and the keys of one case.

A folder, a zip or a tar is all that is in it. Key logs among the inputs, and those beside a
capture, are keys for the whole case. Files of a rotated set become one recording.
"""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, NamedTuple, Self

from msgspec import Struct

from ..model.errors import CaptureError, UsageError
from ..model.limits import ARCHIVE_MEMBERS, KEY_OCTETS
from ..model.report import KeyFile, SkippedInput
from . import folder, keylog
from .archive import HEAD_OCTETS, LAYERS
from .formats import refused
from .found import Found, Opened, grouped, series_of
from .members import Budget
from .places import (
    Container,
    FilePlace,
    MemberPlace,
    OpenArchives,
    Place,
    StreamPlace,
    open_recording,
    peek,
    read_whole,
)
from .refusal import WANTED
from .signature import Look

Input = Path | tuple[str, BinaryIO]
"""A file or folder, or a name with a stream that is read to its end."""

NO_RECORDING = ""
"""Reason of a file that simply is no recording."""


class Seen(NamedTuple):
    """A file that was looked at: where it is, what it seems to be, whether there is anything."""

    place: Place
    kind: Look
    empty: bool


class Keys(Struct, frozen=True):
    """
    A file with keys.

    Attributes:
        name: What to call it.
        octets: What is in it.
        given: The user named it as such.
    """

    name: str
    octets: bytes
    given: bool


class Case:
    """
    What the inputs of one case hold; leave the context to close it.

    Attributes:
        keys: Files with keys.
        key_files: The same, as the report names them.
        skipped: What was passed over, and why.
    """

    def __init__(self) -> None:
        self.keys: list[Keys] = []
        self.skipped: list[SkippedInput] = []
        self._recordings: list[Found] = []
        self._stack = ExitStack()
        self._archives = OpenArchives()
        self._stack.callback(self._archives.close)
        self._budgets: list[Budget] = []
        self._looked: set[Path] = set()
        self._left = 0
        self._among: list[Place] = []

    @property
    def key_files(self) -> tuple[KeyFile, ...]:
        """Names of the files with keys, and how many each holds."""
        return tuple(
            KeyFile(
                name=keys.name,
                given=keys.given,
                secrets=sum(1 for _ in keylog.secrets(keys.octets)),
                private_keys=len(keylog.private_keys(keys.octets)),
            )
            for keys in self.keys
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def add(self, source: Input, *, strict: bool = True) -> None:
        """
        Take in an input.

        Args:
            source: The input.
            strict: As of `pipeline.analyze`.

        Raises:
            CaptureError: It cannot be read, or there is nothing in it.
        """
        recordings, keys = len(self._recordings), len(self.keys)
        place = self._place(source)
        if place is not None and not strict:
            self._among.append(place)
            self._add_among(place)
            return
        if place is None:
            self._add_folder(Path(str(source)))
            what = "folder"
        else:
            what = self._add_file(place)
        if len(self._recordings) == recordings and len(self.keys) == keys:
            name = place.name if place is not None else _name(Path(str(source)))
            raise CaptureError(name, f"no file in the {what} is a recording; {WANTED}")

    def add_keys(self, source: Input) -> None:
        """
        Take in a file of keys.

        Raises:
            CaptureError: It cannot be read.
            UsageError: It holds no key.
        """
        place = self._place(source)
        if place is None:
            raise CaptureError(_name(Path(str(source))), "this is a folder; give the key log in it")
        before = len(self.keys)
        if peek(place)[1].is_archive:
            for one in self._members(place, self._budget(), 1):
                if one.kind is Look.KEYS:
                    self._take_keys(one.place, given=True)
        else:
            self._take_keys(place, given=True)
        if len(self.keys) == before:
            raise UsageError(
                f"{place.name}: there is no TLS secret and no private key in it; needed is a key "
                "log (SSLKEYLOGFILE) or an RSA private key (PEM)"
            )

    def _place(self, source: Input) -> Place | None:
        """Where an input is; None if it is a folder."""
        if not isinstance(source, Path):
            return StreamPlace(*source, self._stack)
        try:
            if source.is_dir():
                return None
            if source.exists() and not source.is_file():
                with source.open("rb") as pipe:
                    return StreamPlace(_name(source), pipe, self._stack)
        except OSError as error:
            raise CaptureError(_name(source), refused(error)) from error
        return FilePlace(source, _name(source))

    def _add_file(self, place: Place) -> str:
        """Take in what the user named; what kind of thing it is."""
        octets, kind = peek(place)
        if kind is Look.KEYS:
            self._take_keys(place, given=False)
        elif kind.is_archive:
            self._add_archive(place)
            return kind.name.lower()
        else:
            self._add_recording(Seen(place, kind, not octets), strict=True)
        return "file"

    def _add_archive(self, place: Place) -> None:
        found = list(self._members(place, self._budget(), 1))
        recordings = [one for one in found if one.kind.is_recording]
        if len(recordings) == 1 and all(_is_in(one.place, place) for one in found):
            # The archive is but the wrapping of its one recording.
            self._add_recording(recordings[0]._replace(place=place), strict=True)
            found.remove(recordings[0])
        self._sort(found)

    def _add_folder(self, path: Path) -> None:
        for file, name, why in folder.files(path, _name(path)):
            if why:
                self.skipped.append(SkippedInput(name=name, reason=why))
                continue
            self._add_among(FilePlace(file, name))

    def _add_among(self, place: Place) -> None:
        """Take in a file that stands among others: it may be no recording."""
        try:
            octets, kind = peek(place)
            if kind.is_archive:
                self._sort(self._members(place, self._budget(), 1))
            else:
                self._sort([Seen(place, kind, not octets)])
        except CaptureError as error:
            self._skip(error)

    def _sort(self, found: Iterable[Seen]) -> None:
        """Take in files of a folder or an archive, each as what it is."""
        for one in found:
            if one.kind.is_recording:
                self._add_recording(one, strict=False)
            elif one.kind is Look.KEYS:
                self._take_keys(one.place, given=False)
            else:
                reason = "empty or damaged" if one.empty else NO_RECORDING
                self.skipped.append(SkippedInput(name=one.place.name, reason=reason))

    def _budget(self) -> Budget:
        self._budgets.append(Budget())
        return self._budgets[-1]

    def _members(self, place: Place, budget: Budget, depth: int) -> Iterator[Seen]:
        """What is in an archive, and in archives in it."""
        container = Container(place, budget, self._archives)
        archive = container.archive()
        members, more = archive.members, archive.more
        if archive.damaged is not None:
            why = f"the {archive.kind} cannot be read from octet {archive.damaged} on"
            self.skipped.append(SkippedInput(name=place.name, reason=why))
        for member in members:
            budget.members += 1
            if budget.members > ARCHIVE_MEMBERS:
                more = True
                break
            inner = MemberPlace(container, member)
            try:
                octets, kind = peek(inner, HEAD_OCTETS)
                if kind.is_archive and depth < LAYERS:
                    yield from self._members(inner, budget, depth + 1)
                else:
                    yield Seen(inner, kind, not octets)
            except CaptureError as error:
                self._skip(error)
        if more:
            why = f"only {ARCHIVE_MEMBERS} files of an archive are read"
            self.skipped.append(SkippedInput(name=place.name, reason=why))

    def _skip(self, error: CaptureError) -> None:
        self.skipped.append(SkippedInput(name=error.name, reason=error.reason))

    def _add_recording(self, seen: Seen, *, strict: bool) -> None:
        packets = seen.kind is Look.PACKETS
        self._recordings.append(
            Found(seen.place, strict, series_of(seen.place) if packets else None)
        )
        if packets and isinstance(seen.place, FilePlace):
            self._look_beside(seen.place)

    def _look_beside(self, place: FilePlace) -> None:
        """Take the key logs in the folder of a capture, once for each folder."""
        here = place.path.absolute().parent
        if here in self._looked:
            return
        self._looked.add(here)
        for path in folder.keys_beside(place.path):
            title = f"{place.name.rpartition('/')[0]}/{path.name}".lstrip("/")
            try:
                self._take_keys(FilePlace(path, title), given=False)
            except CaptureError as error:
                self._skip(error)

    def _take_keys(self, place: Place, *, given: bool) -> None:
        """Take what holds keys, once."""
        octets = read_whole(place, KEY_OCTETS)
        if not keylog.private_keys(octets) and not any(True for _ in keylog.secrets(octets)):
            return
        if len(octets) == KEY_OCTETS:
            why = f"only the first {KEY_OCTETS >> 20} MiB of keys are read"
            self.skipped.append(SkippedInput(name=place.name, reason=why))
        if sum(len(keys.octets) for keys in self.keys) > KEY_OCTETS:
            self.skipped.append(SkippedInput(name=place.name, reason="there are keys enough"))
        elif all(keys.octets != octets for keys in self.keys):
            self.keys.append(Keys(place.name, octets, given))

    def pass_over(self, keys: Keys, reason: str) -> None:
        """Say that a file's private keys cannot be used."""
        self.skipped.append(SkippedInput(name=keys.name, reason=reason))
        if not any(True for _ in keylog.secrets(keys.octets)):
            self.keys.remove(keys)

    @property
    def has_several(self) -> bool:
        """Whether there is more than one recording; a rotated set is one."""
        return len({found.series or found for found in self._recordings}) > 1

    @property
    def at_last(self) -> bool:
        """Whether the recording delivered last is the last of several."""
        return self._left == 0 and self.has_several

    def captures(self) -> Iterator[tuple[int, Opened]]:
        """
        The recordings, each with its index; the last one is closed before the next is opened.

        Raises:
            CaptureError: One that the user named cannot be read, or there is none at all.
        """
        index = 0
        openers = grouped(self._recordings)
        for budget in self._budgets:
            budget.refill()
        for position, (open_one, strict) in enumerate(openers, 1):
            self._left = len(openers) - position
            try:
                opened = open_one(index)
            except CaptureError as error:
                if strict:
                    raise
                self._skip(error)
                continue
            with opened:
                yield index, opened
            index += 1
        if not index:
            self._refuse()

    def _refuse(self) -> None:
        if self._recordings:
            raise CaptureError(self.skipped[-1].name, self.skipped[-1].reason)
        if not self.keys:
            # What the first of them is instead is the best that can be said.
            open_recording(self._among[0], 0)
        raise CaptureError(
            self.keys[0].name, "these are keys; give the packet capture, too, that they belong to"
        )


def _name(path: Path) -> str:
    return path.name or str(path)


def _is_in(place: Place, outer: Place) -> bool:
    return isinstance(place, MemberPlace) and place.container.place is outer
