"""The longest run that two sequences have in common."""

from difflib import SequenceMatcher

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.model.limits import COMPARED_UNITS
from analyzer.session.compare_align import align


def keys(text: str) -> list[tuple[str, ...]]:
    return [(letter,) for letter in text]


@pytest.mark.parametrize(
    ("good", "bad", "same"),
    [
        ("", "", ""),
        ("abc", "abc", "abc"),
        ("abc", "", ""),
        ("abcd", "abxd", "abd"),
        ("abcd", "acd", "acd"),
        ("xaby", "zabw", "ab"),
        ("aab", "ab", "ab"),
        ("abcbdab", "bdcaba", None),
    ],
)
def test_what_is_the_same(good: str, bad: str, same: str | None) -> None:
    pairs, cut = align(keys(good), keys(bad))
    assert not cut
    found = "".join(good[i] for i, _ in pairs)
    assert found == "".join(bad[j] for _, j in pairs)
    assert len(found) == 4 if same is None else found == same


SHORT = st.text("abc", max_size=12)


@given(SHORT, SHORT)
def test_pairs_ascend_are_equal_and_do_not_depend_on_the_side(good: str, bad: str) -> None:
    pairs, _ = align(keys(good), keys(bad))
    assert pairs == sorted(pairs)
    assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs)
    assert all(good[i] == bad[j] for i, j in pairs)
    assert align(keys(bad), keys(good))[0] == [(j, i) for i, j in pairs]
    blocks = SequenceMatcher(None, good, bad, autojunk=False).get_matching_blocks()
    assert len(pairs) >= sum(block.size for block in blocks)


def test_hostile_lengths_are_cut() -> None:
    many = COMPARED_UNITS + 500
    pairs, cut = align(keys("x" + "ab" * many), keys("y" + "ba" * many + "c"))
    assert cut
    assert COMPARED_UNITS - 2 <= len(pairs) <= COMPARED_UNITS


def test_a_long_common_run_is_no_limit() -> None:
    many = keys("a" * (3 * COMPARED_UNITS))
    pairs, cut = align(many, [*many, ("b",)])
    assert (len(pairs), cut) == (3 * COMPARED_UNITS, False)
