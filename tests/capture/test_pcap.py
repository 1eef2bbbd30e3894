import io
import json
import struct
from collections.abc import Iterator
from pathlib import Path

import dpkt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.capture import window
from analyzer.capture.pcap import MAGIC, PcapReader, byte_order
from analyzer.model.anomaly import AnomalyCode
from analyzer.model.packet import PacketWindow
from tests.capture.written import START_S, pcap


def rows(windows: Iterator[PacketWindow]) -> list[tuple[int, int, int, bytes]]:
    """Number, time, original length and octets of every packet."""
    return [
        (w.first + i, int(w.time_ns[i]), int(w.original[i]), w.data[s : s + n].tobytes())
        for w in windows
        for i, (s, n) in enumerate(zip(w.start.tolist(), w.captured.tolist(), strict=True))
    ]


def read(data: bytes) -> tuple[list[tuple[int, int, int, bytes]], PcapReader]:
    reader = PcapReader(memoryview(data))
    return rows(reader.windows()), reader


def sample(count: int, size: int = 100) -> list[tuple[float, bytes]]:
    random = np.random.default_rng(7)
    return [(START_S + i / 1000, random.bytes(int(random.integers(1, size)))) for i in range(count)]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("magic", sorted(MAGIC))
def test_every_variant_gives_the_same_packets(order: str, magic: int) -> None:
    packets = sample(50)
    variant = MAGIC[magic]
    data = pcap(
        packets,
        order=order,
        magic=magic,
        extra=bytes(variant.record_octets - 16),
        file_extra=bytes(variant.header_octets - 24),
    )
    assert byte_order(memoryview(data)) == order
    found, reader = read(data)
    assert [octets for *_, octets in found] == [octets for _, octets in packets]
    assert [number for number, *_ in found] == list(range(1, 51))
    times = np.array([time for _, time, *_ in found])
    # The time was handed over as a float of seconds.
    assert np.allclose(times / 1e9, [seconds for seconds, _ in packets], atol=1e-6)
    assert reader.anomalies == []
    assert reader.facts().packets == 50


def test_snap_length_and_link_type() -> None:
    data = pcap([(START_S, b"x" * 100)], snaplen=40, link_type=0x1400_0000 | 113)
    reader = PcapReader(memoryview(data))
    (only,) = reader.windows()
    assert (only.captured[0], only.original[0], only.link_type[0]) == (40, 100, 113)
    facts = reader.facts()
    assert (facts.cut, facts.snaplen) == (1, 40)
    assert (facts.first_ns, facts.last_ns) == (START_S * 10**9, START_S * 10**9)
    assert reader.key_log == []


def test_no_packets() -> None:
    found, reader = read(pcap([]))
    assert found == []
    assert reader.anomalies == []
    assert reader.facts().first_ns is None


def test_no_whole_file_header() -> None:
    found, reader = read(pcap([])[:20])
    assert found == []
    assert [a.code for a in reader.anomalies] == [AnomalyCode.TRUNCATED]
    assert byte_order(memoryview(b"\x00\x01")) == ""


def test_a_file_cut_anywhere_keeps_the_whole_packets_before() -> None:
    packets = sample(20)
    data = pcap(packets)
    ends = [24]
    for _, octets in packets:
        ends.append(ends[-1] + 16 + len(octets))
    for cut in range(24, len(data) + 1):
        found, reader = read(data[:cut])
        assert len(found) == sum(end <= cut for end in ends[1:])
        codes = [a.code for a in reader.anomalies]
        assert codes == ([] if cut in ends else [AnomalyCode.TRUNCATED])
        if codes:
            assert reader.anomalies[0].values["offset"] == max(e for e in ends if e <= cut)


def test_reading_goes_on_behind_damage() -> None:
    packets = sample(3000)
    data = bytearray(pcap(packets))
    at = 24 + sum(16 + len(octets) for _, octets in packets[:1500])
    data[at + 8 : at + 12] = struct.pack("<I", 0x7FFFFFFF)
    found, reader = read(bytes(data))
    assert [octets for *_, octets in found] == [
        octets for index, (_, octets) in enumerate(packets) if index != 1500
    ]
    (anomaly,) = reader.anomalies
    assert anomaly.code is AnomalyCode.DAMAGED
    assert anomaly.values == {"offset": at, "octets": 16 + len(packets[1500][1])}


def test_damage_that_nothing_follows() -> None:
    data = pcap(sample(10)) + b"\xff" * 5000
    found, reader = read(data)
    assert len(found) == 10
    assert [(a.code, a.values["octets"]) for a in reader.anomalies] == [(AnomalyCode.DAMAGED, 5000)]


def test_damage_in_the_first_record() -> None:
    data = pcap([(START_S, b"lost"), *sample(10)])
    data = data[:32] + b"\xff\xff\xff\x7f" + data[36:]
    found, reader = read(data)
    assert len(found) == 10
    assert [a.code for a in reader.anomalies] == [AnomalyCode.DAMAGED]


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_large_file_is_read_in_stripes(order: str) -> None:
    packets = sample(20_000, 600)
    found, reader = read(pcap(packets, order=order))
    assert [octets for *_, octets in found] == [octets for _, octets in packets]
    assert reader.anomalies == []


def test_a_capture_inside_a_packet_deceives_nobody() -> None:
    inner = pcap([(START_S + 1, b"y" * 60)] * 2000)
    packets = [(START_S + 0.5, b"a" * 60), (START_S + 1, inner)] * 20
    found, reader = read(pcap(packets))
    assert [octets for *_, octets in found] == [octets for _, octets in packets]
    assert reader.anomalies == []


def test_days_between_packets_break_no_chain() -> None:
    packets = [(START_S + i * 40_000, bytes(500)) for i in range(2000)]
    found, reader = read(pcap(packets))
    assert len(found) == 2000
    assert reader.anomalies == []


@given(st.binary(max_size=400), st.integers(0, 300))
def test_noise_neither_raises_nor_loses_what_came_before(noise: bytes, seed: int) -> None:
    packets = sample(3 + seed % 5)
    found, _ = read(pcap(packets) + noise)
    assert [octets for *_, octets in found[: len(packets)]] == [octets for _, octets in packets]


def test_windows_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "WINDOW_PACKETS", 7)
    packets = sample(100)
    reader = PcapReader(memoryview(pcap(packets)))
    whole = list(reader.windows())
    assert max(len(w) for w in whole) == 7
    assert [w.first for w in whole] == list(range(1, 101, 7))
    assert reader.facts().packets == 100


def test_others_captures_as_tshark_counts_and_dpkt_reads_them(shared: Path) -> None:
    checked = 0
    for fact in sorted((shared / "public/expected").glob("*.json")):
        facts = json.loads(fact.read_bytes())
        path = shared / "public/captures" / facts["file"]
        data = path.read_bytes() if path.exists() else b""
        if byte_order(memoryview(data)):
            found = read(data)[0]
            assert (path.name, len(found)) == (path.name, facts["packets"])
            theirs = [octets for _, octets in dpkt.pcap.Reader(io.BytesIO(data))]
            # dpkt takes what is left of a record that the file ends in
            assert [octets for *_, octets in found] == theirs[: len(found)]
            checked += 1
    assert checked > 20


@pytest.mark.parametrize("packets", [2, 1000])
def test_a_clock_that_was_set_back_is_counted(
    packets: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window, "WINDOW_PACKETS", packets)
    steps = [0.0, 5.0, 4.5, 9.0, 7.9, 8.0, 20.0, 2.0]
    _, reader = read(pcap([(START_S + step, b"x") for step in steps]))
    assert reader.facts().steps_back == 2
