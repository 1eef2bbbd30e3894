"""All drawings of a report's sessions."""

from collections.abc import Sequence

from msgspec import Struct

from ...model.limits import REPORT_FINDINGS
from ...model.report import Report
from ...model.session import Session
from ..language.words import Words
from ..view.findings import Findings
from ..view.timeline import Row, Timelines
from .alignment import Alignment, alignment
from .chart_parts import Chart
from .charts import charts
from .flags import flagged
from .ladder import Ladder, ladder
from .lanes import scene
from .login_chart import Login, login


class Drawn(Struct, frozen=True, kw_only=True):
    """
    The drawings of a session.

    Attributes:
        ladder: Who said what.
        charts: The timeline, and perhaps its end.
        login: Its steps; None where too few have times.
        alignment: The recordings that hold it; None where that is one.
    """

    ladder: Ladder
    charts: tuple[Chart, ...]
    login: Login | None
    alignment: Alignment | None

    @property
    def keys(self) -> set[str]:
        """Anchors that the drawings lead to: the rows of the table among them must be there."""
        told = (entry.key for one in self.charts for entry in one.entries)
        spots = (spot.key for one in self.charts for track in one.tracks for spot in track.spots)
        bars = () if self.login is None else (bar.key for bar in self.login.bars)
        lines = (line.key for line in self.ladder.lines)
        return {key for key in (*lines, *told, *spots, *bars) if key}


class Drawings:
    """Draws any session of a report."""

    def __init__(self, report: Report, words: Words, timelines: Timelines) -> None:
        """
        Prepare what all sessions share.

        Args:
            report: Without secrets.
            words: The language.
            timelines: Of the same report; the rows of a session are made before it is drawn.
        """
        self._report, self._words, self._timelines = report, words, timelines
        findings = Findings(report, words)
        self._root, self._others = findings.root(), findings.others(REPORT_FINDINGS)

    def of(self, session: Session, rows: Sequence[Row]) -> Drawn:
        """The drawings of a session, whose rows these are."""
        report, words, anchors = self._report, self._words, self._timelines.anchors
        found = flagged(session, report, self._root, self._others)
        return Drawn(
            ladder=ladder(rows, words, scene(session, report, words, anchors)),
            charts=charts(session, words, anchors, found),
            login=login(session, words, anchors),
            alignment=alignment(session, report.recordings, words, anchors),
        )
