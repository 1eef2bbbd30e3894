"""A HAR tells when nothing of the desktop could be loaded."""

from typing import Any

import pytest

from analyzer.capture.har import HarReader
from tests.capture.har_written import all_items, http, written

DESKTOP = "https://finesse.example.test:8445/desktop/container/"
REST = "https://finesse.example.test:8445/finesse/api/SystemInfo"
LATE = "net::ERR_CONNECTION_TIMED_OUT"


def failed(url: str, error: str = LATE) -> dict[str, Any]:
    entry = http(url)
    entry["response"] |= {"status": 0, "_error": error}
    return entry


def told(*entries: dict[str, Any]) -> tuple[str, int]:
    data = written(*entries)
    reader = HarReader(data, 0)
    all_items(data, reader)
    facts = reader.facts()
    return facts.unreached, facts.unreached_requests


def test_every_request_timed_out() -> None:
    assert told(failed(DESKTOP), failed(REST)) == ("finesse.example.test", 2)


@pytest.mark.parametrize(
    "entries",
    [
        (failed(DESKTOP), http(REST)),
        (failed(DESKTOP), http("https://other.example.test/desktop/")),
    ],
    ids=["another request", "another node"],
)
def test_one_was_answered(entries: tuple[dict[str, Any], ...]) -> None:
    assert told(*entries)[0] == ""


def test_what_is_no_desktop_does_not_count() -> None:
    assert told(failed("https://telemetry.example.test/v1/desktops"), http()) == ("", 0)
    assert told(failed("https://telemetry.example.test/v1/"), failed(DESKTOP))[1] == 1


def test_another_error_is_no_silence() -> None:
    assert told(failed(DESKTOP, "net::ERR_CONNECTION_REFUSED")) == ("", 0)
