"""
A WebSocket entry of a HAR as items: the upgrade, its messages, its end.

What Chrome leaves out of its HAR it hides elsewhere in it. The status of a refused upgrade stands
in the text of an `error` row. A socket's end is its start plus its `time`, since every message
moves the time of the response and the end closes the entry; `timings.receive` is what lies between
the last message and the end, 0 while the socket is open.
"""

import base64
import hashlib
import re
from collections.abc import Iterator

from ..model.events import Item
from ..model.flow import Connection, EndCause
from ..model.http import field, fields, tokens
from ..model.recording import SocketFacts
from ..model.source import HarSource, Side
from ..model.websocket import SocketEnd, Upgrade
from . import har_http, har_json, har_rows, har_time
from .har_http import Head
from .har_json import Entry
from .har_messages import Messages
from .har_producer import Producer

SIDES = frozenset(side.value for side in Side)

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""RFC 6455 section 1.3."""

PROTOCOL_NAME = re.compile(r"[\w.+-]{1,32}", re.ASCII)
"""A subprotocol; longer ones, or ones of other letters, carry credentials."""


def is_socket(entry: Entry, head: Head) -> bool:
    """Whether an entry is a WebSocket, whether or not its messages are there."""
    return (
        har_json.is_list(entry.messages)
        or har_json.text(entry.resource_type) == "websocket"
        or head.url[:6].lower().startswith(("ws://", "wss://"))
        or "websocket" in tokens(head.request_headers, "upgrade")
        or (head.status == 101 and "websocket" in tokens(head.response_headers, "upgrade"))
    )


class Socket:
    """
    One WebSocket entry.

    Attributes:
        said: What its rows say, as far as `items` has been read.
        facts: For the recording, likewise.
    """

    def __init__(
        self, entry: Entry, head: Head, producer: Producer, messages: memoryview | None
    ) -> None:
        """Take an entry; `messages` is the array of its rows, None if the HAR has none."""
        self.said = Messages(head.source)
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
            messages=None if self._messages is None else self.said.rows,
            source=self._head.source,
        )

    def items(self) -> Iterator[list[Item]]:
        """Upgrade, messages and oddities in order, end, connection; in batches."""
        upgraded = False
        for batch in har_rows.batches(self._messages or memoryview(b"")):
            items = self.said.items(batch)
            if not upgraded:
                items[:0] = self._upgrade()
                upgraded = True
            limit = self.said.gives_up()
            if limit is not None:
                yield [*items, limit]
                break
            yield items
        last = [] if upgraded else self._upgrade()
        yield [*last, *self._end()]

    def _upgrade(self) -> list[Item]:
        """The handshake; nothing where a capture began behind it, as our own export says."""
        if self._producer.ours and not self._head.method:
            return []
        return [self._handshake()]

    def _handshake(self) -> Upgrade:
        head = self._head
        accepted = self._accepted
        exchange = har_http.handshake(head, "" if accepted else self.said.error or head.error)
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
        if head.status == 101 or self.said.messages:
            return True
        chosen = field(head.response_headers, "sec-websocket-protocol")
        return 200 <= head.status <= 299 and chosen is not None

    def _end(self) -> list[Item]:
        head, source = self._head, self._head.source
        time_ns, is_open, code, reason = self._closing()
        by = har_json.text(har_json.struct(self._entry.close, har_json.Close).by)
        end_source = HarSource(source.capture, source.entry, None, time_ns)
        end = SocketEnd(
            time_ns=time_ns,
            open_at_export=is_open,
            code=code,
            reason=reason,
            by=Side(by) if by in SIDES else None,
            error=(self.said.error or head.error or None) if self._accepted else None,
            recorded=self._messages is not None,
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
        if self.said.code is not None:
            return self.said.last_ns, False, self.said.code, self.said.reason
        if not self._accepted:
            failed = bool(self.said.errors or head.error or head.status)
            return self.said.last_ns or head.end_ns, False if failed else None, None, None
        # Only DevTools write a priority; without a `creator` it tells whose file this was.
        unnamed = not self._producer.name and entry.priority is not har_json.NONE
        if not (self._producer.devtools or unnamed):
            return None, None, None, None
        timings = har_json.struct(entry.timings, har_json.Timings)
        receive = har_json.number(timings.receive)
        # A socket whose last rows are missing (a cut entry) has no `time` either.
        # HAR 1.2 section 4.2.11 writes -1 for what does not apply.
        known = receive is not None and receive != -1 and head.end_ns is not None
        is_open = receive <= 0 if known and receive is not None else None
        return head.end_ns, is_open, None, None
