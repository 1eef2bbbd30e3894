"""How far a job is, as scripts ask for it."""

import json
import re
from typing import Any

import pytest

from analyzer.web.records import Phase, Progress
from tests.web.database.making import a_case, without_job
from tests.web.pages.conftest import Site, refusal
from tests.web.pages.test_compare import compared


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analyzer.web.following.POLL_S", 0.001)


def events(text: str) -> list[dict[str, Any]]:
    assert set(re.findall(r"^event: (.*)$", text, re.MULTILINE)) == {"job"}
    return [json.loads(data) for data in re.findall(r"^data: (.*)$", text, re.MULTILINE)]


def test_the_state_is_told_in_the_readers_words(site: Site) -> None:
    case = site.case()
    site.case()
    told = site.get(f"/cases/{case}/status").json()
    assert told == {
        "state": "queued",
        "at": "",
        "text": "Waiting; it is the next one.",
        "over": False,
    }
    job = site.claimed()
    progress = Progress(phase=Phase.READING, name="a.har", delivered=3)
    assert site.stores.jobs.renew(job.id, "tests", 30, progress)
    told = site.get(f"/cases/{case}/status").json()
    assert (told["state"], told["at"]) == ("running", "reading a.har")
    assert told["text"].startswith("Reading a.har: 3 entries")


def test_events_end_with_the_job(site: Site) -> None:
    case = site.case()
    site.done()
    answer = site.get(f"/cases/{case}/events")
    assert answer.headers["content-type"].startswith("text/event-stream")
    (event,) = events(answer.text)
    assert (event["state"], event["over"]) == ("done", True)


def test_events_tell_what_changes_and_nothing_twice(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = site.case()
    looks = [0]
    place = site.services.casebook.place

    def looked(job: Any) -> Any:
        looks[0] += 1
        if looks[0] == 3:
            site.done()
        return place(job)

    monkeypatch.setattr(site.services.casebook, "place", looked)
    states = [event["state"] for event in events(site.get(f"/cases/{case}/events").text)]
    # What was read before the third look is told after it.
    assert states == ["queued", "done"]
    assert looks[0] == 4


def test_events_end_with_their_case(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    case = site.case()
    place = site.services.casebook.place

    def looked(job: Any) -> Any:
        site.services.casebook.delete(case)
        return place(job)

    monkeypatch.setattr(site.services.casebook, "place", looked)
    assert len(events(site.get(f"/cases/{case}/events").text)) == 1
    refusal(site.get(f"/cases/{case}/events"), "not-found")


def test_events_end_with_the_server(site: Site) -> None:
    case = site.case()
    site.services.stopping = True
    assert [event["over"] for event in events(site.get(f"/cases/{case}/events").text)] == [False]


def test_a_comparison_has_its_own(site: Site) -> None:
    path = compared(site)
    case = path.split("/")[2]
    assert site.get(f"{path}/status").json()["state"] == "queued"
    assert site.get(f"/cases/{case}/status").json()["state"] == "done"
    asked = {"job_id": path.rpartition("/")[2]}
    assert site.get(f"/cases/{case}/status", params=asked).json()["state"] == "done"
    site.done()
    assert [event["over"] for event in events(site.get(f"{path}/events").text)] == [True]


def test_a_case_without_a_job_has_none(site: Site) -> None:
    case = without_job(site.stores.database.engine, a_case(site.stores.cases))
    refusal(site.get(f"/cases/{case}/status"), "not-found")
    refusal(site.get(f"/cases/{case}/comparisons/none/status"), "not-found")
