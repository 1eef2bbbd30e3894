"""The recordings of a case: which files are one set, and in which order they are read."""

from collections.abc import Callable, Iterable

from msgspec import Struct

from .formats import OpenedCapture
from .places import FilePlace, Place, StreamPlace, largest_last, open_recording, peek
from .rotated import OpenedSet, first_ns, in_order, series

Opened = OpenedCapture | OpenedSet
"""A recording, open for reading."""

Opener = Callable[[int], Opened]
"""Opens a recording, given the index it gets."""

FIRST_OCTETS = 1 << 20
"""Octets in which the first packet of a capture is looked for."""


class Found(Struct, frozen=True, eq=False):
    """
    A recording.

    Attributes:
        place: Where it is.
        strict: The user named it: if it cannot be read, nothing else is.
        series: What it has in common with the other files of its rotated set; None if its name is
            none of a set.
    """

    place: Place
    strict: bool
    series: tuple[str, ...] | None = None


def grouped(recordings: Iterable[Found]) -> list[tuple[Opener, bool]]:
    """What opens each recording, and whether the user named it; the largest comes last."""
    groups: dict[object, list[Found]] = {}
    for found in recordings:
        groups.setdefault(found.series or found, []).append(found)
    ordered = largest_last([*groups.values()], key=lambda group: [one.place for one in group])
    return [
        (_set_opener(group) if len(group) > 1 else _opener(group[0].place), group[0].strict)
        for group in ordered
    ]


def _opener(place: Place) -> Opener:
    return lambda capture: open_recording(place, capture)


def _set_opener(members: list[Found]) -> Opener:
    places = [found.place for found in sorted(members, key=_order)]
    return lambda capture: OpenedSet(places, capture)


def _order(found: Found) -> tuple[int, tuple[str | int, ...]]:
    """By the first packet; by the name where that has no time."""
    octets, _ = peek(found.place, FIRST_OCTETS)
    return first_ns(octets), in_order(found.place.name)


def series_of(place: Place) -> tuple[str, ...] | None:
    """The rotated set of a packet capture, told by its name and its folder; None if it has none."""
    if isinstance(place, StreamPlace):
        return None
    where, _, name = place.name.rpartition("/")
    if isinstance(place, FilePlace):
        where = str(place.path.absolute().parent)
    found = series(name)
    return None if found is None else (where, *found)
