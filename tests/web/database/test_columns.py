import pytest
from sqlalchemy.dialects import sqlite

from analyzer.web.database.columns import INT64, Packed, Whole, Words, storable
from analyzer.web.records import FileKind, Summary

DIALECT = sqlite.dialect()


@pytest.mark.parametrize(
    ("text", "stored"),
    [("é漢😀", "é漢😀"), ("a\x00b", "a\ufffdb"), ("\ud83d\ude00", "\ufffd\ufffd"), ("", "")],
    ids=["any letters", "NUL", "surrogates", "empty"],
)
def test_text_that_no_database_takes_is_replaced(text: str, stored: str) -> None:
    assert storable(text) == stored
    assert Words().process_bind_param(text, DIALECT) == stored


def test_of_an_enumeration_the_value_is_stored() -> None:
    stored = Words().process_bind_param(FileKind.HAR, DIALECT)
    assert stored == "har"
    assert type(stored) is str


@pytest.mark.parametrize(
    ("number", "stored"),
    [(5, 5), (-INT64, -INT64), (INT64, INT64 - 1), (-(10**40), -INT64), (None, None)],
)
def test_numbers_end_at_64_bits(number: int | None, stored: int | None) -> None:
    assert Whole().process_bind_param(number, DIALECT) == stored


def test_a_struct_comes_back_as_it_was() -> None:
    column = Packed(Summary)
    summary = Summary(outcome="broken", headline={"en": "No", "fr": "Non"}, agents=("a", "b"))
    stored = column.process_bind_param(summary, DIALECT)
    assert column.process_result_value(stored, DIALECT) == summary


def test_a_struct_may_hold_any_characters() -> None:
    column = Packed(Summary)
    summary = Summary(outcome="b\x00", headline={"\ud800": "x\udfff"}, agents=("\x00",))
    stored = column.process_bind_param(summary, DIALECT)
    assert column.process_result_value(stored, DIALECT) == Summary(
        outcome="b\ufffd", headline={"\ufffd": "x\ufffd"}, agents=("\ufffd",)
    )


def test_nothing_is_nothing() -> None:
    assert Words().process_bind_param(None, DIALECT) is None
    assert Packed(Summary).process_bind_param(None, DIALECT) is None
    assert Packed(Summary).process_result_value(None, DIALECT) is None
