"""What HAR 1.2 wants is there, and says nothing."""

from typing import Any

import pytest

from analyzer.model.har import Numeral
from analyzer.report.har import shape as har_shape
from tests.importing import invalid, refused


def numbers(value: Any) -> Any:
    """A tree as JSON has it."""
    if isinstance(value, Numeral):
        return float(value) if set(".eE") & set(value) else int(value)
    if isinstance(value, dict):
        return {key: numbers(member) for key, member in value.items()}
    return [numbers(member) for member in value] if isinstance(value, list) else value


def judged(entry: Any, **log: Any) -> Any:
    """The entry as it is filled in, which schema and importer take."""
    har = {"log": {**har_shape.log(log), "entries": [har_shape.entry(entry)]}}
    plain = numbers(har)
    assert invalid(plain) == []
    assert refused(plain) == []
    return plain["log"]["entries"][0]


ODD: tuple[Any, ...] = (
    {},
    {"startedDateTime": None, "time": None, "request": None, "response": None, "timings": None},
    {"startedDateTime": "", "time": "x", "request": [], "response": "no", "cache": 1},
    {"startedDateTime": "NaN-NaN-NaNTNaN:NaN:NaN.NaN+NaN:NaN", "time": Numeral("-1")},
    {"request": {"method": None, "headers": None, "cookies": {}, "queryString": "a=1"}},
    {"request": {"headers": [["Host", "a.test"], ["x"], None, {"name": None}, {"value": "v"}]}},
    {"request": {"postData": None}},
    {"request": {"postData": "text"}},
    {"request": {"postData": {"text": "a=1", "params": [{"name": "f", "fileName": "x"}, {}]}}},
    {
        "response": {
            "status": None,
            "content": None,
            "redirectURL": None,
            "statusText": Numeral("5"),
        }
    },
    {"response": {"status": "404", "bodySize": "12", "content": {"size": "-1", "mimeType": None}}},
    {"response": {"cookies": [{"name": "a", "value": "b", "expires": "Session"}]}},
    {"response": {"cookies": [{"name": "a", "value": "b", "expires": "2026-01-01T00:00:00Z"}]}},
    {"_initiator": None, "_webSocketMessages": None, "comment": None, "connection": None},
    {"serverIPAddress": ""},
    {"serverIPAddress": "[::1]"},
    {"serverIPAddress": None},
    {"cache": {"beforeRequest": None, "afterRequest": {"expires": "0", "lastFetched": ""}}},
    {
        "cache": {
            "beforeRequest": {
                "lastAccess": "2026-01-01T00:00:00Z",
                "eTag": "",
                "hitCount": Numeral("1"),
            }
        }
    },
    {"cache": {"comment": "none"}},
    {"cache": {"afterRequest": {"lastAccess": "never", "eTag": "", "hitCount": Numeral("1")}}},
    {
        "request": {
            "cookies": [{"name": "a", "value": "b"}],
            "postData": {"params": [{"name": "a", "value": "", "fileName": "x"}]},
        }
    },
    {"timings": {"send": "1.5", "wait": Numeral("2"), "receive": None, "ssl": Numeral("-1")}},
)


@pytest.mark.parametrize("entry", ODD, ids=[str(number) for number in range(len(ODD))])
def test_whatever_is_missing_is_filled_in(entry: Any) -> None:
    judged(entry)


@pytest.mark.parametrize(
    "log",
    [
        {},
        {"version": None, "creator": None, "pages": None, "browser": None},
        {
            "version": Numeral("1.1"),
            "creator": {"name": "x"},
            "pages": [None, {}, {"id": Numeral("1")}],
        },
        {"pages": [{"startedDateTime": "now", "pageTimings": {"onLoad": None}}]},
        {"pages": [{"startedDateTime": "2026-01-01T00:00:00Z", "id": "a", "title": "b"}]},
    ],
    ids=["empty", "null", "parts", "page", "good page"],
)
def test_so_is_the_log(log: Any) -> None:
    judged({}, **log)


def test_what_is_there_stays() -> None:
    entry = judged(
        {
            "startedDateTime": "2026-11-20T20:44:38.796+01:00",
            "request": {
                "headers": [["Host", "a.test"]],
                "postData": {"params": [{"name": "f", "fileName": "x"}]},
            },
            "response": {"status": "404"},
            "cache": {
                "beforeRequest": {
                    "lastAccess": "2026-01-01T00:00:00Z",
                    "eTag": "",
                    "hitCount": Numeral("1"),
                }
            },
            "timings": {"send": "1.5"},
        }
    )
    assert entry["startedDateTime"] == "2026-11-20T20:44:38.796+01:00"
    assert entry["request"]["headers"] == [{"name": "Host", "value": "a.test"}]
    assert entry["request"]["postData"]["params"] == [{"name": "f", "fileName": "x"}]
    assert entry["response"]["status"] == 404
    assert entry["cache"]["beforeRequest"]["hitCount"] == 1
    assert entry["timings"] == {"send": 1.5, "wait": -1, "receive": -1}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-11-20T20:44:38+0530", "2026-11-20T20:44:38+05:30"),
        ("2026-11-20 20:44:38,5", "2026-11-20T20:44:38.5Z"),
        (" 2026-11-20t20:44:38.123456789z ", "2026-11-20T20:44:38.123456789Z"),
        ("2026-13-20T20:44:38Z", har_shape.NEVER),
        ("2026-11-20T25:44:38Z", har_shape.NEVER),
        (Numeral("5"), har_shape.NEVER),
    ],
)
def test_dates_are_written_as_browsers_read_them(written: str, read: str) -> None:
    assert judged({"startedDateTime": written})["startedDateTime"] == read


def test_an_entry_that_could_not_be_read_says_so() -> None:
    entry = judged(har_shape.unread("lost"))
    assert entry["comment"] == "lost"
    assert entry["response"]["status"] == 0
    assert entry["request"]["url"] == ""


def test_numbers_that_need_not_be_there() -> None:
    entry = judged(
        {
            "response": {"_transferSize": "x", "content": {"compression": "x"}},
            "timings": {"ssl": "x", "dns": Numeral("1")},
        },
        pages=[{"pageTimings": {"onLoad": "x", "onContentLoad": Numeral("5")}}],
    )
    assert "_transferSize" not in entry["response"]
    assert "compression" not in entry["response"]["content"]
    assert set(entry["timings"]) == {"dns", "send", "wait", "receive"}
    judged({}, pages="none")


def test_a_message_without_a_proper_time() -> None:
    assert har_shape.row({"time": "x", "opcode": "y", "data": "z"}) == {
        "time": None,
        "opcode": None,
        "data": "z",
    }
    kept = {"time": "1.5", "opcode": Numeral("1")}
    assert har_shape.row(dict(kept)) == kept
