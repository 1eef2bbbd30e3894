"""Field blocks of HTTP/2: the same as the `hpack` package tells, and on behind flaws."""

import time

import pytest
from hpack import Decoder, Encoder
from hpack.exceptions import HPACKError
from hypothesis import given
from hypothesis import strategies as st

from analyzer.model.limits import H2_HEADER_OCTETS, H2_TABLE_OCTETS
from analyzer.protocol.http2_hpack import FieldReader, Fields

NAMES = st.sampled_from([":path", ":status", "cookie", "x-a", "x-b", "content-type", "n" * 60])
VALUES = st.text("abcxyz019 /;=", max_size=40)
LISTS = st.lists(st.lists(st.tuples(NAMES, VALUES), max_size=12), max_size=8)


@given(LISTS, st.booleans(), st.integers(0, 300))
def test_what_an_encoder_wrote_is_read(
    lists: list[list[tuple[str, str]]], huffman: bool, size: int
) -> None:
    encoder, reader = Encoder(), FieldReader()
    encoder.header_table_size = size
    for lines in lists:
        fields = reader.decode(encoder.encode(lines, huffman=huffman))
        assert fields == Fields(tuple(lines))


@given(st.lists(st.binary(max_size=60), max_size=5))
def test_any_octets_are_read_as_the_package_reads_them(blocks: list[bytes]) -> None:
    theirs, ours = Decoder(H2_HEADER_OCTETS), FieldReader()
    theirs.max_allowed_table_size = H2_TABLE_OCTETS
    for block in blocks:
        fields = ours.decode(block)
        try:
            expected = [(bytes(n), bytes(v)) for n, v in theirs.decode(block, raw=True)]
        except (HPACKError, IndexError):
            return
        if not any(name for name, _ in expected) and expected:
            return  # a name without a letter is none for us
        known = [(n.decode("latin-1"), v.decode("latin-1")) for n, v in expected if n]
        assert list(fields.headers) == known
        assert fields.problem is None


def literal(name: bytes, value: bytes, *, first: int = 0x40) -> bytes:
    return bytes([first, len(name)]) + name + bytes([len(value)]) + value


def test_behind_a_gap_newer_entries_are_known() -> None:
    encoder, reader = Encoder(), FieldReader()
    encoder.encode([("x-old", "1"), ("x-older", "2")])
    reader.lose()
    second = encoder.encode([("x-new", "3"), ("x-old", "1")])
    assert reader.decode(second) == Fields((("x-new", "3"),), unknown=1)
    third = encoder.encode([("x-new", "3"), ("x-older", "2"), (":method", "GET")])
    fields = reader.decode(third)
    assert fields.headers == (("x-new", "3"), (":method", "GET"))
    assert fields.unknown == 1


def test_an_unknown_name_takes_its_place() -> None:
    reader = FieldReader()
    reader.lose()
    # The name of an entry nobody saw, with a value; then that entry itself, then the one behind.
    block = bytes([0x40 | 62, 1]) + b"v" + literal(b"n", b"w") + bytes([0x80 | 63, 0x80 | 62])
    assert reader.decode(block) == Fields((("n", "w"), ("n", "w")), unknown=2)


@pytest.mark.parametrize(
    ("block", "problem", "headers"),
    [
        (b"\x82\x40\x05ab", "truncated", ((":method", "GET"),)),
        (b"\x82\x40", "truncated", ((":method", "GET"),)),
        (b"\x82\x40\x01a", "truncated", ((":method", "GET"),)),
        (b"\xff\x80\x80\x80", "truncated", ()),
        (b"\xff\x80\x80\x80\x80\x80\x01", "integer", ()),
        (b"\x00\x01a\x81\x00\x82", "huffman", (("a", ""), (":method", "GET"))),
    ],
)
def test_flaws_are_named_and_the_rest_is_read(
    block: bytes, problem: str, headers: tuple[tuple[str, str], ...]
) -> None:
    fields = FieldReader().decode(block)
    assert (fields.problem, fields.headers) == (problem, headers)


def test_behind_a_broken_block_the_table_begins_anew() -> None:
    reader = FieldReader()
    assert reader.decode(literal(b"a", b"b") + b"\x40\x09").problem == "truncated"
    assert reader.decode(b"\xbe") == Fields((), unknown=1)


def test_the_table_shrinks_and_grows() -> None:
    reader = FieldReader()
    reader.decode(literal(b"a", b"b") + literal(b"c", b"d"))
    assert reader.decode(b"\xbe\xbf").headers == (("c", "d"), ("a", "b"))
    assert reader.decode(b"\x3f\x0b\xbe\xbf") == Fields((("c", "d"),), unknown=1)  # 42 octets
    assert reader.decode(b"\x20\xbe") == Fields((), unknown=1)
    # 2 MiB are asked for: no more than the bound is kept
    big = literal(b"a" * 100, b"b" * 100) * 1_000
    reader.decode(b"\x3f\xe1\xff\x7f" + big)
    assert reader._size <= H2_TABLE_OCTETS


def test_a_bomb_is_bounded_in_memory_and_time() -> None:
    reader = FieldReader()
    block = b"\x3f\xe1\xff\x03" + b"\x40\x01a\x7f\xa1\x3e" + b"v" * 8_096 + b"\xbe" * 200_000
    begun = time.process_time()
    fields = reader.decode(block)
    assert time.process_time() - begun < 5
    kept = sum(len(name) + len(value) + 32 for name, value in fields.headers)
    assert kept <= H2_HEADER_OCTETS < kept + fields.dropped
    assert fields.dropped > 200_000 * 8_000
    assert len({id(value) for _, value in fields.headers}) == 1
    assert reader.decode(b"\xbe").headers == (("a", "v" * 8_096),)  # nothing was forgotten


def test_literals_take_linear_time() -> None:
    begun = time.process_time()
    fields = FieldReader().decode(b"\x00\x01a\x00" * 64_000)
    assert time.process_time() - begun < 5
    assert fields.dropped
