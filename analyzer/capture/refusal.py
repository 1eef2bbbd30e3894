"""Say of a file that is no recording what it is, and what to do."""

import re

from msgspec import Struct

WANTED = "needed is a HAR or a packet capture (pcap, pcapng, snoop, ERF)"

UNPACK = "unpack it, then give the recording in it"

CONVERT = "convert it with `editcap -F pcapng` (part of Wireshark)"


class Sign(Struct, frozen=True):
    """
    What a kind of file begins with.

    Attributes:
        pattern: Matched at its first octet.
        reason: What it is, and what to do.
    """

    pattern: re.Pattern[bytes]
    reason: str


def _sign(pattern: bytes, reason: str) -> Sign:
    return Sign(re.compile(pattern, re.DOTALL | re.IGNORECASE), reason)


SIGNS = (
    _sign(rb"TRSNIFF data", f"this is a Sniffer capture; {CONVERT}"),
    _sign(rb"GMBU|RTSS", f"this is a Network Monitor capture; {CONVERT}"),
    _sign(rb"XCP\0", f"this is a NetXRay capture; {CONVERT}"),
    _sign(rb"iptrace [12]\.0", f"this is an iptrace capture; {CONVERT}"),
    _sign(rb"\x54\x52\x00", f"this is an EyeSDN or similar capture; {CONVERT}"),
    _sign(
        rb"\x1f\x8b|\x28\xb5\x2f\xfd",
        "this is a compressed file that cannot be unpacked; copy or download it again",
    ),
    _sign(rb"BZh[1-9]", f"this is compressed with bzip2; {UNPACK}"),
    _sign(rb"\xfd7zXZ\0", f"this is compressed with xz; {UNPACK}"),
    _sign(rb"\x04\x22\x4d\x18", f"this is compressed with lz4; {UNPACK}"),
    _sign(rb"7z\xbc\xaf\x27\x1c", f"this is a 7z archive; {UNPACK}"),
    _sign(rb"Rar!\x1a\x07", f"this is a RAR archive; {UNPACK}"),
    _sign(rb".{257}ustar", "this is a tar archive that is damaged; copy or download it again"),
    _sign(rb"%PDF-", f"this is a PDF; {WANTED}"),
    _sign(rb"\x89PNG\r\n|\xff\xd8\xff|GIF8|BM.{4}\0\0\0\0", f"this is a picture; {WANTED}"),
    _sign(rb"\x7fELF|MZ", f"this is a program; {WANTED}"),
    _sign(rb"SQLite format 3\0", f"this is a database; {WANTED}"),
    _sign(rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", f"this is an Office document; {WANTED}"),
    _sign(
        rb"\s*(?:#[^\n]*\n\s*)*(?:CLIENT_(?:RANDOM|HANDSHAKE|TRAFFIC|EARLY)|SERVER_(?:HANDSHAKE|"
        rb"TRAFFIC)|EXPORTER_SECRET|RSA )[A-Z_0-9]* *[0-9a-f]",
        "this is a TLS key log; give it with --keys, or beside the packet capture it belongs to",
    ),
    _sign(rb"\s*<(?:!doctype html|html)", f"this is a web page; {WANTED}"),
    _sign(rb"\s*<", f"this is XML; {WANTED}"),
    _sign(
        rb"\s*(?:\d{6,}: [\w.-]+: |[^\n]{0,160}(?:%CCBU_|\bjava\.|\bat [\w.$]+\())",
        f"this is a log of a server, which does not hold what went over the network; {WANTED}",
    ),
    _sign(
        rb"\s*\[?(?:\d{4}-\d\d-\d\d|\w{3} +\d{1,2},? |\d\d?[:/.]\d\d[:/.])[^\n]*\n",
        f"this is a log, which does not hold what went over the network; {WANTED}",
    ),
    _sign(rb"\s*[\[{]", "this is JSON but no HAR; export it with `Save all as HAR with content`"),
)
"""In this order: the weak signs last."""

TRACE = "this is a Windows trace; convert it with etl2pcapng (Microsoft, on GitHub)"


def reason(head: bytes, name: str) -> str:
    """
    Why a file cannot be analysed.

    Args:
        head: Its first octets, some kilobytes, UTF-8 where it is text.
        name: Its name: what has no magic number is told by it, in words only.
    """
    for sign in SIGNS:
        if sign.pattern.match(head):
            return sign.reason
    if name.lower().endswith(".etl"):
        return TRACE
    if not head.strip(b"\0"):
        return f"the file holds nothing but zeros: it was not copied whole; {WANTED}"
    if b"\0" in head:
        return f"the file is of no known format; {WANTED}"
    return f"this is text and no recording; {WANTED}"
