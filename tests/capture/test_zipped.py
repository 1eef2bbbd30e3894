import io
import tempfile
import zipfile
from collections.abc import Iterator

import pytest

from analyzer.capture import zipped
from analyzer.capture.members import Member
from analyzer.capture.zipped import Zip, why
from analyzer.model.errors import CaptureError
from tests.capture.archived import HAR, PCAP
from tests.capture.archived import zipped as packed


@pytest.fixture
def made() -> Iterator[io.BufferedRandom]:
    with tempfile.TemporaryFile() as file:
        yield file


def opened(file: io.BufferedRandom, octets: bytes) -> Zip:
    file.write(octets)
    return Zip(file, "given")


def test_members(made: io.BufferedRandom) -> None:
    found = opened(made, packed({"folder/": b"", "folder/a": b"1" * 500, "../../b": PCAP}))
    assert [member.name for member in found.members] == ["folder/a", "../../b"]
    assert [member.index for member in found.members] == [0, 1]
    with found.open(found.members[0]) as stream:
        assert stream.read(1000) == b"1" * 500
    assert not found.more
    assert found.attached("none") is None


def test_what_is_playwrights_is_one_recording(made: io.BufferedRandom) -> None:
    found = opened(made, packed({"1.har": HAR, "har.har": HAR, "2.txt": b"x"}))
    assert [member.name for member in found.members] == ["har.har"]
    assert bytes(found.attached("2.txt") or b"") == b"x"


def test_so_many_members(made: io.BufferedRandom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipped, "ARCHIVE_MEMBERS", 3)
    found = opened(made, packed({f"{index}": b"" for index in range(5)}))
    assert (len(found.members), found.more) == (3, True)


def test_methods_that_take_much_memory_are_not_read(made: io.BufferedRandom) -> None:
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a", b"x")
    found = opened(made, octets.getvalue())
    with pytest.raises(NotImplementedError) as caught:
        found.open(found.members[0])
    assert "unusual method" in why(caught.value)


@pytest.mark.parametrize("octets", [b"PK\3\4", packed({"a": b"x"})[:-30]])
def test_damage(made: io.BufferedRandom, octets: bytes) -> None:
    with pytest.raises(CaptureError, match="cut off or damaged"):
        opened(made, octets)


def test_members_are_told_by_their_place() -> None:
    assert Member(1, "a", 3) != Member(2, "a", 3)
