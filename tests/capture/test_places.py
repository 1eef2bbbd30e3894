import gzip
import io
from contextlib import ExitStack
from pathlib import Path

import pytest

from analyzer.capture import places
from analyzer.capture.members import Budget
from analyzer.capture.places import (
    Container,
    FilePlace,
    MemberPlace,
    OpenArchives,
    Place,
    StreamPlace,
    largest_last,
    open_recording,
    peek,
    read_whole,
)
from analyzer.capture.signature import Look
from analyzer.model.errors import CaptureError
from tests.capture.archived import HAR, KEY_LINE, PCAP, tarred, zipped


def put(folder: Path, octets: bytes, name: str = "given") -> FilePlace:
    (folder / name).write_bytes(octets)
    return FilePlace(folder / name, name)


def members(place: Place, opened: OpenArchives, budget: Budget | None = None) -> list[MemberPlace]:
    container = Container(place, budget or Budget(), opened)
    return [MemberPlace(container, member) for member in container.archive().members]


def test_a_file(tmp_path: Path) -> None:
    place = put(tmp_path, gzip.compress(PCAP))
    assert peek(place) == (PCAP, Look.PACKETS)
    assert read_whole(place, 10**6) == PCAP
    assert read_whole(place, 10) == PCAP[:10]
    with open_recording(place, 0) as opened:
        assert opened.format == "pcap (gzip)"


def test_wrappings_have_an_end(tmp_path: Path) -> None:
    packed = gzip.compress(gzip.compress(gzip.compress(KEY_LINE)))
    assert read_whole(put(tmp_path, packed), 1000) == KEY_LINE
    assert read_whole(put(tmp_path, gzip.compress(packed)), 3) == b"\x1f\x8b\x08"


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match="no such file"):
        peek(FilePlace(tmp_path / "x", "x"))
    with pytest.raises(CaptureError, match="this is no file"):
        peek(FilePlace(Path("/dev/null"), "null"))


def test_a_stream_can_be_opened_again() -> None:
    with ExitStack() as stack:
        place = StreamPlace("up/load.zip", io.BytesIO(zipped({"a": PCAP, "b": HAR})), stack)
        assert place.name == "load.zip"
        assert peek(place)[1] is Look.ZIP
        opened = OpenArchives()
        stack.callback(opened.close)
        found = members(place, opened)
        assert [peek(one)[1] for one in found] == [Look.PACKETS, Look.RECORDING]
        assert peek(place)[1] is Look.ZIP
        with open_recording(found[1], 0) as har:
            assert har.format == "HAR (zip)"


def test_a_broken_stream() -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError(5, "Input/output error")

    with ExitStack() as stack, pytest.raises(CaptureError, match="cannot be read"):
        StreamPlace("x", Broken(), stack)


def test_archives_in_wrappings(tmp_path: Path) -> None:
    opened = OpenArchives()
    for index, data in enumerate((tarred({"a": PCAP}), zipped({"a": PCAP}))):
        place = put(tmp_path, gzip.compress(gzip.compress(data)), f"{index}")
        (one,) = members(place, opened)
        assert one.name == f"{index}/a"
        assert read_whole(one, 10**6) == PCAP
    with pytest.raises(CaptureError, match="cannot be unpacked"):
        members(put(tmp_path, b"hello"), opened)
    wrapped = tarred({"a": b"x"})
    for _ in range(4):
        wrapped = gzip.compress(wrapped)
    with pytest.raises(CaptureError, match="cannot be unpacked"):
        members(put(tmp_path, wrapped), opened)
    opened.close()


def test_only_the_last_archives_stay_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "OPEN_ARCHIVES", 2)
    opened = OpenArchives()
    found = [
        members(put(tmp_path, zipped({"a": f"{index}".encode()}), f"{index}"), opened)[0]
        for index in range(5)
    ]
    assert [read_whole(one, 10) for one in found] == [b"0", b"1", b"2", b"3", b"4"]
    assert [read_whole(one, 10) for one in reversed(found)] == [b"4", b"3", b"2", b"1", b"0"]
    opened.close()


def test_a_spent_budget(tmp_path: Path) -> None:
    budget, opened = Budget(), OpenArchives()
    (one,) = members(put(tmp_path, zipped({"a": KEY_LINE})), opened, budget)
    assert read_whole(one, 1000) == KEY_LINE
    budget.left = 0
    with pytest.raises(CaptureError, match="given/a: not read: ARCHIVE_OCTETS"):
        read_whole(one, 1000)
    opened.close()


def test_an_encrypted_member(tmp_path: Path) -> None:
    octets = bytearray(zipped({"a": PCAP}))
    for mark, flag in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        octets[octets.index(mark) + flag] |= 1
    opened = OpenArchives()
    (one,) = members(put(tmp_path, bytes(octets)), opened)
    for call in (peek, lambda place: read_whole(place, 9)):
        with pytest.raises(CaptureError, match="given/a: the zip is encrypted"):
            call(one)
    opened.close()


def test_nothing_at_all(tmp_path: Path) -> None:
    assert read_whole(put(tmp_path, b""), 10) == b""
    assert peek(put(tmp_path, b"")) == (b"", Look.NOTHING)


def test_how_long_something_is(tmp_path: Path) -> None:
    place = put(tmp_path, PCAP)
    assert place.size() == len(PCAP)
    (tmp_path / "given").unlink()
    assert place.size() == 0
    with ExitStack() as stack:
        assert StreamPlace("-", io.BytesIO(PCAP), stack).size() == len(PCAP)
    packed, opened = put(tmp_path, zipped({"a.pcap": PCAP, "b.har": HAR})), OpenArchives()
    assert all(member.size() > 0 for member in members(packed, opened))
    opened.close()


@pytest.mark.parametrize(
    ("octets", "order"),
    [
        ([], []),
        ([9], [9]),
        ([50, 9, 9], [9, 9, 50]),
        ([9, 9, 50], [9, 9, 50]),
        ([50, 30, 30], [50, 30, 30]),
        ([9, 1, 1], [9, 1, 1]),
    ],
)
def test_one_that_is_larger_than_all_others_comes_last(
    tmp_path: Path, octets: list[int], order: list[int]
) -> None:
    files = [put(tmp_path, b"x" * size, str(number)) for number, size in enumerate(octets)]
    found = largest_last(files, key=lambda file: [file], large=20)
    assert [file.size() for file in found] == order
