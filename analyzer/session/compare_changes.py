"""Stanzas in which two sessions differ: missing, extra, answered otherwise, moved."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from ..model.comparison import Change, ChangeKind, Said
from ..model.session import StepName
from ..model.xmpp import StanzaKind
from .compare_align import Pairs, align
from .compare_units import Key, Talk, Unit


class Meeting(Struct, frozen=True, kw_only=True):
    """
    What two sessions said, beside each other.

    Attributes:
        good: What the client of the good one said, in order.
        bad: What that of the bad one said.
        pairs: Indices of what both said.
        changes: In which they differ, alike ones as one, in the order of the good session.
        cut: A limit cut the comparison short.
    """

    good: tuple[Unit, ...]
    bad: tuple[Unit, ...]
    pairs: Pairs
    changes: tuple[Change, ...]
    cut: bool


def meet(good: Talk, bad: Talk, *, framing: bool) -> Meeting:
    """
    Lay what was said in two sessions side by side.

    Args:
        good: Of the good session.
        bad: Of the bad one.
        framing: Both are framed alike, so that their stream headers can be compared.
    """
    mine, yours = _ordered(good, framing=framing), _ordered(bad, framing=framing)
    pairs, cut = align([unit.key for unit in mine], [unit.key for unit in yours])
    found = [*_answers(mine, yours, pairs), *_unpaired(mine, yours, pairs), *_unasked(good, bad)]
    found.sort(key=lambda placed: placed.place)
    stops = _stop(mine, yours, pairs)
    changes = tuple(_grouped(_following(placed, stops) for placed in found))
    return Meeting(good=mine, bad=yours, pairs=pairs, changes=changes, cut=cut)


class _Placed(Struct, frozen=True):
    """
    A change on its way.

    Attributes:
        place: Where it is told.
        alike: What makes it the same as another.
        unit: Index of its stanza in the session it is in.
        change: The change.
    """

    place: tuple[float, int]
    alike: tuple[ChangeKind, Key, Key]
    unit: int
    change: Change


def _stop(good: Sequence[Unit], bad: Sequence[Unit], pairs: Pairs) -> dict[ChangeKind, int]:
    """
    Behind which stanza of the other session one that stopped cannot have anything more.

    A client that says nothing more behind the last thing that both said, while the other goes on,
    has stopped.
    """
    i, j = pairs[-1] if pairs else (-1, -1)
    here, there = i == len(good) - 1, j == len(bad) - 1
    if here is there:
        return {}
    if there:
        return {ChangeKind.MISSING: good[i].place if i >= 0 else -1}
    return {ChangeKind.EXTRA: bad[j].place if j >= 0 else -1}


def _following(placed: _Placed, stops: dict[ChangeKind, int]) -> _Placed:
    stop = stops.get(placed.change.kind)
    if stop is None or placed.unit <= stop:
        return placed
    return replace(placed, change=replace(placed.change, follows=True))


def _ordered(talk: Talk, *, framing: bool) -> tuple[Unit, ...]:
    return tuple(
        unit for unit in talk.units if unit.ordered and (framing or unit.step is not StepName.OPEN)
    )


def _answers(good: Sequence[Unit], bad: Sequence[Unit], pairs: Pairs) -> Iterator[_Placed]:
    for i, j in pairs:
        mine, yours = good[i], bad[j]
        if mine.outcome != yours.outcome:
            change = _change(ChangeKind.ANSWER, mine, mine.said, yours.said)
            if {mine.outcome[:1], yours.outcome[:1]} & _REFUSALS:
                change = replace(change, matters=True)
            alike = (change.kind, mine.key, (*mine.outcome, "/", *yours.outcome))
            yield _Placed((i, 0), alike, mine.place, change)


_REFUSALS = {("error",), (StanzaKind.FAILURE.value,)}


def _unpaired(good: Sequence[Unit], bad: Sequence[Unit], pairs: Pairs) -> Iterator[_Placed]:
    """What only one said, or said at another place."""
    here, there = {i for i, _ in pairs}, {j: i for i, j in pairs}
    moved: dict[Key, deque[int]] = {}
    for j, unit in enumerate(bad):
        if j not in there:
            moved.setdefault(unit.key, deque()).append(j)
    taken = set()
    for i, unit in enumerate(good):
        if i in here:
            continue
        again = moved.get(unit.key)
        if again:
            j = again.popleft()
            taken.add(j)
            yield _placed((i, 0), _change(ChangeKind.MOVED, unit, unit.said, bad[j].said), unit)
        else:
            yield _placed((i, 0), _change(ChangeKind.MISSING, unit, unit.said, None), unit)
    last = -1
    for j, unit in enumerate(bad):
        last = there.get(j, last)
        if j not in there and j not in taken:
            place = (last + 0.5, j)
            yield _placed(place, _change(ChangeKind.EXTRA, unit, None, unit.said), unit)


def _unasked(good: Talk, bad: Talk) -> Iterator[_Placed]:
    """What the server sent by itself: only whether it came counts, not when and how often."""
    mine, yours = _firsts(good), _firsts(bad)
    for place, key in enumerate({**mine, **yours}):
        if key in mine and key in yours:
            continue
        unit = mine.get(key) or yours[key]
        if key in mine:
            change = _change(ChangeKind.MISSING, unit, unit.said, None)
        else:
            change = _change(ChangeKind.EXTRA, unit, None, unit.said)
        yield _placed((float("inf"), place), change, unit)


def _firsts(talk: Talk) -> dict[Key, Unit]:
    found: dict[Key, Unit] = {}
    for unit in talk.units:
        if not unit.ordered:
            found.setdefault(unit.key, unit)
    return found


def _placed(place: tuple[float, int], change: Change, unit: Unit) -> _Placed:
    return _Placed(place, (change.kind, unit.key, ()), unit.place, change)


def _change(kind: ChangeKind, unit: Unit, good: Said | None, bad: Said | None) -> Change:
    return Change(kind=kind, step=unit.step, good=good, bad=bad, matters=unit.telling)


def _grouped(found: Iterable[_Placed]) -> Iterator[Change]:
    """Alike ones as one, at the place of the first."""
    groups: dict[object, list[Change]] = {}
    for placed in found:
        groups.setdefault(placed.alike, []).append(placed.change)
    for alike in groups.values():
        yield replace(alike[0], count=len(alike))
