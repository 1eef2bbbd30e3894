import json
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.capture.snoop import UNNAMED, SnoopReader
from analyzer.model.anomaly import AnomalyCode
from analyzer.model.packet import PacketWindow
from analyzer.pipeline import analyze
from tests.capture.test_pcap import rows
from tests.capture.written import START_S, snoop

START_US = START_S * 1_000_000


def read(data: bytes) -> tuple[list[tuple[int, int, int, bytes]], SnoopReader]:
    reader = SnoopReader(memoryview(data))
    return rows(reader.windows()), reader


def sample(count: int) -> list[tuple[int, bytes]]:
    return [
        (START_US + 997 * index, bytes([index % 251]) * (1 + index % 90)) for index in range(count)
    ]


@pytest.mark.parametrize("padded", [True, False])
@pytest.mark.parametrize("count", [0, 1, 50, 9_000])
def test_packets(count: int, padded: bool) -> None:
    packets = sample(count)
    found, reader = read(snoop(packets, padded=padded))
    assert found == [
        (number, time_us * 1000, len(octets), octets)
        for number, (time_us, octets) in enumerate(packets, 1)
    ]
    assert reader.anomalies == []
    assert reader.facts().packets == count
    assert reader.key_log == []


def test_facts() -> None:
    reader = SnoopReader(memoryview(snoop(sample(40), snaplen=30, drops=7)))
    (window,) = reader.windows()
    facts = reader.facts()
    assert (facts.packets, facts.cut, facts.dropped) == (40, 10, 7)
    assert (facts.first_ns, facts.last_ns) == (START_US * 1000, (START_US + 39 * 997) * 1000)
    assert window.original.max() == 40


@pytest.mark.parametrize(("datalink", "link_type"), [(4, 1), (0, 1), (8, 10), (26, UNNAMED + 26)])
def test_link_types(datalink: int, link_type: int) -> None:
    (window,) = SnoopReader(memoryview(snoop(sample(3), datalink=datalink))).windows()
    assert set(window.link_type.tolist()) == {link_type}


@pytest.mark.parametrize("cut", [0, 8, 15, 17, 30])
def test_no_whole_record(cut: int) -> None:
    found, reader = read(snoop(sample(1))[:cut])
    assert found == []
    assert [anomaly.code for anomaly in reader.anomalies] == [AnomalyCode.TRUNCATED]


def test_a_cut_keeps_what_is_whole() -> None:
    found, reader = read(snoop(sample(100))[:-3])
    assert len(found) == 99
    assert [anomaly.code for anomaly in reader.anomalies] == [AnomalyCode.TRUNCATED]


@pytest.mark.parametrize("count", [60, 9_000])
def test_damage_is_passed(count: int) -> None:
    data = bytearray(snoop(sample(count)))
    whole, _ = read(bytes(data))
    middle = len(data) // 2
    data[middle : middle + 200] = b"\xff" * 200
    found, reader = read(bytes(data))
    assert [anomaly.code for anomaly in reader.anomalies] == [AnomalyCode.DAMAGED]
    assert count - 12 <= len(found) < count
    assert found[0] == whole[0]
    assert [row[1:] for row in found[-5:]] == [row[1:] for row in whole[-5:]]


def test_octets_of_packets_may_look_like_times() -> None:
    mark = (START_S >> 16).to_bytes(2, "big")
    packets = [(START_US + index, mark * 700) for index in range(2_000)]
    found, reader = read(snoop(packets))
    assert [octets for *_, octets in found] == [octets for _, octets in packets]
    assert reader.anomalies == []


def test_long_packets_without_a_time_near() -> None:
    packets = [(START_US + index, bytes(60_000)) for index in range(50)]
    assert len(read(snoop(packets))[0]) == 50


def test_nothing_behind_damage() -> None:
    data = snoop(sample(20)) + b"\xff" * 300_000
    found, reader = read(data)
    assert len(found) == 20
    assert sum(anomaly.length for anomaly in reader.anomalies) == 300_000


@given(st.binary(max_size=400))
def test_any_octets(octets: bytes) -> None:
    found, reader = read(b"snoop\0\0\0\0\0\0\2\0\0\0\4" + octets)
    assert isinstance(reader.anomalies, list)
    assert len(found) <= len(octets) // 24


def oracle(tshark: str, path: Path) -> list[tuple[int, int, int]]:
    """Packet lengths, captured and original, and times of tshark."""
    names = ("frame.cap_len", "frame.len", "frame.time_epoch")
    options = [word for name in names for word in ("-e", name)]
    told = subprocess.run(
        [tshark, "-r", str(path), "-T", "fields", *options],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    found = (line.split("\t") for line in told.splitlines())
    return [(int(a), int(b), int(time.replace(".", ""))) for a, b, time in found]


def columns(windows: list[PacketWindow]) -> list[tuple[int, int, int]]:
    return [
        row
        for w in windows
        for row in zip(w.captured.tolist(), w.original.tolist(), w.time_ns.tolist(), strict=True)
    ]


def test_what_editcap_writes(tmp_path: Path, editcap: str, tshark: str) -> None:
    source = Path(__file__).parents[2] / "fixtures" / "good-ws" / "capture.pcapng"
    path = tmp_path / "capture.snoop"
    subprocess.run([editcap, "-F", "snoop", "-s", "900", source, path], check=True)
    reader = SnoopReader(memoryview(path.read_bytes()))
    found = columns(list(reader.windows()))
    assert len(found) > 50
    assert found == oracle(tshark, path)
    assert reader.facts().cut > 0


def test_a_capture_of_others(shared: Path) -> None:
    (told,) = (shared / "public/expected").glob("*PcapPlusPlus__Tests__Exam*solaris.snoop.json")
    expected = json.loads(told.read_text())
    path = shared / "public/captures" / expected["file"]
    _, reader = read(path.read_bytes())
    assert reader.facts().packets == expected["packets"]
    assert reader.anomalies == []


def test_a_session_in_snoop_is_the_session_in_pcap(tmp_path: Path, editcap: str) -> None:
    source = Path(__file__).parents[2] / "fixtures" / "good-ws" / "capture.pcapng"
    paths = [tmp_path / "capture.pcap", tmp_path / "capture.snoop"]
    for path in paths:
        # Both of microseconds, which the fixture is not.
        subprocess.run([editcap, "-F", path.suffix[1:], source, path], check=True)
    expected, found = (analyze([path]) for path in paths)
    assert found.sessions == expected.sessions
    assert found.recordings[0].format == "snoop"
