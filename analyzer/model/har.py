"""A HAR as a tree that is written again: what its fields are made of."""

from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct

Tree = dict[str, Any]
"""A JSON object: strings, `Numeral`, True, False, None, lists and trees."""


class Numeral(str):
    """A JSON number as it was written: nobody has to know how many digits it has."""

    __slots__ = ()


class Whole(Struct, frozen=True, kw_only=True, eq=False):
    """
    An entry of a HAR with all of its fields, those of producers among them.

    Attributes:
        index: In `log.entries`, 0-based.
        fields: The entry; None where nothing of it could be read. `_webSocketMessages` is None
            where `rows` gives them.
        rows: Gives the rows of `_webSocketMessages` in batches, as trees; None for one that cannot
            be read. None if the entry has no such list.
        told: An analysis looks into its bodies.
        whole: It was not damaged.
    """

    index: int
    fields: Tree | None
    rows: Callable[[], Iterator[list[Tree | None]]] | None = None
    told: bool = False
    whole: bool = True
