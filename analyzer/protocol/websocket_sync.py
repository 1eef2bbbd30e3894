"""
Where frames begin, told from how they look (RFC 6455 section 5.2).

Behind octets that were not captured the next frame's place is unknown. A place is believed when the
headers that follow one another from there on are all plausible; one that stands where a packet
begins counts twice, as most frames are sent in a packet of their own.
"""

import re
from enum import Enum, auto

from ..model.source import Direction
from .byte_queue import ByteQueue

BELIEVED = 4
"""Points needed: a plausible header has one, another where a packet begins."""

MARKUP = 2
"""Points of a text whose first octet begins XML or JSON."""

ENDS_EXACTLY = 2
"""Points of a last frame that ends where the octets end, or the gap behind them."""

LONGEST = 1 << 20
"""A longer frame is not plausible: Openfire closes at 1 MiB."""

_HEADER = {
    # RFC 6455 section 5.1: the client masks, the server does not. RSV1 begins a compressed message.
    Direction.TO_SERVER: re.compile(rb"[\x00-\x02\x80-\x82\x41\x42\xc1\xc2\x88-\x8a][\x80-\xff]"),
    Direction.TO_CLIENT: re.compile(rb"[\x00-\x02\x80-\x82\x41\x42\xc1\xc2\x88-\x8a][\x00-\x7f]"),
}


class Look(Enum):
    """What a place looks like."""

    FRAME = auto()
    OTHER = auto()
    UNCLEAR = auto()
    """More octets are needed."""


def find(queue: ByteQueue, direction: Direction, *, compressed: bool, missing: int | None) -> Look:
    """
    Go to the first place in a queue that is not clearly something else, and say what it is.

    Args:
        queue: Its octets before that place are consumed.
        direction: Of the octets.
        compressed: Whether RSV1 may be set.
        missing: Octets known to be missing behind these, 0 at their end; None: more may come.
    """
    pattern = _HEADER[direction]
    while True:
        found = pattern.search(queue.octets, queue.at)
        if found is None:
            if len(queue):
                # The last octet may begin a header.
                queue.at = len(queue.octets) - (missing is None)
            return Look.UNCLEAR if missing is None else Look.OTHER
        queue.at = found.start()
        look, _ = judge(queue, direction, queue.at, compressed=compressed, missing=missing)
        if look is not Look.OTHER:
            return look
        queue.at += 1


def judge(
    queue: ByteQueue, direction: Direction, at: int, *, compressed: bool, missing: int | None
) -> tuple[Look, int]:
    """
    What the octets from index `at` on look like; the other arguments as for `find`.

    With it comes the index behind the last octet looked at, or needed to tell more.
    """
    octets, masked = queue.octets, direction is Direction.TO_SERVER
    end = len(octets)
    points, needed = 0, at
    inside: bool | None = None  # of a fragmented message
    while points < BELIEVED:
        if at + 2 > end:
            if missing is not None and at in {end, end + missing}:
                points += ENDS_EXACTLY
            needed = at + 2
            break
        first, second = octets[at], octets[at + 1]
        opcode = first & 0xF
        if (second >= 0x80) is not masked or not _plausible(
            first, second, inside, compressed=compressed
        ):
            return Look.OTHER, at + 2
        head, form = _HEAD_LENGTH[second & 0x7F], second & 0x7F
        body = at + head + (4 if masked else 0)
        needed = at + head
        if needed > end:
            break
        length = form if form < 126 else int.from_bytes(octets[at + 2 : at + head], "big")
        if length > LONGEST or (form > 125 and length < (126 if form == 126 else 1 << 16)):
            return Look.OTHER, needed
        if opcode < 8:
            inside = first < 0x80
        if length or opcode:  # empty continuations could go on for ever
            points += 1 + queue.begins_packet(queue.base + at)
        elif inside:
            return Look.OTHER, needed
        if points < BELIEVED and first & 0x7F == 1 and length:
            needed = body + 1
            if needed <= end:
                begins = octets[body] ^ octets[body - 4] if masked else octets[body]
                points += MARKUP if begins in b"<{[" else 0
            elif missing is None:
                break
        at = body + length
    if points >= BELIEVED:
        return Look.FRAME, needed
    return Look.UNCLEAR if missing is None else Look.OTHER, needed


_HEAD_LENGTH = [2] * 126 + [4, 10]


def _plausible(first: int, second: int, inside: bool | None, *, compressed: bool) -> bool:  # noqa: FBT001 - a state
    opcode, rsv = first & 0xF, first & 0x70
    if opcode >= 8:
        return first in {0x88, 0x89, 0x8A} and second & 0x7F < 126
    if opcode > 2 or rsv & 0x30:
        return False
    if rsv and (not compressed or not opcode):
        return False
    # A data frame inside a fragmented message is a continuation, and one outside is not.
    return inside is None or inside == (opcode == 0)
