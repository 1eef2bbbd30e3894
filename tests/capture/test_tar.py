import io
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.capture import tar
from analyzer.capture.signature import is_tar
from analyzer.capture.tar import Tar
from tests.capture.archived import tarred

FILES = {"a.txt": b"hello", "folder/b.pcap": b"x" * 5000, "empty": b"", "c": b"y" * 512}


def content(data: bytes) -> dict[str, bytes]:
    found = Tar(memoryview(data))
    told = {}
    for member in found.members:
        with found.open(member) as stream:
            told[member.name] = b""
            while octets := stream.read(700):
                told[member.name] += octets
    return told


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_plain_files(form: int) -> None:
    data = tarred(FILES, form)
    assert is_tar(data[:512])
    assert content(data) == FILES
    assert Tar(memoryview(data)).damaged is None


@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_long_names(form: int) -> None:
    files = {f"{'long' * 40}/{'päth' * 60}/{name}": data for name, data in FILES.items()}
    assert content(tarred(files, form)) == files


def test_a_prefix_is_part_of_the_name() -> None:
    files = {f"{'long' * 20}/{'path' * 20}": b"x"}
    assert content(tarred(files, tarfile.USTAR_FORMAT)) == files


def test_links_folders_and_devices_are_no_members() -> None:
    kinds = [b"1", b"2", b"3", b"4", b"5", b"6", b"S", b"g"]
    others = [(f"k{kind.decode()}", kind) for kind in kinds]
    assert content(tarred(FILES, others=others)) == FILES


def test_a_size_in_the_extended_header() -> None:
    octets = io.BytesIO()
    with tarfile.open(fileobj=octets, mode="w", format=tarfile.PAX_FORMAT) as made:
        info = tarfile.TarInfo("a")
        info.size = 600
        info.pax_headers = {"size": "600", "comment": "path"}
        made.addfile(info, io.BytesIO(b"x" * 600))
        made.addfile(tarfile.TarInfo("b"))
    assert content(octets.getvalue()) == {"a": b"x" * 600, "b": b""}


def test_a_large_number() -> None:
    data = bytearray(tarred({"a": b"x" * 600}, tarfile.GNU_FORMAT))
    data[124:136] = (0x80).to_bytes(1, "big") + (600).to_bytes(11, "big")
    total = sum(data[:512]) - sum(data[148:156]) + 8 * 32
    data[148:156] = b"%06o\0 " % total
    assert content(bytes(data)) == {"a": b"x" * 600}


def test_a_number_that_is_none() -> None:
    data = bytearray(tarred({"a": b""}, tarfile.GNU_FORMAT))
    data[124:136] = b"not a number"
    total = sum(data[:512]) - sum(data[148:156]) + 8 * 32
    data[148:156] = b"%06o\0 " % total
    assert content(bytes(data)) == {"a": b""}


def test_a_cut_keeps_what_is_there() -> None:
    data = tarred({"a": b"1" * 600, "b": b"2" * 6000}, tarfile.USTAR_FORMAT)
    cut = data[: 512 + 1024 + 512 + 1000]
    assert content(cut) == {"a": b"1" * 600, "b": b"2" * 1000}
    assert Tar(memoryview(cut)).damaged is not None
    assert Tar(memoryview(data[:1600])).damaged == 1536


def test_damage_ends_it() -> None:
    data = bytearray(tarred({"a": b"1", "b": b"2"}, tarfile.USTAR_FORMAT))
    data[1024 + 10] ^= 1
    found = Tar(memoryview(bytes(data)))
    assert [member.name for member in found.members] == ["a"]
    assert found.damaged == 1024
    assert found.attached("a") is None


def test_so_many_members(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tar, "ARCHIVE_MEMBERS", 3)
    found = Tar(memoryview(tarred({f"{index}": b"x" for index in range(5)})))
    assert (len(found.members), found.more) == (3, True)
    assert not Tar(memoryview(tarred({"a": b""}))).more


@given(st.binary(max_size=300), st.integers(0, 1023))
def test_any_octets(octets: bytes, at: int) -> None:
    data = bytearray(tarred({"a": b"1" * 600, "b": b"2"}, tarfile.GNU_FORMAT))
    data[at : at + len(octets)] = octets
    found = Tar(memoryview(bytes(data)))
    for member in found.members:
        with found.open(member) as stream:
            assert len(stream.read(10_000)) <= len(data)
