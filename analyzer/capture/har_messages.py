"""Rows of `_webSocketMessages` as messages, and what the other rows tell of the socket."""

import base64
import binascii

from msgspec import Struct

from ..model.anomaly import Anomaly, AnomalyCode
from ..model.events import Item
from ..model.flow import Gap, GapReason
from ..model.limits import ANOMALIES_PER_CODE, MESSAGE_OCTETS
from ..model.source import Direction, HarSource
from ..model.websocket import Message, MessageKind, Opcode
from . import har_json, har_time
from .har_json import Row
from .har_rows import Batch

SKIPPED_ROWS = 10_000
"""Rows of one socket that cannot be read before the rest is given up."""

DIRECTIONS = {"send": Direction.TO_SERVER, "receive": Direction.TO_CLIENT}

MISSING = {"send missing": Direction.TO_SERVER, "receive missing": Direction.TO_CLIENT}
"""Types of rows that stand for a hole in our own export of a capture; Chrome passes over them."""

REASONS = {reason.value: reason for reason in GapReason}


class Messages(Struct):
    """
    One socket's rows, and what has been seen of them.

    Attributes:
        source: The entry.
        clock: How the rows' times count.
        rows: Rows seen.
        messages: Those that are messages.
        skipped: Those that cannot be read.
        errors: `error` rows.
        error: Text of the last `error` row that has one.
        code: Close code, where the producer writes Close frames.
        reason: Its reason.
        last_ns: Time of the last row that has one.
    """

    source: HarSource
    clock: har_time.Clock = har_time.Clock()
    rows: int = 0
    messages: int = 0
    skipped: int = 0
    errors: int = 0
    error: str = ""
    code: int | None = None
    reason: str | None = None
    last_ns: int | None = None

    def items(self, batch: Batch) -> list[Item]:
        """The messages of a batch, in order, and its oddities."""
        if not self.rows:
            self._set_clock(batch)
        self.rows += len(batch.rows)
        capture, entry = self.source.capture, self.source.entry
        ns, text = self.clock.ns, MessageKind.TEXT
        items: list[Item] = []
        for index, row in enumerate(batch.rows, batch.first):
            if row is None:
                self._skip(items, index, "json")
                continue
            time_ns = ns(row.time)
            if time_ns is not None:
                self.last_ns = time_ns
            source = HarSource(capture, entry, index, time_ns)
            # The usual row is made here: there are a hundred thousand of them.
            if row.opcode == 1 and row.data is not None and row.type in DIRECTIONS and not row.cut:
                payload = row.data.encode()
                if len(payload) <= MESSAGE_OCTETS:
                    direction = DIRECTIONS[row.type]
                    items.append(
                        Message(direction=direction, kind=text, payload=payload, source=source)
                    )
                    self.messages += 1
                    continue
            self._unusual(items, row, source)
        return items

    def gives_up(self) -> Anomaly | None:
        """Says so once too many rows could not be read."""
        if self.skipped < SKIPPED_ROWS:
            return None
        return Anomaly(
            code=AnomalyCode.LIMIT,
            values={"limit": "SKIPPED_ROWS", "value": SKIPPED_ROWS},
            source=self.source,
        )

    def _set_clock(self, batch: Batch) -> None:
        """Let a message tell how times count; Chrome may count otherwise in an `error` row."""
        rows = [row for row in batch.rows if row is not None]
        rows.sort(key=lambda row: row.type not in DIRECTIONS)
        self.clock = har_time.clock((row.time for row in rows), self.source.time_ns)

    def _unusual(self, items: list[Item], row: Row, source: HarSource) -> None:
        index = source.message or 0
        if row.type == "error":
            self.errors += 1
            self.error = row.data or self.error
            return
        if row.type in MISSING:
            items.append(_gap(row, MISSING[row.type], source))
            return
        direction = DIRECTIONS.get(row.type or "")
        if direction is None or row.data is None:
            self._skip(items, index, "type" if direction is None else "data")
            return
        opcode = har_json.finite(row.opcode)
        kind, payload = MessageKind.TEXT, row.data.encode()
        if opcode not in (None, Opcode.TEXT):
            try:
                kind, payload = MessageKind.BINARY, base64.b64decode(payload, validate=True)
            except binascii.Error:
                self._skip(items, index, "base64")
                return
        if opcode is not None and opcode >= Opcode.CLOSE:
            self._control(opcode, payload)
            return
        self.messages += 1
        items.append(
            Message(
                direction=direction,
                kind=kind,
                payload=payload[:MESSAGE_OCTETS],
                complete=len(payload) <= MESSAGE_OCTETS and not row.cut,
                source=source,
            )
        )

    def _control(self, opcode: float, payload: bytes) -> None:
        """Only what closes is kept: a HAR's control frames lack what makes them evidence."""
        if opcode == Opcode.CLOSE and self.code is None and len(payload) >= 2:
            self.code = int.from_bytes(payload[:2], "big")
            self.reason = payload[2:].decode("utf-8", "replace")

    def _skip(self, items: list[Item], index: int, why: str) -> None:
        self.skipped += 1
        if self.skipped > ANOMALIES_PER_CODE:
            return
        items.append(
            Anomaly(
                code=AnomalyCode.HAR_MESSAGE_SKIPPED,
                values={"message": index, "reason": why},
                source=HarSource(self.source.capture, self.source.entry, index, None),
            )
        )


def _gap(row: Row, direction: Direction, source: HarSource) -> Gap:
    reason = REASONS.get(row.missing or "", GapReason.LOST)
    return Gap(direction, 0, row.octets, reason, source)
