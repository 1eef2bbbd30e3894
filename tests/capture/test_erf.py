from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.capture.erf import (
    LINKTYPE_C_HDLC,
    LINKTYPE_ERF,
    LINKTYPE_ETHERNET,
    LINKTYPE_PPP,
    ErfReader,
)
from analyzer.capture.signature import is_erf
from analyzer.model.anomaly import AnomalyCode
from analyzer.pipeline import analyze
from tests.capture.test_pcap import rows
from tests.capture.test_pcapng import read as read_pcapng
from tests.capture.test_snoop import columns, oracle
from tests.capture.written import START_S, erf_record

START_NS = START_S * 1_000_000_000


def read(data: bytes) -> tuple[list[tuple[int, int, int, bytes]], ErfReader]:
    reader = ErfReader(memoryview(data))
    return rows(reader.windows()), reader


def sample(count: int) -> list[bytes]:
    return [
        erf_record(
            bytes([index % 251]) * (60 + index % 90),
            START_NS + 997_003 * index,
            extensions=index % 3,
            padding=index % 8,
        )
        for index in range(count)
    ]


@pytest.mark.parametrize("count", [1, 50, 9_000])
def test_packets(count: int) -> None:
    found, reader = read(b"".join(sample(count)))
    assert found == [
        (index + 1, START_NS + 997_003 * index, 60 + index % 90, octets)
        for index in range(count)
        for octets in [bytes([index % 251]) * (60 + index % 90)]
    ]
    assert reader.anomalies == []
    assert reader.facts().packets == count
    assert reader.key_log == []


@pytest.mark.parametrize(
    ("kind", "octets", "link_type"),
    [
        (2, b"x" * 60, LINKTYPE_ETHERNET),
        (11, b"x" * 60, LINKTYPE_ETHERNET),
        (1, b"\xff\x03\0\x21", LINKTYPE_PPP),
        (10, b"\x0f\0\x08\0", LINKTYPE_C_HDLC),
        (17, b"\x8f\0\x08\0", LINKTYPE_C_HDLC),
        (22, b"E", 228),
        (23, b"`", 229),
        (4, b"x" * 60, LINKTYPE_ERF),
        (27, b"x" * 60, LINKTYPE_ERF),
    ],
)
@pytest.mark.parametrize("extensions", [0, 2])
def test_types(kind: int, octets: bytes, link_type: int, extensions: int) -> None:
    data = erf_record(octets, kind=kind, extensions=extensions)
    (window,) = ErfReader(memoryview(data)).windows()
    assert window.link_type.tolist() == [link_type]
    assert window.data[int(window.start[0]) :].tobytes() == octets


def test_what_only_fills_up_has_no_number() -> None:
    pad = erf_record(bytes(24), kind=48)
    found, reader = read(pad + erf_record(b"a" * 60) + pad + erf_record(b"b" * 60) + pad)
    assert [(number, octets[:1]) for number, *_, octets in found] == [(1, b"a"), (2, b"b")]
    assert reader.anomalies == []
    assert read(pad)[0] == []


def test_lost_and_cut() -> None:
    records = [
        erf_record(b"a" * 60, lost=3),
        erf_record(b"b" * 60, lost=2, wire=1500),
        erf_record(b"c" * 60, lost=999, kind=11),
    ]
    found, reader = read(b"".join(records))
    assert [original for _, _, original, _ in found] == [60, 1500, 60]
    facts = reader.facts()
    assert (facts.cut, facts.dropped) == (1, 5)
    _, reader = read(records[2])
    assert reader.facts().dropped is None


def test_extensions_without_end_are_no_packet() -> None:
    record = bytearray(erf_record(bytes(60), extensions=1))
    record[16::8] = b"\x80" * len(record[16::8])
    found, _ = read(bytes(record))
    assert len(found) == 1
    assert len(found[0][3]) < 10


def test_so_many_extensions_are_passed() -> None:
    found, _ = read(erf_record(b"x" * 60, extensions=30))
    assert len(found) == 1


@pytest.mark.parametrize("cut", [1, 15, 30])
def test_no_whole_record(cut: int) -> None:
    found, reader = read(sample(1)[0][:cut])
    assert found == []
    assert [anomaly.code for anomaly in reader.anomalies] == [AnomalyCode.TRUNCATED]


@pytest.mark.parametrize("count", [60, 9_000])
def test_damage_is_passed(count: int) -> None:
    data = bytearray(b"".join(sample(count)))
    whole, _ = read(bytes(data))
    middle = len(data) // 2
    data[middle : middle + 200] = b"\xff" * 200
    found, reader = read(bytes(data))
    assert [anomaly.code for anomaly in reader.anomalies] == [AnomalyCode.DAMAGED]
    assert count - 8 <= len(found) < count
    assert [row[1:] for row in found[-5:]] == [row[1:] for row in whole[-5:]]


def test_what_is_an_erf() -> None:
    data = b"".join(sample(5))
    assert is_erf(data[:4096], whole=True)
    assert is_erf(sample(1)[0], whole=True)
    assert not is_erf(sample(1)[0], whole=False)
    assert not is_erf(b"", whole=True)
    assert not is_erf(sample(1)[0][:20] * 2, whole=True)
    late = erf_record(bytes(60), START_NS + 200_000 * 10**9)
    assert not is_erf(sample(1)[0] + late, whole=True)
    about = erf_record(bytes(60), 0, kind=27)
    assert is_erf(about + sample(1)[0] + about, whole=True)
    assert not is_erf(erf_record(bytes(60), kind=60), whole=True)


@given(st.binary(max_size=400))
def test_any_octets(octets: bytes) -> None:
    found, _ = read(sample(1)[0] + octets)
    assert len(found) >= 1


def test_what_tshark_reads(tmp_path: Path, tshark: str) -> None:
    path = tmp_path / "capture.erf"
    records = sample(200)
    records[3:3] = [
        erf_record(bytes(24), kind=48),
        erf_record(b"\x0f\0\x08\0" + bytes(80), kind=10),
    ]
    records[9:9] = [erf_record(b"E" + bytes(60), kind=22, wire=900, extensions=3)]
    path.write_bytes(b"".join(records))
    reader = ErfReader(memoryview(path.read_bytes()))
    assert columns(list(reader.windows())) == oracle(tshark, path)
    assert reader.facts().packets == 202


def test_a_session_in_erf_is_the_session_in_pcapng(tmp_path: Path) -> None:
    source = Path(__file__).parents[2] / "fixtures" / "good-ws" / "capture.pcapng"
    packets, _ = read_pcapng(source.read_bytes())
    path = tmp_path / "capture.erf"
    path.write_bytes(b"".join(erf_record(octets, time) for _, time, _, octets in packets))
    expected, found = analyze([source]), analyze([path])
    assert found.sessions == expected.sessions
    assert found.recordings[0].format == "ERF"
