import struct

from hypothesis import given
from hypothesis import strategies as st

from analyzer.capture import keys_ahead
from analyzer.capture.keys_ahead import DIGESTED_OCTETS, last_keys
from tests.capture import written as w

KEYS = w.block(w.DSB, struct.pack("<II", 0x544C534B, 4) + b"keys")


def test_no_keys() -> None:
    assert last_keys(memoryview(w.section() + w.interface() + w.packet(b"x"))) == -1
    assert last_keys(memoryview(b"")) == -1


def test_the_last_block_counts() -> None:
    front = w.section() + KEYS + w.interface() + w.packet(b"KSLT" * 30)
    assert last_keys(memoryview(front)) == len(w.section())
    assert last_keys(memoryview(front + KEYS)) == len(front)
    long = w.section() + w.packet(bytes(DIGESTED_OCTETS)) * 3
    assert last_keys(memoryview(long + KEYS + long)) == len(long)


def test_a_mark_without_a_block() -> None:
    assert last_keys(memoryview(b"KSLT" * 9)) == -1
    assert last_keys(memoryview(b"KSLTKSLT" + w.section()[8:])) == -1
    assert last_keys(memoryview(w.section() + KEYS[:-4] + b"\0\0\0\1")) == -1
    assert last_keys(memoryview(w.section() + b"\x0b" + KEYS[1:])) == -1


def test_text_of_a_key_log_in_the_first_octets() -> None:
    data = w.section() + w.packet(bytes(99), options=w.option(1, b"CLIENT_RANDOM x"))
    assert last_keys(memoryview(data)) >= len(w.section())
    assert keys_ahead.TEXT in data


@given(st.binary(max_size=300))
def test_any_octets(octets: bytes) -> None:
    assert last_keys(memoryview(octets)) <= len(octets)
