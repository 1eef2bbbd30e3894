"""
One conversation, sent over any network and captured anywhere, is the same conversation.

Recorded sessions are sent anew (`damaged`) and packed into every link layer, tunnel and fragment
size (`rewrapped`): the stanzas are the same, less what is cut.
"""

from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from analyzer.capture import keylog
from analyzer.model.flow import Connection
from analyzer.model.packet import PacketWindow
from analyzer.model.session import SeenIn, Session
from analyzer.model.source import Direction, PacketSource
from analyzer.model.xmpp import Stanza
from analyzer.protocol.tls.keyring import KeyRing
from analyzer.protocol.tower import Tower
from analyzer.rules import profiles
from analyzer.session.build import Builder
from analyzer.transport.flows import Transport
from tests.capture.opened import open_capture
from tests.laws.damaged import Manner, Sent, Talk, manners, recorded, send
from tests.transport.rewrapped import WRAPPINGS
from tests.transport.segments import C, S, window_of

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"

PORTS = (5_222, 5_322, 8_080, 8_445, 8_452, 8_460)
"""Of the recorded servers."""

BOUNDED = settings(
    max_examples=25,
    # A failing example is a whole conversation: to make it smaller takes minutes.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)

FEW = (300, 1_400)
"""Sizes of segments that go through every tunnel, and do not take all day."""

Lines = dict[Direction, list[bytes]]


def sessions(windows: Sequence[PacketWindow], keys: bytes = b"") -> tuple[list[Session], Transport]:
    """What a capture tells."""
    transport, builder = Transport(0, PORTS), Builder(0, SeenIn.PACKETS, profiles.load("finesse"))
    ring = KeyRing()
    ring.add(keylog.secrets(keys))
    towers: dict[int, Tower] = {}
    found: list[Session] = []
    for delivered in (*map(transport.feed, windows), transport.finish()):
        for number, items in delivered:
            tower = towers.setdefault(number, Tower(0, ring))
            for events in tower.decode(items):
                found += builder.feed(number, events)
            if isinstance(items[-1], Connection):
                del towers[number]
    return [*found, *builder.finish()], transport


def lines(found: Sequence[Session]) -> Lines:
    """The stanzas of each side."""
    stanzas = [stanza for one in found for stanza in one.stanzas]
    return {way: [one.octets for one in stanzas if one.direction is way] for way in (C, S)}


def windows(
    packets: Sequence[Sent], cuts: Sequence[int] = (), *, wrapping: str = "", snaplen: int = 1 << 18
) -> list[PacketWindow]:
    """Packets as a reader delivers them."""
    link_type, rows = 1, [(packet.time_ns, packet.frame) for packet in packets]
    if wrapping:
        wrapped = [WRAPPINGS[wrapping](frame) for _, frame in rows]
        link_type = wrapped[0][0]
        times = [time for time, _ in rows]
        rows = [(t, one) for t, (_, some) in zip(times, wrapped, strict=True) for one in some]
    bounds = [0, *sorted({cut % len(rows) for cut in cuts} - {0}), len(rows)]
    return [
        window_of(
            [frame for _, frame in rows[low:high]],
            first=low + 1,
            link_type=link_type,
            snaplen=snaplen,
            times_ns=[time_ns for time_ns, _ in rows[low:high]],
        )
        for low, high in pairwise(bounds)
    ]


@cache
def good() -> list[Talk]:
    """A login over WebSocket, with pings, events and a good-bye."""
    return recorded(FIXTURES / "good-ws" / "capture.pcapng", most=20_000)


@cache
def wanted() -> Lines:
    """Its stanzas."""
    found, _ = sessions(windows(send(good(), Manner())))
    (one,) = found
    assert one.close.orderly
    assert one.stanza_count > 20
    return lines(found)


@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_any_link_layer_tunnel_or_fragment(wrapping: str) -> None:
    packets = send(good(), Manner(sizes=FEW))
    found, _ = sessions(windows(packets, wrapping=wrapping))
    assert lines(found) == wanted()


@BOUNDED
@given(manners(), st.lists(st.integers(0, 1 << 20), max_size=4))
def test_any_segments_order_copies_and_windows(manner: Manner, cuts: list[int]) -> None:
    packets = send(good(), manner)
    found, transport = sessions(windows(packets, cuts))
    assert lines(found) == wanted()
    (one,) = found
    assert one.close.orderly
    facts = one.connection
    assert facts is not None
    assert facts.to_server is not None
    assert facts.to_client is not None
    for way in (facts.to_server, facts.to_client):
        assert way.lost == way.conflicting == way.cut == 0
    copies = sum(packet.talk == 0 for packet in packets)
    assert transport.duplicates == copies * (manner.copies - 1) // manner.copies


@BOUNDED
@given(manners(), st.sampled_from(sorted(WRAPPINGS)), st.lists(st.integers(0, 1 << 20), max_size=2))
def test_any_of_it_together(manner: Manner, wrapping: str, cuts: list[int]) -> None:
    packets = send(good(), manner._replace(sizes=FEW))
    found, _ = sessions(windows(packets, cuts, wrapping=wrapping))
    assert lines(found) == wanted()


OTHERS = (
    "c-wss-tls12-rsa-aes128gcm",
    "e-bosh-prosody-tls13",
    "f-tcp-plain-prosody",
    "f-tcp-starttls13-prosody",
    "good-bosh",
    "good-wss-tls13",
    "t-h2-websocket",
)
"""TLS, BOSH, XMPP on TCP, STARTTLS and HTTP/2."""


@cache
def other(case: str) -> tuple[list[Talk], bytes, Lines]:
    """What was recorded, the keys, and its stanzas as they stand in the capture."""
    folder = FIXTURES / case
    log = folder / "keys.log"
    keys = log.read_bytes() if log.exists() else b""
    with open_capture(folder / "capture.pcapng", 0) as opened:
        found, _ = sessions(list(opened.reader.windows()), keys)
        assert sum(one.stanza_count for one in found) > 20
        return recorded(folder / "capture.pcapng"), keys, lines(found)


@pytest.mark.parametrize("case", OTHERS)
@settings(BOUNDED, max_examples=5)
@given(manners(), st.sampled_from(sorted(WRAPPINGS)), st.lists(st.integers(0, 1 << 20), max_size=2))
def test_any_of_it_whatever_carries_the_stanzas(
    case: str, manner: Manner, wrapping: str, cuts: list[int]
) -> None:
    talks, keys, told = other(case)
    packets = send(talks, manner._replace(sizes=FEW, again=min(manner.again, 5)))
    found, _ = sessions(windows(packets, cuts, wrapping=wrapping), keys)
    assert lines(found) == told


class Place(NamedTuple):
    """Where a stanza stands in its direction: from the frame's first octet to behind its last."""

    low: int
    high: int
    octets: bytes


@cache
def places() -> dict[Direction, list[Place]]:
    """Where each stanza stands: one frame each, not compressed (RFC 6455 section 5.2)."""
    found, _ = sessions(windows(send(good(), Manner())))
    told: dict[Direction, list[Place]] = {C: [], S: []}
    for one in found[0].stanzas:
        size = len(one.octets)
        header = 2 + 2 * (size > 125) + 4 * (one.direction is C)
        low = offset_of(one)
        told[one.direction].append(Place(low, low + header + size, one.octets))
    for some in told.values():
        assert all(a.high <= b.low for a, b in pairwise(some))
    return told


def holes(packets: Sequence[Sent], kept: Sequence[Sent]) -> dict[Direction, set[int]]:
    """Octets that no packet kept holds."""
    missing: dict[Direction, set[int]] = {C: set(), S: set()}
    for packet in packets:
        missing[packet.way].update(range(packet.offset, packet.offset + packet.length))
    for packet in kept:
        missing[packet.way].difference_update(range(packet.offset, packet.offset + packet.length))
    return missing


BLIND = 1
"""Stanzas behind a hole that may be passed over before the framing is found again."""

SEGMENTS = (64, 536, 1_460, 65_000)
"""Holes of an octet or two within a header can make it look like another."""


def check_less_what_is_cut(found: Sequence[Session], missing: dict[Direction, set[int]]) -> None:
    """What lies outside of the holes is there, in order; the rest is said to be incomplete."""
    for way in (C, S):
        stanzas = [s for one in found for s in one.stanzas if s.direction is way]
        whole = [(offset_of(one), one.octets) for one in stanzas if one.complete]
        parts = [one.octets for one in stanzas if not one.complete]
        blind = 0
        sure: list[tuple[int, bytes]] = []
        rest: list[tuple[int, bytes]] = []
        for place in places()[way]:
            if missing[way] & set(range(place.low, place.high)):
                blind = BLIND + 1
            (rest if blind else sure).append((place.low, place.octets))
            blind = max(blind - 1, 0)
        assert [one for one in whole if one in sure] == sure
        # Masked octets may look like a frame; then it stands where a stanza was cut.
        others = [low for low, octets in whole if (low, octets) not in {*sure, *rest}]
        ends = [(low, low + len(octets) + 8) for low, octets in rest]
        assert all(any(low < other < end for low, end in ends) for other in others)
        assert all(any(octets.startswith(part) for _, octets in rest) for part in parts)


def offset_of(stanza: Stanza) -> int:
    assert isinstance(stanza.source, PacketSource)
    assert stanza.source.offset is not None
    return stanza.source.offset


@BOUNDED
@given(manners(), st.data())
def test_holes_take_no_more_than_they_hold(manner: Manner, data: st.DataObject) -> None:
    sizes = tuple(size for size in manner.sizes if size in SEGMENTS) or SEGMENTS
    packets = send(good(), manner._replace(sizes=sizes, again=0, copies=1, overlap=0))
    # Without the whole of the opening handshake nobody knows what it led to.
    begun = {way: some[0].low for way, some in places().items()}
    payload = [n for n, p in enumerate(packets) if p.length and p.offset >= begun[p.way]]
    lost = data.draw(st.sets(st.sampled_from(payload), min_size=1, max_size=5))
    kept = [packet for number, packet in enumerate(packets) if number not in lost]
    found, _ = sessions(windows(kept, data.draw(st.lists(st.integers(0, 1 << 20), max_size=2))))
    missing = holes(packets, kept)
    check_less_what_is_cut(found, missing)


@BOUNDED
@given(manners(), st.integers(54, 1_600))
def test_a_snap_length_takes_no_more_than_it_cuts(manner: Manner, snaplen: int) -> None:
    packets = send(good(), manner._replace(again=0, copies=1, overlap=0))
    found, _ = sessions(windows(packets, snaplen=snaplen))
    kept = [packet._replace(length=min(packet.length, snaplen - 54)) for packet in packets]
    check_less_what_is_cut(found, holes(packets, kept))
