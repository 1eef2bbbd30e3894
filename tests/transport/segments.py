"""Writes packets octet by octet, and takes them through reader and transport."""

import struct
from collections.abc import Collection, Iterable, Sequence
from ipaddress import ip_address
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from analyzer.model.anomaly import Anomaly
from analyzer.model.events import BESIDE, Item
from analyzer.model.flow import Chunk, Connection, End, Gap
from analyzer.model.packet import PacketWindow
from analyzer.model.source import Direction
from analyzer.transport.flows import Transport

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16

CLIENT = ("10.0.0.1", 40_000)
SERVER = ("10.0.0.2", 7_071)
PORT = SERVER[1]

ISN = (1_000, 5_000)

START_NS = 1_767_225_600_000_000_000

C, S = Direction.TO_SERVER, Direction.TO_CLIENT


def tcp_header(
    ports: tuple[int, int], sequence: int, acknowledgment: int, flags: int, window: int = 1_000
) -> bytes:
    """Twenty octets."""
    numbers = (sequence % (1 << 32), acknowledgment % (1 << 32))
    return struct.pack(">HHIIBBHHH", *ports, *numbers, 5 << 4, flags, window, 0, 0)


def ip_packet(hosts: tuple[str, str], body: bytes, protocol: int = 6) -> bytes:
    """An IPv4 or IPv6 datagram, as the addresses are."""
    source, destination = (ip_address(host).packed for host in hosts)
    if len(source) == 16:
        return struct.pack(">IHBB", 6 << 28, len(body), protocol, 64) + source + destination + body
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(body), 0, 0, 64, protocol, 0)
    return head + source + destination + body


def ethernet(datagram: bytes) -> bytes:
    """An Ethernet frame around an IP datagram."""
    return bytes(12) + (b"\x86\xdd" if datagram[0] >> 4 == 6 else b"\x08\x00") + datagram


def segment(
    source: tuple[str, int],
    destination: tuple[str, int],
    sequence: int,
    flags: int = ACK,
    payload: bytes = b"",
    *,
    acknowledgment: int = 0,
    window: int = 1_000,
) -> bytes:
    """An Ethernet frame with a TCP segment in it."""
    header = tcp_header((source[1], destination[1]), sequence, acknowledgment, flags, window)
    return ethernet(ip_packet((source[0], destination[0]), header + payload))


class Pair(NamedTuple):
    """Who talks to whom, and the initial sequence numbers of both."""

    client: tuple[str, int] = CLIENT
    server: tuple[str, int] = SERVER
    isn: tuple[int, int] = ISN


PAIR = Pair()


def sent(
    way: Direction,
    offset: int,
    payload: bytes = b"",
    flags: int = ACK,
    *,
    acked: int = 0,
    pair: Pair = PAIR,
    window: int = 1_000,
) -> bytes:
    """
    A segment of a conversation.

    Args:
        way: Which direction.
        offset: Of the first octet; -1 for a SYN.
        payload: Its octets.
        flags: As on the wire.
        acked: Offset of the other direction that is acknowledged.
        pair: Between whom.
        window: As on the wire.
    """
    (own, peer), ends = pair.isn, pair[:2]
    if way is S:
        own, peer, ends = peer, own, ends[::-1]
    return segment(
        *ends,
        own + 1 + offset,
        flags,
        payload,
        acknowledgment=peer + 1 + acked if flags & ACK else 0,
        window=window,
    )


def handshake(pair: Pair = PAIR) -> list[bytes]:
    """SYN, SYN-ACK, ACK."""
    return [
        sent(C, -1, b"", SYN, pair=pair),
        sent(S, -1, b"", SYN | ACK, pair=pair),
        sent(C, 0, pair=pair),
    ]


def window_of(
    packets: Sequence[bytes],
    *,
    first: int = 1,
    link_type: int = 1,
    snaplen: int = 1 << 18,
    times_ns: Sequence[int] | None = None,
) -> PacketWindow:
    """Packets as a reader delivers them, a millisecond apart, some octets between them."""
    kept = [packet[:snaplen] for packet in packets]
    data = b"".join(b"\xee" * 16 + packet for packet in kept)
    captured = np.array([len(packet) for packet in kept], np.int64)
    start = np.cumsum(captured + 16) - captured
    numbers = range(first, first + len(packets))
    times = [START_NS + n * 1_000_000 for n in numbers] if times_ns is None else times_ns
    return PacketWindow(
        data=np.frombuffer(data, np.uint8),
        first=first,
        start=start,
        captured=captured,
        original=np.array([len(packet) for packet in packets], np.int64),
        time_ns=np.array(times, np.int64),
        link_type=np.full(len(packets), link_type, np.int64),
    )


def windows_of(packets: Sequence[bytes], cuts: Iterable[int] = ()) -> list[PacketWindow]:
    """Packets in several windows, cut before the given indices."""
    bounds = [0, *sorted(cut for cut in set(cuts) if cut < len(packets)), len(packets)]
    return [
        window_of(packets[low:high], first=low + 1) for low, high in pairwise(bounds) if low < high
    ]


def carried(
    windows: Iterable[PacketWindow], ports: Collection[int] = (PORT,)
) -> tuple[dict[int, list[Item]], Transport]:
    """What the transport delivers of each connection, DNS and ICMP left out."""
    transport = Transport(0, ports)
    found: dict[int, list[Item]] = {BESIDE: []}
    for window in windows:
        for number, items in transport.feed(window):
            found.setdefault(number, []).extend(items)
    for number, items in transport.finish():
        found.setdefault(number, []).extend(items)
    del found[BESIDE]
    return found, transport


def one(
    packets: Sequence[bytes], cuts: Iterable[int] = (), ports: Collection[int] = (PORT,)
) -> list[Item]:
    """What the transport delivers of the only connection."""
    found, _ = carried(windows_of(packets, cuts), ports)
    assert list(found) == [0]
    return found[0]


def octets(items: Iterable[Item], way: Direction) -> bytes:
    """The octets of one direction."""
    return b"".join(i.octets for i in items if isinstance(i, Chunk) and i.direction is way)


def gaps(items: Iterable[Item]) -> list[tuple[Direction, int, int | None, str]]:
    """The gaps."""
    return [
        (item.direction, item.offset, item.length, item.reason.value)
        for item in items
        if isinstance(item, Gap)
    ]


def ends(items: Iterable[Item]) -> list[tuple[Direction, int, str]]:
    """The ends."""
    return [(i.direction, i.offset, i.cause.value) for i in items if isinstance(i, End)]


def anomalies(items: Iterable[Item]) -> list[Anomaly]:
    """The anomalies."""
    return [item for item in items if isinstance(item, Anomaly)]


def connection(items: Sequence[Item]) -> Connection:
    """The connection, which is the last item."""
    last = items[-1]
    assert isinstance(last, Connection)
    assert sum(isinstance(item, Connection) for item in items) == 1
    return last
