"""
Read a HAR (HAR 1.2, and what producers add to it) as items.

WebSocket entries become Upgrade, Message, SocketEnd and Connection, calls of the Finesse REST API
and requests of BOSH an Exchange; of the rest only facts are kept. Entries are read one at a time.
"""

import re
from collections import Counter
from collections.abc import Iterator

from msgspec import Raw

from ..model.anomaly import Anomaly
from ..model.events import Item
from ..model.flow import Connection
from ..model.http import Exchange, field
from ..model.limits import XML_OCTETS
from ..model.recording import HarFacts, Secret, SocketFacts, TimeBase
from . import har_http, har_json, har_producer, har_secrets
from .defects import Defects
from .har_barred import Barred
from .har_http import Attached, Head, nothing_attached
from .har_json import Body, Entry
from .har_socket import Socket, is_socket
from .har_split import Octets, Splitter

REST = "/finesse/api/"

CERTIFICATE = re.compile(r"ERR_CERT|ERR_SSL|SEC_ERROR|SSL_ERROR|certificate", re.IGNORECASE)
"""In what browsers say when a server's certificate, or TLS, is at fault."""

BOSH_URL = re.compile(r"/http-bind\b|/bosh\b", re.IGNORECASE)
BOSH_BODY = re.compile(rb"\s*<body[\s/>]")

FINESSE_URL = re.compile(
    r"https?://([^/:@]+|\[[^\]]*\])(?::\d+)?/(?:desktop|finesse|gadgets|tunnel)\b"
)
"""What the desktop loads from a node, or from the proxy in front of it; the host."""

TIMED_OUT = re.compile(r"ERR_(?:CONNECTION_)?TIMED_OUT|NS_ERROR_NET_TIMEOUT")

TLS_ERRORS = re.compile(rb'"_tlsErrors"\s*:\s*(?=\[)')


class HarReader:
    """
    A HAR as items of its connections.

    Attributes:
        data: The whole file, UTF-8.
        attached: Gives the files that stand beside it.
    """

    def __init__(self, data: Octets, capture: int, attached: Attached = nothing_attached) -> None:
        """
        Take the whole file, UTF-8.

        Args:
            data: The octets.
            capture: Index of the input.
            attached: Gives the files that stand beside the HAR in its zip, by name.
        """
        self._secrets: Counter[Secret] = Counter()
        self._capture = capture
        self.data = data
        self.attached = attached
        self._defects = Defects()
        self._splitter = Splitter(data, self._defects)
        first = self._splitter.first
        head = data[max(0, first - har_producer.HEAD_OCTETS) : first]
        tail = data[max(first, len(data) - har_producer.TAIL_OCTETS) :]
        self._producer = har_producer.producer(head, tail)
        self._tls_errors = sum(map(_tls_errors, (head, tail)))
        self._facts = _Facts()

    @property
    def secrets(self) -> Counter[Secret]:
        """Secrets outside of WebSocket messages, with how many of each, so far."""
        return +self._secrets

    @property
    def anomalies(self) -> list[Anomaly]:
        """Defects of the file met so far."""
        return self._defects.anomalies

    def items(self) -> Iterator[tuple[int, list[Item]]]:
        """Index of an entry with its items, the last of which is its Connection."""
        for piece in self._splitter.pieces():
            entry = piece.entry
            head = har_http.head(entry, self._capture, piece.index)
            self._facts.note(head)
            har_secrets.count_secrets(head, self._secrets)
            if is_socket(entry, head):
                yield from self._socket(entry, head)
            elif _is_call(head):
                exchange = har_http.exchange(head, self.attached)
                yield piece.index, [exchange, _connection(entry, head)]
            elif _is_bosh(head):
                exchange = har_http.exchange(head, self.attached, most=XML_OCTETS)
                self._facts.note_bosh(exchange)
                yield piece.index, [exchange, _connection(entry, head)]

    def _socket(self, entry: Entry, head: Head) -> Iterator[tuple[int, list[Item]]]:
        socket = Socket(entry, head, self._producer, self._messages(entry, head))
        for items in socket.items():
            yield head.source.entry, items
        self._facts.note_socket(socket)

    def _messages(self, entry: Entry, head: Head) -> memoryview | None:
        """The array of a socket's rows, within the entry or in a file beside the HAR."""
        if har_json.is_list(entry.messages):
            return memoryview(entry.messages)
        file = har_json.text(har_json.struct(head.response.content, Body).file)
        return self.attached(file) if file.endswith(".jsonl") else None

    def facts(self) -> HarFacts:
        """The HAR as a whole, once `items` has been read to its end."""
        facts, messages = self._facts, self._facts.messages
        return HarFacts(
            producer=str(self._producer),
            browser=har_producer.browser(facts.user_agent),
            sanitized=self._sanitized(),
            records_messages=messages > 0 or self._producer.records_messages,
            records_close_code=facts.codes > 0 or self._producer.records_close_code,
            entries=facts.entries,
            skipped=self._splitter.skipped,
            sockets=tuple(facts.sockets),
            bosh_entries=facts.bosh,
            bosh_without_body=facts.bosh_without_body,
            time_base=facts.time_base,
            first_ns=facts.first_ns,
            last_ns=facts.last_ns,
            tls_errors=self._tls_errors,
            unreached=facts.silent if not facts.finesse_answered else "",
            unreached_requests=facts.timed_out,
            barred_by=facts.barred.by,
            barred=facts.barred.asked,
            barred_origin=facts.barred.origin,
            barred_requests=facts.barred.count,
            barred_source=facts.barred.source,
        )

    def _sanitized(self) -> bool | None:
        """
        Whether credentials were taken out.

        Chrome takes out cookies and Authorization (since 130, unless told otherwise). A REST call
        that succeeded without either must have had one.
        """
        if self._secrets[Secret.COOKIE] or self._secrets[Secret.AUTHORIZATION]:
            return False
        return True if self._producer.devtools and self._facts.rest_succeeded else None


class _Facts:
    """What has been seen of the entries so far."""

    def __init__(self) -> None:
        self.entries = 0
        self.user_agent = ""
        self.first_ns: int | None = None
        self.last_ns: int | None = None
        self.rest_succeeded = 0
        self.bosh = 0
        self.bosh_without_body = 0
        self.sockets: list[SocketFacts] = []
        self.messages = 0
        self.codes = 0
        self.time_base = TimeBase.NONE
        self.finesse_answered = 0
        self.timed_out = 0
        self.silent = ""
        self.barred = Barred()

    def note(self, head: Head) -> None:
        """Count an entry."""
        self.entries += 1
        if not self.user_agent:
            self.user_agent = field(head.request_headers, "user-agent") or ""
        begin, end = head.source.time_ns, head.end_ns
        if begin is not None:
            self.first_ns = begin if self.first_ns is None else min(self.first_ns, begin)
            self.last_ns = max(self.last_ns or 0, begin, end or 0)
        self.rest_succeeded += REST in head.url and 200 <= head.status <= 299
        finesse = FINESSE_URL.match(head.url)
        if finesse is not None or BOSH_URL.search(head.url):
            self.barred.note(head)
        if finesse is not None and head.status:
            self.finesse_answered += 1
        elif finesse is not None and TIMED_OUT.search(head.error):
            self.timed_out += 1
            self.silent = self.silent or finesse[1]

    def note_bosh(self, exchange: Exchange) -> None:
        """Count a request of BOSH."""
        response = exchange.response
        self.bosh += 1
        self.bosh_without_body += response is not None and not response.body

    def note_socket(self, socket: Socket) -> None:
        """Count a socket whose items have been read."""
        self.sockets.append(socket.facts)
        self.messages += socket.said.messages
        self.codes += socket.said.code is not None
        if self.time_base is TimeBase.NONE:
            self.time_base = socket.said.clock.base


def is_told(head: Head) -> bool:
    """Whether an analysis looks into the bodies of a request that is no socket."""
    return _is_call(head) or _is_bosh(head)


def _is_call(head: Head) -> bool:
    return REST in head.url or CERTIFICATE.search(head.error) is not None


def _is_bosh(head: Head) -> bool:
    if BOSH_URL.search(head.url):
        return True
    if head.method != "POST":
        return False
    body = har_json.struct(head.request.body, Body)
    return BOSH_BODY.match(har_json.text(body.text)[:64].encode()) is not None


def _connection(entry: Entry, head: Head) -> Connection:
    address = har_json.text(entry.address)
    return Connection(
        capture=head.source.capture,
        number=head.source.entry,
        server=har_http.endpoint(head.url, address),
        opened_ns=head.source.time_ns,
        closed_ns=head.end_ns,
        opened_source=head.source,
    )


def _tls_errors(octets: bytes) -> int:
    """Members of HTTP Toolkit's list of failed handshakes."""
    found = TLS_ERRORS.search(octets)
    if found is None:
        return 0
    begin = memoryview(octets)[found.end() :]
    length, _ = har_json.end_of_value(begin)
    return 0 if length is None else len(har_json.listed(Raw(begin[:length])))
