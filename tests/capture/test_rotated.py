import gzip
import struct
import tempfile
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from analyzer.capture.case import Case
from analyzer.capture.places import FilePlace
from analyzer.capture.rotated import OpenedSet, SetReader, first_ns, in_order, series
from analyzer.model.anomaly import AnomalyCode
from analyzer.model.report import Report
from analyzer.pipeline import analyze
from tests.capture import written as w
from tests.capture.har_written import FIXTURES
from tests.capture.test_pcap import rows
from tests.capture.test_pcapng import LINE, key_block, read
from tests.capture.written import START_S, pcap

CAPTURE = FIXTURES / "reconnect-loop" / "capture.pcapng"


@pytest.mark.parametrize(
    "names",
    [
        ("capture_00001_20260101120000.pcapng", "capture_00002_20260101130000.pcapng"),
        ("capture_20260101120000_00001.pcap.gz", "capture_20260101130000_00002.pcap.gz"),
        ("capture_00001.pcap", "capture_99999.pcap"),
        ("_00001", "_00002"),
        ("x.pcap", "x.pcap1", "x.pcap12", "x.pcap007"),
        ("x.cap0", "x.cap9"),
        ("trace-2026-01-01_12:00:00.pcap", "trace-2026-01-01_13:00:00.pcap"),
        ("trace_2026-01-01-12-00.pcap", "trace_2026-01-01-13-00.pcap"),
        ("trace20260101T120000.pcap", "trace20260101T130000.pcap"),
        ("TRACE_00001.PCAP", "TRACE_00002.PCAP"),
    ],
)
def test_names_of_a_set(names: tuple[str, ...]) -> None:
    found = {series(name) for name in names}
    assert len(found) == 1
    assert None not in found


@pytest.mark.parametrize(
    "names",
    [
        ("agent1.pcap", "agent2.pcap"),
        ("a_00001.pcap", "b_00001.pcap"),
        ("a_00001.pcap", "a_00002.pcapng"),
        ("a.pcap", "b.pcap1"),
        ("x.pcap", "x.pcap1.gz"),
    ],
)
def test_names_of_no_set(names: tuple[str, str]) -> None:
    first, second = (series(name) for name in names)
    assert first is None or first != second


def test_other_names() -> None:
    assert [series(name) for name in ("session.har", "capture.pcapng", "keys.log")] == [None] * 3
    assert sorted(["x10", "x9", "x", "10", "9"], key=in_order) == ["9", "10", "x", "x9", "x10"]


def test_when_the_first_packet_came() -> None:
    assert first_ns(pcap([(START_S, b"x"), (START_S + 5, b"x")])) == START_S * 10**9
    assert first_ns(pcap([])) == 0
    assert first_ns(w.section() + w.interface() + w.simple(b"x")) == -1


def place(folder: Path, name: str, octets: bytes) -> FilePlace:
    (folder / name).write_bytes(octets)
    return FilePlace(folder / name, name)


def test_packets_are_numbered_on(tmp_path: Path) -> None:
    files = [
        pcap([(START_S + 10 * part + index, bytes([part, index])) for index in range(count)])
        for part, count in enumerate((3, 0, 2))
    ]
    places = [place(tmp_path, f"{part}", octets) for part, octets in enumerate(files)]
    with OpenedSet(places, 0) as opened:
        assert opened.format == "no file"
        found = rows(opened.reader.windows())
        assert [number for number, *_ in found] == [1, 2, 3, 4, 5]
        assert [octets for *_, octets in found] == [b"\0\0", b"\0\1", b"\0\2", b"\2\0", b"\2\1"]
        facts = opened.reader.facts()
        assert [(f.name, f.first, f.packets) for f in facts.files] == [
            ("0", 1, 3),
            ("1", 4, 0),
            ("2", 4, 2),
        ]
        assert (facts.first_ns, facts.last_ns) == (START_S * 10**9, (START_S + 21) * 10**9)
        assert (opened.name, opened.format) == ("0 and 2 more", "pcap, 3 files")
        assert opened.octets == sum(map(len, files))
        digests = "".join(f"{sha256(octets).hexdigest()}\n" for octets in files)
        assert opened.sha256 == sha256(digests.encode()).hexdigest()


def test_keys_of_a_later_file_are_there_before_the_first_packet(tmp_path: Path) -> None:
    head = w.section() + w.interface()
    first = place(tmp_path, "1", gzip.compress(head + w.packet(b"x") + w.packet(b"y")))
    second = place(tmp_path, "2", head + w.packet(b"z") + key_block(LINE))
    third = place(tmp_path, "3", pcap([(START_S, b"x")]))
    reader = SetReader([first, second, third], 0)
    windows = reader.windows()
    next(windows)
    assert reader.key_log == [LINE]
    assert sum(len(window) for window in windows) == 2
    assert reader.key_log == [LINE]
    assert reader.facts().key_blocks == 1
    assert [file.sha256 for file in reader.files] == [
        sha256(one.path.read_bytes()).hexdigest() for one in (first, second, third)
    ]


def test_keys_that_come_late_come_once(tmp_path: Path) -> None:
    # In a comment far behind, where the scout does not look.
    comment = w.option(1, LINE)
    many = w.packet(bytes(60_000)) * 300
    octets = w.section() + w.interface() + many + w.packet(b"x", options=comment)
    reader = SetReader([place(tmp_path, "1", octets), place(tmp_path, "2", octets)], 0)
    assert sum(len(window) for window in reader.windows()) == 602
    assert reader.key_log == [LINE]


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    cut = w.section() + w.interface() + w.packet(b"x") + w.packet(b"y")[:-5]
    lost = place(tmp_path, "lost", w.section())
    reader = SetReader([place(tmp_path, "1", cut), lost, place(tmp_path, "3", cut)], 0)
    windows = reader.windows()
    next(windows)
    lost.path.unlink()
    assert sum(len(window) for window in windows) == 1
    told = [(anomaly.code, anomaly.values["file"]) for anomaly in reader.anomalies]
    assert told == [
        (AnomalyCode.TRUNCATED, "1"),
        (AnomalyCode.DAMAGED, "lost"),
        (AnomalyCode.TRUNCATED, "3"),
    ]
    assert reader.facts().packets == 2


def test_a_file_that_goes_before_it_is_read(tmp_path: Path) -> None:
    gone = FilePlace(tmp_path / "gone", "gone")
    reader = SetReader([gone, place(tmp_path, "1", pcap([(START_S, b"x")]))], 0)
    assert sum(len(window) for window in reader.windows()) == 1
    assert [anomaly.values["file"] for anomaly in reader.anomalies] == ["gone"]


def split(data: bytes, cuts: list[int], *, pcapng: bool) -> list[bytes]:
    """A capture as several files, cut behind some packets."""
    packets, _ = read(data)
    bounds = [0, *sorted(cut % (len(packets) + 1) for cut in cuts), len(packets)]
    parts = []
    for low, high in pairwise(bounds):
        rows_ = packets[low:high]
        if pcapng:
            blocks = [
                w.packet(octets, time_ns // 1000, original=original)
                for _, time_ns, original, octets in rows_
            ]
            parts.append(w.section() + w.interface() + b"".join(blocks))
        else:
            head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, 1)
            records = [
                struct.pack(
                    "<4I",
                    time_ns // 10**9,
                    time_ns // 1000 % 10**6,
                    len(octets),
                    original,
                )
                + octets
                for _, time_ns, original, octets in rows_
            ]
            parts.append(head + b"".join(records))
    return parts


def without_files(report: Report) -> Report:
    """What must not depend on the files."""
    (recording,) = report.recordings
    assert recording.packets is not None
    packets = replace(recording.packets, files=())
    plain = replace(recording, name="", sha256="", octets=0, format="", packets=packets)
    return replace(report, recordings=(plain,))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(0, 10_000), min_size=1, max_size=6),
    st.booleans(),
    st.booleans(),
    st.randoms(use_true_random=False),
)
def test_a_capture_split_into_a_set_gives_the_same_sessions(
    cuts: list[int], pcapng: bool, packed: bool, random: Random
) -> None:
    data = CAPTURE.read_bytes()
    parts = [part for part in split(data, cuts, pcapng=pcapng) if read_any(part)]
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.pcap"
        whole.write_bytes(split(data, [], pcapng=pcapng)[0])
        paths = []
        for index, part in enumerate(parts):
            path = Path(folder) / f"set_{index:05}.pcap{'.gz' if packed else ''}"
            path.write_bytes(gzip.compress(part, 1) if packed else part)
            paths.append(path)
        random.shuffle(paths)
        expected = without_files(analyze([whole]))
        found = analyze(paths)
        assert expected.sessions
        assert without_files(found) == expected
        if len(parts) > 1:
            with Case() as case:
                case.add(paths[0])
                case.add(paths[1])
                ((_, opened),) = case.captures()
                assert isinstance(opened, OpenedSet)


def read_any(octets: bytes) -> bool:
    """Whether there is a packet in it."""
    return first_ns(octets) > 0
