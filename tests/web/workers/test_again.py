"""A case is analysed more than once, and only what holds no secret stays of its files meanwhile."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from analyzer.web.records import FileState, Job, Keep
from tests.web.workers.desk import Desk, desk, over
from tests.web.workers.orders import fixture

CAPTURE = {"capture.pcapng": fixture("good-wss-tls13/capture.pcapng")}
KEYS = {"keys.log": fixture("good-wss-tls13/keys.log")}
HAR = {"session.har": fixture("wrong-password/session.har")}


def analysed(here: Desk, files: dict[str, bytes], before: Job | None = None) -> Job:
    (job,) = over(here, here.upload(files, "" if before is None else before.case_id))
    assert job.failure is None
    return job


def told(here: Desk, job: Job) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(here.held(job)[job.result or ""])
    return result


def left(here: Desk, job: Job) -> list[tuple[str, str]]:
    return [
        (file.name, file.state.value)
        for file in here.files(job)
        if file.state is not FileState.GONE
    ]


def recordings(result: dict[str, Any]) -> Iterable[str]:
    return [one["name"] for one in result["inputs"]]


@pytest.mark.parametrize(
    ("files", "first", "again"),
    [
        (HAR, ("session.har", "redacted"), ("session (2).har", "redacted")),
        ({**CAPTURE, **KEYS}, ("capture.har", "redacted"), ("capture.har", "redacted")),
    ],
    ids=["har", "packets"],
)
def test_what_comes_again_is_told_once(
    tmp_path: Path, files: dict[str, bytes], first: tuple[str, str], again: tuple[str, str]
) -> None:
    with desk(tmp_path, keep=Keep.REDACTED) as here:
        job = analysed(here, files)
        before = told(here, job)
        assert left(here, job) == [first]
        job = analysed(here, files, job)
        after = told(here, job)
        assert len([*recordings(after)]) == len([*recordings(before)])
        assert len(after["sessions"]) == len(before["sessions"]) == 1
        assert after["verdict"]["outcome"] == before["verdict"]["outcome"]
        assert left(here, job) == [again]


def test_keys_that_come_late_with_their_capture_open_it(tmp_path: Path) -> None:
    with desk(tmp_path, keep=Keep.REDACTED) as here:
        job = analysed(here, CAPTURE)
        assert left(here, job) == []
        job = analysed(here, {**CAPTURE, **KEYS}, job)
        assert left(here, job) == [("capture (2).har", "redacted")]


def test_what_keys_opened_stays_where_the_capture_comes_without_them(tmp_path: Path) -> None:
    with desk(tmp_path, keep=Keep.REDACTED) as here:
        job = analysed(here, {**CAPTURE, **KEYS})
        before = told(here, job)
        job = analysed(here, CAPTURE, job)
        assert told(here, job)["verdict"]["outcome"] == before["verdict"]["outcome"]
        assert left(here, job) == [("capture.har", "redacted")]


def test_files_of_one_name_are_told_apart(tmp_path: Path) -> None:
    with desk(tmp_path, keep=Keep.CAPTURE) as here:
        job = analysed(here, HAR)
        job = analysed(here, {"session.har": fixture("good-ws/session.har")}, job)
        assert recordings(told(here, job)) == ["session.har", "session (2).har"]
        assert [name for name, _ in left(here, job)] == ["session.har", "session (2).har"]
