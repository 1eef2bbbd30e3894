"""Tell what a file is by its first octets, without loading numpy for it."""

import codecs
import re
from enum import Enum, auto

from . import har_split, keylog

PCAPNG = re.compile(rb"\x0a\x0d\x0d\x0a")
"""Block type of the Section Header Block, alike in both byte orders."""

PCAP = re.compile(
    rb"\xa1\xb2\xc3\xd4|\xd4\xc3\xb2\xa1|\xa1\xb2\x3c\x4d|\x4d\x3c\xb2\xa1"
    rb"|\xa1\xb2\xcd\x34|\x34\xcd\xb2\xa1|\x1c\x00\x01[\xac\xab]|[\xac\xab]\x01\x00\x1c"
)
"""The magic numbers of `pcap.MAGIC` in both byte orders."""

SNOOP = re.compile(rb"snoop\0\0\0")
"""RFC 1761."""

HAR_HEAD = re.compile(rb'\s*(?:[\w.]{1,64}\(\s*)?\{\s*"log"\s*:')

ZIP = re.compile(rb"PK(?:\x03\x04|\x05\x06)")

UTF_16 = re.compile(rb"\xff\xfe|\xfe\xff|[\[{\s]\0|\0[\[{\s]", re.DOTALL)
"""A byte order mark, or the first character of JSON beside a zero octet."""

ERF_TYPES = frozenset((*range(1, 28), 48))
"""Types of ERF records; 48 only fills up."""

ERF_EXTENDED = 0x80
"""Bit of the type: extension headers follow."""

ERF_PROBED = 3
"""Records that must follow each other for a file to be an ERF."""

TAR_BLOCK = 512

DAY_S = 86_400


class Look(Enum):
    """What a file seems to be; a recording without packets is a HAR or a ladder."""

    PACKETS = auto()
    RECORDING = auto()
    KEYS = auto()
    ZIP = auto()
    TAR = auto()
    NOTHING = auto()

    @property
    def is_recording(self) -> bool:
        """Something to be analysed."""
        return self in (Look.PACKETS, Look.RECORDING)

    @property
    def is_archive(self) -> bool:
        """Something of several files."""
        return self in (Look.ZIP, Look.TAR)


def look(head: bytes, name: str = "", *, whole: bool = False) -> Look:
    """
    What a file seems to be.

    Args:
        head: Its first octets, once wrappings are off.
        name: Its name, by which a ladder is told.
        whole: They are all there are.
    """
    if ZIP.match(head):
        return Look.ZIP
    if is_packets(head):
        return Look.PACKETS
    if is_har(head) or is_ladder(head, name):
        return Look.RECORDING
    if is_erf(head, whole=whole):
        return Look.PACKETS
    if is_tar(head):
        return Look.TAR
    return Look.KEYS if is_keys(head) else Look.NOTHING


def is_packets(head: bytes) -> bool:
    """It has the magic number of a packet capture."""
    return bool(PCAPNG.match(head) or PCAP.match(head) or SNOOP.match(head))


def packet_format(head: bytes) -> str:
    """What a packet capture is called."""
    formats = {"pcapng": PCAPNG, "pcap": PCAP, "snoop": SNOOP}
    return next((name for name, magic in formats.items() if magic.match(head)), "ERF")


def is_har(head: bytes) -> bool:
    """It begins like a HAR, whatever stands behind."""
    if UTF_16.match(head):
        head = head.decode("utf-16", "replace").encode("utf-8", "replace")
    return bool(HAR_HEAD.match(head.removeprefix(codecs.BOM_UTF8))) or har_split.is_har(head)


def is_ladder(head: bytes, name: str) -> bool:
    """It is a ladder: any text can begin with @, so the name must say so, too."""
    return name.endswith(".ladder") and head.lstrip()[:1] == b"@"


def is_keys(head: bytes) -> bool:
    """It holds a line of a TLS key log, or the beginning of a private key (PEM)."""
    return any(True for _ in keylog.secrets(head)) or b"PRIVATE KEY-----" in head


def is_erf(head: bytes, *, whole: bool) -> bool:
    """It is an ERF, which has no magic number, but whose records follow each other."""
    at = last = 0
    for _ in range(ERF_PROBED):
        record = head[at : at + 16]
        if len(record) < 16:
            return whole and at == len(head) > 0
        length = int.from_bytes(record[10:12], "big")
        seconds = int.from_bytes(record[4:8], "little")
        if length < 16 or record[8] & ~ERF_EXTENDED not in ERF_TYPES:
            return False
        # What describes the capture in front of its packets may have no time.
        if seconds and last and abs(seconds - last) > DAY_S:
            return False
        at, last = at + length, seconds or last
    return last > 0


def is_tar(head: bytes) -> bool:
    """It begins with a tar header: the sum of whose octets stands in it (POSIX ustar)."""
    block = head[:TAR_BLOCK]
    digits = block[148:156].strip(b" \0")
    if len(block) < TAR_BLOCK or not re.fullmatch(rb"[0-7]{1,7}", digits):
        return False
    return sum(block) - sum(block[148:156]) + 8 * ord(" ") == int(digits, 8)
