"""Every TCP stream of other people's captures, as tshark and a reference reassembler have it."""

import json
import resource
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from analyzer.capture.pcap import PcapReader, byte_order
from analyzer.capture.pcapng import PcapngReader
from analyzer.model.events import Item
from analyzer.transport.flows import Transport

from .segments import C, S, carried, connection, octets

ALL_PORTS = range(1 << 16)

OTHERWISE = {
    "AlexeyVasilev_PcapFlowLab/tests/data/parsing/vxlan/"
    "22_vxlan_identity_outer_carrier_variation_same_flow.pcap": (
        "the reference takes direction from the outer addresses, so both sides seem to send"
    ),
    "arkime_arkime/tests/pcap/socks-https-example.pcap": (
        "tshark's SOCKS dissector takes numbers for the connections behind the proxy as well"
    ),
    "seladb_PcapPlusPlus/Tests/ExamplesTest/pcap_examples/tcp-reassembly.pcap": (
        "the last packet is an sFlow report, whose samples are not packets of this recording"
    ),
    "the-tcpdump-group_libpcap/tests/filter/AH-IPcomp-IPv4.pcap": "IPComp is not inflated",
    "zeek_zeek/testing/btest/Traces/ipv4/fragmented-4.pcap": (
        "fragments overlap with other octets: here the first copy stays, as the segments' do"
    ),
    "zeek_zeek/testing/btest/Traces/tunnels/gre-aruba-amsdu.pcap": (
        "the reference reads no packet that holds two segments; tshark's own octets are the same"
    ),
}
"""Captures whose expected facts are not what the tool tells, and why."""

NO_PACKET_CAPTURE = {
    "seladb_PcapPlusPlus/Tests/ExamplesTest/pcap_examples/solaris.snoop": "snoop, no pcap",
}


def reader_of(path: Path) -> PcapReader | PcapngReader | None:
    data = path.read_bytes()
    if byte_order(memoryview(data)):
        return PcapReader(memoryview(data))
    return PcapngReader(memoryview(data)) if data[:4] == b"\n\r\r\n" else None


def facts(shared: Path) -> Iterator[tuple[str, Path, dict[str, Any]]]:
    for told in sorted((shared / "public" / "expected").glob("*.json")):
        expected = json.loads(told.read_text())
        name = expected["file"]
        path = shared / "public" / "captures" / name
        yield name, path if path.exists() else shared / "public" / "crash" / name, expected


def followed(path: Path) -> tuple[dict[int, list[Item]], Transport]:
    reader = reader_of(path)
    assert reader is not None
    return carried(reader.windows(), ALL_PORTS)


def differences(path: Path, expected: dict[str, Any]) -> list[str]:
    found, transport = followed(path)
    if transport.connections != expected["tcp_streams"]:
        return [f"{transport.connections} connections, not {expected['tcp_streams']}"]
    assert sorted(found) == list(range(transport.connections))
    wrong = []
    for stream in expected["streams"]:
        number = stream["stream"]
        if number not in found:
            wrong.append(f"{number}: missing")
            continue
        items = found[number]
        told = connection(items)
        assert told.to_server is not None
        assert told.to_client is not None
        packets = told.to_server.packets + told.to_client.packets
        if packets != stream["packets"]:
            wrong.append(f"{number}: {packets} packets, not {stream['packets']}")
        wanted = reassembled(stream)
        assert told.client is not None
        by_client = str(told.client) == stream["endpoints"][0]
        ways = (C, S) if by_client else (S, C)
        for way, one in zip(ways, wanted, strict=True):
            mine = octets(items, way)
            if one is not None and (len(mine), sha256(mine).hexdigest()) != one:
                wrong.append(f"{number}: {len(mine)} octets {way.value}, not {one[0]}")
    return wrong


def reassembled(stream: dict[str, Any]) -> list[tuple[int, str] | None]:
    """Length and hash of what either node sent; the reference's where both are told."""
    if stream.get("ref_reassembled"):
        return [(one["len"], one["sha256"]) for one in stream["ref_reassembled"]]
    told = stream.get("reassembled") or {}
    return [
        (told[f"node{node}_len"], told[f"node{node}_sha256"])
        if told.get(f"node{node}_sha256")
        else None
        for node in (0, 1)
    ]


def test_every_stream_is_the_reference_reassemblers(shared: Path) -> None:
    wrong = {
        name: found
        for name, path, expected in facts(shared)
        if name not in NO_PACKET_CAPTURE and (found := differences(path, expected))
    }
    assert {name: found for name, found in wrong.items() if name not in OTHERWISE} == {}
    # What is excused must need the excuse.
    assert sorted(wrong) == sorted(OTHERWISE)


def test_broken_captures_do_no_harm(shared: Path) -> None:
    slow, read = [], 0
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for path in sorted((shared / "public" / "crash").rglob("*")):
        reader = reader_of(path) if path.is_file() else None
        if reader is None:
            continue
        begun = time.process_time()
        found, transport = carried(reader.windows(), ALL_PORTS)
        if time.process_time() - begun > 10:
            slow.append(path)
        assert len(found) == transport.connections == transport.followed
        assert all(connection(items) for items in found.values())
        read += 1
    assert slow == []
    assert read > 800
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300 * 1024
