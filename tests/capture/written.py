"""Writes pcap and pcapng files, sound ones and others, octet by octet."""

import struct
from collections.abc import Iterable

SHB, IDB, OPB, SPB, NRB, ISB, EPB, DSB = 0x0A0D0D0A, 1, 2, 3, 4, 5, 6, 10

START_S = 1_767_225_600
"""2026-01-01T00:00:00Z."""


def pcap(
    packets: Iterable[tuple[float, bytes]],
    *,
    order: str = "<",
    magic: int = 0xA1B2C3D4,
    snaplen: int = 262_144,
    link_type: int = 1,
    extra: bytes = b"",
    file_extra: bytes = b"",
) -> bytes:
    """A pcap; `extra` stands behind every record header, `file_extra` behind the file's."""
    unit = 1_000_000_000 if magic in (0xA1B23C4D, 0x1C0001AC) else 1_000_000
    parts = [struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, snaplen, link_type), file_extra]
    for seconds, octets in packets:
        whole = int(seconds)
        fraction = round((seconds - whole) * unit)
        kept = octets[:snaplen]
        parts.append(struct.pack(order + "4I", whole, fraction, len(kept), len(octets)))
        parts += [extra, kept]
    return b"".join(parts)


def option(code: int, value: bytes, order: str = "<") -> bytes:
    """One option, padded."""
    return struct.pack(order + "HH", code, len(value)) + value + bytes(-len(value) % 4)


def block(kind: int, body: bytes, order: str = "<") -> bytes:
    """One block, padded, its length at both ends."""
    body += bytes(-len(body) % 4)
    length = struct.pack(order + "I", len(body) + 12)
    return struct.pack(order + "I", kind) + length + body + length


def section(order: str = "<", options: bytes = b"") -> bytes:
    """A Section Header Block."""
    return block(SHB, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1) + options, order)


def interface(
    link_type: int = 1, snaplen: int = 0, options: bytes = b"", order: str = "<"
) -> bytes:
    """An Interface Description Block."""
    return block(IDB, struct.pack(order + "HHI", link_type, 0, snaplen) + options, order)


def packet(
    octets: bytes,
    ticks: int = START_S * 1_000_000,
    *,
    number: int = 0,
    original: int | None = None,
    options: bytes = b"",
    order: str = "<",
) -> bytes:
    """An Enhanced Packet Block."""
    head = struct.pack(
        order + "5I", number, ticks >> 32, ticks & 0xFFFFFFFF, len(octets), original or len(octets)
    )
    return block(EPB, head + octets + bytes(-len(octets) % 4) + options, order)


def simple(octets: bytes, original: int | None = None, order: str = "<") -> bytes:
    """A Simple Packet Block."""
    return block(SPB, struct.pack(order + "I", original or len(octets)) + octets, order)


def obsolete(
    octets: bytes, drops: int, ticks: int = START_S * 1_000_000, number: int = 0, order: str = "<"
) -> bytes:
    """An obsolete Packet Block."""
    head = struct.pack(
        order + "HH4I", number, drops, ticks >> 32, ticks & 0xFFFFFFFF, len(octets), len(octets)
    )
    return block(OPB, head + octets, order)


def snoop(
    packets: Iterable[tuple[int, bytes]],
    *,
    datalink: int = 4,
    snaplen: int = 262_144,
    drops: int = 0,
    padded: bool = True,
) -> bytes:
    """A snoop capture (RFC 1761); times in microseconds."""
    parts = [struct.pack(">8sII", b"snoop", 2, datalink)]
    for time_us, octets in packets:
        kept = octets[:snaplen]
        padding = bytes(-len(kept) % 4 if padded else 0)
        lengths = (len(octets), len(kept), 24 + len(kept) + len(padding))
        parts += [struct.pack(">6I", *lengths, drops, *divmod(time_us, 1_000_000)), kept, padding]
    return b"".join(parts)


def erf_record(
    octets: bytes,
    time_ns: int = START_S * 1_000_000_000,
    *,
    kind: int = 2,
    lost: int = 0,
    extensions: int = 0,
    wire: int | None = None,
    padding: int = 0,
) -> bytes:
    """A record of an ERF capture; Ethernet gets its two octets of padding."""
    seconds, ns = divmod(time_ns, 1_000_000_000)
    extra = b"".join(
        bytes((0x80 if left > 1 else 0, *range(7))) for left in range(extensions, 0, -1)
    )
    front = {2: 2, 11: 2, 16: 2, 20: 2, 5: 4, 17: 4}.get(kind, 0)
    body = extra + bytes(front) + octets + bytes(padding)
    fraction = -(-(ns << 32) // 1_000_000_000)
    head = struct.pack("<Q", seconds << 32 | fraction)
    head += struct.pack(">BB", kind | (0x80 if extensions else 0), 4)
    head += struct.pack(">HHH", 16 + len(body), lost, len(octets) if wire is None else wire)
    return head + body
