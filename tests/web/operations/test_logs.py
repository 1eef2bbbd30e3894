import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from analyzer.web.operations.logs import FIELDS, FRAMES, LENGTH, JsonLines, configure


def line(message: str, *args: object, **more: Any) -> dict[str, Any]:
    record = logging.LogRecord("x.y", logging.INFO, __file__, 1, message, args, None)
    record.created = 1_700_000_000.25
    vars(record).update(more)
    text = JsonLines().format(record)
    assert text.isascii()
    assert text.isprintable()
    told: dict[str, Any] = json.loads(text)
    return told


def test_a_line_says_when_who_and_what() -> None:
    assert line("took %d", 3, **{FIELDS: {"ms": 1.5}}) == {
        "time": "2023-11-14T22:13:20.250+00:00",
        "level": "info",
        "logger": "x.y",
        "event": "took 3",
        "ms": 1.5,
    }


@pytest.mark.parametrize(
    "hostile",
    [
        'a\n{"level":"info","event":"forged"}',
        "a\r\nforged",
        "\x1b[2J\x9b31m",
        "\u2028\u2029\u202eevil",
        '"},{"x":"',
        "\ud800",
        "\0",
    ],
    ids=["line feed", "carriage return", "terminal", "separators", "quotes", "surrogate", "nul"],
)
def test_nothing_that_is_told_makes_a_line_or_moves_a_cursor(hostile: str) -> None:
    assert line("%s", hostile)["event"] == hostile.strip()
    assert line("x", **{FIELDS: {"client": hostile}})["client"] == hostile


def test_a_long_event_is_cut() -> None:
    assert len(line("x" * 10_000)["event"]) == LENGTH


def test_a_traceback_as_text_is_not_told() -> None:
    told = "Failed\nTraceback (most recent call last):\n  x\nValueError: password=hunter2"
    assert line(told)["event"] == "a fault"


def test_what_tasks_hold_is_not_told() -> None:
    told = "Exception in callback done('hunter2')\nhandle: <Handle done('hunter2')>"
    record = logging.LogRecord("asyncio", logging.ERROR, "x", 1, told, (), None)
    assert json.loads(JsonLines().format(record))["event"] == "Exception in callback done"


def deep(left: int) -> None:
    if left:
        deep(left - 1)
    raise ValueError("password=hunter2")


def test_of_a_fault_type_and_place_are_told_and_never_what_it_says() -> None:
    try:
        deep(20)
    except ValueError:
        told = line("Exception", exc_info=sys.exc_info())
    assert told["fault"] == "ValueError"
    assert len(told["at"]) == FRAMES
    assert told["at"][-1].endswith(" deep")
    assert "hunter2" not in str(told)


def test_a_record_without_an_exception_at_hand_has_no_fault() -> None:
    assert "fault" not in line("x", exc_info=(None, None, None))


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    found = logging.getLogger()
    before = found.handlers, found.level
    yield found
    found.handlers, level = before
    found.setLevel(level)
    logging.getLogger("uvicorn.access").disabled = False


def test_ours_is_told_from_info_on_and_of_others_warnings(
    root: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    configure()
    logging.getLogger("stanzascope.requests").info("one")
    logging.getLogger("analyzer.web.workers").info("two")
    logging.getLogger("uvicorn.error").info("noise")
    logging.getLogger("sqlalchemy").warning("three")
    logging.getLogger("uvicorn.access").error("twice")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["event"] for line in lines] == ["one", "two", "three"]
