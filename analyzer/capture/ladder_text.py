"""
The notation of a ladder: what was said on each connection, one line each.

A line is `SECONDS C> CONTENT` or `SECONDS S> CONTENT`; content is XML, or `[WORD ARGUMENTS] TEXT`:

- `[ping HEX]`, `[pong HEX]`, `[close CODE REASON]`, `[close hex=HEX]`, `[binary HEX]`: a frame;
- `[text …] TEXT`, `[continuation …] TEXT`, `[frame opcode=3 …] TEXT`: a frame with `fin=0`,
  `rsv=4`, `mask=no`, `mask=yes` or `mask=HEX`, `form=16`, `deflate=1`, `hex=HEX` instead of a text;
- `[octets HEX]`: octets as they are; `[gap N]`, `[gap N snaplen]`: octets not captured;
- `[fin]`, `[rst]`: the end; `[error TEXT]`: what the browser said of it (`@har`);
- `[http METHOD PATH STATUS NAME="VALUE"…] BODY`: a call beside the socket; a name is a field of
  the request, or of the response behind `response.`.

Lines that begin with @ come first:

- `@har`, `@packets`: from which end it was recorded (packets);
- `@recording NAME=VALUE…`: a fact of the recording; `secret.KIND=N`, `anomaly=CODE`, too;
- `@url URL`, `@request NAME: VALUE`, `@response NAME: VALUE`: the handshake; no value, no field;
- `@no-upgrade STATUS TEXT`: refused; status 0: not answered, TEXT is what the browser said;
- `@no-connect refused`, `@no-connect silent`: no TCP connection came about;
- `@late`: the recording began after the handshake; `@raw`: no handshake, no frames; `@tls`: nothing
  of it can be read;
- `@login until=STEP user=NAME resource=NAME`: a healthy login, up to that step;
- `@until SECONDS`: the connection was recorded until then;
- `@tcp NAME=N…`: facts of a direction that no octets show: `to_server.retransmitted=900`;
- `@icmp CODE`, `@icmp CODE mtu=N`: what a router says of the connection;
- `@dns SECONDS NAME CODE ADDRESS… ms=N`: a question with its answer ("none": none came);
- `@connection SECONDS`: another connection.
"""

import base64
import re
import shlex
from collections.abc import Callable
from enum import Enum, auto
from urllib.parse import urlsplit

from msgspec import Struct

from ..model.flow import DirectionFacts, GapReason
from ..model.session import StepName
from ..model.source import Direction
from .ladder_beside import Message, Question, message, question
from .ladder_login import PAUSE_NS, login

_URL = "wss://finesse.example.test:8445/ws/"

_LINE = re.compile(r"(\d{1,9}(?:\.\d{1,9})?) ([CS])>(?: (.*))?")
_BRACKET = re.compile(r"\[([a-z]+)(?: ([^\]]*))?\](?: (.*))?", re.DOTALL)
_SECOND = 1_000_000_000

_DIRECTIONS = {"C": Direction.TO_SERVER, "S": Direction.TO_CLIENT}

GAP_REASONS = {reason.value.partition(" ")[0]: reason for reason in GapReason}
"""`[gap N]` is lost, unless another reason is given: `[gap N snaplen]`."""

_WORDS = frozenset(
    {
        "ping",
        "pong",
        "close",
        "binary",
        "text",
        "continuation",
        "frame",
        "octets",
        "gap",
        "fin",
        "rst",
        "error",
        "http",
    }
)


_TCP_FACTS = frozenset(DirectionFacts.__struct_fields__) - {"packets", "octets", "lost"}


class Start(Enum):
    """How a connection begins."""

    UPGRADE = auto()
    REFUSED = auto()
    UNREACHED = auto()
    LATE = auto()
    RAW = auto()
    TLS = auto()
    HTTP = auto()


class Line(Struct, frozen=True):
    """
    Something said.

    Attributes:
        time_ns: Since the beginning of the ladder.
        direction: Which way it went.
        word: In brackets; "xml" where there are none.
        words: Behind it, in the brackets.
        options: `NAME=VALUE` among them.
        text: Behind the brackets.
    """

    time_ns: int
    direction: Direction
    word: str
    words: tuple[str, ...] = ()
    options: dict[str, str] = {}
    text: str = ""


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
        facts: Of the recording, as written.
        conversations: In the order they began.
        questions: Of DNS.
        wrong: Numbers of the lines that mean nothing, 1-based.
    """

    har: bool = False
    facts: list[tuple[str, str]] = []
    conversations: list[Conversation] = []
    questions: list[Question] = []
    wrong: list[int] = []


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
            "@recording": self._recording,
            "@url": self._url,
            "@request": self._request,
            "@response": self._response,
            "@no-upgrade": self._no_upgrade,
            "@no-connect": self._no_connect,
            "@late": lambda _: self._start(Start.LATE),
            "@raw": lambda _: self._start(Start.RAW),
            "@tls": lambda _: self._start(Start.TLS),
            "@login": self._login,
            "@until": self._until,
            "@tcp": self._tcp,
            "@icmp": self._icmp,
            "@dns": self._dns,
            "@connection": self._connection,
        }

    def take(self, line: str) -> None:
        """Take a line; ValueError if it means nothing."""
        if not line.startswith("@"):
            self._take_line(_line(line))
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

    def _recording(self, rest: str) -> None:
        self.script.facts += _options(rest.split()).items()

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
        conversation.status = _number(status, 999)
        conversation.start = Start.REFUSED
        conversation.reason = reason.strip()

    def _no_connect(self, rest: str) -> None:
        if rest not in {"refused", "silent"}:
            raise ValueError(rest)
        self._start(Start.UNREACHED)
        self._conversation().reason = rest

    def _login(self, rest: str) -> None:
        options = _options(rest.split())
        until = StepName(options.get("until", StepName.LIVE.value))
        user = options.get("user", "a")
        plain = base64.b64encode(f"\0{user}\0secret".encode()).decode()
        conversation = self._conversation()
        now = conversation.last_ns
        for said in login(until, user, options.get("resource", "desktop"), plain):
            direction, content = said.split("> ", 1)
            conversation.lines.append(_said(now, direction, content))
            now += PAUSE_NS

    def _until(self, rest: str) -> None:
        self._conversation().until_ns = _nanoseconds(rest)

    def _tcp(self, rest: str) -> None:
        for name, value in _options(rest.split()).items():
            way, _, fact = name.partition(".")
            if way not in {"to_server", "to_client"} or fact not in _TCP_FACTS:
                raise ValueError(name)
            self._conversation().tcp[name] = _number(value, 1 << 30)

    def _icmp(self, rest: str) -> None:
        self._conversation().icmp.append(message(rest))

    def _dns(self, rest: str) -> None:
        seconds, *words = rest.split()
        self.script.questions.append(question(_nanoseconds(seconds), words))

    def _connection(self, rest: str) -> None:
        last = self._conversation().last_ns if self._current is not None else 0
        begins = _nanoseconds(rest) if rest else last + _SECOND
        self._current = None
        self._next = Conversation(self._next.url, begins)


def _line(line: str) -> Line:
    found = _LINE.fullmatch(line)
    if found is None:
        raise ValueError(line)
    return _said(_nanoseconds(found[1]), found[2], found[3] or "")


def _said(time_ns: int, side: str, content: str) -> Line:
    found = _BRACKET.fullmatch(content)
    if found is None:
        return Line(time_ns, _DIRECTIONS[side], "xml", text=content)
    word, inside, text = found.groups(default="")
    if word not in _WORDS:
        raise ValueError(word)
    words = shlex.split(inside) if word == "http" else inside.split()
    options = {} if word == "error" else _options([w for w in words if "=" in w])
    rest = words if word == "error" else [w for w in words if "=" not in w]
    line = Line(time_ns, _DIRECTIONS[side], word, tuple(rest), options, text)
    if word in _CHECKS:
        _CHECKS[word](line)
    return line


def _options(words: list[str]) -> dict[str, str]:
    pairs = [word.partition("=") for word in words]
    if not all(name and sign for name, sign, _ in pairs):
        raise ValueError(words)
    return {name: value for name, _, value in pairs}


def _number(word: str, most: int) -> int:
    if not re.fullmatch(r"\d{1,9}", word, re.ASCII) or int(word) > most:
        raise ValueError(word)
    return int(word)


def _nanoseconds(word: str) -> int:
    if not re.fullmatch(r"\d{1,9}(\.\d{1,9})?", word, re.ASCII):
        raise ValueError(word)
    whole, _, part = word.partition(".")
    return int(whole) * _SECOND + int(part.ljust(9, "0"))


def _set_field(fields: dict[str, str | None], rest: str) -> None:
    name, colon, value = rest.partition(":")
    if not colon or not name.strip():
        raise ValueError(rest)
    fields[name.strip()] = value.strip() or None


def _check_hex(line: Line) -> None:
    bytes.fromhex("".join(line.words))


def _check_close(line: Line) -> None:
    if line.words:
        _number(line.words[0], 0xFFFF)


def _check_frame(line: Line) -> None:
    for name, most in (("opcode", 15), ("fin", 1), ("rsv", 7), ("form", 64), ("deflate", 1)):
        _number(line.options.get(name, "0"), most)
    mask = line.options.get("mask", "no")
    if mask not in {"yes", "no"} and len(bytes.fromhex(mask)) != 4:
        raise ValueError(mask)
    bytes.fromhex(line.options.get("hex", ""))


def _check_gap(line: Line) -> None:
    length, *reason = line.words or ("",)
    _number(length, 1 << 30)
    if reason and reason[0] not in GAP_REASONS:
        raise ValueError(reason)


def _check_http(line: Line) -> None:
    _, _, status = line.words
    _number(status, 999)


_CHECKS: dict[str, Callable[[Line], None]] = {
    "ping": _check_hex,
    "pong": _check_hex,
    "binary": _check_hex,
    "octets": _check_hex,
    "close": _check_close,
    "text": _check_frame,
    "continuation": _check_frame,
    "frame": _check_frame,
    "gap": _check_gap,
    "http": _check_http,
}
"""What must be right before a line is believed; a ValueError says that it is not."""
