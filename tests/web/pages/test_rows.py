"""A case as a list shows it."""

from typing import Any

import pytest

from analyzer.report.language.words import words
from analyzer.web.pages.rows import choices, row, short
from analyzer.web.records import (
    Case,
    Failure,
    FailureCode,
    File,
    FileKind,
    FileState,
    JobState,
    Phase,
    Progress,
    Summary,
)
from tests.web.doubles import a_job

ENGLISH = words("en")

FOUND = Summary(
    outcome="degraded",
    headline={"en": "It limps", "fr": "Ça boite"},
    agents=("a", "b", "c"),
    servers=("x:1", "y:2"),
)


def case(summary: Summary | None = None, state: JobState | None = None, **more: Any) -> Case:
    return Case(
        id="c",
        number="",
        notes="",
        created_ns=0,
        changed_ns=0,
        expires_ns=None,
        summary=summary,
        job=None if state is None else a_job(state, **more),
    )


def shown(one: Case, language: str = "en") -> tuple[str, str, str]:
    found = row(words(language), one)
    return found.outcome, found.pill, found.headline


def test_a_verdict_is_told_in_the_readers_language() -> None:
    done = case(FOUND, JobState.DONE)
    assert shown(done) == ("degraded", "Degraded", "It limps")
    assert shown(done, "fr")[2] == "Ça boite"
    assert shown(done, "nl")[2] == "It limps"
    assert shown(case(FOUND)) == ("degraded", "Degraded", "It limps")


def test_a_verdict_without_words_has_none() -> None:
    assert shown(case(Summary(outcome="healthy", headline={}), JobState.DONE))[2] == ""


def test_a_case_under_way_says_so_whatever_was_found_before() -> None:
    assert shown(case(FOUND, JobState.QUEUED)) == ("working", "Under way", "Waiting for its turn")
    progress = Progress(phase=Phase.READING, name="a.har")
    running = case(None, JobState.RUNNING, progress=progress)
    assert shown(running) == ("working", "Under way", "Reading a.har")


@pytest.mark.parametrize("summary", [None, FOUND])
def test_a_failed_case_says_why(summary: Summary | None) -> None:
    failed = case(summary, JobState.FAILED, failure=Failure(code=FailureCode.TIME))
    assert shown(failed) == ("failed", "No result", "The analysis took too long")


@pytest.mark.parametrize("one", [case(), case(None, JobState.FAILED), case(None, JobState.DONE)])
def test_a_case_without_anything_has_failed_by_a_fault(one: Case) -> None:
    assert shown(one) == ("failed", "No result", "Stanzascope has a fault")


def test_long_lists_of_names_are_cut() -> None:
    found = row(ENGLISH, case(FOUND, JobState.DONE))
    assert (found.agents, found.servers) == ("a and 2 more", "x:1, y:2")
    assert short(ENGLISH, []) == ""
    assert row(ENGLISH, case()).agents == ""


def file(number: int, name: str, minute: int) -> File:
    return File(
        id=str(number),
        case_id="c",
        name=name,
        kind=FileKind.HAR,
        octets=1,
        sha256=f"{number}" * 64,
        state=FileState.PRESENT,
        blob="b",
        received_ns=minute * 60 * 10**9,
    )


def test_files_to_choose_from_are_told_apart() -> None:
    files = [file(1, "a.har", 0), file(2, "b.har", 0), file(3, "b.har", 1), file(4, "b.har", 1)]
    found = choices(ENGLISH, files)
    assert [one.label for one in found] == [
        "a.har",
        "b.har (1970-01-01 00:00 UTC)",
        "b.har (33333333) (1970-01-01 00:01 UTC)",
        "b.har (44444444) (1970-01-01 00:01 UTC)",
    ]
    assert [one.says for one in found][:2] == ["", "b.har ({time})"]
    assert found[2].time == "1970-01-01T00:01:00Z"
