"""
A WebSocket entry of a HAR as items: the upgrade, its messages, its end.

What Chrome leaves out of its HAR it hides elsewhere in it. The status of a refused upgrade stands
in the text of an `error` row. A socket's end is its start plus its `time`, since every message
moves the time of the response and the end closes the entry; `timings.receive` is what lies between
the last message and the end, 0 while the socket is open.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator

from msgspec import Struct

from ..model.anomaly import Anomaly, AnomalyCode
from ..model.events import Item
from ..model.flow import Connection, EndCause
from ..model.http import field, fields, tokens
from ..model.limits import ANOMALIES_PER_CODE, MESSAGE_OCTETS
from ..model.recording import SocketFacts, TimeBase
from ..model.source import Direction, HarSource
from ..model.websocket import Message, MessageKind, Opcode, SocketEnd, Upgrade
from . import har_http, har_json, har_rows, har_time
from .har_http import Head
from .har_json import Entry, Row
from .har_producer import Producer

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""RFC 6455 section 1.3."""

PROTOCOL_NAME = re.compile(r"[\w.+-]{1,32}", re.ASCII)
"""A subprotocol; longer ones, or ones of other letters, carry credentials."""

DIRECTIONS = {
    "send": Direction.TO_SERVER,
    "sent": Direction.TO_SERVER,
    "request": Direction.TO_SERVER,
    "receive": Direction.TO_CLIENT,
    "received": Direction.TO_CLIENT,
    "response": Direction.TO_CLIENT,
}


def is_socket(entry: Entry, head: Head) -> bool:
    """Whether an entry is a WebSocket, whether or not its messages are there."""
    return (
        har_json.is_list(entry.messages)
        or har_json.text(entry.resource_type) == "websocket"
        or head.url[:5].lower() == "ws://"
        or head.url[:6].lower() == "wss://"
        or "websocket" in tokens(head.request_headers, "upgrade")
        or (head.status == 101 and "websocket" in tokens(head.response_headers, "upgrade"))
    )


class Rows(Struct):
    """
    What has been seen of a socket's rows.

    Attributes:
        clock: How their times count.
        count: Rows.
        messages: Rows that are messages.
        skipped: Rows that could not be read.
        error: Text of the last `error` row that has one.
        error_ns: Its time, or that of the last row of any kind without one.
        code: Close code of a close frame among the rows.
        reason: Its reason.
        last_ns: Time of the last row.
    """

    clock: har_time.Clock = har_time.Clock()
    count: int = 0
    messages: int = 0
    skipped: int = 0
    error: str = ""
    code: int | None = None
    reason: str | None = None
    last_ns: int | None = None


class Socket:
    """
    One WebSocket entry.

    Attributes:
        rows: What its rows said, once `items` has been read to its end.
        facts: For the recording, likewise.
    """

    def __init__(
        self, entry: Entry, head: Head, producer: Producer, messages: memoryview | None
    ) -> None:
        """Take an entry; `messages` is the array of its rows, None if the HAR has none."""
        self.rows = Rows()
        self._entry = entry
        self._head = head
        self._producer = producer
        self._messages = messages

    @property
    def facts(self) -> SocketFacts:
        """The entry as a fact of the recording."""
        return SocketFacts(
            entry=self._head.source.entry,
            url=self._head.url,
            status=self._head.status,
            messages=None if self._messages is None else self.rows.count,
            source=self._head.source,
        )

    def items(self) -> Iterator[list[Item]]:
        """Upgrade, messages and oddities in order, end, connection; in batches."""
        upgraded = False
        batches = har_rows.batches(self._messages or memoryview(b""))
        for batch in batches:
            if not upgraded:
                self._set_clock(batch.rows)
            items = self._batch(batch)
            if not upgraded:
                items.insert(0, self._upgrade())
                upgraded = True
            yield items
        last: list[Item] = [] if upgraded else [self._upgrade()]
        yield [*last, *self._end()]

    def _set_clock(self, rows: list[Row | None]) -> None:
        said = [row for row in rows if row is not None]
        said.sort(key=lambda row: row.type not in DIRECTIONS)
        times = (har_json.finite(row.time) for row in said)
        self.rows.clock = har_time.clock(times, self._head.source.time_ns)

    def _batch(self, batch: har_rows.Batch) -> list[Item]:
        items: list[Item] = []
        for index, row in enumerate(batch.rows, batch.first):
            item = self._row(index, row)
            if item is not None:
                items.append(item)
        self.rows.count += len(batch.rows)
        return items

    def _row(self, index: int, row: Row | None) -> Item | None:
        if row is None:
            return self._skipped(index, "json")
        capture, entry = self._head.source.capture, self._head.source.entry
        time_ns = self.rows.clock.ns(har_json.finite(row.time))
        self.rows.last_ns = time_ns or self.rows.last_ns
        if row.type == "error":
            self.rows.error = row.data or self.rows.error
            return None
        direction = DIRECTIONS.get(row.type or "")
        if direction is None or row.data is None:
            return self._skipped(index, "type" if direction is None else "data")
        opcode = har_json.finite(row.opcode)
        source = HarSource(capture, entry, index, time_ns)
        if opcode is None or opcode == Opcode.TEXT:
            kind, payload = MessageKind.TEXT, row.data.encode()
        else:
            try:
                kind, payload = MessageKind.BINARY, base64.b64decode(row.data)
            except (binascii.Error, ValueError):
                return self._skipped(index, "base64")
            if opcode >= Opcode.CLOSE:
                self._control(opcode, payload)
                return None
        self.rows.messages += 1
        return Message(
            direction=direction,
            kind=kind,
            payload=payload[:MESSAGE_OCTETS],
            complete=len(payload) <= MESSAGE_OCTETS,
            source=source,
        )

    def _control(self, opcode: float, payload: bytes) -> None:
        """Only what closes is kept: a HAR's control frames lack what makes them evidence."""
        if opcode == Opcode.CLOSE and self.rows.code is None and len(payload) >= 2:
            self.rows.code = int.from_bytes(payload[:2], "big")
            self.rows.reason = payload[2:].decode("utf-8", "replace")

    def _skipped(self, index: int, why: str) -> Item | None:
        self.rows.skipped += 1
        if self.rows.skipped > ANOMALIES_PER_CODE:
            return None
        source = self._head.source
        return Anomaly(
            code=AnomalyCode.HAR_MESSAGE_SKIPPED,
            values={"message": index, "reason": why},
            source=HarSource(source.capture, source.entry, index, None),
        )

    def _upgrade(self) -> Upgrade:
        head = self._head
        accepted = self._accepted
        exchange = har_http.handshake(head, "" if accepted else self.rows.error or head.error)
        key = field(head.request_headers, "sec-websocket-key")
        accept = field(head.response_headers, "sec-websocket-accept")
        valid = None
        if key is not None and accept is not None:
            digest = hashlib.sha1(key.encode("utf-8", "replace") + GUID)  # noqa: S324 - RFC 6455
            valid = base64.b64encode(digest.digest()) == accept.encode("utf-8", "replace")
        offered = ",".join(fields(head.request_headers, "sec-websocket-protocol")).split(",")
        return Upgrade(
            exchange=exchange,
            accepted=accepted,
            accept_valid=valid,
            subprotocol=field(head.response_headers, "sec-websocket-protocol"),
            offered=tuple(n for n in map(str.strip, offered) if PROTOCOL_NAME.fullmatch(n)),
            extensions=field(head.response_headers, "sec-websocket-extensions"),
            time_ns=head.source.time_ns,
        )

    @property
    def _accepted(self) -> bool:
        """
        Whether the server switched to WebSocket.

        Over HTTP/2 it answers 200 (RFC 8441 section 5), as a server does that knows nothing of
        WebSocket: only what was said then, or the subprotocol, tells them apart.
        """
        head = self._head
        if head.status == 101 or self.rows.messages:
            return True
        chosen = field(head.response_headers, "sec-websocket-protocol")
        return 200 <= head.status <= 299 and chosen is not None

    def _end(self) -> list[Item]:
        head, source = self._head, self._head.source
        time_ns, is_open, code, reason = self._closing()
        end_source = HarSource(source.capture, source.entry, None, time_ns)
        end = SocketEnd(
            time_ns=time_ns,
            open_at_export=is_open,
            code=code,
            reason=reason,
            error=(self.rows.error or head.error or None) if self._accepted else None,
            source=end_source,
        )
        causes = {True: EndCause.CAPTURE_END, False: EndCause.CLOSED, None: EndCause.UNKNOWN}
        connection = Connection(
            capture=source.capture,
            number=source.entry,
            server=har_http.endpoint(head.url, har_json.text(self._entry.address)),
            opened_ns=source.time_ns,
            closed_ns=time_ns,
            ended_by=causes[is_open],
            end_source=end_source,
            opened_source=source,
        )
        return [end, connection]

    def _closing(self) -> tuple[int | None, bool | None, int | None, str | None]:
        """When the socket closed, whether it was still open, close code and reason."""
        entry, head = self._entry, self._head
        if bytes(entry.close) not in (b"", b"null"):
            close = har_json.struct(entry.close, har_json.Close)
            code = har_json.number(close.code)
            return (
                har_time.close_ns(har_json.number(close.timestamp)),
                False,
                None if code is None else int(code),
                har_json.text(close.reason) or None,
            )
        if self.rows.code is not None:
            return self.rows.last_ns, False, self.rows.code, self.rows.reason
        if not self._accepted:
            failed = bool(self.rows.error or head.error or head.status)
            return self.rows.last_ns or head.end_ns, False if failed else None, None, None
        if not self._producer.devtools:
            return None, None, None, None
        timings = har_json.struct(entry.timings, har_json.Timings)
        receive = har_json.number(timings.receive)
        # A socket whose last rows are missing (a cut entry) has no `time` either.
        is_open = None if receive is None or head.end_ns is None else receive <= 0
        return head.end_ns, is_open, None, None


def time_base(socket: Socket) -> TimeBase:
    """What the times of a socket's messages count."""
    return socket.rows.clock.base
