"""
One conversation, captured at both its ends at once.

`ends` sends a talk over a way with a delay, and gives what a capture at the client holds and what
one at the server does: each with its own clock, with its own addresses where NAT stands between,
without what never came through, and with the end that a device in the middle forged.
"""

import struct
from collections.abc import Callable
from typing import NamedTuple

from analyzer.model.source import Direction
from tests.laws.damaged import Manner, Sent, Talk, send
from tests.transport.segments import ACK, RST, C, Pair, S, sent

S_NS = 1_000_000_000

Captured = list[tuple[int, bytes]]
"""Times and Ethernet frames."""


class Way(NamedTuple):
    """
    What lies between client and server.

    Attributes:
        delay_ns: From one to the other.
        ahead_ns: How far the server's clock is ahead of the client's.
        nat: Address of the client as the server sees it; None: its own.
        misses: What the server's capture does not hold though it arrived.
        cut: Number of the turn in front of which a device in the middle resets both sides.
        dead: Number of the turn of the client from which on nothing passes; the client gives up
            half a minute later, the server after a whole one.
    """

    delay_ns: int = 20_000_000
    ahead_ns: int = 0
    nat: tuple[str, int] | None = None
    misses: Callable[[Sent], bool] = lambda _: False
    cut: int | None = None
    dead: int | None = None


def ends(talk: Talk, way: Way) -> tuple[Captured, Captured]:
    """What the client's capture holds of a talk, and what the server's does."""
    talk = _slowed(talk, way)
    outside = talk._replace(client=way.nat or talk.client)
    packets = zip(send([talk], Manner()), send([outside], Manner()), strict=True)
    since_ns = _stop_ns(talk, way)
    at_client: Captured = []
    at_server: Captured = []
    for inside, routed in packets:
        sent_ns = inside.time_ns if inside.way is C else inside.time_ns + way.delay_ns
        if since_ns is not None and inside.time_ns >= since_ns:
            # Of a dead way only the client's next words remain, which nothing answers.
            if way.dead is not None and inside.way is C and inside.length:
                at_client.append((sent_ns, inside.frame))
            continue
        come_ns = sent_ns + way.delay_ns
        at_client.append((sent_ns if inside.way is C else come_ns, inside.frame))
        if inside.way is S or not way.misses(inside):
            at_server.append((sent_ns if inside.way is S else come_ns, routed.frame))
    if since_ns is not None:
        gone = way.dead is not None
        said = _said(talk, since_ns)
        at_client.append((since_ns + 30 * S_NS * gone, _end(talk, C if gone else S, said)))
        at_server.append((since_ns + 60 * S_NS * gone, _end(outside, S if gone else C, said)))
    return at_client, [(time_ns + way.ahead_ns, frame) for time_ns, frame in at_server]


def _slowed(talk: Talk, way: Way) -> Talk:
    """With time for each turn to come through; of a dead way the last is the client's."""
    turns = talk.turns if way.dead is None else talk.turns[: way.dead + 1]
    slow = [
        turn._replace(time_ns=turn.time_ns + 3 * number * way.delay_ns)
        for number, turn in enumerate(turns)
    ]
    return talk._replace(turns=slow)


def _stop_ns(talk: Talk, way: Way) -> int | None:
    number = way.cut if way.dead is None else way.dead
    return None if number is None else talk.turns[number].time_ns


def _said(talk: Talk, until_ns: int) -> dict[Direction, int]:
    """Octets of each direction that came through by then."""
    return {
        way: sum(len(t.octets) for t in talk.turns if t.way is way and t.time_ns < until_ns)
        for way in Direction
    }


def _end(talk: Talk, by: Direction, said: dict[Direction, int]) -> bytes:
    """A reset, as the one side or a device in its name sends it."""
    pair = Pair(talk.client, talk.server, Manner().isn)
    return sent(by, said[by], b"", RST | ACK, acked=said[by.other], pair=pair)


def pcap(packets: Captured) -> bytes:
    """A classic pcap of nanoseconds."""
    octets = struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 1 << 18, 1)
    for time_ns, frame in sorted(packets, key=lambda packet: packet[0]):
        octets += struct.pack("<IIII", *divmod(time_ns, S_NS), len(frame), len(frame)) + frame
    return octets
