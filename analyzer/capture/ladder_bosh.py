"""
BOSH of a ladder: the lines of a conversation as requests and responses (XEP-0124, XEP-0206).

What a line says goes into the `<body/>` of the next request, or of the response to the oldest
request that waits. Where none waits the client had asked with an empty one, as it has to. A line
that is a `<body/>` goes as it is written, with the usual namespaces if it declares none.
"""

import re
from collections import deque
from itertools import islice

from msgspec import Struct

from ..model.http import Exchange, Headers, Request, Response
from ..model.source import Direction, Source
from .ladder_lines import Line

URL = "https://finesse.example.test:7443/http-bind/"

_MS = 1_000_000
AGAIN_NS = 10 * _MS
"""From a response to the next empty request."""

_POLLS = 1_000
"""Requests of a conversation behind which none is added that no line asks for."""

_LOOKED_AT = 100
"""Requests that wait and may be answered out of turn."""

_IDLE_NS = 1_000 * _MS
"""A client that says something sooner does not ask with an empty request before."""

_NS = "http://jabber.org/protocol/httpbind"
_NS_XBOSH = "urn:xmpp:xbosh"
_NAMESPACES = (
    f" xmlns='{_NS}' xmlns:xmpp='{_NS_XBOSH}' xmlns:stream='http://etherx.jabber.org/streams'"
)
_EMPTY = f"<body xmlns='{_NS}'/>"

_USUAL = {"wait": "60", "hold": "1", "requests": "2", "inactivity": "30", "polling": "5"}
_FIRST_RID = 1_573_741_820
_SID = "7y7xa2nfsm"

_RAW = re.compile(r"(?:<\?xml[^>]*\?>)?\s*<body[\s/>]")
_RID = re.compile(r"\srid=['\"](\d{1,15})['\"]")
_ATTRIBUTE = re.compile(r"\s(to|from|xml:lang)=('[^']*'|\"[^\"]*\")")


class Post(Struct):
    """
    A request with what came of it.

    Attributes:
        asked_ns: Since the beginning of the ladder.
        sent: Its body.
        answered_ns: When the response came; None if none did.
        status: Of the response; 0 if none came.
        got: Its body.
        error: What the browser said.
    """

    asked_ns: int
    sent: str
    answered_ns: int | None = None
    status: int = 0
    got: str = ""
    error: str | None = None

    def exchange(self, url: str, asked: Source, answered: Source | None) -> Exchange:
        """As a recording tells it."""
        sent, got = self.sent.encode(), self.got.encode()
        request = Request(
            method="POST",
            url=url,
            version="HTTP/1.1",
            headers=_FIELDS,
            body=sent,
            body_length=len(sent),
            source=asked,
        )
        if answered is None or not self.status:
            return Exchange(request=request, response=None, error=self.error)
        response = Response(
            status=self.status,
            version="HTTP/1.1",
            headers=_FIELDS,
            body=got,
            body_length=len(got),
            source=answered,
        )
        return Exchange(request=request, response=response)


_FIELDS: Headers = (("Content-Type", "text/xml; charset=utf-8"),)


def posts(lines: list[Line], options: dict[str, str], until_ns: int) -> list[Post]:
    """
    The requests of a conversation, in order.

    Args:
        lines: What is said.
        options: What the server agrees to (`wait`, `hold`, …), `sid` and the first `rid`.
        until_ns: Until when the client goes on asking.
    """
    talk = _Talk(options)
    for line in lines:
        if line.direction is Direction.TO_SERVER:
            talk.ask(line)
        else:
            talk.answer(line)
    talk.end(until_ns)
    return talk.posts


class _Talk:
    def __init__(self, options: dict[str, str]) -> None:
        self.posts: list[Post] = []
        self._agreed = {**_USUAL, **options}
        self._sid = self._agreed.pop("sid", _SID)
        self._rid = int(self._agreed.pop("rid", _FIRST_RID))
        self._waiting: deque[Post] = deque()
        self._free_ns = 0
        self._created = False
        self._header: Line | None = None
        self._polls = False

    def _post(self, time_ns: int, sent: str) -> None:
        post = Post(time_ns, sent)
        self.posts.append(post)
        self._waiting.append(post)

    def _respond(self, time_ns: int, got: str, status: int = 200, error: str | None = None) -> None:
        if not self._waiting:
            self._post(min(self._free_ns + AGAIN_NS, time_ns), self._body("", ""))
        post = self._waiting.popleft()
        post.answered_ns, post.status, post.got, post.error = time_ns, status, got, error
        self._free_ns = time_ns

    def _body(self, attributes: str, content: str) -> str:
        """Of a request; each has the next number."""
        rid, self._rid = self._rid, self._rid + 1
        sid = f" sid='{self._sid}'" if self._created else ""
        tag = f"<body rid='{rid}'{sid}{attributes} xmlns='{_NS}'"
        return f"{tag}>{content}</body>" if content else f"{tag}/>"

    def ask(self, line: Line) -> None:
        """A line of the client."""
        text = line.text
        if line.word != "xml":
            return
        self._flush()
        self._poll(line.time_ns - _IDLE_NS)
        if _RAW.match(text):
            rid = _RID.search(text)
            self._rid = int(rid[1]) + 1 if rid else self._rid
            self._created, self._polls = True, False
            self._post(line.time_ns, _qualified(text))
        elif text.startswith("<open"):
            self._post(line.time_ns, self._body(self._opening(text), ""))
            self._created = self._polls = True
        elif text.startswith("<close"):
            self._post(line.time_ns, self._body(" type='terminate'", ""))
            self._polls = False
        else:
            self._post(line.time_ns, self._body("", text))
        if self._polls and len(self._waiting) > max(int(self._agreed["hold"]), 1):
            # A server holds no more requests than agreed on (XEP-0124 section 8).
            self._respond(line.time_ns + _MS, _EMPTY)

    def _opening(self, text: str) -> str:
        said = "".join(f" {name}={value}" for name, value in _ATTRIBUTE.findall(text))
        if self._created:
            return f"{said} xmpp:restart='true' xmlns:xmpp='{_NS_XBOSH}'"
        wait, hold = self._agreed["wait"], self._agreed["hold"]
        return (
            f"{said} ver='1.6' wait='{wait}' hold='{hold}' content='text/xml; charset=utf-8' "
            f"xmpp:version='1.0' xmlns:xmpp='{_NS_XBOSH}'"
        )

    def answer(self, line: Line) -> None:
        """A line of the server."""
        text = line.text
        self._poll(line.time_ns - _IDLE_NS)
        if line.word == "status":
            self._turn_to(line.options.get("rid"))
            self._respond(line.time_ns, text, int(line.words[0]))
        elif line.word == "error":
            self._respond(line.time_ns, "", 0, " ".join(line.words))
        elif line.word != "xml":
            return
        elif _RAW.match(text):
            self._respond(line.time_ns, _qualified(text))
        elif text.startswith("<open"):
            if len(self.posts) <= 1:
                self._header = line
        elif self._header is not None:
            header, self._header = self._header, None
            self._respond(line.time_ns, _answer(self._creation(header.text), text))
        elif text.startswith("<close"):
            self._respond(line.time_ns, _answer(" type='terminate'", ""))
            self._polls = False
        elif text.startswith("<stream:error"):
            condition = " type='terminate' condition='remote-stream-error'"
            self._respond(line.time_ns, _answer(condition, text))
            self._polls = False
        else:
            self._respond(line.time_ns, _answer("", text))

    def _turn_to(self, rid: str | None) -> None:
        """Answer this request before those that wait longer."""
        for post in islice(self._waiting, _LOOKED_AT):
            said = _RID.search(post.sent)
            if said and said[1] == rid:
                self._waiting.remove(post)
                self._waiting.appendleft(post)
                return

    def _creation(self, text: str) -> str:
        agreed = "".join(f" {name}='{value}'" for name, value in self._agreed.items())
        said = "".join(f" {name}={value}" for name, value in _ATTRIBUTE.findall(text))
        return (
            f" sid='{self._sid}'{agreed}{said} ver='1.6' xmpp:version='1.0' "
            f"xmpp:restartlogic='true' xmlns:xmpp='{_NS_XBOSH}'"
        )

    def _flush(self) -> None:
        """The creation was answered without features."""
        if self._header is not None:
            header, self._header = self._header, None
            self._respond(header.time_ns, _answer(self._creation(header.text), ""))

    def _poll(self, until_ns: int) -> None:
        """Go on asking with empty requests, each held for as long as agreed."""
        step = max(int(self._agreed["wait"]), 1) * 1_000 * _MS
        while self._polls and self._free_ns + AGAIN_NS <= until_ns and len(self.posts) < _POLLS:
            if not self._waiting:
                self._post(self._free_ns + AGAIN_NS, self._body("", ""))
            answered_ns = self._waiting[0].asked_ns + step
            if answered_ns > until_ns:
                return
            self._respond(answered_ns, _EMPTY)

    def end(self, until_ns: int) -> None:
        """Nothing more is said."""
        self._flush()
        self._poll(until_ns)


def _qualified(text: str) -> str:
    if " xmlns=" in text.partition(">")[0]:
        return text
    return text.replace("<body", f"<body{_NAMESPACES}", 1)


def _answer(attributes: str, content: str) -> str:
    stream = " xmlns:stream='http://etherx.jabber.org/streams'" if "<stream:" in content else ""
    return f"<body{attributes} xmlns='{_NS}'{stream}>{content}</body>"
