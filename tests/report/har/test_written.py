"""JSON comes out as `JSON.stringify` writes it."""

import json
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from analyzer.model.har import Numeral
from analyzer.report.har.written import compact, written

VALUES = st.recursive(
    st.none() | st.booleans() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


@given(VALUES)
def test_what_is_written_is_read_again(value: object) -> None:
    text = "".join(written(value))
    assert json.loads(text) == value
    assert json.loads(compact(value)) == value
    assert text.isprintable() or "\n" in text


def test_indented_by_two() -> None:
    value = {"a": [Numeral("1.50"), {}, [], {"b": "é\n"}], "c": None, "d": True, "e": False}
    assert "".join(written(value)) == (
        '{\n  "a": [\n    1.50,\n    {},\n    [],\n    {\n      "b": "é\\n"\n    }\n  ],\n'
        '  "c": null,\n  "d": true,\n  "e": false\n}'
    )
    assert (
        compact(value) == '{"a": [1.50, {}, [], {"b": "é\\n"}], "c": null, "d": true, "e": false}'
    )


def test_what_is_not_all_in_memory() -> None:
    seen: list[int] = []

    def rows() -> Iterator[dict[str, str]]:
        for number in range(3):
            seen.append(number)
            yield {"n": str(number)}

    pieces = written({"rows": rows(), "none": iter(()), "last": lambda: f"{len(seen)} rows"})
    first = next(pieces)
    assert seen == []
    text = "".join([first, *pieces])
    assert json.loads(text) == {
        "rows": [{"n": "0"}, {"n": "1"}, {"n": "2"}],
        "none": [],
        "last": "3 rows",
    }


def test_what_nobody_sees_is_written_as_escapes() -> None:
    text = "".join(written("a\u202eb\x7f\u2028c\U000e0041d\x9b"))
    assert text == '"a\\u202eb\\u007f\\u2028c\\udb40\\udc41d\\u009b"'
    assert json.loads(text) == "a\u202eb\x7f\u2028c\U000e0041d\x9b"
