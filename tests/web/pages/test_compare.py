"""Two recordings of a case side by side."""

from analyzer.web.records import JobKind
from tests.web.doubles import HAR
from tests.web.pages.conftest import Site, location, refusal
from tests.web.pages.test_case import attribute, formats


def compared(site: Site) -> str:
    """Path of a new comparison."""
    case = site.case({"good.har": HAR, "bad.har": HAR})
    site.done()
    good, bad = site.services.casebook.files(case)
    return location(site.send(f"/cases/{case}/comparisons", good=good.id, bad=bad.id))


def test_a_comparison_is_waited_for_and_shown(site: Site) -> None:
    path = compared(site)
    page = site.page(path)
    assert "good.har with bad.har" in page
    assert attribute(page, "job", "data-state") == "queued"
    assert attribute(page, "job", "data-events") == f"{path}/events"
    assert 'http-equiv="refresh"' in page
    site.done()
    page = site.page(path)
    assert attribute(page, "job", "data-state") == "done"
    assert attribute(page, "report", "src") == f"{path}/report"
    assert formats(page) == ["html", "md", "json"]
    assert "http-equiv" not in page
    assert f'href="{path}"' in site.page(path.rpartition("/comparisons")[0])


def test_a_comparison_that_failed_says_why(site: Site) -> None:
    path = compared(site)
    site.failed()
    page = site.page(path)
    assert attribute(page, "job", "data-state") == "failed"
    assert "The analysis said: no entries" in page


def test_only_two_files_are_compared(site: Site) -> None:
    case = site.case()
    (only,) = site.services.casebook.files(case)
    same = site.send(f"/cases/{case}/comparisons", good=only.id, bad=only.id)
    assert "<h1>Choose two different recordings</h1>" in refusal(same, "bad-value")
    refusal(site.send(f"/cases/{case}/comparisons", good=only.id), "not-found")


def test_an_analysis_is_no_comparison(site: Site) -> None:
    case = site.case()
    job = site.done()
    refusal(site.get(f"/cases/{case}/comparisons/{job.id}"), "not-found")
    refusal(site.get(f"/cases/{case}/comparisons/none"), "not-found")


def test_a_comparison_stays_with_its_case(site: Site) -> None:
    job = compared(site).rpartition("/")[2]
    refusal(site.get(f"/cases/{site.case()}/comparisons/{job}"), "not-found")


def test_its_files_are_named_as_long_as_they_are_there(site: Site) -> None:
    case = site.case()
    job = site.services.casebook.jobs(case)[0]
    site.done()
    stores = site.stores
    made = stores.jobs.add(
        case, JobKind.COMPARE, profile=job.profile, language="en", good=None, bad=None, room=9
    )
    assert "? with ?" in site.page(f"/cases/{case}/comparisons/{made.id}")
    assert "? with ?" in site.page(f"/cases/{case}")
