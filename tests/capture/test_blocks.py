from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.capture import blocks
from tests.capture import written as w


@given(st.integers(0, 2**63 - 1), st.integers(0, 12))
def test_decimal_resolutions(ticks: int, power: int) -> None:
    expected = ticks * 10**9 // 10**power
    (found,) = blocks.nanoseconds(np.array([ticks], np.uint64), power).tolist()
    assert found == (expected + 2**63) % 2**64 - 2**63


@given(st.integers(0, 2**62), st.integers(30, 62))
def test_binary_resolutions(ticks: int, power: int) -> None:
    exact = Fraction(ticks * 10**9, 2**power)
    (found,) = blocks.nanoseconds(np.array([ticks], np.uint64), 0x80 | power).tolist()
    # Beyond 2^34 a second, what is below a tenth of a nanosecond is let go of.
    assert 0 <= exact - found < 2


def test_resolutions_of_interfaces() -> None:
    for ticks, resolution, expected in (
        (1_500, 3, 1_500_000_000),
        (1_500_000_000_001, 12, 1_500_000_000),
        (3 << 9, 0x80 | 10, 1_500_000_000),
    ):
        (found,) = blocks.nanoseconds(np.array([ticks], np.uint64), resolution).tolist()
        assert found == expected


def test_options_end_where_they_say_or_where_the_block_does() -> None:
    options = w.option(1, b"one") + w.option(0, b"") + w.option(1, b"not read")
    assert list(blocks.options(w.interface(options=options), "<", 16)) == [(1, b"one")]
    overlong = w.option(1, b"abcd")[:2] + b"\xff\x00" + b"abcd"
    assert list(blocks.options(w.interface(options=overlong), "<", 16)) == []


@pytest.mark.parametrize("order", ["<", ">"])
def test_an_interface(order: str) -> None:
    options = w.option(9, b"\x09", order) + w.option(9, b"too long", order)
    found = blocks.interface(w.interface(105, 96, options, order), order)
    assert found == blocks.Interface(link_type=105, snaplen=96, resolution=9, offset_s=0)


def test_short_blocks_are_read_as_far_as_they_go() -> None:
    assert blocks.interface(w.block(1, b""), "<").offset_s == 0
    assert blocks.dropped(w.block(5, b""), "<")[1] is None
    assert blocks.secrets(w.block(10, b""), "<")[1] == b""
