"""Records open with the right key and number only, and never to something else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.protocol.tls.cipher import Header, Opener, opener_of
from analyzer.protocol.tls.schedule import Keys, record_keys, traffic_keys
from analyzer.protocol.tls.suites import suite_of
from tests.protocol.tls.made import Sealer

SUITES = (0x009C, 0xC09C, 0xC0A0, 0xCCA8, 0x002F, 0x003C, 0x000A, 0x0041, 0x0002, 0x0005)
VERSIONS = (0x0300, 0x0301, 0x0302, 0x0303)


def pair(code: int, version: int = 0x0303, *, mac_last: bool = False) -> tuple[Sealer, Opener]:
    suite = suite_of(code)
    assert suite is not None
    if version == 0x0304:
        keys = traffic_keys(suite, b"s" * 32, b"tls13 ")
    else:
        keys, _ = record_keys(version, suite, b"m" * 48, b"c" * 32, b"s" * 32)
    opener = opener_of(version, suite, keys, mac_last=mac_last)
    assert opener is not None
    return Sealer(code, version, keys, mac_last=mac_last), opener


def split(octets: bytes) -> tuple[Header, bytes]:
    return Header(octets[0], octets[1:3], octets[:5]), octets[5:]


@pytest.mark.parametrize("code", [code for code in SUITES if code != 0x0005])
def test_numbers_are_found(code: int) -> None:
    sealer, opener = pair(code)
    records = [split(sealer(23, b"text %d" % i)) for i in range(40)]
    assert opener.open(*records[0], range(1)) == (0, b"text 0")
    assert opener.open(*records[30], range(1, 20)) is None
    assert opener.open(*records[35], range(1, 50)) == (35, b"text 35")
    assert opener.open(*records[36], range(36, 37)) == (36, b"text 36")


@given(
    code=st.sampled_from(SUITES),
    version=st.sampled_from(VERSIONS),
    mac_last=st.booleans(),
    octets=st.binary(max_size=100),
    place=st.integers(0, 400),
    flip=st.integers(1, 255),
)
def test_a_changed_octet_is_noticed(
    *, code: int, version: int, mac_last: bool, octets: bytes, place: int, flip: int
) -> None:
    suite = suite_of(code)
    assert suite is not None
    mac_last = mac_last and suite.mode == "CBC"
    if suite.mode not in ("CBC", ""):
        version = 0x0303
    sealer, opener = pair(code, version, mac_last=mac_last)
    header, payload = split(sealer(23, octets))
    changed = bytearray(payload)
    at = place % len(changed)
    changed[at] ^= flip
    # The explicit IV is not covered by a MAC that comes first, but then the text is not the same.
    found = opener.open(header, bytes(changed), range(1))
    assert found is None or (found == (0, octets) and version == 0x0300)


@given(
    code=st.sampled_from(SUITES),
    version=st.sampled_from(VERSIONS),
    mac_last=st.booleans(),
    payload=st.binary(max_size=80),
)
def test_any_octets(code: int, version: int, mac_last: bool, payload: bytes) -> None:
    _, opener = pair(code, version, mac_last=mac_last)
    header = Header(23, b"\3\3", b"\x17\3\3\0\0")
    assert opener.open(header, payload, range(3)) is None


def test_tls13_and_its_drafts() -> None:
    sealer, opener = pair(0x1301, 0x0304)
    header, payload = split(sealer(23, b"text"))
    assert opener.open(header, payload, range(2)) == (0, b"text\x17")
    # A draft that leaves the header out does not open it.
    suite = suite_of(0x1301)
    assert suite is not None
    bare = opener_of(0x7F12, suite, sealer.keys)
    assert bare is not None
    assert bare.open(header, payload, range(2)) is None
    opener.lose()
    opener.skip(5)
    assert not opener.chained


@pytest.mark.parametrize("code", [0xC05C, 0xC03C])
def test_a_cipher_that_is_not_carried(code: int) -> None:
    suite = suite_of(code)
    assert suite is not None
    assert opener_of(0x0303, suite, Keys(b"m" * 32, b"k" * 16, b"i" * 4)) is None


def test_a_stream_goes_on_behind_what_is_skipped() -> None:
    sealer, opener = pair(0x0005)
    records = [split(sealer(23, b"text %d" % i)) for i in range(3)]
    assert opener.chained
    opener.open(*records[0], range(1))
    opener.lose()
    opener.skip(len(records[1][1]))
    assert opener.open(*records[2], range(5)) == (2, b"text 2")
    _, clear = pair(0x0002)
    clear.skip(9)
    assert not clear.chained


def test_padding_that_is_wrong() -> None:
    """All of it has to be the same (RFC 5246 section 6.2.3.2), and there is room for a MAC."""
    sealer, opener = pair(0x002F)
    sealer._mac = lambda *_: b""  # type: ignore[method-assign]
    for octets in (b"x" * 15, b"\0" * 15, b"\x1f" * 16):
        assert opener.open(*split(sealer(23, octets)), range(1)) is None


@pytest.mark.parametrize("mac_last", [False, True])
@pytest.mark.parametrize("code", SUITES)
def test_less_than_a_record_has(code: int, mac_last: bool) -> None:
    for length in (0, 1, 7, 15):
        _, opener = pair(code, mac_last=mac_last)
        assert opener.open(Header(23, b"\3\3", b"\x17\3\3\0\0"), bytes(length), range(1)) is None
