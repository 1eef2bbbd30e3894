import pytest

from analyzer.report.formats import COMPARISON_RENDERERS, RENDERERS
from analyzer.web.api.reports import MEDIA_TYPES
from tests.web.doubles import HAR

from .conftest import REPORT, Api, refusal


def test_every_format_has_a_media_type() -> None:
    assert set(MEDIA_TYPES) == set(RENDERERS) >= set(COMPARISON_RENDERERS)


def test_the_result_is_the_last_one(api: Api) -> None:
    case = api.upload(language="nl").json()
    refusal(api.get(f"/cases/{case['id']}/result"), "not-ready")
    api.done()
    answer = api.get(f"/cases/{case['id']}/result")
    assert answer.content == REPORT
    assert answer.headers["content-type"] == "application/json"
    assert api.renderings.asked == [("json", "en")]


def test_a_failed_analysis_has_no_result(api: Api) -> None:
    case = api.upload().json()
    api.failed()
    for path in ("result", "report"):
        refusal(api.get(f"/cases/{case['id']}/{path}"), "no-result")
    refusal(api.get(f"/jobs/{case['job']['id']}/report"), "no-result")


@pytest.mark.parametrize("kind", RENDERERS)
def test_a_report_comes_in_each_format(api: Api, kind: str) -> None:
    case = api.upload(language="nl").json()
    api.done()
    for path in (f"/cases/{case['id']}", f"/jobs/{case['job']['id']}"):
        answer = api.get(f"{path}/report?format={kind}&language=fr")
        assert answer.content == REPORT
        assert answer.headers["content-length"] == str(len(REPORT))
        assert answer.headers["content-disposition"].startswith("attachment;")
        assert f'"report-{case["id"][:8]}.' in answer.headers["content-disposition"]
        assert answer.headers["content-security-policy"].startswith("sandbox;")
    assert api.renderings.asked == [(kind, "fr")] * 2


def test_a_report_comes_as_the_asker_reads_it(api: Api) -> None:
    case = api.upload(language="nl").json()
    api.done()
    answer = api.get(f"/cases/{case['id']}/report")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert api.get(f"/jobs/{case['job']['id']}/report").status_code == 200
    assert api.renderings.asked == [("html", "nl")] * 2


@pytest.mark.parametrize("query", ["format=exe", "format=../x", "language=tlh", "format="])
def test_a_format_or_language_there_is_not_is_refused(api: Api, query: str) -> None:
    case = api.upload().json()
    api.done()
    for path in (f"/cases/{case['id']}", f"/jobs/{case['job']['id']}"):
        refusal(api.get(f"{path}/report?{query}"), "bad-value")


def test_a_comparison_has_formats_of_its_own(api: Api) -> None:
    case = api.upload(files={"a.har": HAR, "b.har": HAR + b" "}).json()
    api.done()
    good, bad = (file["id"] for file in case["files"])
    body = {"kind": "compare", "good": good, "bad": bad}
    job = api.post(f"/cases/{case['id']}/jobs", json=body).json()
    refusal(api.get(f"/jobs/{job['id']}/report"), "not-ready")
    api.done()
    answer = api.get(f"/jobs/{job['id']}/report?format=md")
    assert answer.headers["content-disposition"].startswith('attachment; filename="comparison-')
    told = refusal(api.get(f"/jobs/{job['id']}/report?format=svg"), "bad-value")
    assert told["detail"] == f"formats: {', '.join(COMPARISON_RENDERERS)}"


def test_there_is_no_report_of_nothing(api: Api) -> None:
    for path in ("/cases/x/result", "/cases/x/report", "/jobs/x/report", "/jobs/a.b/report"):
        refusal(api.get(path), "not-found")
