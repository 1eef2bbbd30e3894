"""Other people's captures of HTTP/2: the requests, answers and bodies that tshark sees."""

import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from analyzer.model.anomaly import Anomaly, AnomalyCode
from analyzer.model.events import Event
from analyzer.model.http import Exchange, field
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
