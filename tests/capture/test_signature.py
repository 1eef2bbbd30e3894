import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.capture.signature import Look, is_har, is_ladder, is_tar, look, packet_format
from tests.capture.archived import HAR, KEY_LINE, PCAP, tarred, zipped
from tests.capture.written import erf_record, section, snoop


@pytest.mark.parametrize(
    ("octets", "seen"),
    [
        (PCAP, Look.PACKETS),
        (section(), Look.PACKETS),
        (snoop([]), Look.PACKETS),
        (erf_record(bytes(60)) * 4, Look.PACKETS),
        (HAR, Look.RECORDING),
        (HAR.decode().encode("utf-16"), Look.RECORDING),
        (b"\xef\xbb\xbf" + HAR, Look.RECORDING),
        (zipped({"a": b"x"}), Look.ZIP),
        (tarred({"a": b"x"}), Look.TAR),
        (b"# a comment\n" * 9 + KEY_LINE, Look.KEYS),
        (KEY_LINE.decode().encode("utf-16"), Look.KEYS),
        (b"-----BEGIN RSA PRIVATE KEY-----\nx", Look.KEYS),
        (b"", Look.NOTHING),
        (b"hello", Look.NOTHING),
        (b"\0" * 600, Look.NOTHING),
        (gzip.compress(PCAP), Look.NOTHING),
        (b"@har\n", Look.NOTHING),
    ],
)
def test_what_a_file_seems_to_be(octets: bytes, seen: Look) -> None:
    assert look(octets, "x", whole=True) is seen


def test_kinds() -> None:
    assert [kind.name for kind in Look if kind.is_recording] == ["PACKETS", "RECORDING"]
    assert [kind.name for kind in Look if kind.is_archive] == ["ZIP", "TAR"]
    assert look(b"@har\n", "a.ladder") is Look.RECORDING
    assert not is_ladder(b"x@", "a.ladder")


@pytest.mark.parametrize(
    ("octets", "name"),
    [(PCAP, "pcap"), (section(), "pcapng"), (snoop([]), "snoop"), (b"x", "ERF")],
)
def test_packet_formats(octets: bytes, name: str) -> None:
    assert packet_format(octets) == name


def test_a_tar_tells_itself_by_its_checksum() -> None:
    data = bytearray(tarred({"a": b"x"}))
    assert is_tar(bytes(data))
    data[0] ^= 1
    assert not is_tar(bytes(data))
    assert not is_tar(bytes(data[:511]))


@given(st.binary(max_size=600))
def test_any_octets(octets: bytes) -> None:
    assert isinstance(look(octets, "x", whole=True), Look)
    assert isinstance(is_har(octets), bool)
