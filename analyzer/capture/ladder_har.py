"""A ladder as a HAR gives it: upgrades, messages and ends, no frames and no packets."""

from collections.abc import Iterator
from itertools import islice
from urllib.parse import urlsplit

from ..model.events import Item
from ..model.flow import Connection, EndCause
from ..model.http import Exchange, Request, Response, field, tokens
from ..model.limits import LADDER_PACKETS
from ..model.recording import HarFacts, SocketFacts, TimeBase
from ..model.session import Carrier
from ..model.source import Direction, HarSource
from ..model.websocket import Message, MessageKind, SocketEnd, Upgrade
from . import ladder_wire
from .har_http import endpoint
from .ladder_bosh import Post, posts
from .ladder_lines import Line
from .ladder_text import Conversation, Script, Start

ANSWER_NS = 20_000_000
"""From a request to its response."""

_REFUSED = "Error during WebSocket handshake: Unexpected response code: "
_UNREACHED = {
    "refused": "Error in connection establishment: net::ERR_CONNECTION_REFUSED",
    "silent": "Error in connection establishment: net::ERR_CONNECTION_TIMED_OUT",
}
"""What Chrome writes where there is no connection."""

_NOT_THERE = frozenset({Start.REFUSED, Start.UNREACHED})
_ENDS = frozenset({"fin", "rst", "close"})


class HarLadder:
    """
    A ladder as the entries of a HAR.

    Attributes:
        is_cut: It holds more than is delivered.
    """

    def __init__(self, script: Script, capture: int, origin_ns: int, producer: HarFacts) -> None:
        """
        Take a ladder.

        Args:
            script: The ladder.
            capture: Index of the input.
            origin_ns: Its second 0, nanoseconds since 1970.
            producer: Says what its producer writes.
        """
        self._producer = producer
        self._capture = capture
        self._origin_ns = origin_ns
        # A socket that was there before the recording gets no entry.
        entries = (
            entry
            for talk in script.conversations
            if talk.carrier is Carrier.BOSH or talk.start is not Start.LATE
            for entry in _entries(talk)
        )
        self._entries = [*islice(entries, LADDER_PACKETS)]
        self.is_cut = next(entries, None) is not None

    def facts(self) -> HarFacts:
        """Of the file; Chrome wrote it, if nothing else is said."""
        sockets = tuple(
            SocketFacts(
                entry=entry,
                url=talk.url,
                # Chrome keeps no status of a refused upgrade but in the text of an error.
                status=0 if talk.start in _NOT_THERE else 101,
                messages=len(list(self._messages(entry, talk)))
                if self._producer.records_messages
                else None,
                source=self._source(entry, talk.first_ns),
            )
            for entry, (talk, post) in enumerate(self._entries)
            if post is None and talk.start is not Start.HTTP
        )
        first = min((talk.first_ns for talk, _ in self._entries), default=None)
        last = max((talk.last_ns for talk, _ in self._entries), default=None)
        return HarFacts(
            producer="WebInspector 537.36",
            browser="Chrome",
            entries=len(self._entries),
            sockets=sockets,
            time_base=TimeBase.SECONDS if sockets else TimeBase.NONE,
            first_ns=None if first is None else self._origin_ns + first,
            last_ns=None if last is None else self._origin_ns + last,
        )

    def items(self) -> Iterator[tuple[int, list[Item]]]:
        """Index of an entry with all its items."""
        for entry, (talk, post) in enumerate(self._entries):
            if post is not None:
                yield entry, self._post(entry, talk, post)
            elif talk.start is Start.HTTP:
                call = self._call(entry, talk)
                yield entry, [call, self._connection(entry, talk, talk.last_ns, EndCause.UNKNOWN)]
            else:
                yield entry, self._socket(entry, talk)

    def _source(self, entry: int, time_ns: int, message: int | None = None) -> HarSource:
        return HarSource(self._capture, entry, message, self._origin_ns + time_ns)

    def _call(self, entry: int, talk: Conversation) -> Exchange:
        line = talk.lines[0]
        method, path, status = line.words
        parts = urlsplit(talk.url)
        sent, got = ladder_wire.call_fields(talk, line)
        request = Request(
            method=method,
            url=f"{'https' if parts.scheme == 'wss' else 'http'}://{parts.netloc}{path}",
            version="HTTP/1.1",
            headers=sent,
            source=self._source(entry, line.time_ns),
        )
        body = line.text.encode()
        response = Response(
            status=int(status),
            version="HTTP/1.1",
            headers=got,
            body=body,
            body_length=len(body),
            source=self._source(entry, line.time_ns + ANSWER_NS),
        )
        return Exchange(request=request, response=response if response.status else None)

    def _post(self, entry: int, talk: Conversation, post: Post) -> list[Item]:
        """A request of BOSH."""
        asked = self._source(entry, post.asked_ns)
        answered = self._source(entry, post.answered_ns or post.asked_ns)
        exchange = post.exchange(talk.url, asked, answered)
        connection = Connection(
            capture=self._capture,
            number=entry,
            server=endpoint(talk.url, ""),
            opened_ns=asked.time_ns,
            closed_ns=answered.time_ns,
            ended_by=EndCause.UNKNOWN,
            end_source=answered,
            opened_source=asked,
        )
        return [exchange, connection]

    def _socket(self, entry: int, talk: Conversation) -> list[Item]:
        items: list[Item] = [self._upgrade(entry, talk)]
        if self._producer.records_messages:
            items += self._messages(entry, talk)
        ended = next((line for line in talk.lines if line.word in _ENDS), None)
        error = next((" ".join(line.words) for line in talk.lines if line.word == "error"), None)
        is_open = ended is None and error is None and talk.start not in _NOT_THERE
        last = ended or (talk.lines[-1] if error else None)
        time_ns = talk.last_ns if last is None else last.time_ns
        said = _close(last) if self._producer.records_close_code else None
        end = SocketEnd(
            time_ns=self._origin_ns + time_ns,
            open_at_export=is_open,
            code=None if said is None else int(said[0]),
            reason=None if said is None else " ".join(said[1:]),
            error=None if talk.start in _NOT_THERE else error,
            source=self._source(entry, time_ns),
        )
        cause = EndCause.CAPTURE_END if is_open else EndCause.CLOSED
        return [*items, end, self._connection(entry, talk, time_ns, cause)]

    def _upgrade(self, entry: int, talk: Conversation) -> Upgrade:
        asked = ladder_wire.request_fields(talk)
        source = self._source(entry, talk.first_ns - ANSWER_NS)
        request = Request(
            method="GET", url=talk.url, version="HTTP/1.1", headers=asked, source=source
        )
        if talk.start is Start.UNREACHED:
            return _refused(request, _UNREACHED[talk.reason], None)
        answered = ladder_wire.response_fields(talk)
        response = Response(
            status=talk.status,
            reason=talk.reason or "Switching Protocols",
            version="HTTP/1.1",
            headers=answered,
            source=self._source(entry, talk.first_ns),
        )
        if talk.start is Start.REFUSED:
            if not talk.status:
                return _refused(request, talk.reason or None, None)
            return _refused(request, f"{_REFUSED}{talk.status}", response)
        key, accept = field(asked, "Sec-WebSocket-Key"), field(answered, "Sec-WebSocket-Accept")
        usual = (ladder_wire.KEY, ladder_wire.ACCEPT)
        return Upgrade(
            exchange=Exchange(request=request, response=response),
            accepted=True,
            accept_valid=None if None in {key, accept} else (key, accept) == usual,
            subprotocol=field(answered, "Sec-WebSocket-Protocol"),
            offered=tokens(asked, "Sec-WebSocket-Protocol"),
            extensions=field(answered, "Sec-WebSocket-Extensions"),
            time_ns=source.time_ns,
        )

    def _messages(self, entry: int, talk: Conversation) -> Iterator[Item]:
        """Whole messages, numbered; a HAR knows neither fragments nor control frames."""
        begun: dict[Direction, bytes] = {}
        index = 0
        for line in talk.lines:
            if line.word not in {"xml", "text", "continuation", "binary"}:
                continue
            octets = begun.pop(line.direction, b"") + ladder_wire.payload(line)
            if line.options.get("fin") == "0":
                begun[line.direction] = octets
                continue
            yield Message(
                direction=line.direction,
                kind=MessageKind.BINARY if line.word == "binary" else MessageKind.TEXT,
                payload=octets,
                source=self._source(entry, line.time_ns, index),
            )
            index += 1

    def _connection(
        self, entry: int, talk: Conversation, closed_ns: int, cause: EndCause
    ) -> Connection:
        return Connection(
            capture=self._capture,
            number=entry,
            server=endpoint(talk.url, ""),
            opened_ns=self._origin_ns + talk.first_ns,
            closed_ns=self._origin_ns + closed_ns,
            ended_by=cause,
            end_source=self._source(entry, closed_ns),
            opened_source=self._source(entry, talk.first_ns),
        )


def _entries(talk: Conversation) -> list[tuple[Conversation, Post | None]]:
    """One for a socket or a call; one for each request of BOSH, but not while it is held."""
    if talk.carrier is not Carrier.BOSH:
        return [(talk, None)]
    return [
        (talk, post)
        for post in posts(talk.lines, talk.bosh, talk.last_ns)
        if post.answered_ns is not None
    ]


def _refused(request: Request, error: str | None, response: Response | None) -> Upgrade:
    return Upgrade(
        exchange=Exchange(request=request, response=response, error=error),
        accepted=False,
        offered=tokens(request.headers, "Sec-WebSocket-Protocol"),
        time_ns=request.source.time_ns,
    )


def _close(line: Line | None) -> tuple[str, ...] | None:
    """Code and reason of a close frame that has them."""
    return line.words or None if line is not None and line.word == "close" else None
