"""What a timeline is made of, and the axis of time that all of it stands on."""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from ...model.source import Source
from ..facts.evidence import duration
from ..language.words import Words
from .geometry import Tick

WIDTH: Final = 960
LEFT: Final = 132
RIGHT: Final = 944
SMALL: Final = 11
"""Size of its font, pixels."""


class Shade(Struct, frozen=True, kw_only=True):
    """A stretch that is shaded: x and width, why, and where that stands if there is room."""

    x: float
    width: float
    kind: str
    title: str
    text: str = ""
    text_x: float = 0.0
    anchor: str = "start"


class Spot(Struct, frozen=True, kw_only=True):
    """A mark that leads to its row: where, what shape, what it says, and what stands beside it."""

    x: float
    y: float
    kind: str
    title: str
    key: str
    text: str = ""
    anchor: str = "middle"


class Flag(Struct, frozen=True, kw_only=True):
    """
    The place of a finding.

    Attributes:
        x: Of its pole.
        y: Of its text.
        text: Its rule, and how many more stand there.
        anchor: On which side of the pole the text stands: "start" or "end".
        title: What it says.
        finding: Its anchor.
        severity: Its severity.
    """

    x: float
    y: int
    text: str
    anchor: str
    title: str
    finding: str
    severity: str


class Track(Struct, frozen=True, kw_only=True):
    """
    A strip of the timeline.

    Attributes:
        kind: "client", "server", "answers" or "pings".
        top: Its upper edge.
        bottom: Its lower edge.
        title: What it shows.
        note: What stands below that.
        levels: Lines across, with their names.
        paths: Of marks by kind.
        spots: Marks of their own.
        thinned: Not everything is drawn.
    """

    kind: str
    top: int
    bottom: int
    title: str
    note: str = ""
    levels: tuple[Tick, ...] = ()
    paths: dict[str, str] = {}
    spots: tuple[Spot, ...] = ()
    thinned: bool = False


class Entry(Struct, frozen=True, kw_only=True):
    """A line of the table: when, what, how long, where it leads, and whether it is bad."""

    time_ns: int
    time: str
    what: str
    lasts: str
    key: str
    bad: bool


class Chart(Struct, frozen=True, kw_only=True):
    """
    The timeline of a session, laid out.

    Attributes:
        caption: When it began and how long it lasted.
        height: Of the drawing.
        axis: y of the axis.
        top: y where shades begin.
        ticks: Of the axis.
        shades: Pauses and holes.
        tracks: From above to below.
        flags: Of findings.
        end: x of the end of the session; None if the recording ended first.
        kinds: Of answers that are drawn.
        thinned: Not every answer is.
        entries: The table.
    """

    caption: str
    height: int
    axis: int
    top: int
    ticks: tuple[Tick, ...]
    shades: tuple[Shade, ...]
    tracks: tuple[Track, ...]
    flags: tuple[Flag, ...]
    end: float | None
    kinds: tuple[str, ...]
    thinned: bool
    entries: tuple[Entry, ...]
    width: int = WIDTH
    left: int = LEFT
    right: int = RIGHT


class Canvas:
    """
    The axis of time that a timeline is drawn on, and the table that says the same.

    Attributes:
        words: The language.
        begin_ns: Of the axis.
        end_ns: Of the axis, later than its begin.
        origin_ns: What times are told since.
        entries: Of the table so far.
    """

    def __init__(
        self,
        words: Words,
        anchors: Mapping[Source, str],
        begin_ns: int,
        end_ns: int,
        origin_ns: int | None = None,
    ) -> None:
        """
        Begin a timeline.

        Args:
            words: As of the attribute.
            anchors: Keys of rows by place.
            begin_ns: As of the attribute.
            end_ns: As of the attribute.
            origin_ns: As of the attribute; None: `begin_ns`.
        """
        self.words, self.begin_ns, self.end_ns = words, begin_ns, end_ns
        self.origin_ns = begin_ns if origin_ns is None else origin_ns
        self.entries: list[Entry] = []
        self._anchors = anchors

    def x(self, time_ns: int) -> float:
        """Where a time stands; one beyond the axis at its end."""
        part = (time_ns - self.begin_ns) / (self.end_ns - self.begin_ns)
        return round(LEFT + (RIGHT - LEFT) * min(1.0, max(0.0, part)), 1)

    def row(self, source: Source | None) -> str:
        """The anchor of what stands at a place; empty if nothing does."""
        return "" if source is None else self._anchors.get(source, "")

    def tell(
        self,
        time_ns: int,
        what: str,
        lasts_ns: int | None,
        where: Source | str | None,
        *,
        bad: bool = False,
    ) -> None:
        """Say something in the table, too; `where` is a place, or an anchor that is no row's."""
        self.entries.append(
            Entry(
                time_ns=time_ns,
                time=f"{(time_ns - self.origin_ns) / 1e9:+.3f}",
                what=what,
                lasts="" if lasts_ns is None else duration(lasts_ns, self.words),
                key=where if isinstance(where, str) else self.row(where),
                bad=bad,
            )
        )
