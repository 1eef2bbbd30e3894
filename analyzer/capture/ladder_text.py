"""
The notation of a ladder: what was said on each connection, one line each.

A line is `SECONDS C> CONTENT` or `SECONDS S> CONTENT`; content is XML, or `[WORD ARGUMENTS] TEXT`:

- `[ping HEX]`, `[pong HEX]`, `[close CODE REASON]`, `[close hex=HEX]`, `[binary HEX]`: a frame;
- `[text …] TEXT`, `[continuation …] TEXT`, `[frame opcode=3 …] TEXT`: a frame with `fin=0`,
  `rsv=4`, `mask=no`, `mask=yes` or `mask=HEX`, `form=16`, `deflate=1`, `hex=HEX` instead of a text;
- `[octets HEX]`: octets as they are; `[gap N]`, `[gap N snaplen]`: octets not captured;
- `[resent]`: what this side said last goes once more, since nothing acknowledged it;
- `[fin]`, `[rst]`: the end; `[error TEXT]`: what the browser said of it (`@har`);
- `[http METHOD PATH STATUS NAME="VALUE"…] BODY`: a call beside the socket; a name is a field of
  the request, or of the response behind `response.`.

Lines that begin with @ come first:

- `@har`, `@packets`: from which end it was recorded (packets);
- `@profile NAME`: with which built-in profile rules are to look at it;
- `@recording NAME=VALUE…`: a fact of the recording; `secret.KIND=N`, `anomaly=CODE`, too;
- `@url URL`, `@request NAME: VALUE`, `@response NAME: VALUE`: the handshake; no value, no field;
- `@no-upgrade STATUS TEXT`: refused; status 0: not answered, TEXT is what the browser said;
- `@no-connect refused`, `@no-connect silent`: no TCP connection came about;
- `@late`: the recording began after the handshake; `@raw`: no handshake, no frames; `@tls`: nothing
  of it can be read;
- `@tls NAME=VALUE…`: TLS was seen, and what it carries was decrypted (unless `locked` says why not;
  then a line is a record, and `cadence=10` adds one each way every 10 s); see ladder_tls.py;
- `@stream` (or `@tcp` alone): XMPP on TCP; `<open …/>` and `<close/>` become the stream's tags,
  behind `<proceed/>` all is TLS that cannot be read;
- `@bosh NAME=VALUE…`: BOSH; `<body …>` goes as written, the rest is put into one, see
  ladder_bosh.py; `[status N] TEXT` and `[error TEXT]` are answers without `<body/>`,
  `[status N rid=RID] TEXT` is one out of turn;
- `@login until=STEP user=NAME resource=NAME`: a healthy login, up to that step;
- `@until SECONDS`: the connection was recorded until then;
- `@tcp NAME=N…`: facts of a direction that no octets show: `to_server.retransmitted=900`;
- `@icmp CODE`, `@icmp CODE mtu=N`: what a router says of the connection;
- `@dns SECONDS NAME CODE ADDRESS… ms=N`: a question with its answer ("none": none came);
- `@connection SECONDS`: another connection;
- `@clock SECONDS`: the clock of the recording is ahead by so much;
- `@also`: what follows is a ladder of its own: another recording of the same case (`recordings`).
"""

import base64
from collections.abc import Callable
from enum import Enum, auto
from urllib.parse import urlsplit

from msgspec import Struct

from ..model.flow import DirectionFacts
from ..model.session import Carrier, StepName
from . import ladder_bosh, ladder_tls
from .ladder_beside import Message, Question, message, question
from .ladder_lines import SECOND_NS, Line, line_of, nanoseconds, number_of, options_of, said
from .ladder_login import PAUSE_NS, login

_URL = "wss://finesse.example.test:8445/ws/"
_URLS = {Carrier.TCP: "xmpp://finesse.example.test:5222", Carrier.BOSH: ladder_bosh.URL}

_TCP_FACTS = frozenset(DirectionFacts.__struct_fields__) - {
    "packets",
    "octets",
    "lost",
    "last_ns",
    "resent_ns",
    "unacknowledged",
    "silences",
}


class Start(Enum):
    """How a connection begins."""

    UPGRADE = auto()
    REFUSED = auto()
    UNREACHED = auto()
    LATE = auto()
    RAW = auto()
    TLS = auto()
    HTTP = auto()


class Conversation(Struct):
    """
    A connection.

    Attributes:
        start: How it begins.
        url: Of the socket.
        status: Of a refused upgrade.
        reason: Behind that; "refused" or "silent" where there was no connection.
        request: Fields of the request that differ; None: not there.
        response: Fields of the response that differ.
        lines: In order.
        begins_ns: Of its first line, where there is none.
        until_ns: Until when it was recorded; None: until its last line.
        carrier: What carries it.
        bosh: What the server of BOSH agrees to.
        tls: What is said of TLS; None: nothing.
        tcp: Facts of a direction, by `to_server.` or `to_client.` and their name.
        icmp: What routers say of it.
    """

    url: str
    begins_ns: int
    start: Start = Start.UPGRADE
    status: int = 101
    reason: str = ""
    request: dict[str, str | None] = {}
    response: dict[str, str | None] = {}
    lines: list[Line] = []
    until_ns: int | None = None
    carrier: Carrier = Carrier.WEBSOCKET
    bosh: dict[str, str] = {}
    tls: ladder_tls.Tls | None = None
    tcp: dict[str, int] = {}
    icmp: list[Message] = []

    @property
    def first_ns(self) -> int:
        """Of its first line."""
        return self.lines[0].time_ns if self.lines else self.begins_ns

    @property
    def last_ns(self) -> int:
        """Until when it was recorded."""
        last = self.lines[-1].time_ns if self.lines else self.begins_ns
        return max(last, self.until_ns or 0)


class Script(Struct):
    """
    A ladder.

    Attributes:
        har: It was recorded as a HAR.
        profile: What it names as such; empty: nothing.
        facts: Of the recording, as written.
        conversations: In the order they began.
        questions: Of DNS.
        clock_ns: How far the clock of the recording is ahead.
        wrong: Numbers of the lines that mean nothing, 1-based.
    """

    har: bool = False
    profile: str = ""
    facts: list[tuple[str, str]] = []
    conversations: list[Conversation] = []
    questions: list[Question] = []
    clock_ns: int = 0
    wrong: list[int] = []


def recordings(text: str) -> list[str]:
    """The ladders of a text in which `@also` stands between recordings of one case."""
    found: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.strip() == "@also":
            found.append([])
        else:
            found[-1].append(line)
    return ["\n".join(lines) for lines in found]


def parse(text: str) -> Script:
    """Read a ladder; lines that mean nothing are passed over and named."""
    reader = _Reader()
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        try:
            if stripped:
                reader.take(stripped)
        except ValueError:
            reader.script.wrong.append(number)
    return reader.script


class _Reader:
    def __init__(self) -> None:
        self.script = Script()
        self._current: Conversation | None = None
        self._next = Conversation(_URL, 0)
        self._directives: dict[str, Callable[[str], None]] = {
            "@har": self._har,
            "@packets": self._packets,
            "@profile": self._profile,
            "@recording": self._recording,
            "@url": self._url,
            "@request": self._request,
            "@response": self._response,
            "@no-upgrade": self._no_upgrade,
            "@no-connect": self._no_connect,
            "@late": lambda _: self._start(Start.LATE),
            "@raw": lambda _: self._start(Start.RAW),
            "@tls": self._tls,
            "@stream": lambda _: self._carried_by(Carrier.TCP),
            "@bosh": self._bosh,
            "@login": self._login,
            "@until": self._until,
            "@tcp": self._tcp,
            "@icmp": self._icmp,
            "@dns": self._dns,
            "@connection": self._connection,
            "@clock": self._clock,
        }

    def take(self, line: str) -> None:
        """Take a line; ValueError if it means nothing."""
        if not line.startswith("@"):
            self._take_line(line_of(line))
            return
        name, _, rest = line.partition(" ")
        if name not in self._directives:
            raise ValueError(name)
        self._directives[name](rest.strip())

    def _take_line(self, line: Line) -> None:
        if line.word == "http":
            call = Conversation(self._next.url, line.time_ns, start=Start.HTTP, lines=[line])
            self.script.conversations.append(call)
        else:
            self._conversation().lines.append(line)

    def _conversation(self) -> Conversation:
        if self._current is None:
            self._current = self._next
            self.script.conversations.append(self._current)
        return self._current

    def _start(self, start: Start) -> None:
        self._conversation().start = start

    def _har(self, _: str) -> None:
        self.script.har = True

    def _packets(self, _: str) -> None:
        self.script.har = False

    def _profile(self, rest: str) -> None:
        self.script.profile = rest

    def _recording(self, rest: str) -> None:
        self.script.facts += options_of(rest.split()).items()

    def _url(self, rest: str) -> None:
        if not urlsplit(rest).port:
            raise ValueError(rest)
        self._next.url = rest

    def _request(self, rest: str) -> None:
        _set_field(self._next.request, rest)

    def _response(self, rest: str) -> None:
        _set_field(self._next.response, rest)

    def _no_upgrade(self, rest: str) -> None:
        status, _, reason = rest.partition(" ")
        conversation = self._conversation()
        conversation.status = number_of(status, 999)
        conversation.start = Start.REFUSED
        conversation.reason = reason.strip()

    def _no_connect(self, rest: str) -> None:
        if rest not in {"refused", "silent"}:
            raise ValueError(rest)
        self._start(Start.UNREACHED)
        self._conversation().reason = rest

    def _login(self, rest: str) -> None:
        options = options_of(rest.split())
        until = StepName(options.get("until", StepName.LIVE.value))
        user = options.get("user", "a")
        plain = base64.b64encode(f"\0{user}\0secret".encode()).decode()
        conversation = self._conversation()
        now = conversation.last_ns
        for one in login(until, user, options.get("resource", "desktop"), plain):
            direction, content = one.split("> ", 1)
            conversation.lines.append(said(now, direction, content))
            now += PAUSE_NS

    def _until(self, rest: str) -> None:
        self._conversation().until_ns = nanoseconds(rest)

    def _tls(self, rest: str) -> None:
        if rest:
            self._conversation().tls = ladder_tls.tls_of(rest)
        else:
            self._start(Start.TLS)

    def _carried_by(self, carrier: Carrier) -> None:
        conversation = self._conversation()
        conversation.carrier = carrier
        if conversation.url == _URL:
            self._next.url = conversation.url = _URLS[carrier]

    def _bosh(self, rest: str) -> None:
        options = options_of(rest.split())
        for name, value in options.items():
            if name != "sid":
                number_of(value, 1 << 53)
        self._carried_by(Carrier.BOSH)
        self._conversation().bosh = options

    def _tcp(self, rest: str) -> None:
        if not rest:
            self._carried_by(Carrier.TCP)
        for name, value in options_of(rest.split()).items():
            way, _, fact = name.partition(".")
            if way not in {"to_server", "to_client"} or fact not in _TCP_FACTS:
                raise ValueError(name)
            self._conversation().tcp[name] = number_of(value, 1 << 30)

    def _icmp(self, rest: str) -> None:
        self._conversation().icmp.append(message(rest))

    def _dns(self, rest: str) -> None:
        seconds, *words = rest.split()
        self.script.questions.append(question(nanoseconds(seconds), words))

    def _clock(self, rest: str) -> None:
        self.script.clock_ns = nanoseconds(rest)

    def _connection(self, rest: str) -> None:
        last = self._conversation().last_ns if self._current is not None else 0
        begins = nanoseconds(rest) if rest else last + SECOND_NS
        self._current = None
        self._next = Conversation(self._next.url, begins)


def _set_field(fields: dict[str, str | None], rest: str) -> None:
    name, colon, value = rest.partition(":")
    if not colon or not name.strip():
        raise ValueError(rest)
    fields[name.strip()] = value.strip() or None
