"""DNS and ICMP are picked out of a capture, and everything else of UDP is passed over."""

import struct
import subprocess
from pathlib import Path

import pytest

from analyzer.model import limits
from analyzer.model.events import BESIDE, Item
from analyzer.model.flow import Endpoint
from analyzer.model.network import Resolution, Unreachable
from analyzer.model.packet import PacketWindow
from analyzer.model.source import PacketSource
from analyzer.transport import beside
from analyzer.transport.flows import Transport
from tests.capture.opened import open_capture

from .segments import START_NS, SYN, C, ethernet, handshake, ip_packet, segment, sent, window_of
from .test_dns import FOUR, POINTER, answered, asked, record
from .test_icmp import icmp

PC, RESOLVER = "10.0.0.9", "10.0.0.53"


def udp(
    octets: bytes, ports: tuple[int, int] = (40_000, 53), hosts: tuple[str, str] = (PC, RESOLVER)
) -> bytes:
    """An Ethernet frame with a datagram of UDP."""
    return ethernet(ip_packet(hosts, struct.pack(">4H", *ports, 8 + len(octets), 0) + octets, 17))


def back(octets: bytes, hosts: tuple[str, str] = (RESOLVER, PC)) -> bytes:
    """An answer."""
    return udp(octets, (53, 40_000), hosts)


def told(*windows: PacketWindow) -> tuple[list[Item], Transport]:
    transport = Transport(0, ())
    found: list[Item] = []
    for delivered in (*map(transport.feed, windows), transport.finish()):
        for number, items in delivered:
            if number == BESIDE:
                found += items
    return found, transport


def test_a_question_and_its_answer() -> None:
    hosts = ("2001:db8::53", "2001:db8::9")
    packets = [
        udp(asked("a.test")),
        udp(b"\0" * 40, (40_000, 443)),
        back(answered("a.test", record(POINTER, 1, FOUR))),
        *handshake(),
        udp(asked("six.test"), hosts=hosts[::-1]),
        back(answered("six.test"), hosts),
        back(b"no DNS"),
    ]
    (four, six), transport = told(window_of(packets, first=11))
    assert four == Resolution(
        name="a.test",
        kind="A",
        client=PC,
        server=RESOLVER,
        code="NOERROR",
        addresses=("192.0.2.1",),
        latency_ns=2_000_000,
        asked=PacketSource(0, 11, 11, START_NS + 11_000_000),
        answered=PacketSource(0, 13, 13, START_NS + 13_000_000),
    )
    assert isinstance(six, Resolution)
    assert (six.client, six.server) == ("2001:db8::9", "2001:db8::53")
    assert transport.undecoded == {"UDP": 6}
    assert transport.anomalies == []


def test_what_nobody_answers_is_told_with_a_later_window_or_at_the_end() -> None:
    first = window_of([udp(asked("a.test"))])
    later = window_of([sent(C, 0)], first=2, times_ns=[START_NS + 40 * 1_000_000_000])
    last = window_of([udp(asked("b.test"))], first=3, times_ns=[-1])
    found, _ = told(first, later, last)
    assert [(one.name, one.code) for one in found if isinstance(one, Resolution)] == [
        ("a.test", None),
        ("b.test", None),
    ]
    assert isinstance(found[1], Resolution)
    assert found[1].asked == PacketSource(0, 3, 3, None)


def test_dns_over_tcp() -> None:
    question = asked("a.test")
    answer = answered("a.test", record(POINTER, 1, FOUR))
    ends = (PC, 40_000), (RESOLVER, 53)
    packets = [
        segment(*ends, 1, SYN),
        segment(*ends, 2, payload=struct.pack(">H", len(question)) + question),
        segment(*ends[::-1], 2, payload=struct.pack(">H", len(answer)) + answer),
        segment(*ends[::-1], 2 + len(answer)),
    ]
    (one,), _ = told(window_of(packets))
    assert isinstance(one, Resolution)
    assert (one.name, one.addresses, one.latency_ns) == ("a.test", ("192.0.2.1",), 1_000_000)


def test_a_message_cut_by_the_snap_length_tells_what_is_there() -> None:
    answer = back(answered("a.test", record(POINTER, 1, FOUR), record(POINTER, 1, FOUR)))
    (one,), _ = told(window_of([answer], snaplen=len(answer) - 1))
    assert isinstance(one, Resolution)
    assert one.addresses == ("192.0.2.1",)
    assert told(window_of([answer], snaplen=30))[0] == []
    # Ethernet fills short frames up: what stands behind the datagram is none of it.
    (one,), _ = told(window_of([back(answered("a.test")) + bytes(20)]))
    assert isinstance(one, Resolution)


def test_a_router_says_that_a_segment_did_not_arrive() -> None:
    syn = sent(C, -1, b"", SYN)
    message = ethernet(ip_packet(("10.0.0.254", PC), icmp(3, 13, syn[14:42]), 1))
    echo = ethernet(ip_packet(("10.0.0.254", PC), icmp(0, 0, b"ping"), 1))
    six = ip_packet(("2001:db8::1", "2001:db8::2"), syn[34:54])
    big = ethernet(ip_packet(("2001:db8::fe", "2001:db8::1"), icmp(2, 0, six, 1280), 58))
    found, transport = told(window_of([syn, echo, message, big]))
    assert found == [
        Unreachable(
            reporter="10.0.0.254",
            code="administratively prohibited",
            client=Endpoint("10.0.0.1", 40_000),
            server=Endpoint("10.0.0.2", 7_071),
            source=PacketSource(0, 3, 3, START_NS + 3_000_000),
        ),
        Unreachable(
            reporter="2001:db8::fe",
            code="packet too big",
            client=Endpoint("2001:db8::1", 40_000),
            server=Endpoint("2001:db8::2", 7_071),
            mtu=1280,
            source=PacketSource(0, 4, 4, START_NS + 4_000_000),
        ),
    ]
    assert transport.undecoded == {"ICMP": 2, "ICMPv6": 1}


@pytest.mark.parametrize("looked_at", [1, 16])
def test_what_is_kept_and_looked_at_is_bounded(
    looked_at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "DNS_QUESTIONS", 3)
    monkeypatch.setattr(limits, "UNREACHABLES", 2)
    monkeypatch.setattr(beside, "LOOKED_AT", looked_at)
    message = ethernet(ip_packet(("10.0.0.254", PC), icmp(3, 1, sent(C, 0)[14:42]), 1))
    queries = [
        packet
        for n in range(5)
        for packet in (udp(asked("a.test", number=n)), back(answered("a.test", number=n)))
    ]
    ends = (PC, 40_000), (RESOLVER, 53)
    over_tcp = segment(*ends, 2, payload=b"\0\0" + asked("b.test"))
    window = window_of([*queries, message, message, message, over_tcp])
    found, transport = told(window, window)
    names = [type(one).__name__ for one in found]
    assert names.count("Resolution") == (3 if looked_at == 16 else 1)
    assert names.count("Unreachable") == 2
    assert [(one.code.value, one.values) for one in transport.anomalies] == [
        ("limit.reached", {"limit": "DNS_QUESTIONS", "value": 3}),
        ("limit.reached", {"limit": "UNREACHABLES", "value": 2}),
    ]


BREAKER = "tls-attacker_TLS-Breaker/Breaker-Commons/src/test/resources/pcap_files"

CAPTURES = (
    "Voev_snet/tests/pcap/data/decrypt_by_keylog/tls1.3_curl_google.pcap",
    "seladb_PcapPlusPlus/Tests/Pcap++Test/PcapExamples/raw_ip.pcap",
    "zeek_zeek/testing/btest/Traces/pcapng-multi-interface.pcapng",
    f"{BREAKER}/Mix_file.pcapng",
    f"{BREAKER}/TLS_RSA_WITH_AES_128_CCM_8.pcapng",
    f"{BREAKER}/TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA.pcapng",
    "AlexeyVasilev_PcapFlowLab/tests/data/parsing/dns/08_dns_ipv4_multiple_answers_response.pcap",
    "AlexeyVasilev_PcapFlowLab/tests/data/parsing/dns/06_dns_ipv6_aaaa_response.pcap",
    "AlexeyVasilev_PcapFlowLab/tests/data/parsing/dns/09_dns_ipv4_nxdomain_response.pcap",
)


@pytest.mark.parametrize("name", CAPTURES, ids=lambda name: name.rpartition("/")[2])
def test_answers_as_tshark_reads_them(name: str, shared: Path, tshark: str) -> None:
    path = shared / "public" / "captures" / name
    fields = ("frame.number", "dns.qry.name", "dns.flags.rcode", "dns.a", "dns.aaaa", "dns.cname")
    command = [tshark, "-r", str(path), "-Y", "dns.flags.response == 1 && udp.port == 53"]
    command += ["-T", "fields", "-E", "aggregator=,"]
    for field in fields:
        command += ["-e", field]
    theirs = {}
    for line in subprocess.run(command, check=True, capture_output=True, text=True).stdout.split(
        "\n"
    ):
        if line:
            number, asked_for, code, *lists = line.split("\t")
            four, six, aliases = (tuple(filter(None, found.split(","))) for found in lists)
            theirs[int(number)] = (asked_for.lower(), int(code), {*four, *six}, aliases)
    with open_capture(path, 0) as opened:
        found, _ = told(*opened.reader.windows())
    mine = {
        one.answered.first: (
            one.name,
            ["NOERROR", "", "SERVFAIL", "NXDOMAIN"].index(one.code or ""),
            {*one.addresses},
            one.aliases,
        )
        for one in found
        if isinstance(one, Resolution) and isinstance(one.answered, PacketSource)
    }
    assert mine
    assert mine == theirs
