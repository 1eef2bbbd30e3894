import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.transport import table
from analyzer.transport.table import FIRST_SLOTS, Table, longer

HALF = st.integers(0, (1 << 64) - 1)
KEYS = st.lists(st.lists(st.tuples(HALF, HALF) | st.tuples(st.integers(0, 3), st.just(0))))


def numbered(found: Table, keys: list[tuple[int, int]]) -> list[int]:
    first = np.array([key for key, _ in keys], np.uint64)
    second = np.array([key for _, key in keys], np.uint64)
    result: list[int] = found.numbers(first, second).tolist()
    return result


def expected(known: dict[tuple[int, int], int], keys: list[tuple[int, int]]) -> list[int]:
    return [known.setdefault(key, len(known)) for key in keys]


@given(KEYS)
def test_keys_are_numbered_in_the_order_of_their_first_appearance(
    batches: list[list[tuple[int, int]]],
) -> None:
    found = Table()
    known: dict[tuple[int, int], int] = {}
    for keys in batches:
        assert numbered(found, keys) == expected(known, keys)
    assert found.count == len(known)
    assert list(zip(*(half.tolist() for half in found.halves()), strict=True)) == list(known)


@given(KEYS)
def test_keys_that_all_want_one_slot_are_told_apart(batches: list[list[tuple[int, int]]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table, "_LAST", np.uint64(0))
        found = Table()
        known: dict[tuple[int, int], int] = {}
        for keys in batches:
            assert numbered(found, keys) == expected(known, keys)


def test_a_table_grows_and_keeps_its_numbers() -> None:
    found = Table()
    keys = [(value % 977, value) for value in range(3 * FIRST_SLOTS)]
    assert numbered(found, keys[:10]) == list(range(10))
    assert numbered(found, keys) == list(range(len(keys)))
    assert numbered(found, keys[::-1]) == list(range(len(keys)))[::-1]


def test_a_column_is_made_longer_only_when_it_must() -> None:
    column = np.array([1, 2, 3], np.int8)
    assert longer(column, 3, 0) is column
    assert longer(column, 4, -1).tolist() == [1, 2, 3, -1, -1, -1]
    assert longer(column, 9, 0).tolist() == [1, 2, 3, 0, 0, 0, 0, 0, 0]
    assert longer(column, 9, 0).dtype == np.int8
