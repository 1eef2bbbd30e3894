"""A HAR tells what the browser kept from the page that asked."""

from typing import Any

import pytest

from analyzer.capture.har import HarReader
from tests.capture.har_written import all_items, http, lines, written

NODE = "https://finesse.example.test:8445"
REST = f"{NODE}/finesse/api/User/1001?nocache=1"
CRM = "https://crm.example.test"


def entry(
    url: str = REST, *, status: int = 0, error: str = "net::ERR_FAILED", origin: str = CRM
) -> dict[str, Any]:
    found = http(url)
    found["request"]["headers"] = lines(Origin=origin)
    found["response"] |= {"status": status, "_error": error}
    return found


def preflight(**answer: str) -> dict[str, Any]:
    found = entry(status=200, error="")
    found["request"]["method"] = "OPTIONS"
    found["request"]["headers"] += lines(Access_Control_Request_Method="PUT")
    found["response"]["headers"] = lines(**answer)
    return found


def told(*entries: dict[str, Any]) -> tuple[str, str, str, int]:
    data = written(*entries)
    reader = HarReader(data, 0)
    all_items(data, reader)
    facts = reader.facts()
    return facts.barred_by, facts.barred, facts.barred_origin, facts.barred_requests


KEPT = ("CORS", f"{NODE}/finesse/api/User/1001", f"{CRM}:443")


def test_an_answer_to_another_origin_is_kept() -> None:
    assert told(entry(), entry(status=200)) == (*KEPT, 2)


def test_the_first_of_them_is_the_proof() -> None:
    data = written(http(), entry(), entry())
    reader = HarReader(data, 0)
    all_items(data, reader)
    source = reader.facts().barred_source
    assert source is not None
    assert source.entry == 1


def test_a_preflight_that_allows_nothing() -> None:
    assert told(preflight()) == (*KEPT, 1)
    assert told(preflight(Access_Control_Allow_Origin="https://other.example.test")) == (*KEPT, 1)


def test_a_request_of_bosh() -> None:
    url = f"{NODE}/http-bind/"
    assert told(entry(url)) == ("CORS", url, f"{CRM}:443", 1)


@pytest.mark.parametrize(
    "error",
    [
        "net::ERR_BLOCKED_BY_RESPONSE",
        "NS_ERROR_XFO_VIOLATION",
        "NS_ERROR_CSP_FRAME_ANCESTOR_VIOLATION",
    ],
)
def test_a_frame_of_another_site(error: str) -> None:
    found = entry(f"{NODE}/desktop/container/", error=error)
    found["request"]["headers"] = lines(Referer=f"{CRM}/case/7?id=8")
    assert told(found)[::2] == ("frame-ancestors", f"{CRM}:443")
    found["request"]["headers"] = []
    assert told(found)[::2] == ("frame-ancestors", "")


@pytest.mark.parametrize(
    "harmless",
    [
        entry(origin=NODE),
        entry(origin="null"),
        entry(origin="https://[broken"),
        entry(error=""),
        entry(error="net::ERR_CONNECTION_REFUSED"),
        entry("https://cdn.example.test/script.js"),
        preflight(Access_Control_Allow_Origin="*"),
        preflight(Access_Control_Allow_Origin=f"{CRM}:443"),
        preflight() | {"request": preflight()["request"] | {"headers": lines(Origin=CRM)}},
        preflight() | {"response": {"status": 0, "headers": []}},
    ],
    ids=[
        "same origin",
        "no origin",
        "not a URL",
        "no error",
        "another error",
        "elsewhere",
        "all allowed",
        "this one allowed",
        "no preflight",
        "unanswered",
    ],
)
def test_nothing_is_kept(harmless: dict[str, Any]) -> None:
    assert told(harmless)[0] == ""
