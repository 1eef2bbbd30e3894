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

PREFIXES = {
    "PARSING": "AlexeyVasilev_PcapFlowLab/tests/data/parsing/",
    "SURICATA": "OISF_suricata-verify/tests/",
    "TCPDUMP": "the-tcpdump-group_",
}

INSIDE = {
    "GRE": (
        "PARSING/gre/03_gre_ipv6_tcp.pcap",
        "PARSING/gre/11_gre_teb_ethernet_ipv4_tcp.pcap",
        "PARSING/gre/14_outer_qinq_gre_ipv4_tcp.pcap",
        "SURICATA/bug-5437-01/input.pcap",
        "SURICATA/bug-5437-02/input.pcap",
        "SURICATA/bug-5633-gre-02/gre-sample.pcap",
        "arkime_arkime/tests/pcap/gre-sample.pcap",
        "seladb_PcapPlusPlus/Tests/Packet++Test/PacketExamples/GrePackets.pcap",
        "zeek_zeek/testing/btest/Traces/tunnels/gre-aruba-amsdu.pcap",
        "zeek_zeek/testing/btest/Traces/tunnels/gre-sample.pcap",
    ),
    "MPLS": (
        "PARSING/gre/24_outer_vlan_mpls_mpls_gre_inner_ipv4_tcp_tls_client_hello.pcap",
        "PARSING/mpls/01_mpls_ipv4_tcp_single_label.pcap",
        "PARSING/mpls/03_mpls_ipv6_tcp_single_label.pcap",
        "PARSING/mpls/07_mpls_ipv6_tcp_two_labels.pcap",
        "PARSING/mpls/22_mpls_two_packets_same_ipv4_tcp_flow.pcap",
        "PARSING/mpls/24_mpls_plain_bidirectional_same_inner_tcp.pcap",
        "seladb_PcapPlusPlus/Tests/Packet++Test/PacketExamples/MplsPackets.pcap",
    ),
    "UDP": (
        "PARSING/vxlan/03_vxlan_inner_ipv6_tcp.pcap",
        "PARSING/vxlan/10_vxlan_same_inner_tuple_different_vni.pcap",
        "PARSING/vxlan/17_vxlan_udp_port_and_header_matrix.pcap",
        "PARSING/vxlan/22_vxlan_identity_outer_carrier_variation_same_flow.pcap",
        "PARSING/vxlan/23_vxlan_identity_outer_and_inner_vlan_splits.pcap",
        "PARSING/vxlan/26_vxlan_udp_declared_bounds_matrix.pcap",
        "PARSING/vxlan/28_vxlan_unsupported_and_nested_matrix.pcap",
        "SURICATA/bug-6402-01/input.pcap",
        "SURICATA/vxlan-non-zero-reserved-fields/input.pcap",
        "seladb_PcapPlusPlus/Tests/ExamplesTest/pcap_examples/tcp-reassembly.pcap",
        "TCPDUMP/libpcap/tests/filter/geneve.pcap",
        "TCPDUMP/tcpdump/tests/geneve-gcp.pcap",
        "TCPDUMP/tcpdump/tests/gso-ipv4-geneve-ipv4.pcap",
        "TCPDUMP/tcpdump/tests/gso-ipv4-geneve-ipv6.pcap",
        "TCPDUMP/tcpdump/tests/gso-ipv4-vxlan-ipv6.pcap",
        "TCPDUMP/tcpdump/tests/gso-ipv6-geneve-ipv4.pcap",
        "TCPDUMP/tcpdump/tests/gso-ipv6-geneve-ipv6.pcap",
        "TCPDUMP/tcpdump/tests/gso-ipv6-vxlan-ipv4.pcap",
        "TCPDUMP/tcpdump/tests/gso-ipv6-vxlan-ipv6.pcap",
        "zeek_zeek/testing/btest/Traces/tunnels/geneve-many-options.pcap",
        "zeek_zeek/testing/btest/Traces/tunnels/gre-over-udp-4754.pcap",
        "zeek_zeek/testing/btest/Traces/tunnels/vxlan-encapsulated-http.pcap",
    ),
    "IPv4 in IP": (
        "SURICATA/bug-4571-01/ipv4_over_ipv4.pcap",
        "SURICATA/bug-4571-06/ipv4_over_ipv6.pcap",
        "TCPDUMP/libpcap/tests/filter/AH-IPcomp-IPv4.pcap",
        "zeek_zeek/testing/btest/Traces/tunnels/4in6.pcap",
    ),
    "IPv6 in IP": (
        "SURICATA/bug-4571-03/ipv6_over_ipv6.pcap",
        "SURICATA/bug-4571-04/ipv6_over_ipv4.pcap",
    ),
    "IP fragment": (
        "SURICATA/defrag/bug-6887-defrag-eth-vlan-ipv4-tcp-syn/frag-eth-vlan-ip-tcp-syn.pcap",
        "SURICATA/defrag/bug-6887-defrag-ipv4-tcp-syn/frag-ip-tcp-syn.pcap",
        "SURICATA/defrag/bug-6887-defrag-ipv6-tcp/frag-ip-tcp.pcap",
        "SURICATA/defrag/bug-6887-defrag-ppp-ipv4-tcp-syn/frag-ppp-ip-tcp-syn.pcap",
        "arkime_arkime/tests/pcap/socks5-http-302-frag.pcap",
        "seladb_PcapPlusPlus/Tests/ExamplesTest/pcap_examples/frag_http_req.pcap",
        "seladb_PcapPlusPlus/Tests/Pcap++Test/PcapExamples/frag_http_req.pcap",
        "zeek_zeek/testing/btest/Traces/ipv4/fragmented-4.pcap",
    ),
    "link type 104": ("seladb_PcapPlusPlus/Tests/Packet++Test/PacketExamples/CiscoHDLC.pcap",),
    "link type 127": ("arkime_arkime/tests/pcap/80211http.pcap",),
    "link type 129": (
        "TCPDUMP/tcpdump/tests/arcnet-rfc1051-arp-icmp-http.pcap",
        "TCPDUMP/tcpdump/tests/arcnet-rfc1201-arp-icmp-http.pcap",
    ),
    "link type 192": ("TCPDUMP/libpcap/tests/filter/http_PPI.pcap",),
    "link type 239": (
        "arkime_arkime/tests/pcap/nflog.pcap",
        "zeek_zeek/testing/btest/Traces/nflog-http.pcap",
    ),
    "EtherType 0x8926": ("zeek_zeek/testing/btest/Traces/vntag_vlan_sandwich_clean.pcap",),
}
"""Captures whose TCP travels inside something that is counted, but not looked into."""

OTHERWISE = {
    "arkime_arkime/tests/pcap/socks-https-example.pcap": (
        "tshark's SOCKS dissector takes numbers for the connections behind the proxy as well"
    ),
}

NO_PACKET_CAPTURE = {
    "seladb_PcapPlusPlus/Tests/ExamplesTest/pcap_examples/solaris.snoop": "snoop, no pcap",
}


def whole(name: str) -> str:
    """A name with its folder written out."""
    folder, _, rest = name.partition("/")
    return PREFIXES.get(folder, f"{folder}/") + rest


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
    inside = {whole(name) for names in INSIDE.values() for name in names}
    wrong = {
        name: found
        for name, path, expected in facts(shared)
        if name not in NO_PACKET_CAPTURE and (found := differences(path, expected))
    }
    assert {n: found for n, found in wrong.items() if n not in inside and n not in OTHERWISE} == {}
    # What is excused must need the excuse.
    assert sorted(wrong) == sorted([*inside, *OTHERWISE])


def test_what_is_not_looked_into_is_named(shared: Path) -> None:
    for reason, names in INSIDE.items():
        for name in map(whole, names):
            path = shared / "public" / "captures" / name
            _, transport = followed(path if path.exists() else shared / "public" / "crash" / name)
            assert reason in transport.undecoded, name


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
