"""Keys from secrets, against vectors that others have published."""

import pytest

from analyzer.protocol.tls import schedule
from analyzer.protocol.tls.schedule import (
    expand_label,
    is_tls13,
    master_secret,
    next_secret,
    prefix_of,
    record_keys,
    session_hash,
    traffic_keys,
)
from analyzer.protocol.tls.suites import Suite, suite_of


def suite(code: int) -> Suite:
    found = suite_of(code)
    assert found is not None
    return found


def test_traffic_keys() -> None:
    """RFC 8448 section 3: {server} derive write traffic keys for handshake data."""
    secret = bytes.fromhex("b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38")
    keys = traffic_keys(suite(0x1301), secret, b"tls13 ")
    assert keys.key.hex() == "3fce516009c21727d0f2e4e86ee403bc"
    assert keys.iv.hex() == "5d313eb2671276ee13000b30"


def test_finished_key() -> None:
    """RFC 8448 section 3: {server} calculate finished."""
    secret = bytes.fromhex("b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38")
    made = expand_label("sha256", secret, b"tls13 finished", 32)
    assert made.hex() == "008d3b66f816ea559f96b537e885c31fc068bf492c652f01f288a1d8cdc19fc8"
    assert expand_label("sha256", secret, b"tls13 finished", 80)[:0] == b""
    assert len(expand_label("sha256", secret, b"tls13 finished", 80)) == 80


def test_prf_of_tls12() -> None:
    """The test vector that was posted to the TLS working group's list for P_SHA256."""
    made = schedule.prf(
        0x0303,
        "sha256",
        bytes.fromhex("9bbe436ba940f017b17652849a71db35"),
        b"test label" + bytes.fromhex("a0ba9f936cda311827a6f796ffd5198c"),
        100,
    )
    assert made.hex() == (
        "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a"
        "6b301791e90d35c9c9a46b4e14baf9af0fa022f7077def17abfd3797c0564bab"
        "4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff701"
        "87347b66"
    )


def test_drafts() -> None:
    assert is_tls13(0x0304)
    assert is_tls13(0x7F1C)
    assert is_tls13(0xFB1A)
    assert not is_tls13(0x0303)
    assert prefix_of(0x7F12) == b"TLS 1.3, "
    assert prefix_of(0x7F1C) == prefix_of(0x0304) == b"tls13 "


def test_next_secret() -> None:
    secrets = {
        next_secret(suite(0x1301), bytes(32), prefix) for prefix in (b"tls13 ", b"TLS 1.3, ")
    }
    assert len(secrets) == 2
    assert {len(secret) for secret in secrets} == {32}


@pytest.mark.parametrize("version", [0x0300, 0x0301, 0x0303])
def test_master_secret(version: int) -> None:
    made = {
        master_secret(version, suite(0x002F), b"p" * 48, b"r" * 64, extended)
        for extended in (None, b"h" * 32)
    }
    # SSL 3.0 knows no extended one.
    assert len(made) == (1 if version == 0x0300 else 2)
    assert {len(secret) for secret in made} == {48}


def test_session_hash() -> None:
    assert len(session_hash(0x0303, "sha384", b"x")) == 48
    assert len(session_hash(0x0302, "sha256", b"x")) == 16 + 20


@pytest.mark.parametrize(
    ("version", "code", "lengths"),
    [
        (0x0303, 0x009C, (0, 16, 4)),
        (0x0303, 0xCCA8, (0, 32, 12)),
        (0x0303, 0x003D, (32, 32, 0)),
        (0x0301, 0x0035, (20, 32, 16)),
        (0x0300, 0x000A, (20, 24, 8)),
        (0x0301, 0x0008, (20, 8, 8)),
        (0x0300, 0x0006, (16, 16, 8)),
        (0x0301, 0x0002, (20, 0, 0)),
    ],
)
def test_record_keys(version: int, code: int, lengths: tuple[int, int, int]) -> None:
    client, server = record_keys(version, suite(code), b"m" * 48, b"c" * 32, b"s" * 32)
    assert tuple(map(len, client)) == tuple(map(len, server)) == lengths
    assert client != server
