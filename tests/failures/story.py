"""
What was said in a real recording, to be changed and told anew as a HAR and as packets.

A `Story` holds the messages of one WebSocket with the REST calls beside it. It is taken from a
recorded HAR, changed line by line, and written back: into that HAR by `har_changes`, into the
packets of the same recording by `socket_packets`. So a failure is made once and shown twice.
"""

import base64
import json
import re
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, Self

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"

TEXT, CLOSE, PING = 1, 8, 9


class Said(NamedTuple):
    """
    One message.

    Attributes:
        at_s: Seconds since the socket was asked for.
        way: "C>" or "S>".
        text: What it says; of a Close frame its reason.
        opcode: Of RFC 6455; a HAR shows text only.
        code: Of a Close frame.
    """

    at_s: float
    way: str
    text: str
    opcode: int = TEXT
    code: int = 1000


class Call(NamedTuple):
    """
    One REST call.

    Attributes:
        at_s: Seconds since the socket was asked for.
        method: GET, PUT...
        path: With query.
        status: 0 where no answer came.
        body: What was sent.
        answer: What came back.
        request_id: Header that Finesse's client sends with it.
        took_s: From call to answer.
    """

    at_s: float
    method: str
    path: str
    status: int
    body: str = ""
    answer: str = ""
    request_id: str | None = None
    took_s: float = 0.01


class End(NamedTuple):
    """
    How the connection ended.

    Attributes:
        at_s: Seconds since the socket was asked for.
        by: "C>" or "S>": who sent it.
        how: "fin" or "rst".
    """

    at_s: float
    by: str = "C>"
    how: str = "fin"


class Story(NamedTuple):
    """
    A session, with what can be changed of it.

    Attributes:
        base: Recording it comes from.
        said: Messages in order of time.
        end: Of the connection; None: open when the recording ended.
        calls: REST calls in order of time.
        begin_s: When it began, seconds since the recording it comes from did.
        dead_s: From then on nothing passes the network.
        asleep_s: From when to when the client's computer takes nothing and says nothing.
        host: host:port of the server; None: as recorded.
        bare: There was no WebSocket, only calls.
    """

    base: str
    said: tuple[Said, ...]
    end: End | None
    calls: tuple[Call, ...] = ()
    begin_s: float = 0.0
    dead_s: float | None = None
    asleep_s: tuple[float, float] = (0.0, 0.0)
    host: str | None = None
    bare: bool = False

    def place(self, part: str, which: int = 0) -> int:
        """
        Place of a message that holds these words.

        Raises:
            ValueError: There is none.
        """
        found = [n for n, one in enumerate(self.said) if part in one.text]
        if not found:
            raise ValueError(f"nobody said {part}")
        return found[which]

    def at(self, part: str, which: int = 0) -> float:
        """When that was."""
        return self.said[self.place(part, which)].at_s

    def without(self, *parts: str) -> Self:
        """Without the messages that hold any of these words."""
        for part in parts:
            self.place(part)
        kept = (one for one in self.said if not any(part in one.text for part in parts))
        return self._replace(said=tuple(kept))

    def until(self, part: str, end: End | None = None) -> Self:
        """Up to and with the first message that holds these words."""
        return self._replace(said=self.said[: self.place(part) + 1], end=end)

    def swapped(self, part: str, by: str) -> Self:
        """With other words in every message that holds them."""
        self.place(part)
        told = (one._replace(text=one.text.replace(part, by)) for one in self.said)
        return self._replace(said=tuple(told))

    def answering(self, part: str, text: str) -> Self:
        """With another text for the first message that holds these words."""
        index = self.place(part)
        said = list(self.said)
        said[index] = said[index]._replace(text=text)
        return self._replace(said=tuple(said))

    def saying(self, *more: Said) -> Self:
        """With more messages, each at its time behind what was said by then."""
        said = sorted([*self.said, *more], key=lambda one: one.at_s)
        return self._replace(said=tuple(said))

    def calling(self, *more: Call) -> Self:
        """With more REST calls."""
        return self._replace(calls=tuple(sorted([*self.calls, *more])))

    def later(self, seconds: float, part: str) -> Self:
        """With the first message that holds these words, and all behind it, later."""
        index = self.place(part)
        moved = (one._replace(at_s=one.at_s + seconds) for one in self.said[index:])
        end = None if self.end is None else self.end._replace(at_s=self.end.at_s + seconds)
        return self._replace(said=(*self.said[:index], *moved), end=end)

    def open_end(self) -> Self:
        """Without what the client said to take its leave."""
        return self.without('type="unavailable"', "<close")._replace(end=None)

    def pinging(self, until_s: float, every_s: float = 10.0, answered: bool = True) -> Self:
        """With the recorded ping and its answer again and again, counted from the last message."""
        ask, reply = self.place(":ping"), self.place(":ping", 1)
        number = re.search(r"(\d+):ping", self.said[ask].text)
        assert number is not None
        more: list[Said] = []
        at_s, count = self.said[-1].at_s + every_s, 0
        while at_s <= until_s:
            count += 1
            for one, delay in ((self.said[ask], 0.0), (self.said[reply], 0.003)):
                if answered or one.way == "C>":
                    text = one.text.replace(number[1], f"{number[1]}{count}")
                    more.append(one._replace(at_s=at_s + delay, text=text))
            at_s += every_s
        return self.saying(*more)

    def of(self, agent: str) -> Self:
        """With another agent, password and name."""
        told = (one._replace(text=_renamed(one.text, agent)) for one in self.said)
        calls = (call._replace(path=call.path.replace(AGENT, agent)) for call in self.calls)
        return self._replace(said=tuple(told), calls=tuple(calls))


AGENT = "agent1001"
"""Who logged in."""

_AUTH = re.compile(r"(<auth[^>]*>)([^<]*)(</auth>)")


def _renamed(text: str, agent: str) -> str:
    found = _AUTH.search(text)
    if found is not None:
        plain = base64.b64decode(found[2]).decode().replace(AGENT, agent)
        text = text.replace(found[2], base64.b64encode(plain.encode()).decode())
    return text.replace(AGENT, agent)


@cache
def recorded_har(name: str) -> str:
    """The HAR of a recording."""
    return (FIXTURES / name / "session.har").read_text(encoding="utf-8")


def socket_of(har: Any) -> Any:
    """The entry of its WebSocket."""
    return next(e for e in har["log"]["entries"] if e.get("_resourceType") == "websocket")


def epoch_s(text: str) -> float:
    """Seconds since 1970 of a date in a HAR."""
    return datetime.fromisoformat(text).timestamp()


def story(name: str = "good-ws") -> Story:
    """What a recording holds."""
    har = json.loads(recorded_har(name))
    socket = socket_of(har)
    begun = epoch_s(socket["startedDateTime"])
    ways = {"send": "C>", "receive": "S>"}
    rows = socket["_webSocketMessages"]
    said = tuple(
        Said(row["time"] - begun, ways[row["type"]], row["data"])
        for row in rows
        if row["type"] in ways
    )
    calls = tuple(_calls(har["log"]["entries"], begun))
    return Story(name, said, End(socket["time"] / 1000), calls)


def posts(name: str = "firefox-good-bosh") -> tuple[Call, ...]:
    """Requests of a recorded BOSH session with their answers, seconds since the first."""
    entries = json.loads(recorded_har(name))["log"]["entries"]
    found = [entry for entry in entries if "/http-bind" in entry["request"]["url"]]
    begun = epoch_s(found[0]["startedDateTime"])
    return tuple(
        Call(
            epoch_s(entry["startedDateTime"]) - begun,
            "POST",
            "/http-bind/",
            entry["response"]["status"],
            entry["request"]["postData"]["text"],
            entry["response"]["content"]["text"],
            took_s=max(entry["time"] / 1000, 0.001),
        )
        for entry in found
    )


def _calls(entries: Iterable[Any], begun: float) -> Iterable[Call]:
    for entry in entries:
        if "/finesse/api/" in entry["request"]["url"]:
            request, response = entry["request"], entry["response"]
            ids = [h["value"] for h in request["headers"] if h["name"] == "requestId"]
            yield Call(
                epoch_s(entry["startedDateTime"]) - begun,
                request["method"],
                "/" + request["url"].split("/", 3)[3],
                response["status"],
                request.get("postData", {}).get("text", ""),
                response["content"].get("text", ""),
                ids[0] if ids else None,
                entry["time"] / 1000,
            )
