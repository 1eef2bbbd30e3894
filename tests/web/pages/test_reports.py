"""Reports as pages and as files, and what is left of uploads."""

import pytest

from analyzer.web.pages.reports import stem
from analyzer.web.records import Case, FileChange, FileState
from tests.web.doubles import HAR
from tests.web.pages.conftest import REPORT, Site, refusal
from tests.web.pages.test_compare import compared


def test_a_report_is_shown_in_its_sandbox(site: Site) -> None:
    case = site.case()
    site.done()
    answer = site.get(f"/cases/{case}/report", headers={"Accept-Language": "fr"})
    assert answer.content == REPORT
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-scripts")
    assert "allow-same-origin" not in policy
    assert "frame-ancestors 'self'" in policy
    assert "content-disposition" not in answer.headers
    assert site.renderings.asked == [("html", "fr")]


@pytest.mark.parametrize(
    ("kind", "suffix"),
    [("html", "html"), ("md", "md"), ("zip", "zip"), ("text", "txt"), ("sarif", "sarif.json")],
)
def test_a_report_is_saved_under_the_number_of_its_case(site: Site, kind: str, suffix: str) -> None:
    case = site.case(number="SR 1/2 \u00fc")
    site.done()
    answer = site.get(f"/cases/{case}/report.{kind}")
    assert answer.content == REPORT
    assert answer.headers["content-length"] == str(len(REPORT))
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith("attachment;")
    assert f"stanzascope-SR-1-2-%C3%BC.{suffix}" in disposition
    assert answer.headers["content-type"] == "application/octet-stream"
    assert "sandbox" in answer.headers["content-security-policy"]


def test_a_case_without_a_number_gives_its_id() -> None:
    case = Case(
        id="abcdefghijkl",
        number="../ /",
        notes="",
        created_ns=0,
        changed_ns=0,
        expires_ns=None,
    )
    assert stem(case) == "stanzascope-abcdefgh"


def test_a_report_that_is_not_there_is_told(site: Site) -> None:
    case = site.case()
    refusal(site.get(f"/cases/{case}/report"), "not-ready")
    site.failed()
    refusal(site.get(f"/cases/{case}/report.html"), "no-result")
    refusal(site.get("/cases/none/report"), "not-found")


def test_a_format_that_is_none_is_told(site: Site) -> None:
    case = site.case()
    site.done()
    refusal(site.get(f"/cases/{case}/report.exe"), "not-found")


def test_a_comparison_is_shown_and_saved(site: Site) -> None:
    path = compared(site)
    refusal(site.get(f"{path}/report"), "not-ready")
    site.done()
    shown = site.get(f"{path}/report")
    assert shown.content == REPORT
    assert shown.headers["content-security-policy"].startswith("sandbox allow-scripts")
    saved = site.get(f"{path}/report.md")
    assert saved.headers["content-disposition"].startswith("attachment;")
    refusal(site.get(f"{path}/report.zip"), "not-found")


def test_what_is_left_of_a_file_is_saved_and_never_shown(site: Site) -> None:
    case = site.case({"a b.har": HAR})
    (file,) = site.services.casebook.files(case)
    path = f"/cases/{case}/files/{file.id}"
    answer = site.get(path)
    assert answer.content == HAR
    assert answer.headers["content-type"] == "application/octet-stream"
    assert 'filename="a b.har"' in answer.headers["content-disposition"]
    assert answer.headers["content-length"] == str(len(HAR))
    redacted = FileChange(file_id=file.id, state=FileState.REDACTED, blob=file.blob)
    site.done(changes=(redacted,), derives=True)
    assert 'filename="redacted-a b.har"' in site.get(path).headers["content-disposition"]
    derived = site.services.casebook.files(case)[1]
    answer = site.get(f"/cases/{case}/files/{derived.id}")
    assert 'filename="sessions.har"' in answer.headers["content-disposition"]


def test_what_is_not_left_is_told(site: Site) -> None:
    case = site.case()
    (file,) = site.services.casebook.files(case)
    site.done(changes=(FileChange(file_id=file.id, state=FileState.GONE),))
    assert "a.har" in refusal(site.get(f"/cases/{case}/files/{file.id}"), "not-kept")
    refusal(site.get(f"/cases/{case}/files/none"), "not-found")
    refusal(site.get(f"/cases/{site.case()}/files/{file.id}"), "not-found")
