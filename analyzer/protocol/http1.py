"""
HTTP/1.1 on one connection: requests with their responses (RFC 9110, RFC 9112).

Octets must come in the order of time, both directions together: a response belongs to a request
that went out before it.
"""

from collections import deque

from msgspec.structs import replace

from ..model.anomaly import Anomaly, AnomalyCode
from ..model.events import Event, Item
from ..model.flow import Chunk, Connection, End, EndCause, Gap
from ..model.http import Exchange, Headers, Request, Response, Switched, field, tokens
from ..model.limits import HTTP_BODY_OCTETS
from ..model.source import Direction
from .http1_lines import content_length
from .http1_message import Body, Head, MessageReader, Part
from .websocket_handshake import asks_for_websocket, upgrade_of

_TO_SERVER = Direction.TO_SERVER
_TO_CLIENT = Direction.TO_CLIENT

PENDING = 100
"""Requests that wait for a response; no client pipelines as many, one-way captures hold them."""

HELD_OCTETS = 64 << 10
"""Octets behind an upgrade request before it is taken for granted that the answer was missed."""


class _Asked:
    """A request that has not been answered whole."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.whole = False
        self.interim: list[int] = []
        self.response: Response | None = None

    def exchange(self) -> Exchange:
        """The request with what answered it."""
        interim = tuple(self.interim)
        return Exchange(request=self.request, response=self.response, interim=interim)


class Http1:
    """The decoder of a connection that speaks HTTP/1.1, until it switches to something else."""

    def __init__(self, capture: int, *, secure: bool = False) -> None:
        """Take the index of the input, and whether TLS is below: `https`, `wss`."""
        self._secure = secure
        self._readers = {way: MessageReader(way, capture) for way in (_TO_SERVER, _TO_CLIENT)}
        self._asked: deque[_Asked] = deque()
        self._held: _Asked | None = None
        self._response: Response | None = None
        self._sees_requests = False
        self._misses_requests = False
        self._misses_responses = False
        self._switched = False
        self._ended: set[Direction] = set()

    def feed(self, item: Item) -> list[Event]:
        """
        Exchanges that the item completes.

        Behind a `Switched` comes what the next decoder is to be fed: octets left, and the item.
        """
        events: list[Event] = []
        if isinstance(item, Chunk):
            self._sees_requests |= item.direction is _TO_SERVER
            self._readers[item.direction].queue.push(item)
            self._advance(events)
            return events
        if self._settle(events):
            self._advance(events)
        if self._switched:
            pass  # the item is for the next decoder
        elif isinstance(item, Gap):
            self._gap(item, events)
        elif isinstance(item, End):
            self._end(item.direction, item.cause, events)
        elif isinstance(item, Connection):
            self._close(events)
        return [*events, item]

    def _gap(self, gap: Gap, events: list[Event]) -> None:
        if gap.direction is _TO_SERVER:
            self._misses_requests = True
            if self._misses_responses:
                # Who asks again was answered, and nobody saw it.
                self._misses_responses = False
                while self._asked and self._asked[0].whole:
                    self._give(events)
        else:
            self._misses_responses = True
        self._readers[gap.direction].gap(gap)
        self._advance(events)

    def _end(self, direction: Direction, cause: EndCause, events: list[Event]) -> None:
        self._ended.add(direction)
        self._readers[direction].end(cause)
        self._advance(events)

    def _close(self, events: list[Event]) -> None:
        """The connection is over: what waits will not be answered."""
        for direction in (_TO_SERVER, _TO_CLIENT):
            if direction not in self._ended:
                self._end(direction, EndCause.UNKNOWN, events)
        while self._asked:
            self._give(events)

    def _advance(self, events: list[Event]) -> None:
        """Read both directions as far as they go."""
        requests, responses = self._readers[_TO_SERVER], self._readers[_TO_CLIENT]
        while not self._switched:
            part = requests.next() if self._held is None else None
            if part is not None:
                self._take_request(part, events)
                continue
            part = responses.next()
            if part is not None:
                self._take_response(part, events)
                continue
            if not (self._misses_responses or len(requests.queue) > HELD_OCTETS):
                return
            if not self._settle(events):
                return

    # Requests

    def _take_request(self, part: Part, events: list[Event]) -> None:
        if isinstance(part, Head):
            self._misses_requests = False
            asked = _Asked(_request(part, secure=self._secure))
            self._asked.append(asked)
            if part.whole:
                self._expect_request_body(asked.request.headers)
        elif isinstance(part, Body):
            asked = self._asked[-1]
            asked.request = replace(
                asked.request,
                headers=asked.request.headers + part.trailers,
                body=part.octets,
                body_length=part.length,
                body_source=part.source,
            )
            asked.whole = True
            if asked.response is None and _may_switch(asked.request):
                self._held = asked
            self._give_whole(events)
        else:
            self._misses_requests = True  # what came instead may be answered all the same
            events.append(part)

    def _expect_request_body(self, headers: Headers) -> None:
        reader = self._readers[_TO_SERVER]
        if "chunked" in tokens(headers, "Transfer-Encoding"):
            reader.expect(None, chunked=True)
        else:
            length = content_length(headers)
            if length is None or length >= 0:
                reader.expect(length or 0)
            else:
                reader.reject("content length")

    def _give_whole(self, events: list[Event]) -> None:
        """Let go of exchanges that are complete, and of the oldest where too many wait."""
        asked = self._asked
        while asked and asked[0].whole and asked[0].response is not None:
            self._give(events)
        while len(asked) > PENDING or (
            len(asked) > 1 and sum(len(a.request.body) for a in asked) > HTTP_BODY_OCTETS
        ):
            self._give(events)

    def _give(self, events: list[Event]) -> None:
        asked = self._asked.popleft()
        if asked is self._held:
            self._held = None
        exchange = asked.exchange()
        if asks_for_websocket(asked.request):
            events.append(upgrade_of(exchange, accepted=False))
        else:
            events.append(exchange)

    # Responses

    def _take_response(self, part: Part, events: list[Event]) -> None:
        if isinstance(part, Head):
            self._begin_response(part, events)
        elif isinstance(part, Body):
            if self._response is not None:
                response = replace(
                    self._response,
                    headers=self._response.headers + part.trailers,
                    body=part.octets,
                    body_length=part.length,
                    body_source=part.source,
                )
                self._response = None
                self._answer(response, events)
        else:
            events.append(part)

    def _unanswered(self) -> _Asked | None:
        return next((asked for asked in self._asked if asked.response is None), None)

    def _begin_response(self, head: Head, events: list[Event]) -> None:
        if self._misses_responses:
            # Nobody pipelines: what follows answers the latest request, the others went missing.
            self._misses_responses = False
            while len(self._asked) > 1:
                self._give(events)
        response = _response(head)
        asked = self._unanswered()
        status = response.status
        if 100 <= status < 200 and status != 101:
            if asked is not None:
                asked.interim.append(status)
        else:
            self._response = response
        if head.whole:
            self._expect_response_body(asked, response)

    def _expect_response_body(self, asked: _Asked | None, response: Response) -> None:
        reader = self._readers[_TO_CLIENT]
        method = asked.request.method if asked is not None else ""
        status, headers = response.status, response.headers
        # RFC 9112 section 6.3
        tunnel = method == "CONNECT" and status < 300
        if status < 200 or status in {204, 304} or method == "HEAD" or tunnel:
            reader.expect(0)
        elif tokens(headers, "Transfer-Encoding")[-1:] == ("chunked",):
            reader.expect(None, chunked=True)
        else:
            length = content_length(headers)
            if length is None or length >= 0:
                reader.expect(length)
            else:
                reader.reject("content length")

    def _answer(self, response: Response, events: list[Event]) -> None:
        """A response is whole."""
        asked = self._unanswered()
        if asked is None:
            if self._sees_requests and not self._misses_requests:
                anomaly = Anomaly(
                    code=AnomalyCode.HTTP_UNEXPECTED_RESPONSE,
                    values={"status": response.status},
                    direction=_TO_CLIENT,
                    source=response.source,
                )
                events.append(anomaly)
            exchange = Exchange(request=None, response=response)
            if response.status == 101:
                self._switch(exchange, events)
            else:
                events.append(exchange)
            return
        asked.response = response
        tunnel = asked.request.method == "CONNECT" and 200 <= response.status < 300
        if response.status == 101 or tunnel:
            self._switch_behind(asked, events)
        else:
            if asked is self._held:
                self._held = None
            self._give_whole(events)

    # Switching

    def _settle(self, events: list[Event]) -> bool:
        """
        Tell what a client does that went on behind an upgrade whose answer was not captured.

        A client sends frames only once it was answered 101 (RFC 6455 section 4.1).
        """
        asked, queue = self._held, self._readers[_TO_SERVER].queue
        if asked is None or len(queue) < 2:
            return False
        self._held = None
        if asks_for_websocket(asked.request) and begins_frame(queue.octets, queue.at):
            self._switch_behind(asked, events)
        return True

    def _switch_behind(self, asked: _Asked, events: list[Event]) -> None:
        while self._asked[0] is not asked:
            self._give(events)
        self._asked.popleft()
        exchange = asked.exchange()
        self._switch(exchange, events)

    def _switch(self, exchange: Exchange, events: list[Event]) -> None:
        self._switched = True
        protocol = _protocol_of(exchange)
        answer = exchange.response or exchange.request
        if protocol == "websocket":
            events.append(upgrade_of(exchange, accepted=True))
        else:
            events.append(exchange)
        source = answer.source if answer is not None else None
        events.append(Switched(protocol=protocol, exchange=exchange, source=source))
        for direction in (_TO_SERVER, _TO_CLIENT):
            events += self._readers[direction].leave()


def begins_frame(octets: bytes | bytearray, at: int) -> bool:
    """Whether two octets may begin a frame of a client (RFC 6455 section 5.2)."""
    return octets[at] & 0xF in {0, 1, 2, 8, 9, 10} and octets[at + 1] >= 0x80


def _protocol_of(exchange: Exchange) -> str:
    request, response = exchange.request, exchange.response
    if request is not None and request.method == "CONNECT":
        return "tunnel"
    answered = tokens(response.headers, "Upgrade") if response is not None else ()
    asked = tokens(request.headers, "Upgrade") if request is not None else ()
    protocol = next(iter(answered or asked), "websocket")
    return "h2" if protocol == "h2c" else protocol


def _may_switch(request: Request) -> bool:
    return (
        request.method == "CONNECT"
        or asks_for_websocket(request)
        or ("upgrade" in tokens(request.headers, "Connection"))
    )


def _request(head: Head, *, secure: bool) -> Request:
    method, target, version = head.start
    request = Request(
        method=method, url=target, version=version, headers=head.headers, source=head.source
    )
    host = field(head.headers, "Host")
    if not host or not target.startswith("/"):
        return request
    scheme = ("ws" if asks_for_websocket(request) else "http") + "s" * secure
    return replace(request, url=f"{scheme}://{host}{target}")


def _response(head: Head) -> Response:
    version, status, reason = head.start
    return Response(
        status=int(status),
        reason=reason,
        version=version,
        headers=head.headers,
        source=head.source,
    )
