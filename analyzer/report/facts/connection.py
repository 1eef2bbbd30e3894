"""Facts of a connection and of a recording, as label and value."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from ...model.flow import Connection, DirectionFacts, GapReason
from ...model.http import field
from ...model.recording import HarFacts, PacketFacts, Recording
from ...model.session import Carrier, CloseKind, Session
from ...model.source import Direction
from ...model.tls import HANDSHAKE_FAILED
from ..language.texts import Piece, listed, say
from ..language.visible import clipped, legible
from ..language.words import Words
from .evidence import duration, timestamp
from .joined import joined_facts
from .network import SHOWN, network_facts, use_words
from .timing import timing_facts
from .tls import tls_facts

Fact = tuple[str, str]
"""Label and value in the language of the reader; captured words in it made visible."""

_LENGTH = 300


def connection_facts(
    session: Session, words: Words, recordings: Sequence[Recording] = ()
) -> Iterator[Fact]:
    """What is known of the connection that carried a session, the telling facts first."""
    carrier = words[f"carrier.{session.carrier.value}"]
    carried = ("carrier", "" if session.carrier is Carrier.WEBSOCKET else carrier)
    joined = joined_facts(session, words, recordings)
    for key, value in (carried, *joined, *_session(session, words)):
        if value:
            yield words[f"fact.{key}"], clipped(legible(value), _LENGTH)


def input_facts(recording: Recording, words: Words) -> Iterator[Fact]:
    """What a recording holds and what it lacks."""
    for key, value in _recording(recording, words):
        if value:
            yield words[f"fact.{key}"], clipped(legible(value), _LENGTH)


def _session(session: Session, words: Words) -> Iterator[Fact]:
    yield "url", session.url or ""
    yield "jid", session.jid or ""
    yield "close", close_words(session, words)
    yield "started", "" if session.started_ns is None else timestamp(session.started_ns)
    if session.started_ns is not None and session.ended_ns is not None:
        yield "lasted", duration(session.ended_ns - session.started_ns, words)
    yield "encrypted", _yes(words, so=session.encrypted)
    yield from timing_facts(session, words)
    yield "keepalives", _keepalives(session, words)
    if session.connection is not None:
        yield from _tcp(session.connection, words)
    if session.upgrade is not None:
        yield "subprotocol", session.upgrade.subprotocol or ""
        yield "extensions", session.upgrade.extensions or ""
        response = session.upgrade.exchange.response
        if response is not None:
            yield "server", field(response.headers, "server") or ""
    yield "user_agent", session.user_agent or ""
    yield from tls_facts(session, words)
    yield from network_facts(session, words)
    holes = [gap for gap in session.gaps if gap.reason is not GapReason.ENCRYPTED]
    yield "gaps", _number(len(holes), words)


def _yes(words: Words, *, so: bool | None) -> str:
    return "" if so is None else words["yes" if so else "no"]


def _number(count: int, words: Words) -> str:
    """A count; nothing is not told."""
    return words.number(count) if count else ""


def close_words(session: Session, words: Words) -> str:
    """How a session ended: protocol words, and ours around them."""
    close = session.close
    parts = [words[f"closing.{close.kind.value}"]]
    if close.kind in (CloseKind.OPEN, CloseKind.UNKNOWN):
        return parts[0]
    if close.by is not None:
        parts.append(words[f"closing.by.{close.by.value}"])
    if close.condition is not None:
        parts.append(close.condition)
    if close.code is not None:
        parts.append(say(words, "closing.code", code=close.code))
    if close.reason:
        parts.append(say(words, "quoted", text=Piece(close.reason)))
    if close.idle_ns is not None:
        last = "record" if session.carrier is Carrier.UNKNOWN else "stanza"
        idle = duration(close.idle_ns, words)
        parts.append(say(words, f"closing.idle.{last}", duration=idle))
    return listed(words, parts)


def end_word(kind: str, words: Words) -> str:
    """The end of a session or a connection in a word or two; what is none stays."""
    return words.get(f"ended.{kind}") or words.word("closing", kind)


def _keepalives(session: Session, words: Words) -> str:
    sent = Counter(kept.direction.sender.value for kept in session.keepalives)
    told = (say(words, f"keepalives.{side}", count=count) for side, count in sent.items())
    return listed(words, told)


def _tcp(connection: Connection, words: Words) -> Iterator[Fact]:
    yield "client", "" if connection.client is None else str(connection.client)
    yield "server_address", str(connection.server)
    if connection.to_server is None and connection.to_client is None:
        return
    yield "stream", f"tcp.stream == {connection.number}"
    if connection.connect_ns is not None and connection.connect_ns >= 0:
        yield "connect", duration(connection.connect_ns, words)
    ended = words[f"ended.{connection.ended_by.value}"]
    if connection.ended_side is not None:
        ended = say(words, f"ended.by.{connection.ended_side.value}", how=ended)
    yield "tcp_end", ended
    facts = {
        Direction.TO_SERVER: connection.to_server,
        Direction.TO_CLIENT: connection.to_client,
    }
    for direction, found in facts.items():
        if found is not None:
            key = "to_server" if direction is Direction.TO_SERVER else "to_client"
            yield key, _flow(found, words)


def _flow(found: DirectionFacts, words: Words) -> str:
    oddities = {
        "vain": 0 if found.unacknowledged is None else found.unacknowledged.octets,
        "lost": found.lost,
        "retransmitted": found.retransmitted,
        "order": found.out_of_order,
        "windows": found.zero_windows,
        "cut": found.cut,
    }
    all_of_it = say(words, "flow", packets=found.packets, octets=found.octets)
    told = (say(words, f"flow.{key}", count=count) for key, count in oddities.items() if count)
    return listed(words, [all_of_it, *told])


def _recording(recording: Recording, words: Words) -> Iterator[Fact]:
    yield "format", say(words, "format", format=recording.format, octets=recording.octets)
    yield "sha256", recording.sha256
    if recording.har is not None:
        yield from _har(recording.har, words)
    if recording.packets is not None:
        yield from _packets(recording.packets, words)
    for use in recording.realtime[:SHOWN]:
        yield "realtime", use_words(use, words)
    secrets = {kind.value: count for kind, count in recording.secrets.items()}
    yield "secrets", _counted(secrets, "held", words)
    yield "anomalies", _number(len(recording.anomalies), words)


def _har(har: HarFacts, words: Words) -> Iterator[Fact]:
    yield "producer", har.producer
    yield "browser", har.browser
    yield "entries", say(words, "entries", read=har.entries, skipped=har.skipped)
    sockets = [socket.messages for socket in har.sockets]
    messages = sum(count for count in sockets if count is not None)
    yield "sockets", say(words, "sockets", sockets=len(sockets), messages=messages)
    yield "sanitized", _yes(words, so=har.sanitized)
    if har.first_ns is not None and har.last_ns is not None:
        yield "covers", _span(har.first_ns, har.last_ns, words)


def _packets(packets: PacketFacts, words: Words) -> Iterator[Fact]:
    yield "packets", words.number(packets.packets)
    yield "link_types", _counted(packets.link_types, "link", words)
    yield "undecoded", _counted(packets.undecoded, "undecoded", words)
    counts = {"count": packets.connections, "followed": packets.followed}
    yield "tcp", say(words, "tcp.connections", **counts)
    yield "tls", _tls(packets, words)
    yield "duplicates", _number(packets.duplicates, words)
    yield "fragments", _number(packets.fragments, words)
    yield "dns", _dns(packets, words)
    yield "one_way", _number(packets.one_way, words)
    if packets.cut and packets.snaplen is not None:
        yield "cut", say(words, "cut.snaplen", count=packets.cut, snaplen=packets.snaplen)
    elif packets.cut:
        yield "cut", say(words, "cut", count=packets.cut)
    yield "dropped", _number(packets.dropped or 0, words)
    if packets.first_ns is not None and packets.last_ns is not None:
        yield "covers", _span(packets.first_ns, packets.last_ns, words)


def _tls(packets: PacketFacts, words: Words) -> str:
    if not packets.tls_connections:
        return ""
    told = [say(words, "tls.decrypted", count=packets.tls_opened)] if packets.tls_opened else []
    for why, count in packets.tls_locked.items():
        # The alert that ended a handshake may well have been decrypted.
        if why == HANDSHAKE_FAILED:
            told.append(say(words, "tls.failed", count=count))
        else:
            reason = Piece(words.word("locked", why))
            told.append(say(words, "tls.locked", why=reason, count=count))
    return _in_all(packets.tls_connections, listed(words, told), words)


def _in_all(count: int, told: str, words: Words) -> str:
    """A count, and what it consists of."""
    number = words.number(count)
    return say(words, "named", name=number, value=Piece(told)) if told else number


def _dns(packets: PacketFacts, words: Words) -> str:
    if not packets.resolutions:
        return ""
    answers = Counter(one.code or words["dns.none"] for one in packets.resolutions)
    told = Piece(_counted(answers, "dns", words))
    return say(words, "dns.questions", count=len(packets.resolutions), answers=told)


def _span(first_ns: int, last_ns: int, words: Words) -> str:
    first, last = timestamp(first_ns), timestamp(last_ns)
    return say(words, "span", first=first, last=last, duration=duration(last_ns - first_ns, words))


def _counted(counts: Mapping[str, int], kind: str, words: Words) -> str:
    told = (f"{words.word(kind, name)} {words.number(n)}" for name, n in counts.items())
    return listed(words, told)
