"""Recordings in the order they are read, and sets as one."""

from contextlib import ExitStack
from io import BytesIO
from pathlib import Path

from analyzer.capture.found import Found, grouped, series_of
from analyzer.capture.places import FilePlace, Place, StreamPlace
from tests.capture.archived import HAR, PCAP


def place(folder: Path, name: str, octets: bytes) -> Place:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(octets)
    return FilePlace(path, name)


def test_a_set_is_told_by_its_name_and_its_folder(tmp_path: Path) -> None:
    first = place(tmp_path, "a/ring_00001_20261120204600.pcap", PCAP)
    second = place(tmp_path, "a/ring_00002_20261120204700.pcap", PCAP)
    elsewhere = place(tmp_path, "b/ring_00003_20261120204800.pcap", PCAP)
    assert series_of(first) == series_of(second) != series_of(elsewhere)
    with ExitStack() as stack:
        stream = StreamPlace("ring_00001_20261120204600.pcap", BytesIO(PCAP), stack)
        assert series_of(stream) is None


def test_a_set_is_one_recording_and_others_stand_alone(tmp_path: Path) -> None:
    ring = [place(tmp_path, f"ring_{n:05}_2026112020460{n}.pcap", PCAP) for n in (2, 1)]
    alone = place(tmp_path, "session.har", HAR)
    found = [Found(one, strict=True, series=series_of(one)) for one in ring]
    opened = []
    for index, (open_one, strict) in enumerate(grouped([*found, Found(alone, strict=False)])):
        with open_one(index) as recording:
            opened.append((recording.name, strict))
    assert sorted(strict for _, strict in opened) == [False, True]
    assert len(opened) == 2
    assert any(name == "session.har" for name, _ in opened)
