"""A HAR entry by entry with all of its fields, to be written again: as read, not as understood."""

import base64
from collections.abc import Iterator
from functools import partial
from typing import Final

from msgspec import Raw
from msgspec.structs import fields as fields_of

from ..model.har import Tree, Whole
from ..model.limits import XML_OCTETS
from . import har_http, har_json, har_rows
from .defects import Defects
from .har import HarReader, is_told
from .har_json import Body, Entry
from .har_salvage import MESSAGES, closed
from .har_socket import is_socket
from .har_split import Piece, Splitter

MESSAGES_FIELD: Final = "_webSocketMessages"

FRAME_OCTETS = 16 << 20
"""Octets looked at before and behind the entries: creator, browser, pages."""

ROWS_OCTETS = 1 << 20
"""A longer list of messages is never decoded as a whole."""

ATTACHED_OCTETS = 1 << 20
"""A longer file beside the HAR stays out of it, unless an analysis reads it."""


class HarWhole:
    """
    The entries of a HAR, and what stands around them.

    Attributes:
        skipped: Entries of which nothing could be read, so far.
        damaged: Entries of which but a part could be read, so far.
    """

    def __init__(self, reader: HarReader) -> None:
        """Take the recording that a reader was opened on; the reader itself is left alone."""
        self._data = reader.data
        self._attached = reader.attached
        self._splitter = Splitter(self._data, Defects())
        self.skipped = 0
        self.damaged = 0

    def entries(self) -> Iterator[Whole]:
        """Every entry, in order; each keeps its index, also behind one that cannot be read."""
        expected = 0
        for piece in self._splitter.pieces():
            for index in range(expected, piece.index):
                self.skipped += 1
                yield Whole(index=index, fields=None, whole=False)
            expected = piece.index + 1
            self.damaged += piece.cut
            yield self._whole(piece)
        # Behind the last that can be read nobody needs a place kept.
        self.skipped = self._splitter.skipped

    def frame(self) -> Tree:
        """
        The HAR with an empty list of entries, once they have been read.

        Where several HARs stand one behind the other, that of the first.
        """
        first, last = self._splitter.first, self._splitter.last
        head = bytes(self._data[max(0, first - FRAME_OCTETS) : first])
        tail = bytes(self._data[last : last + FRAME_OCTETS])
        # A call of JSONP may stand around it, a byte order mark before it.
        head = head[max(head.find(b"{"), 0) :]
        ending = tail[tail.find(b"]") :].strip(b" \t\r\n;\0") if b"]" in tail else b""
        for attempt in (head + ending, head + ending.removesuffix(b")"), closed(head)):
            frame = har_json.tree(attempt) or {}
            if isinstance(frame.get("log"), dict):
                return frame
            if frame.get("entries") == []:
                return {"log": frame}
        return {"log": {"entries": []}}

    def _whole(self, piece: Piece) -> Whole:
        entry = piece.entry
        head = har_http.head(entry, 0, piece.index)
        messages = memoryview(entry.messages) if har_json.is_list(entry.messages) else None
        octets = memoryview(self._data)[piece.begin : self._splitter.last]
        fields = None if piece.cut else _fields(octets, messages)
        if fields is None:
            fields = _known_fields(entry)
        told = is_told(head)
        if messages is None and is_socket(entry, head):
            messages = self._messages_beside(head.response.content, fields)
        elif messages is None:
            self._attach(head.request.body, fields, ("request", "postData"), told=told)
            self._attach(head.response.content, fields, ("response", "content"), told=told)
        if messages is None:
            return Whole(index=piece.index, fields=fields, told=told, whole=not piece.cut)
        fields[MESSAGES_FIELD] = None
        rows = partial(har_rows.trees, messages)
        return Whole(index=piece.index, fields=fields, rows=rows, whole=not piece.cut)

    def _messages_beside(self, content: Raw, fields: Tree) -> memoryview | None:
        """The rows of a socket that Playwright wrote into a file of their own."""
        file = har_json.text(har_json.struct(content, Body).file)
        messages = self._attached(file) if file.endswith(".jsonl") else None
        body = _inner(fields, ("response", "content"))
        if messages is not None and body is not None:
            body.pop("_file", None)
        return messages

    def _attach(self, raw: Raw, fields: Tree, path: tuple[str, str], *, told: bool) -> None:
        """Write into the HAR what stands in a file beside it."""
        known, body = har_json.struct(raw, Body), _inner(fields, path)
        if body is None or not (har_json.text(known.file) or har_json.text(known.digest)):
            return
        octets = har_http.body_octets(raw, self._attached)
        if octets is None or len(octets) > (XML_OCTETS if told else ATTACHED_OCTETS):
            return
        for name in ("_file", "_sha1", "encoding"):
            body.pop(name, None)
        try:
            body["text"] = bytes(octets).decode()
        except UnicodeDecodeError:
            body["text"] = base64.b64encode(octets).decode()
            body["encoding"] = "base64"


def _fields(octets: memoryview, messages: memoryview | None) -> Tree | None:
    """All fields of an entry; a long list of messages is left out."""
    if messages is not None and len(messages) > ROWS_OCTETS:
        for found in MESSAGES.finditer(octets):
            length, _ = har_json.end_of_value(octets[found.end() :])
            if length == len(messages):
                rest = octets[found.end() + length :]
                return har_json.tree(bytes(octets[: found.end()]) + b"null" + bytes(rest))
    return har_json.tree(octets)


def _known_fields(entry: Entry) -> Tree:
    """The fields that an analysis reads, of an entry that is damaged."""
    fields: Tree = {}
    for field in fields_of(Entry):
        raw = getattr(entry, field.name)
        if raw is not har_json.NONE and field.name != "messages":
            octets = bytes(raw)
            value = har_json.tree(b'{"":' + octets + b"}")
            fields[field.encode_name] = None if value is None else value.get("")
    return fields


def _inner(fields: Tree, path: tuple[str, str]) -> Tree | None:
    outer = fields.get(path[0])
    inner = outer.get(path[1]) if isinstance(outer, dict) else None
    return inner if isinstance(inner, dict) else None
