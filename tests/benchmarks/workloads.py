"""
Recordings of any size, made from a seed: sessions like a real one within a network's background.

The sessions repeat the recorded login of `fixtures/good-ws`, each with an agent of its own.
"""

import base64
import heapq
import json
import random
import re
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from tests.laws.recorded import REQUEST_HEADERS, RESPONSE_HEADERS, START_S, as_har, frame

from . import sealed

ROOT = Path(__file__).resolve().parents[2]
RECORDED_AGENT = "agent1001"
RECORDED_PLAIN = "AGFnZW50MTAwMQBwdzEwMDE="
PORT = 7071
PING_EVERY_S = 10.0

SYN, FIN, ACK, PUSH = 0x02, 0x01, 0x10, 0x08

Packet = tuple[float, bytes]
"""Seconds since the start, an Ethernet frame."""

Text = tuple[float, str, str]
"""Seconds since the login began, "C>" or "S>", a message."""


class Workload(NamedTuple):
    """
    What a capture holds, at scale 1.

    Attributes:
        sessions: Logins.
        stanzas: Of each session.
        background: Packets that belong to no session.
        sizes: Payload octets of background packets with their weights.
        seconds: Length of the capture.
        blocks: It is a pcapng; else a pcap.
        sealed: Sessions are in TLS, with a key log beside the capture.
    """

    sessions: int
    stanzas: int
    background: int
    sizes: dict[int, int]
    seconds: float = 3600.0
    blocks: bool = False
    sealed: bool = False


MIXED = {1448: 45, 0: 35, 160: 20}
WORKLOADS = {
    "A": Workload(200, 230, 1_400_000, MIXED),
    "B": Workload(5_000, 77, 10_000, MIXED),
    "C": Workload(200, 230, 1_400_000, MIXED, blocks=True),
    "D": Workload(0, 0, 3_000_000, {0: 40, 40: 30, 100: 30}),
    "E": Workload(3_120, 77, 10_000, MIXED, sealed=True),
    "F": Workload(200, 230, 1_400_000, MIXED, sealed=True),
}
HAR_MESSAGES = 90_728
"""Messages of workload H at scale 1: a HAR of 300 MB."""
PADDING = f"&lt;padding&gt;{'x' * 2_200}&lt;/padding&gt;"


def recorded() -> list[Text]:
    """The messages of the recorded session."""
    har = json.loads((ROOT / "fixtures/good-ws/session.har").read_bytes())
    (messages,) = (
        entry["_webSocketMessages"]
        for entry in har["log"]["entries"]
        if "_webSocketMessages" in entry
    )
    first = messages[0]["time"]
    return [(m["time"] - first, "C>" if m["type"] == "send" else "S>", m["data"]) for m in messages]


def conversation(agent: str, stanzas: int, seconds: float) -> list[Text]:
    """A login as recorded, then events and pings up to a number of stanzas, then the good-bye."""
    texts = [(at, way, _as(agent, text)) for at, way, text in recorded()]
    login, bye = texts[:21], texts[-3:]
    events = [text for *_, text in texts[21:24]]
    ping, pong = (text for _, _, text in texts[24:26])
    more = max(0, stanzas - len(login) - len(bye))
    step = max(0.05, (seconds - 5.0) / max(1, more))
    lines, at, pinged = list(login), 2.0, 2.0
    while len(lines) < len(login) + more:
        at += step
        if at - pinged >= PING_EVERY_S and len(lines) + 2 <= len(login) + more:
            pinged = at
            mark = f"{len(lines)}:ping"
            lines.append((at, "C>", ping.replace("7705287300049313:ping", mark)))
            lines.append((at + 0.004, "S>", pong.replace("7705287300049313:ping", mark)))
        else:
            event = events[len(lines) % len(events)]
            lines.append((at, "S>", re.sub(r"(?<=item id=')[^']+", str(len(lines)), event)))
    return [*lines, *((at + 1.0 + n / 1000, way, text) for n, (_, way, text) in enumerate(bye))]


def _as(agent: str, text: str) -> str:
    """A message as another agent would exchange it."""
    plain = base64.b64encode(f"\0{agent}\0pw1001".encode()).decode()
    return text.replace(RECORDED_PLAIN, plain).replace(RECORDED_AGENT, agent)


class _Connection:
    """Packets of one TCP connection between an agent and the server."""

    def __init__(self, number: int, tls: sealed.Sealed | None) -> None:
        client = struct.pack(">BBH", 10, 1 + number // 60_000, number % 60_000)
        port = PORT if tls is None else sealed.PORT
        self.ends = {"C>": (client, 20_000 + number % 40_000), "S>": (b"\x0a\xff\0\1", port)}
        self.next = {"C>": 1_000 + number, "S>": 9_000 + number}
        self.tls = tls

    def data(self, way: str, payload: bytes) -> bytes:
        """A packet of the session, sealed if it is to be."""
        return self.packet(way, payload if self.tls is None else self.tls.seal(way, payload))

    def packet(self, way: str, payload: bytes, flags: int = PUSH | ACK) -> bytes:
        back = "S>" if way == "C>" else "C>"
        octets = ethernet(
            self.ends[way], self.ends[back], (self.next[way], self.next[back]), flags, payload
        )
        self.next[way] += len(payload) + (1 if flags & (SYN | FIN) else 0)
        return octets


def ethernet(
    source: tuple[bytes, int],
    target: tuple[bytes, int],
    numbers: tuple[int, int],
    flags: int,
    payload: bytes,
) -> bytes:
    """A TCP segment, with its sequence and acknowledgment number, in IPv4 in Ethernet."""
    sequence, acknowledged = numbers
    tcp = struct.pack(
        ">HHIIBBHHH",
        source[1],
        target[1],
        sequence & 0xFFFFFFFF,
        acknowledged & 0xFFFFFFFF if flags & ACK else 0,
        0x50,
        flags,
        64_240,
        0,
        0,
    )
    ip = struct.pack(">BBHHHBBH", 0x45, 0, 40 + len(payload), 0, 0, 64, 6, 0)
    return b"\2" * 6 + b"\4" * 6 + b"\x08\0" + ip + source[0] + target[0] + tcp + payload


def session(
    number: int, begin: float, stanzas: int, seconds: float, tls: sealed.Sealed | None = None
) -> Iterator[Packet]:
    """One login with its handshakes; each message an acknowledged segment."""
    wire = _Connection(number, tls)
    yield begin, wire.packet("C>", b"", SYN)
    yield begin + 0.001, wire.packet("S>", b"", SYN | ACK)
    yield begin + 0.002, wire.packet("C>", b"", ACK)
    for way, octets in tls.handshake() if tls is not None else ():
        yield begin + 0.0025, wire.packet(way, octets)
    for at, way, first, headers in (
        (0.003, "C>", "GET /ws/ HTTP/1.1", REQUEST_HEADERS),
        (0.004, "S>", "HTTP/1.1 101 Switching Protocols", RESPONSE_HEADERS),
    ):
        head = [first, *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        yield begin + at, wire.data(way, "\r\n".join(head).encode())
    last = 0.01
    for index, (at, way, text) in enumerate(conversation(f"agent{number}", stanzas, seconds)):
        mask = struct.pack(">I", 0x9E3779B9 * (index + 1) & 0xFFFFFFFF) if way == "C>" else None
        last = max(last, 0.01 + at)
        yield begin + last, wire.data(way, frame(text, mask))
        yield begin + last + 0.0001, wire.packet("S>" if way == "C>" else "C>", b"", ACK)
    if tls is not None:
        yield begin + last + 0.005, wire.packet("C>", tls.bye("C>"))
    yield begin + last + 0.01, wire.packet("C>", b"", FIN | ACK)
    yield begin + last + 0.02, wire.packet("S>", b"", FIN | ACK)
    yield begin + last + 0.03, wire.packet("C>", b"", ACK)


def background(plan: Workload, count: int, seed: int) -> Iterator[Packet]:
    """TCP to other ports, in the sizes of the plan."""
    draw = random.Random(seed)
    noise = draw.randbytes(1 << 16)
    sizes = draw.choices(list(plan.sizes), list(plan.sizes.values()), k=4096)
    ends = [
        (
            (b"\xac\x10" + draw.randbytes(2), draw.randrange(1024, 65_000)),
            (b"\xac\x11" + draw.randbytes(2), draw.choice((445, 1433, 3389, 9100))),
        )
        for _ in range(997)
    ]
    sequence = [draw.randrange(1 << 32) for _ in ends]
    for index in range(count):
        flow = index * 7 % len(ends)
        size = sizes[index % 4096]
        at = index * 16 % (len(noise) - size)
        octets = noise[at : at + size]
        yield (
            index * plan.seconds / count,
            ethernet(*ends[flow], (sequence[flow], 1), ACK, octets),
        )
        sequence[flow] += size


def packets(plan: Workload, scale: float, seed: int = 1) -> Iterable[Packet]:
    """All packets of a workload in order of time."""
    sessions = round(plan.sessions * scale)
    length = float(plan.stanzas)
    streams = [
        session(
            number,
            number * (plan.seconds - length) / max(1, sessions),
            plan.stanzas,
            length,
            sealed.Sealed(number) if plan.sealed else None,
        )
        for number in range(sessions)
    ]
    # A generator holds its place for a pittance, so all of them may be open at once.
    return heapq.merge(
        background(plan, round(plan.background * scale), seed), *streams, key=lambda p: p[0]
    )


def write_capture(path: Path, plan: Workload, scale: float) -> Path:
    """The workload as a pcap, or as a pcapng."""
    with path.open("wb", buffering=1 << 20) as file:
        if plan.blocks:
            file.write(struct.pack("<IIIHHqI", 0x0A0D0D0A, 28, 0x1A2B3C4D, 1, 0, -1, 28))
            file.write(struct.pack("<IIHHII", 1, 20, 1, 0, 0, 20))
        else:
            file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, 1))
        for seconds, octets in packets(plan, scale):
            time_us = round((START_S + seconds) * 1e6)
            length = len(octets)
            if plan.blocks:
                padding = -length % 4
                file.write(
                    struct.pack(
                        "<7I",
                        6,
                        32 + length + padding,
                        0,
                        time_us >> 32,
                        time_us & 0xFFFFFFFF,
                        length,
                        length,
                    )
                )
                file.write(octets + bytes(padding) + struct.pack("<I", 32 + length + padding))
            else:
                file.write(struct.pack("<4I", *divmod(time_us, 1_000_000), length, length))
                file.write(octets)
    return path


def write_har(path: Path, scale: float) -> Path:
    """One session of a long day, as Chrome writes it, every event with a long payload."""
    count = max(60, round(HAR_MESSAGES * scale))
    lines = [
        (at, way, text.replace("&lt;state&gt;", f"{PADDING}&lt;state&gt;"))
        for at, way, text in conversation("agent1", count, count / 2)
    ]
    path.write_bytes(as_har(lines))
    return path


def key_log(path: Path) -> Path:
    """Where the keys of a capture are, if its sessions are in TLS."""
    return path.with_name(f"{path.stem}-keys.txt")


def write(name: str, folder: Path, scale: float) -> Path:
    """The workload of that name as a file in a folder; what opens it beside it."""
    if name == "H":
        return write_har(folder / "H.har", scale)
    plan = WORKLOADS[name]
    if plan.sealed:
        numbers = range(round(plan.sessions * scale))
        lines = "".join(sealed.Sealed(number).key_log() for number in numbers)
        key_log(folder / name).write_text(lines, "ascii")
    suffix = "pcapng" if plan.blocks else "pcap"
    return write_capture(folder / f"{name}.{suffix}", plan, scale)
