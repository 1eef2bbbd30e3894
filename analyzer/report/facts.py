"""Facts of a connection and of a recording, as label and value."""

from collections import Counter
from collections.abc import Iterator, Sequence

from ..model.flow import Connection, GapReason
from ..model.http import field
from ..model.recording import HarFacts, PacketFacts, Recording
from ..model.session import Carrier, CloseKind, Session
from ..model.source import Direction
from ..model.tls import HANDSHAKE_FAILED
from .evidence import duration, timestamp
from .joined_facts import joined_facts
from .language import Words
from .network_facts import SHOWN, network_facts, use_words
from .timing_facts import timing_facts
from .tls_facts import tls_facts
from .visible import clipped, visible

Fact = tuple[str, str]
"""Label and value; the value is captured text made visible."""

_LENGTH = 300


def connection_facts(
    session: Session, words: Words, recordings: Sequence[Recording] = ()
) -> Iterator[Fact]:
    """What is known of the connection that carried a session, the telling facts first."""
    carrier = words[f"carrier.{session.carrier.value}"]
    told = [("carrier", "" if session.carrier is Carrier.WEBSOCKET else carrier)]
    for key, value in [*told, *joined_facts(session, recordings), *_session(session)]:
        if value:
            yield words[f"fact.{key}"], clipped(visible(value), _LENGTH)


def input_facts(recording: Recording, words: Words) -> Iterator[Fact]:
    """What a recording holds and what it lacks."""
    for key, value in _recording(recording):
        if value:
            yield words[f"fact.{key}"], clipped(visible(value), _LENGTH)


def _session(session: Session) -> Iterator[Fact]:
    yield "url", session.url or ""
    yield "jid", session.jid or ""
    yield "close", close_words(session)
    yield "started", "" if session.started_ns is None else timestamp(session.started_ns)
    if session.started_ns is not None and session.ended_ns is not None:
        yield "lasted", duration(session.ended_ns - session.started_ns)
    yield "encrypted", {None: "", True: "yes", False: "no"}[session.encrypted]
    yield from timing_facts(session)
    yield "keepalives", _keepalives(session)
    if session.connection is not None:
        yield from _tcp(session.connection)
    if session.upgrade is not None:
        yield "subprotocol", session.upgrade.subprotocol or ""
        yield "extensions", session.upgrade.extensions or ""
        response = session.upgrade.exchange.response
        if response is not None:
            yield "server", field(response.headers, "server") or ""
    yield "user_agent", session.user_agent or ""
    yield from tls_facts(session)
    yield from network_facts(session)
    holes = [gap for gap in session.gaps if gap.reason is not GapReason.ENCRYPTED]
    yield "gaps", str(len(holes) or "")


def close_words(session: Session) -> str:
    """How a session ended, in protocol words."""
    close = session.close
    if close.kind is CloseKind.OPEN:
        return "still open when the recording ended"
    if close.kind is CloseKind.UNKNOWN:
        return "how the session ended was not recorded"
    parts = [close.kind.value]
    if close.by is not None:
        parts.append(f"by {close.by.value}")
    if close.condition is not None:
        parts.append(close.condition)
    if close.code is not None:
        parts.append(f"code {close.code}")
    if close.reason:
        parts.append(f'"{close.reason}"')
    if close.idle_ns is not None:
        last = "record" if session.carrier is Carrier.UNKNOWN else "stanza"
        parts.append(f"{duration(close.idle_ns)} after the last {last}")
    return ", ".join(parts)


def _keepalives(session: Session) -> str:
    sent = Counter(kept.direction.sender.value for kept in session.keepalives)
    return ", ".join(f"{side} {count}" for side, count in sent.items())


def _tcp(connection: Connection) -> Iterator[Fact]:
    yield "client", "" if connection.client is None else str(connection.client)
    yield "server_address", str(connection.server)
    if connection.to_server is None and connection.to_client is None:
        return
    yield "stream", f"tcp.stream == {connection.number}"
    if connection.connect_ns is not None and connection.connect_ns >= 0:
        yield "connect", duration(connection.connect_ns)
    side = f" by {connection.ended_side.value}" if connection.ended_side is not None else ""
    yield "tcp_end", f"{connection.ended_by.value}{side}"
    facts = {
        Direction.TO_SERVER: connection.to_server,
        Direction.TO_CLIENT: connection.to_client,
    }
    for direction, found in facts.items():
        if found is not None:
            vain = found.unacknowledged
            oddities = {
                "never acknowledged octets": 0 if vain is None else vain.octets,
                "lost octets": found.lost,
                "retransmitted octets": found.retransmitted,
                "out of order": found.out_of_order,
                "zero windows": found.zero_windows,
                "octets cut": found.cut,
            }
            told = "".join(f", {name} {count}" for name, count in oddities.items() if count)
            key = "to_server" if direction is Direction.TO_SERVER else "to_client"
            yield key, f"{found.packets} packets, {found.octets} octets{told}"


def _recording(recording: Recording) -> Iterator[Fact]:
    yield "format", f"{recording.format}, {recording.octets:,} octets"
    yield "sha256", recording.sha256
    if recording.har is not None:
        yield from _har(recording.har)
    if recording.packets is not None:
        yield from _packets(recording.packets)
    for use in recording.realtime[:SHOWN]:
        yield "realtime", use_words(use)
    yield "secrets", _counted({kind.value: n for kind, n in recording.secrets.items()})
    yield "anomalies", str(len(recording.anomalies) or "")


def _har(har: HarFacts) -> Iterator[Fact]:
    yield "producer", har.producer
    yield "browser", har.browser
    yield "entries", f"{har.entries} read, {har.skipped} skipped"
    sockets = [socket.messages for socket in har.sockets]
    messages = sum(count for count in sockets if count is not None)
    yield "sockets", f"{len(sockets)} WebSocket entries, {messages} messages"
    yield "sanitized", {None: "", True: "yes", False: "no"}[har.sanitized]
    if har.first_ns is not None and har.last_ns is not None:
        yield "covers", _span(har.first_ns, har.last_ns)


def _packets(packets: PacketFacts) -> Iterator[Fact]:
    yield "packets", f"{packets.packets:,}"
    yield "link_types", _counted(packets.link_types)
    yield "undecoded", _counted(packets.undecoded)
    yield "tcp", f"{packets.connections} connections, {packets.followed} followed"
    yield "tls", _tls(packets)
    yield "duplicates", f"{packets.duplicates:,}" if packets.duplicates else ""
    yield "fragments", f"{packets.fragments:,}" if packets.fragments else ""
    yield "dns", _dns(packets)
    yield "one_way", str(packets.one_way or "")
    if packets.cut:
        snaplen = f" (snap length {packets.snaplen})" if packets.snaplen is not None else ""
        yield "cut", f"{packets.cut:,} packets{snaplen}"
    yield "dropped", str(packets.dropped or "")
    if packets.first_ns is not None and packets.last_ns is not None:
        yield "covers", _span(packets.first_ns, packets.last_ns)


def _tls(packets: PacketFacts) -> str:
    if not packets.tls_connections:
        return ""
    # The alert that ended a handshake may well have been decrypted.
    locked = {
        why if why == HANDSHAKE_FAILED else f"not read ({why})": count
        for why, count in packets.tls_locked.items()
    }
    opened = {"decrypted": packets.tls_opened} if packets.tls_opened else {}
    told = _counted(opened | locked)
    return f"{packets.tls_connections}{': ' if told else ''}{told}"


def _dns(packets: PacketFacts) -> str:
    if not packets.resolutions:
        return ""
    vain = Counter(one.code or "no answer" for one in packets.resolutions)
    return f"{len(packets.resolutions)} questions: {_counted(dict(vain))}"


def _span(first_ns: int, last_ns: int) -> str:
    return f"{timestamp(first_ns)} to {timestamp(last_ns)} ({duration(last_ns - first_ns)})"


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items())
