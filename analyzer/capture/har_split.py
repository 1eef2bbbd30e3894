"""
Cut a HAR into its entries, one at a time, without reading the file as a whole.

A JSON string holds no raw newline and no bare quotation mark. So in an indented file a newline,
the indentation of the entry and `}` end an entry, which `bytes.find` sees at memory speed; all
369 indented files of a collection of 674 real ones split so. Elsewhere, and wherever such a guess
does not decode, msgspec's scanner tells where the entry ends. What neither can read is damage:
whatever stands before and behind it is still read.
"""

import codecs
import mmap
import re
from collections.abc import Iterator

from msgspec import Struct

from ..model.anomaly import AnomalyCode
from ..model.limits import HAR_ENTRIES
from . import har_json
from .defects import Defects
from .har_json import Entry
from .har_salvage import salvage

Octets = bytes | mmap.mmap
"""The whole file, UTF-8."""

ENTRIES = re.compile(rb'"entries"\s*:\s*\[')
"""Only ever a key: within a string its quotation marks would be escaped."""

LOG = re.compile(rb'\s*(?:[\w.$]{1,64}\(\s*)?\{\s*"log"\s*:\s*\{')
"""How a HAR begins, a JSONP call around it or not."""

REQUEST = re.compile(rb'"request"\s*:\s*\{')

RESPONSE = re.compile(rb'"(?:response"\s*:\s*\{|startedDateTime"\s*:)')

TEXT_OCTETS = 1 << 10

BETWEEN = re.compile(rb"[\s,\x00]*")

FIRST_KEYS = (
    rb"startedDateTime|pageref|request|serverIPAddress|cache|_initiator|_connectionId|_fromCache"
    rb"|_priority|_frameref|_requestref"
)
"""Keys that entries begin with, by producers seen."""

BOUNDARY = re.compile(rb'\}\s*,\s*(?=\{\s*"(?:' + FIRST_KEYS + rb')"\s*:)')
"""The end of an entry and the beginning of the next, whatever stands in the entry."""

LONE = re.compile(rb'\{\s*"(?:' + FIRST_KEYS + rb'|time)"\s*:')
"""Where an entry begins in a file without `entries`."""

INDENTATION = 64
"""Columns that an entry may be indented by."""

RETRIES = 4
"""Times the length of the file that may be read in vain at damage before the rest is given up."""

RETRIED_OCTETS = 1 << 20
"""And so much more, for the sake of small files."""

ODD_ENTRIES = 20_000
"""Entries that need mending, or cannot be read, before the rest is given up."""

MENDED_OCTETS = 4 << 20
"""A longer damaged entry is not parsed as a whole; its messages are, one by one."""

RELEASE_OCTETS = 8 << 20
"""Mapped pages are let go whenever so much has been read."""


class Piece(Struct):
    """
    An entry.

    Attributes:
        index: In `log.entries`, 0-based.
        begin: Its first octet in the file.
        entry: Its fields.
        cut: It is not whole: the file ends in it, or it is damaged.
    """

    index: int
    begin: int
    entry: Entry
    cut: bool = False


class Splitter:
    """
    The entries of a HAR.

    Attributes:
        first: Where the first entry is looked for; what stands before it is the head.
        last: Behind the last entry read so far.
        skipped: Entries that could not be read.
    """

    def __init__(self, data: Octets, defects: Defects) -> None:
        """Take the whole file; oddities go to `defects`."""
        self.first = _first(data)
        self.last = self.first
        self.skipped = 0
        self._data = data
        self._view = memoryview(data)
        self._defects = defects
        self._indented = True
        self._cut = False
        self._odd = 0
        self._wasted = 0
        self._released = 0
        self._index = 0

    def pieces(self) -> Iterator[Piece]:
        """Every entry, in order; damaged ones as far as they can be read."""
        size = len(self._data)
        while True:
            begin = _behind(BETWEEN, self._data, self.last)
            if begin >= size:
                self._end()
                return
            if self._data[begin : begin + 1] == b"]":
                # A second document, or a second log, may stand behind the first.
                more = ENTRIES.search(self._data, begin)
                if more is None:
                    return
                self.last = more.end()
                continue
            limit = self._limit()
            if limit is not None:
                name, value = limit
                rest = size - begin
                self._defects.add(AnomalyCode.LIMIT, rest, limit=name, value=value, offset=begin)
                return
            piece = self._piece(begin)
            if piece is not None:
                yield piece
            self._index += 1
            self._release()

    def _piece(self, begin: int) -> Piece | None:
        end = self._guess(begin)
        if end is not None:
            entry = har_json.entry(self._view[begin:end])
            if entry is not None:
                self.last = end
                return Piece(self._index, begin, entry)
        length, read = har_json.end_of_value(self._view[begin:])
        if length is not None:
            entry = har_json.entry(self._view[begin : begin + length])
            if entry is not None:
                self.last = begin + length
                self._indented = self._indented and end is None
                return Piece(self._index, begin, entry)
            end = begin + length
        else:
            self._wasted += read
            end = self._damage_ends(begin, end)
        return self._damaged(begin, end)

    def _guess(self, begin: int) -> int | None:
        """Where the entry ends if the file is indented; None if it is not."""
        if not self._indented:
            return None
        newline = self._data.rfind(b"\n", max(self.first - 1, begin - INDENTATION, 0), begin)
        margin = self._data[newline:begin]
        if newline < 0 or margin.strip():
            return None
        found = self._data.find(margin + b"}", begin)
        # One guess in vain is enough: a file is indented throughout or not at all.
        self._indented = found >= 0
        return found + len(margin) + 1 if self._indented else None

    def _damage_ends(self, begin: int, guess: int | None) -> int:
        """Where an entry ends that is no JSON: before the next one, or where indentation says."""
        end = len(self._data) if guess is None else guess
        if self._data[begin : begin + 1] != b"{":
            lone = LONE.search(self._data, begin)
            return end if lone is None else lone.start()
        boundary = BOUNDARY.search(self._data, begin, end)
        return end if boundary is None else boundary.start() + 1

    def _damaged(self, begin: int, end: int) -> Piece | None:
        """Read an entry that is no JSON: by a parser that takes more, or up to where it breaks."""
        self.last = end
        self._odd += 1
        octets = self._view[begin:end]
        clean = har_json.mended(octets) if len(octets) <= MENDED_OCTETS else None
        if clean is not None:
            saved = har_json.entry(clean)
        else:
            saved = salvage(octets)
            self._cut = end == len(self._data)
            code = AnomalyCode.TRUNCATED if self._cut else AnomalyCode.DAMAGED
            self._defects.add(code, end - begin, entry=self._index, offset=begin)
        if saved is None:
            self.skipped += 1
            skipped = AnomalyCode.HAR_ENTRY_SKIPPED
            self._defects.add(skipped, end - begin, entry=self._index, offset=begin)
            return None
        return Piece(self._index, begin, saved, cut=clean is None)

    def _end(self) -> None:
        """The file has ended without an end of the list."""
        if self._cut:
            return  # Its last entry has said so.
        listed = self._data[self.first - 1 : self.first] == b"["
        # Without a list of entries there is a lone one, or a log of none: that may be whole.
        if listed or (not self._index and har_json.end_of_value(self._view)[0] is None):
            size = len(self._data)
            self._defects.add(AnomalyCode.TRUNCATED, entry=self._index, offset=size)

    def _limit(self) -> tuple[str, int] | None:
        """Name and value of the limit at which reading ends; None if none is reached."""
        if self._index >= HAR_ENTRIES:
            return "HAR_ENTRIES", HAR_ENTRIES
        if self._odd >= ODD_ENTRIES:
            return "ODD_ENTRIES", ODD_ENTRIES
        if self._wasted > RETRIES * len(self._data) + RETRIED_OCTETS:
            return "RETRIES", RETRIES
        return None

    def _release(self) -> None:
        """Let go of mapped pages that have been read; they come back from the file if asked for."""
        done = self.last // RELEASE_OCTETS * RELEASE_OCTETS
        if isinstance(self._data, mmap.mmap) and done > self._released:
            self._data.madvise(mmap.MADV_DONTNEED, self._released, done - self._released)
            self._released = done


def is_har(data: Octets) -> bool:
    """Whether a file is a HAR, or enough of one to read."""
    if b"\0" in data[:TEXT_OCTETS].rstrip(b"\0"):
        return False
    found = ENTRIES.search(data)
    if found is None:
        beginning = data[:TEXT_OCTETS].removeprefix(codecs.BOM_UTF8)
        return _first(data) < len(data) or LOG.match(beginning) is not None
    begin = _behind(BETWEEN, data, found.end())
    if data[begin : begin + 1] != b"{":
        return data[begin : begin + 1] in (b"]", b"")
    # Other JSON has entries, too. What entries of a HAR have is seldom cut off.
    return REQUEST.search(data, begin) is not None or RESPONSE.search(data, begin) is not None


def _first(data: Octets) -> int:
    entries = ENTRIES.search(data)
    if entries is not None:
        return entries.end()
    lone = LONE.search(data)
    # Pages begin as entries do, but ask for nothing.
    if lone is None or REQUEST.search(data, lone.start()) is None:
        return len(data)
    return lone.start()


def _behind(pattern: re.Pattern[bytes], data: Octets, position: int) -> int:
    match = pattern.match(data, position)
    return position if match is None else match.end()
