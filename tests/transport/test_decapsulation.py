import random
import struct
import time
from collections.abc import Sequence
from contextlib import suppress

import dpkt
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from analyzer.model.anomaly import AnomalyCode
from analyzer.model.events import BESIDE
from analyzer.model.limits import FRAGMENTED_DATAGRAMS, TUNNEL_DEPTH
from analyzer.model.network import Resolution
from analyzer.transport.columns import Census, Segments
from analyzer.transport.decapsulation import HEADERS
from analyzer.transport.flows import Transport

from .rewrapped import WRAPPINGS, fragments
from .segments import (
    ACK,
    CLIENT,
    SERVER,
    C,
    S,
    carried,
    ethernet,
    handshake,
    ip_packet,
    octets,
    segment,
    sent,
    window_of,
    windows_of,
)

SIX = (("2001:db8::5", 40_000), ("2001:db8::6", 7_071))
PAYLOAD = bytes(range(256)) * 8

Told = list[tuple[object, ...]]


def decoded(
    packets: Sequence[bytes], link_type: int = 1, snaplen: int = 1 << 18
) -> tuple[Segments, Census]:
    census = Census()
    return census.segments(window_of(packets, link_type=link_type, snaplen=snaplen)), census


def told(found: Segments) -> Told:
    """What segments say, whatever was around them."""
    columns = ("source", "destination", "source_port", "destination_port", "sequence")
    more = ("acknowledgment", "flags", "window", "length")
    rows = zip(*(getattr(found, name).tolist() for name in (*columns, *more)), strict=True)
    spans = zip(found.at.tolist(), found.captured.tolist(), strict=True)
    return [
        (*row, found.data[at : at + size].tobytes())
        for row, (at, size) in zip(rows, spans, strict=True)
    ]


def frame_of(ends: tuple[tuple[str, int], tuple[str, int]], payload: bytes = PAYLOAD) -> bytes:
    """With addresses: zeros would look like a control word of MPLS."""
    frame = segment(*ends, 7, ACK, payload, acknowledgment=9)
    return bytes.fromhex("020000000003020000000004") + frame[12:]


FRAMES = pytest.mark.parametrize(
    "frame", [frame_of((CLIENT, SERVER)), frame_of(SIX)], ids=["4", "6"]
)


@pytest.mark.parametrize("name", WRAPPINGS)
@FRAMES
def test_a_segment_is_the_same_in_every_wrapping(name: str, frame: bytes) -> None:
    link_type, packets = WRAPPINGS[name](frame)
    found, census = decoded(packets, link_type)
    assert told(found) == told(decoded([frame])[0])
    assert found.number.tolist() == [len(packets)]
    assert census.undecoded == {}
    assert (census.fragments > 0) == ("fragments" in name)
    assert census.anomalies == []


ON_ETHERNET = [name for name, wrapped in WRAPPINGS.items() if wrapped(frame_of(SIX))[0] == 1]


@given(
    st.lists(st.sampled_from(ON_ETHERNET), max_size=4),
    st.sampled_from(list(WRAPPINGS)),
    st.booleans(),
    st.binary(max_size=100),
)
def test_wrappings_in_each_other(inner: list[str], outer: str, six: bool, payload: bytes) -> None:
    frame = frame_of(SIX if six else (CLIENT, SERVER), payload)
    link_type, packets = 1, [frame]
    for name in (*inner, outer):
        with suppress(ValueError):  # only takes IP
            wrapped = [WRAPPINGS[name](packet) for packet in packets]
            assume(len(wrapped) < 100)
            link_type, packets = wrapped[0][0], [one for _, several in wrapped for one in several]
    found, census = decoded(packets, link_type)
    if not census.anomalies:
        # Of each packet that came twice the segment may be told twice.
        assert told(found)[:1] == told(decoded([frame])[0])


KNOWN_ELSEWHERE = ["Ethernet", "VLAN", "QinQ", "MPLS", "PPPoE", "GRE", "IP in IPv4", "IP in IPv6"]


@given(st.lists(st.sampled_from(KNOWN_ELSEWHERE), max_size=2), st.binary(max_size=64))
def test_segments_as_another_decoder_has_them(names: list[str], payload: bytes) -> None:
    packet = frame_of((CLIENT, SERVER), payload)
    for name in names:
        with suppress(ValueError):
            packet = WRAPPINGS[name](packet)[1][0]
    theirs: object = dpkt.ethernet.Ethernet(packet)
    while not isinstance(theirs, dpkt.tcp.TCP):
        assert isinstance(theirs, dpkt.Packet)
        theirs = theirs.data
    [(_, _, *ports, sequence, acknowledgment, _, window, length, mine)] = told(decoded([packet])[0])
    assert ports == [theirs.sport, theirs.dport]
    assert (sequence, acknowledgment, window) == (theirs.seq, theirs.ack, theirs.win)
    assert (length, mine) == (len(theirs.data), theirs.data)


def slowly(packets: Sequence[bytes]) -> list[bytes]:
    """The same frames behind a header that leaves all of them to the passes."""
    return [WRAPPINGS["PPI, Ethernet"](packet)[1][0] for packet in packets]


@given(
    st.lists(
        st.one_of(
            st.binary(max_size=80),
            st.binary(max_size=60).map(lambda body: bytes(12) + b"\x08\x00\x45" + body),
            st.binary(max_size=60).map(lambda body: bytes(12) + b"\x86\xdd\x60" + body),
            st.sampled_from(ON_ETHERNET).flatmap(
                lambda name: st.sampled_from(WRAPPINGS[name](frame_of(SIX, b"octets"))[1])
            ),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_the_passes_tell_what_the_direct_way_tells(packets: list[bytes]) -> None:
    direct, counted = decoded(packets)
    passes, counted_slowly = decoded(slowly(packets), 192)
    assert told(passes) == told(direct)
    assert passes.number.tolist() == direct.number.tolist()
    assert counted_slowly.undecoded == counted.undecoded
    assert counted_slowly.fragments == counted.fragments


@pytest.mark.parametrize("name", [name for name in WRAPPINGS if "fragments" not in name])
@pytest.mark.parametrize("ends", [(CLIENT, SERVER), SIX], ids=["4", "6"])
def test_cut_off_at_any_octet(name: str, ends: tuple[tuple[str, int], tuple[str, int]]) -> None:
    """What is there of a segment is told, or that its header is not there."""
    payload = b"0123456789" * 4
    frame = frame_of(ends, payload)
    [whole] = told(decoded([frame])[0])
    link_type, [packet] = WRAPPINGS[name](frame)
    cut = [packet[:kept] for kept in range(len(packet) + 1)]
    window = window_of(cut, link_type=link_type)
    window.original[:] = len(packet)
    census = Census()
    found = census.segments(window)
    # Of several frames in one packet each may be cut.
    counted = len(found) + sum(census.undecoded.values())
    assert len(cut) <= counted <= len(cut) * (1 + ("A-MSDU" in name))
    segments = told(found)
    assert {one[:-1] for one in segments} == {whole[:-1]}
    at = packet.index(payload)
    assert [one[-1] for one in segments[-len(payload) - 1 :]] == [
        payload[: max(0, len(one) - at)] for one in cut[-len(segments) :]
    ][-len(payload) - 1 :]
    assert found.number.tolist() == list(range(len(cut) - len(found) + 1, len(cut) + 1))


@given(st.sampled_from(list(WRAPPINGS)), st.booleans(), st.randoms(use_true_random=False))
def test_octets_that_lie(name: str, six: bool, order: random.Random) -> None:
    frame = frame_of(SIX if six else (CLIENT, SERVER), b"0123456789" * 4)
    link_type, packets = WRAPPINGS[name](frame)
    broken = []
    for _ in range(20):
        for packet in packets:
            octets = bytearray(packet)
            for _ in range(order.randint(1, 4)):
                octets[order.randrange(len(octets))] = order.choice((0, 1, 0x45, 0xFF, 6, 47))
            broken.append(bytes(octets[: order.randint(1, len(octets))]))
    found, census = decoded(broken, link_type)
    # Each packet is told of; one with a header that contradicts itself even twice.
    packets_told = len(set(found.number.tolist())) + sum(census.undecoded.values())
    assert packets_told + census.fragments >= len(broken)
    assert (found.captured <= found.length).all()
    assert (found.at + found.captured <= len(found.data)).all()


def test_fragments_in_several_windows() -> None:
    one, two, three = fragments(sent(C, 0, PAYLOAD), 1_024)
    packets = [*handshake(), one, sent(S, 0, b"yes"), two, three, sent(C, len(PAYLOAD), b"!")]
    for cuts in ([], [4], [5, 6], range(len(packets))):
        found, transport = carried(windows_of(packets, cuts))
        assert octets(found[0], C) == PAYLOAD + b"!"
        assert octets(found[0], S) == b"yes"
        assert (transport.fragments, transport.undecoded) == (3, {})


def test_a_datagram_of_which_a_fragment_is_missing() -> None:
    one, two, three = fragments(sent(C, 0, PAYLOAD), 1_024)
    _, transport = carried(windows_of([*handshake(), one, three]))
    assert (transport.fragments, transport.undecoded) == (0, {"IP fragment": 2})
    _, transport = carried(windows_of([one, three, two]))
    assert (transport.fragments, transport.undecoded) == (3, {})


def test_the_last_fragment_tells_number_and_time() -> None:
    packets = [*fragments(sent(C, 0, PAYLOAD), 1_024)[::-1], sent(C, len(PAYLOAD), b"x")]
    window = window_of(packets)
    found = Census().segments(window)
    assert found.number.tolist() == [3, 4]
    assert found.time_ns.tolist() == window.time_ns[2:].tolist()


def test_a_cut_first_fragment_tells_what_it_holds() -> None:
    one, two, three = fragments(sent(C, 0, PAYLOAD), 1_024)
    found, census = decoded([one, two, three], snaplen=100)
    assert (found.length.tolist(), found.captured.tolist()) == ([1_004], [46])
    assert census.undecoded == {"IP fragment": 2}


def aggregate(*bodies: bytes) -> bytes:
    """An A-MSDU of LLC frames."""
    packet = bytes([0x88, 2]) + bytes(22) + b"\x80\x00"
    for body in bodies:
        packet += bytes(-(len(packet) - 26) % 4) + bytes(12) + struct.pack(">H", len(body)) + body
    return packet


def snap(frame: bytes) -> bytes:
    return b"\xaa\xaa\x03\0\0\0" + frame[12:]


def test_a_packet_may_hold_several_segments() -> None:
    first, second = sent(C, 0, b"one"), sent(C, 3, b"second")
    found, census = decoded([aggregate(snap(first), b"\x42\x42\x03", snap(second))] * 2, 105)
    assert told(found) == told(decoded([first, second] * 2)[0])
    assert found.number.tolist() == [1, 1, 2, 2]
    assert census.undecoded == {}


def test_a_packet_without_any_is_counted_once() -> None:
    _, census = decoded([aggregate(b"\x42\x42\x03", b"\x42\x42\x03"), aggregate()], 105)
    assert census.undecoded == {"LLC": 1, "header cut off": 1}


def test_tunnels_have_a_depth() -> None:
    datagram = frame_of((CLIENT, SERVER), b"x")[14:]
    for _ in range(HEADERS // 2 - 1):
        datagram = ip_packet(("10.9.0.1", "10.9.0.2"), datagram, 4)
    assert told(decoded([ethernet(datagram)])[0]) == told(
        decoded([frame_of((CLIENT, SERVER), b"x")])[0]
    )
    for _ in range(2):
        datagram = ip_packet(("10.9.0.1", "10.9.0.2"), datagram, 4)
    transport = Transport(0, ())
    assert list(transport.feed(window_of([ethernet(datagram)]))) == []
    assert transport.undecoded == {"too many headers": 1}
    [anomaly] = transport.anomalies
    assert anomaly.code is AnomalyCode.LIMIT
    assert anomaly.values == {"limit": "TUNNEL_DEPTH", "value": TUNNEL_DEPTH}


def test_a_flood_of_fragments_is_named() -> None:
    frame = bytearray(fragments(sent(C, 0, PAYLOAD), 1_024)[0])
    packets = []
    for number in range(FRAGMENTED_DATAGRAMS + 5):
        frame[18:20] = number.to_bytes(2, "big")
        packets.append(bytes(frame))
    _, census = decoded(packets)
    assert census.undecoded == {"IP fragment": len(packets)}
    [anomaly] = census.anomalies
    assert anomaly.values == {"limit": "FRAGMENTED_DATAGRAMS", "value": FRAGMENTED_DATAGRAMS}


def test_dns_in_a_tunnel_and_in_fragments() -> None:
    question = struct.pack(">HHHHHH", 1, 0x100, 1, 0, 0, 0) + b"\x04host\x00\x00\x01\x00\x01"
    datagram = struct.pack(">HHHH", 50_000, 53, 8 + len(question), 0) + question
    frame = ethernet(ip_packet(("10.0.0.1", "10.0.0.2"), datagram, 17))
    for name in ("GRE", "VXLAN in fragments", "fragments of 8"):
        transport = Transport(0, ())
        link_type, packets = WRAPPINGS[name](frame)
        list(transport.feed(window_of(packets, link_type=link_type)))
        [(number, [said])] = list(transport.finish())
        assert number == BESIDE
        assert isinstance(said, Resolution)
        assert (said.name, said.client, said.server) == ("host", "10.0.0.1", "10.0.0.2")


@pytest.mark.parametrize(
    ("name", "link_type", "packet"),
    [
        ("A-MSDU of nothing", 105, aggregate(*[b""] * 700)),
        ("MPLS without end", 1, bytes(12) + b"\x88\x47" + bytes(11_000)),
        ("IP in IP", 101, ip_packet(("10.0.0.1", "10.0.0.2"), b"", 4) * 500),
        ("VLAN tags", 1, bytes(12) + b"\x81\x00\x00\x01" * 2_500),
        ("NFLOG attributes", 239, bytes(4) + b"\x04\x00\x01\x00" * 2_500),
        ("radiotap words", 127, b"\0\0\x20\0" + b"\xff" * 10_000),
        ("TZSP", 1, WRAPPINGS["TZSP"](frame_of(SIX))[1][0][:42] + b"\1\0\0\1" + bytes(10_000)),
    ],
)
def test_a_window_of_hostile_packets_takes_its_time_but_once(
    name: str, link_type: int, packet: bytes
) -> None:
    packets = [packet] * (4_000_000 // len(packet))
    begun = time.process_time()
    _, census = decoded(packets, link_type)
    assert time.process_time() - begun < 5, name
    assert sum(census.undecoded.values()) == len(packets)


def test_no_column_is_the_windows_own() -> None:
    """What is peeled off is so beside the window, which others read behind it."""
    packets = [one for name in ON_ETHERNET for one in WRAPPINGS[name](frame_of(SIX))[1]]
    window = window_of(packets)
    before = {name: getattr(window, name).copy() for name in ("start", "captured", "original")}
    Census().segments(window)
    for name, column in before.items():
        assert np.array_equal(getattr(window, name), column)
