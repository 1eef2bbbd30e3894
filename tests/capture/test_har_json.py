import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import DecodeError, Raw

from analyzer.capture import har_json

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def raw(value: Any) -> Raw:
    return Raw(json.dumps(value).encode())


@given(VALUES, st.sampled_from([b",", b"]}}", b"}", b" , {", b"x", b""]))
def test_the_end_of_a_value(value: Any, behind: bytes) -> None:
    # An object, as an entry is: behind a bare number more digits could stand.
    octets = json.dumps({"a": value}).encode()
    length, read = har_json.end_of_value(memoryview(octets + behind))
    assert length == read
    assert json.loads(octets) == json.loads((octets + behind)[:length])


@pytest.mark.parametrize(
    ("octets", "read"), [(b'{"a":', 5), (b'{"a":nul,"b":1}', None), (b'{"a":' * 5000, 25_000)]
)
def test_a_value_without_an_end(octets: bytes, read: int | None) -> None:
    length, scanned = har_json.end_of_value(memoryview(octets))
    assert length is None
    assert 0 < scanned <= len(octets)
    assert read in (None, scanned)


def test_entries() -> None:
    assert har_json.entry(b'{"request":{}}') is not None
    for octets in (b"{}", b"[]", b'{"request":{}}]', b'{"startedDateTime":""}', b'{"request":'):
        assert har_json.entry(octets) is None


@pytest.mark.parametrize("value", [None, 5, [], {}, True])
def test_what_is_no_text(value: Any) -> None:
    assert har_json.text(raw(value)) == ""


def test_texts() -> None:
    assert har_json.text(raw("späť 😀")) == "späť 😀"
    assert har_json.text(Raw(b'"a\xffb"')) == "a\ufffdb"
    assert har_json.text(har_json.NONE) == ""


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        (b"5", 5.0),
        (b'"12.5"', 12.5),
        (b'"content-length"', None),
        (b"null", None),
        (b"NaN", None),
        (b'"NaN"', None),
        (b'"inf"', None),
        (b"1e400", None),
        (b"1e30", None),
        (b"[1]", None),
        (b"", None),
        (b"-1", -1.0),
    ],
)
def test_numbers(octets: bytes, expected: float | None) -> None:
    assert har_json.number(Raw(octets)) == expected


def test_lists() -> None:
    assert [bytes(member) for member in har_json.listed(raw([1, "a"]))] == [b"1", b'"a"']
    assert har_json.listed(raw({"a": 1})) == []
    assert har_json.is_list(raw([]))
    assert not har_json.is_list(raw(None))
    assert not har_json.is_list(har_json.NONE)


def test_headers_as_objects_and_as_pairs() -> None:
    expected = (("Host", "desk"), ("X-Odd", ""))
    objects = [{"name": "Host", "value": " desk "}, {"name": "X-Odd", "value": ""}]
    assert har_json.headers(raw([*objects, {"name": "", "value": "dropped"}])) == expected
    odd = [{"name": "Host", "value": "desk"}, {"name": "X-Odd", "value": None}, 5, {"value": "x"}]
    assert har_json.headers(raw(odd)) == expected
    assert har_json.headers(raw([["Host", "desk"], ["X-Odd", ""], ["alone"]])) == expected
    assert har_json.headers(raw(None)) == ()


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        (b'{"a":"\\ud83d"}', {"a": "\ufffd"}),
        (b'{"a":NaN,"b":-Infinity,"c":1e999}', {"a": None, "b": None, "c": None}),
        (b'{"a":"two\nlines"}', {"a": "two\nlines"}),
        (b'{"a":"\xff"}', {"a": "\ufffd"}),
        (b'{"a":1.5}', {"a": 1.5}),
    ],
)
def test_what_python_reads_is_mended(octets: bytes, expected: Any) -> None:
    clean = har_json.mended(octets)
    assert clean is not None
    assert json.loads(clean) == expected
    assert har_json.end_of_value(memoryview(clean))[0] == len(clean)


@pytest.mark.parametrize("octets", [b'{"a":', b"{'a':1}", b'{"a":' * 100_000, b"9" * 5_000])
def test_what_nobody_reads(octets: bytes) -> None:
    assert har_json.mended(octets) is None


def test_an_array_that_no_parser_takes_is_told() -> None:
    with pytest.raises(DecodeError):
        har_json.trees(b"[1")
