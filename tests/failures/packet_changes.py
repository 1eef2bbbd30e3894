"""
Changes packets of real recordings: what a network, a proxy or a server would have done instead.

`read` takes a capture apart into its conversations, one a TCP connection. Every other function
gives a changed conversation and leaves the one it was given as it is. `pcap` writes conversations,
with what stood beside them. A packet that no change touched is written octet by octet as it was
recorded; of a changed one lengths, sequence numbers and checksums are made anew.

Ethernet and IPv4 only; a change must not reach over the border of a segment.
"""

import struct
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import dpkt

from analyzer.model.source import Direction
from tests.capture.written import pcap as pcap_file
from tests.transport.segments import ACK, FIN, PSH, RST, SYN, C, S

End = tuple[str, int]

S_NS = 1_000_000_000

_TOP = 1 << 32

_NANOSECONDS = 0xA1B23C4D
"""Magic number of a pcap whose times count nanoseconds."""


class Segment(NamedTuple):
    """
    A TCP segment.

    Attributes:
        time_ns: When.
        frame: As recorded, or that of a segment like it.
        way: Which way.
        offset: Of the first octet in its direction; -1 of a SYN.
        acked: Octets of the other direction that it acknowledges.
        flags: As on the wire.
        payload: Its octets.
        changed: It is not as recorded.
    """

    time_ns: int
    frame: bytes
    way: Direction
    offset: int
    acked: int
    flags: int
    payload: bytes
    changed: bool = False

    @property
    def stop(self) -> int:
        """Offset behind its last octet."""
        return self.offset + len(self.payload)


class Conversation(NamedTuple):
    """
    A TCP connection.

    Attributes:
        client: Address and port of who opened it.
        server: Address and port of the other.
        first: Initial sequence numbers of both.
        segments: In order.
    """

    client: End
    server: End
    first: dict[Direction, int]
    segments: tuple[Segment, ...]

    def octets(self, way: Direction) -> bytes:
        """What one side said."""
        found = b""
        for segment in self.segments:
            if segment.way is way and segment.offset >= 0:
                found += segment.payload[max(len(found) - segment.offset, 0) :]
        return found

    @property
    def began_ns(self) -> int:
        """Time of the first packet."""
        return self.segments[0].time_ns

    @property
    def ended_ns(self) -> int:
        """Time of the last packet."""
        return self.segments[-1].time_ns


def read(path: Path) -> list[Conversation]:
    """The conversations of a pcapng, in the order they began."""
    found: dict[frozenset[End], Conversation] = {}
    with path.open("rb") as file:
        for seconds, octets in dpkt.pcapng.Reader(file):
            frame = bytes(octets)
            # The reader's times are floats: microseconds are what they hold for sure.
            _add(found, round(seconds * 1_000_000) * 1_000, frame)
    return list(found.values())


def _add(found: dict[frozenset[End], Conversation], time_ns: int, frame: bytes) -> None:
    source, destination = _hosts(frame)
    header = _tcp(frame)
    source_port, destination_port, sequence, acknowledgment = struct.unpack_from(
        ">HHII", frame, header
    )
    flags = frame[header + 13]
    sender, receiver = (source, source_port), (destination, destination_port)
    key = frozenset((sender, receiver))
    if key not in found:
        found[key] = Conversation(sender, receiver, {}, ())
    talk = found[key]
    way = C if sender == talk.client else S
    begins = talk.first.setdefault(way, sequence)
    peer = talk.first.get(way.other, acknowledgment - 1)
    segment = Segment(
        time_ns,
        frame,
        way,
        _signed(sequence - begins - 1),
        _signed(acknowledgment - peer - 1) if flags & ACK else 0,
        flags,
        frame[header + (frame[header + 12] >> 4) * 4 : 14 + int.from_bytes(frame[16:18])],
    )
    found[key] = talk._replace(segments=(*talk.segments, segment))


def _signed(number: int) -> int:
    return (number + (_TOP >> 1)) % _TOP - (_TOP >> 1)


def _hosts(frame: bytes) -> tuple[str, str]:
    return ".".join(map(str, frame[26:30])), ".".join(map(str, frame[30:34]))


def _tcp(frame: bytes) -> int:
    """Where the header of TCP begins."""
    return 14 + (frame[14] & 0x0F) * 4


def talk(path: Path, says: bytes = b"Upgrade: websocket") -> Conversation:
    """The first conversation whose client says so."""
    return next(one for one in read(path) if says in one.octets(C))


def pcap(*talks: Conversation, beside: Iterable[tuple[int, bytes]] = ()) -> bytes:
    """A capture of conversations, and of packets (time in ns, frame) that belong to none."""
    packets = [(segment.time_ns, _written(one, segment)) for one in talks for segment in one[3]]
    packets += beside
    packets.sort(key=lambda packet: packet[0])
    octets = pcap_file([], magic=_NANOSECONDS)
    for time_ns, frame in packets:
        octets += struct.pack("<4I", *divmod(time_ns, S_NS), len(frame), len(frame)) + frame
    return octets


def _written(one: Conversation, segment: Segment) -> bytes:
    if not segment.changed:
        return segment.frame
    ends = (one.client, one.server) if segment.way is C else (one.server, one.client)
    own, peer = one.first[segment.way], one.first.get(segment.way.other, 0)
    ip = 14
    header = _tcp(segment.frame)
    options = segment.frame[header + 20 : header + (segment.frame[header + 12] >> 4) * 4]
    if (segment.flags ^ segment.frame[header + 13]) & SYN:
        options = b""  # those of a SYN belong to a SYN
    tcp = bytearray(segment.frame[header : header + 20] + options + segment.payload)
    acknowledgment = peer + 1 + segment.acked if segment.flags & ACK else 0
    sequence = own + 1 + segment.offset
    struct.pack_into(
        ">HHII", tcp, 0, ends[0][1], ends[1][1], sequence % _TOP, acknowledgment % _TOP
    )
    tcp[12] = (20 + len(options)) << 2
    tcp[13] = segment.flags
    tcp[16:18] = b"\0\0"
    datagram = bytearray(segment.frame[ip:header])
    datagram[12:20] = bytes(int(part) for end in ends for part in end[0].split("."))
    struct.pack_into(">H", datagram, 2, len(datagram) + len(tcp))
    datagram[10:12] = b"\0\0"
    datagram[10:12] = checksum(bytes(datagram))
    pseudo = bytes(datagram[12:20]) + struct.pack(">HH", 6, len(tcp))
    tcp[16:18] = checksum(pseudo + bytes(tcp))
    front: bytes = segment.frame[:ip]
    return front + bytes(datagram) + bytes(tcp)


def checksum(octets: bytes) -> bytes:
    """That of the Internet protocols (RFC 1071)."""
    octets += bytes(len(octets) % 2)
    total: int = sum(struct.unpack(f">{len(octets) // 2}H", octets))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return (total ^ 0xFFFF).to_bytes(2)


def moved(
    one: Conversation, *, client: End | None = None, server: End | None = None, later_ns: int = 0
) -> Conversation:
    """Between other addresses, or at another time."""
    elsewhere = client is not None or server is not None
    segments = (
        s._replace(time_ns=s.time_ns + later_ns, changed=s.changed or elsewhere) for s in one[3]
    )
    return Conversation(client or one.client, server or one.server, one.first, tuple(segments))


def until(one: Conversation, time_ns: int) -> Conversation:
    """Nothing more from then on."""
    return one._replace(segments=tuple(s for s in one.segments if s.time_ns < time_ns))


def before_end(one: Conversation) -> Conversation:
    """Without the packets that end it: from the first FIN or RST on."""
    ends = [s.time_ns for s in one.segments if s.flags & (FIN | RST)]
    return until(one, min(ends)) if ends else one


def paused(one: Conversation, behind_ns: int, for_ns: int) -> Conversation:
    """What came at a time or behind it comes so much later."""
    segments = (
        s._replace(time_ns=s.time_ns + for_ns) if s.time_ns >= behind_ns else s for s in one[3]
    )
    return one._replace(segments=tuple(segments))


def added(
    one: Conversation, time_ns: int, way: Direction, flags: int, payload: bytes = b""
) -> Conversation:
    """A further segment at a time behind everything that it follows."""
    before = [s for s in one.segments if s.time_ns <= time_ns]
    like = next(s for s in reversed(before) if s.way is way or not s.payload)
    said = {w: max((s.stop for s in before if s.way is w), default=-1) for w in Direction}
    segment = Segment(
        time_ns, like.frame, way, said[way], max(said[way.other], 0), flags, payload, changed=True
    )
    behind = tuple(_pushed(s, way, said[way], len(payload)) for s in one[3] if s.time_ns > time_ns)
    return one._replace(segments=(*before, segment, *behind))


def _pushed(segment: Segment, way: Direction, offset: int, octets: int) -> Segment:
    """A segment when octets were put into a direction, or taken from it, at an offset."""
    if not octets:
        return segment
    if segment.way is way:
        if segment.offset >= offset:
            return segment._replace(offset=segment.offset + octets, changed=True)
    elif segment.acked > offset:
        return segment._replace(acked=segment.acked + octets, changed=True)
    return segment


def ended(one: Conversation, by: Direction, flags: int, after_ns: int = 1_000_000) -> Conversation:
    """One side ends it behind the last packet: with RST, or with FIN that the other answers."""
    time_ns = one.ended_ns + after_ns
    left = added(one, time_ns, by, flags | ACK)
    if flags & RST:
        return left
    left = added(left, time_ns + 50_000, by.other, FIN | ACK)
    last = left.segments[-1]
    stops = left.segments[-2].stop + 1
    return left._replace(segments=(*left.segments[:-1], last._replace(acked=stops)))


def refused(one: Conversation) -> Conversation:
    """The SYN is answered with RST."""
    return added(_opening(one), one.began_ns + 100_000, S, RST | ACK)


def unanswered(one: Conversation, again: int = 4) -> Conversation:
    """The SYN is sent again and again, after 1, 3, 7 … seconds, and nobody answers."""
    syn = _opening(one).segments[0]
    waits = (0, *((1 << n) - 1 for n in range(1, again + 1)))
    return one._replace(
        segments=tuple(syn._replace(time_ns=syn.time_ns + wait * S_NS) for wait in waits)
    )


def _opening(one: Conversation) -> Conversation:
    syn = one.segments[0]
    if syn.flags != SYN:
        raise ValueError("the recording does not hold its beginning")
    return one._replace(segments=(syn,))


def replaced(one: Conversation, way: Direction, old: bytes, new: bytes) -> Conversation:
    """Octets of one segment of a direction instead of others; the first place where they are."""
    place = one.octets(way).index(old)
    for index, segment in enumerate(one.segments):
        if segment.way is way and segment.offset <= place and place + len(old) <= segment.stop:
            return _with_payload(one, index, segment.payload.replace(old, new, 1))
    raise ValueError("they lie in several segments")


def _with_payload(one: Conversation, index: int, payload: bytes) -> Conversation:
    segment = one.segments[index]
    grown = len(payload) - len(segment.payload)
    behind = (_pushed(s, segment.way, segment.offset + 1, grown) for s in one.segments[index + 1 :])
    changed = segment._replace(payload=payload, changed=True)
    return one._replace(segments=(*one.segments[:index], changed, *behind))


Reword = Callable[[Direction, str], str | None]
"""A message as it is to be; None where it is not to be sent at all."""


def reworded(one: Conversation, change: Reword) -> Conversation:
    """The same WebSocket with other messages; those that no change touches stay as they were."""
    for index, segment in enumerate(one.segments):
        frames = _frames(segment.payload)
        texts = [frame if text is None else None for frame, text in frames]
        for number, (frame, text) in enumerate(frames):
            if text is not None:
                said = change(segment.way, text)
                texts[number] = frame if said == text else _frame(said, frame)
        payload = b"".join(octets for octets in texts if octets is not None)
        if payload != segment.payload:
            one = _with_payload(one, index, payload)
    return one._replace(segments=tuple(s for s in one.segments if _means_anything(s)))


def _means_anything(segment: Segment) -> bool:
    """A packet that lost its message is not sent."""
    return bool(segment.payload) or not (segment.changed and segment.flags & PSH)


def _frames(payload: bytes) -> list[tuple[bytes, str | None]]:
    """Frames of a segment, with the text of those that hold a whole message of text."""
    found: list[tuple[bytes, str | None]] = []
    while payload:
        if len(payload) < 2 or payload[0] not in {0x81, 0x88, 0x89, 0x8A}:
            return [*found, (payload, None)]  # no frame, or one that goes on in another segment
        long = {126: 2, 127: 8}.get(payload[1] & 0x7F, 0)
        length = int.from_bytes(payload[2 : 2 + long]) if long else payload[1] & 0x7F
        begins = 2 + long + (4 if payload[1] & 0x80 else 0)
        frame, payload = payload[: begins + length], payload[begins + length :]
        text = _unmasked(frame, begins).decode() if frame[0] == 0x81 else None
        found.append((frame, text))
    return found


def _unmasked(frame: bytes, begins: int) -> bytes:
    octets = frame[begins:]
    if not frame[1] & 0x80:
        return octets
    key = frame[begins - 4 : begins]
    return bytes(octet ^ key[i % 4] for i, octet in enumerate(octets))


def _frame(text: str | None, like: bytes) -> bytes | None:
    """A frame with this text, masked with the key of another."""
    if text is None:
        return None
    if not like[1] & 0x80:
        return frame(text)
    begins = {126: 4, 127: 10}.get(like[1] & 0x7F, 2)
    return frame(text, like[begins : begins + 4])


def frame(text: str, mask: bytes | None = None, opcode: int = 1) -> bytes:
    """A frame with a text (RFC 6455 section 5.2)."""
    octets = text.encode()
    length = len(octets)
    form = bytes([length]) if length < 126 else b"\x7e" + struct.pack(">H", length)
    if mask is None:
        return bytes([0x80 | opcode]) + form + octets
    hidden = bytes(octet ^ mask[i % 4] for i, octet in enumerate(octets))
    return bytes([0x80 | opcode, form[0] | 0x80]) + form[1:] + mask + hidden


def said(one: Conversation, time_ns: int, way: Direction, text: str) -> Conversation:
    """A further message, and the acknowledgement of it."""
    octets = frame(text, b"\x12\x34\x56\x78" if way is C else None)
    left = added(one, time_ns, way, PSH | ACK, octets)
    return added(left, time_ns + 20_000, way.other, ACK)


def messages(one: Conversation) -> list[tuple[int, Direction, str]]:
    """The messages of a WebSocket: when, which way, what."""
    return [
        (segment.time_ns, segment.way, text)
        for segment in one.segments
        for _, text in _frames(segment.payload)
        if text is not None
    ]


def when(one: Conversation, way: Direction, part: str) -> int:
    """Time of the first message of one side that holds this."""
    return next(time for time, said_by, text in messages(one) if said_by is way and part in text)
