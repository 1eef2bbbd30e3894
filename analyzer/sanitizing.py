"""
The other staircase: a HAR in, a HAR out that holds no secret.

    file → entries as they stand → collected → entries without secrets → file

It goes twice through the file: a secret that shows itself late must not stand earlier. At no time
there is more of it in memory than one entry, and of that only a part of its messages.
"""

from collections import deque
from collections.abc import Iterator
from typing import Any

from .capture.case import Case
from .capture.har import HarReader
from .capture.har_whole import HarWhole
from .model.errors import UsageError
from .model.har import Tree, Whole
from .model.report import Report
from .pipeline import Input
from .report.har import shape as har_shape
from .report.har.redaction import ROWS, HarRedaction
from .report.har.written import written
from .report.language.texts import say
from .report.language.words import words
from .report.redaction.eraser import Eraser
from .report.redaction.redact import Redaction
from .version import __version__


class Sanitizer:
    """
    Takes the secrets out of one HAR.

    Attributes:
        people: People, numbers and call data are taken out, too.
        taken: How many of which kind were taken out, once all has been written.
        emptied: Bodies that were emptied, likewise.
        entries: Entries written, likewise.
        skipped: Entries that could not be read, likewise.
        damaged: Entries of which but a part could be read, likewise.
    """

    def __init__(self, source: Input, report: Report, redaction: Redaction) -> None:
        """
        Begin with what an analysis found.

        Args:
            source: The HAR, in whatever it is wrapped; read to its end once, if it is a stream.
            report: Of `analyze` on the same HAR alone.
            redaction: How much is taken out.

        Raises:
            UsageError: Nothing was to be taken out.
        """
        if redaction is Redaction.NONE:
            raise UsageError("a HAR with its secrets is the one there is already")
        self._source = source
        self.people = redaction is Redaction.ALL
        self._words = words("en")  # a HAR is read by machines, too
        eraser = Eraser([report], people=self.people)
        self._redaction = HarRedaction(eraser, self._words["redacting.body"])
        self._counts = eraser.counts
        self.taken: dict[str, int] = {}
        self.emptied = self.entries = self.skipped = self.damaged = 0

    def pieces(self) -> Iterator[str]:
        """
        The HAR without its secrets, piece by piece.

        Raises:
            CaptureError: It cannot be read.
        """
        with Case() as case:
            case.add(self._source)
            for _, opened in case.captures():
                if isinstance(opened.reader, HarReader):
                    yield from self._written(opened.reader)

    def _written(self, reader: HarReader) -> Iterator[str]:
        har = HarWhole(reader)
        for whole in har.entries():
            fields = self._entry(whole)
            if whole.rows is not None:
                deque(fields[ROWS], 0)  # messages are looked at as they are read
        self.skipped, self.damaged = har.skipped, har.damaged
        frame = har.frame()
        self._redaction.frame(frame)
        self._redaction.begin()
        outer = self._redaction.frame(frame)
        log = har_shape.log(outer["log"])
        said = log.pop("comment", None)
        log["entries"] = (self._entry(whole) for whole in HarWhole(reader).entries())
        log["comment"] = lambda: self._comment(said)
        yield from written({**outer, "log": log})
        yield "\n"

    def _entry(self, whole: Whole) -> Tree:
        self.entries += 1
        if whole.fields is None:
            return har_shape.unread(self._words["redacting.entry"])
        fields = har_shape.entry(self._redaction.entry(whole.fields, told=whole.told))
        if whole.rows is not None:
            fields[ROWS] = map(har_shape.row, self._redaction.rows(whole.rows()))
        return fields

    def _comment(self, said: Any) -> str:
        """What was taken out, once it is known."""
        self.taken = self._counts()
        self.emptied = self._redaction.emptied
        self.entries //= 2
        counted = [
            say(self._words, "redacting.counted", kind=kind, count=count)
            for kind, count in self.taken.items()
        ]
        if self.emptied:
            counted.append(say(self._words, "redacting.bodies", count=self.emptied))
        key = "redacting.comment_all" if self.people else "redacting.comment"
        taken = ", ".join(counted) or self._words["redacting.nothing"]
        ours = self._words[key].format(version=__version__, taken=taken)
        return f"{said} {ours}" if isinstance(said, str) and said else ours
