"""Other people's captures of HTTP/2: the requests, answers and bodies that tshark sees."""

import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from analyzer.capture import keylog
from analyzer.model.anomaly import Anomaly, AnomalyCode
from analyzer.model.events import Event, Streamed
from analyzer.model.http import Exchange, field
from analyzer.model.source import Direction
from analyzer.model.websocket import Message, Upgrade
from analyzer.protocol.tls.keyring import KeyRing
from tests.protocol.recordings import events_of

SURICATA = "OISF_suricata-verify/tests/"
CAPTURES = {
    SURICATA + "dns-over-http2-limit/input.pcap": 8080,
    SURICATA + "dns-over-http2-post/dns_over_https_POST.pcap": 80,
    SURICATA + "dns-over-http2/dns_over_https.pcap": 80,
    SURICATA + "http2-authority-mismatch/authority_and_host_2.pcap": 80,
    SURICATA + "http2-errorcode/input.pcap": 6233,
    SURICATA + "http2-keywords/input.pcap": 3000,
    SURICATA + "http2-long-frame/input.pcap": 8443,
    "arkime_arkime/tests/pcap/http2-nghttp2.pcap": 80,
    "lucian_pcap_file_ex/test/fixtures/http2_sample.pcap": 8097,
    "lucian_pcap_file_ex/test/fixtures/http2_sample.pcapng": 8097,
}
# An answer that was under way when the client reset the stream, which the client ignored as well.
LATE = {SURICATA + "dns-over-http2/dns_over_https.pcap": ("200", 468)}
FIELDS = ("method", "path", "authority", "status")


def seen_by_tshark(tshark: str, path: Path, port: int) -> tuple[dict[str, Counter[str]], int]:
    """Values of the pseudo-header fields, and octets of DATA."""
    command = [tshark, "-r", str(path), "-Y", "http2", "-d", f"tcp.port=={port},http2"]
    command += ["-T", "fields", "-E", "aggregator=\x1f", "-e", "http2.type", "-e", "http2.length"]
    for name in FIELDS:
        command += ["-e", f"http2.headers.{name}"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    seen: dict[str, Counter[str]] = {name: Counter() for name in FIELDS}
    octets = 0
    for line in ran.stdout.splitlines():
        types, lengths, *values = (column.split("\x1f") for column in line.split("\t"))
        octets += sum(int(n) for t, n in zip(types, lengths, strict=True) if t == "0")
        for name, found in zip(FIELDS, values, strict=True):
            seen[name].update(value for value in found if value)
    return seen, octets


def flat(events: list[Event]) -> Iterator[Exchange | Anomaly]:
    return (event for event in events if isinstance(event, Exchange | Anomaly))


@pytest.mark.parametrize("name", CAPTURES)
def test_captures(shared: Path, tshark: str, name: str) -> None:
    path, port = shared / "public/captures" / name, CAPTURES[name]
    ours: dict[str, Counter[str]] = {name: Counter() for name in FIELDS}
    octets = 0
    for events in events_of(path, (port,)).values():
        for event in flat(events):
            if isinstance(event, Anomaly):
                assert event.code in {AnomalyCode.H2_RESET, AnomalyCode.H2_GOAWAY}
                continue
            request, response = event.request, event.response
            if request is None or not request.version.startswith("HTTP/2"):
                continue
            octets += request.body_length + (response.body_length if response else 0)
            ours["method"][request.method] += 1
            _, _, rest = request.url.partition("://")
            authority, slash, target = rest.partition("/")
            ours["authority"][authority] += 1
            ours["path"][slash + target] += 1
            assert field(request.headers, "host")
            if response is not None:
                ours["status"][str(response.status)] += 1
    theirs, length = seen_by_tshark(tshark, path, port)
    if name in LATE:
        status, late = LATE[name]
        theirs["status"][status] -= 1
        octets += late
    assert ours == theirs
    assert sum(ours["method"].values())
    assert octets == length


def inside(events: list[Event]) -> Iterator[Event]:
    """Events, those of streams among them."""
    for event in events:
        if isinstance(event, Streamed):
            yield from inside([*event.events])
        else:
            yield event


def messages(events: dict[int, list[Event]]) -> dict[Direction, list[bytes]]:
    return {
        way: [
            event.payload
            for number in sorted(events)
            for event in inside(events[number])
            if isinstance(event, Message) and event.direction is way
        ]
        for way in Direction
    }


def test_a_websocket_of_a_browser_is_that_of_its_har(shared: Path) -> None:
    folder = shared / "captures/t-h2-websocket"
    keys = KeyRing()
    keys.add(keylog.secrets((folder / "keys.log").read_bytes()))
    packets = events_of(folder / "capture.pcapng", (8460,), keys)
    har = events_of(folder / "session.har")
    assert messages(packets) == messages(har)
    assert sum(len(found) for found in messages(har).values()) > 30
    every = [event for events in packets.values() for event in inside(events)]
    (upgrade,) = [event for event in every if isinstance(event, Upgrade)]
    assert upgrade.accepted
    assert upgrade.accept_valid is None
    assert upgrade.exchange.request is not None
    assert upgrade.exchange.request.url == "wss://finesse.example.test:8460/ws/"
    assert not [event for event in every if isinstance(event, Anomaly)]
    seen = [
        (exchange.request.method, exchange.request.url, exchange.response.status)
        for events in (packets, har)
        for number in sorted(events)
        for exchange in events[number]
        if isinstance(exchange, Exchange) and exchange.request and exchange.response
        if "/finesse/api/" in exchange.request.url
    ]
    assert len(seen) >= 4
    assert seen[: len(seen) // 2] == seen[len(seen) // 2 :]
