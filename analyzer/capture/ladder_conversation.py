"""The packets that a conversation of a ladder stands for, in order."""

from collections.abc import Iterator
from itertools import count
from typing import NamedTuple

from ..model.session import Carrier
from ..model.source import Direction
from . import ladder_bosh, ladder_wire
from .ladder_lines import Line
from .ladder_text import Conversation, Start
from .ladder_tls import Tls

_TO_SERVER, _TO_CLIENT = Direction.TO_SERVER, Direction.TO_CLIENT
_MS = 1_000_000

RECORDS = 1_000
"""Records of a side that a cadence adds."""

PING_OCTETS = {_TO_SERVER: 103, _TO_CLIENT: 109}
"""Plaintext of a desktop's ping and of its answer, framed."""


_BARE = frozenset({"gap", "fin", "rst", "resent"})
"""Lines that stand for a packet without octets of its own."""


class Packet(NamedTuple):
    """
    What one packet holds: octets, or the word of a line that holds none.

    Attributes:
        time_ns: Since the beginning of the ladder.
        direction: Which way it went.
        octets: Of the payload.
        word: "gap", "fin", "rst", "resent", "syn", "ack", "end" or nothing; "hello" and "alert"
            of TLS, "record" for octets that TLS hides; "request" and "response" of BOSH.
        line: Where it comes from a line.
        post: Which of BOSH.
        alert: Its description.
    """

    time_ns: int
    direction: Direction
    octets: bytes = b""
    word: str = ""
    line: Line | None = None
    post: ladder_bosh.Post | None = None
    alert: str = ""


def packets_of(talk: Conversation) -> Iterator[Packet]:
    """The packets of a connection; those of one time are in order."""
    yield from _opening(talk)
    said = _posts(talk) if talk.carrier is Carrier.BOSH else _said(talk)
    locked = talk.tls is not None and talk.tls.facts.locked is not None
    for packet in said:
        yield packet._replace(word="record") if locked and packet.octets else packet
    if talk.tls is not None:
        yield from _tls(talk, talk.tls)
    if talk.until_ns is not None and talk.until_ns >= talk.last_ns:
        yield Packet(talk.until_ns, _TO_CLIENT, word="ack")


def _said(talk: Conversation) -> Iterator[Packet]:
    serial = count(1)
    hidden = False
    for line in talk.lines:
        if line.word in _BARE:
            yield Packet(line.time_ns, line.direction, word=line.word, line=line)
        elif line.word == "http":
            yield from _call(talk, line)
        elif hidden:
            yield Packet(line.time_ns, line.direction, ladder_wire.record(line.text.encode()))
        elif line.word not in {"error", "status"}:
            yield Packet(line.time_ns, line.direction, _octets(talk, line, next(serial)))
        if talk.carrier is Carrier.TCP and line.text.startswith("<proceed"):
            hidden = True
            yield from _hellos(line.time_ns)


def _posts(talk: Conversation) -> Iterator[Packet]:
    """Requests and responses; what else is said of the connection as it is."""
    hidden = talk.tls is not None and talk.tls.facts.locked is not None
    for post in ladder_bosh.posts(talk.lines, talk.bosh, talk.last_ns):
        sent, got = post.sent.encode(), post.got.encode()
        if hidden:
            yield Packet(post.asked_ns, _TO_SERVER, sent)
        else:
            yield Packet(post.asked_ns, _TO_SERVER, sent, "request", post=post)
        if post.answered_ns is not None and hidden:
            yield Packet(post.answered_ns, _TO_CLIENT, got)
        elif post.answered_ns is not None:
            yield Packet(post.answered_ns, _TO_CLIENT, got, "response", post=post)
    for line in talk.lines:
        if line.word in _BARE:
            yield Packet(line.time_ns, line.direction, word=line.word, line=line)


def _tls(talk: Conversation, tls: Tls) -> Iterator[Packet]:
    """Alerts, and the records that no line stands for."""
    begin, until = talk.first_ns - 4 * _MS, talk.last_ns
    for direction, alert in tls.alerts:
        time_ns = begin + 3 * _MS if tls.fails else until - _MS
        yield Packet(time_ns, direction, word="alert", alert=alert)
    if tls.cadence_ns is None or tls.facts.locked is None:
        return
    last = talk.lines[-1].time_ns if talk.lines else talk.begins_ns
    for time_ns in range(last + tls.cadence_ns, until, tls.cadence_ns)[:RECORDS]:
        for direction, delay in ((_TO_SERVER, 0), (_TO_CLIENT, 20 * _MS)):
            yield Packet(time_ns + delay, direction, bytes(PING_OCTETS[direction]), "record")


def _hellos(time_ns: int) -> Iterator[Packet]:
    """As much of a handshake as tells TLS."""
    for delay, direction in ((2, _TO_SERVER), (3, _TO_CLIENT)):
        yield Packet(time_ns + delay * _MS, direction, ladder_wire.HELLO[direction])


def _opening(talk: Conversation) -> Iterator[Packet]:
    """TCP's handshake, then that of what it carries."""
    begin = talk.first_ns - 4 * _MS
    if talk.start is Start.LATE:
        return
    yield Packet(begin, _TO_SERVER, word="syn")
    if talk.start is Start.UNREACHED:
        if talk.reason == "refused":
            yield Packet(begin + _MS, _TO_CLIENT, word="rst")
        else:
            # RFC 6298 section 2: the first timeout is a second, then it doubles.
            yield Packet(begin + 1_000 * _MS, _TO_SERVER, word="syn")
            yield Packet(begin + 3_000 * _MS, _TO_SERVER, word="syn")
        return
    yield Packet(begin + _MS, _TO_CLIENT, word="syn")
    if talk.tls is not None:
        for direction in talk.tls.hellos:
            delay = 1_300_000 if direction is _TO_SERVER else 1_600_000
            yield Packet(begin + delay, direction, word="hello")
        if talk.tls.fails:
            return
    if talk.start is Start.TLS:
        yield from _hellos(begin)
    elif talk.start in {Start.UPGRADE, Start.REFUSED} and talk.carrier is Carrier.WEBSOCKET:
        for packet in _handshake(talk, begin):
            locked = talk.tls is not None and talk.tls.facts.locked is not None
            yield packet._replace(word="record") if locked else packet


def _handshake(talk: Conversation, begin: int) -> Iterator[Packet]:
    # A ladder of packets whose URL is wss:// stands for a capture that was decrypted; only the
    # request target can say so.
    target = ladder_wire.target(talk.url, absolute=talk.url.startswith("wss:"))
    request = ladder_wire.head(f"GET {target} HTTP/1.1", ladder_wire.request_fields(talk))
    yield Packet(begin + 2 * _MS, _TO_SERVER, request)
    if talk.status:
        reason = talk.reason or "Switching Protocols"
        fields = ladder_wire.response_fields(talk)
        response = ladder_wire.head(f"HTTP/1.1 {talk.status} {reason}", fields)
        yield Packet(begin + 3 * _MS, _TO_CLIENT, response)


def _call(talk: Conversation, line: Line) -> Iterator[Packet]:
    method, path, status = line.words
    sent, got = ladder_wire.call_fields(talk, line)
    yield Packet(line.time_ns, _TO_SERVER, ladder_wire.head(f"{method} {path} HTTP/1.1", sent))
    if int(status):
        octets = ladder_wire.head(f"HTTP/1.1 {status} -", got) + line.text.encode()
        yield Packet(line.time_ns + 20 * _MS, _TO_CLIENT, octets)


def _octets(talk: Conversation, line: Line, serial: int) -> bytes:
    if talk.carrier is Carrier.TCP:
        return ladder_wire.stream(line)
    if line.word == "octets" or talk.start is Start.RAW:
        return ladder_wire.payload(line)
    framed = ladder_wire.frame(line, serial)
    return ladder_wire.record(framed) if talk.start is Start.TLS else framed
