"""The list of cases."""

import html
import re
from pathlib import Path

import pytest

from analyzer.web.settings import Settings
from tests.web.database.making import a_case
from tests.web.doubles import HAR
from tests.web.pages.conftest import Site, location, refusal


def shown(page: str) -> list[str]:
    """Outcomes of the cases of a list."""
    return re.findall(r'<li class="is-\w+" data-outcome="(\w+)"', page)


def test_an_empty_list_says_how_to_begin(site: Site) -> None:
    page = site.page("/")
    assert "There are no cases yet" in page
    assert "press F12" in page
    assert 'id="filter"' not in page
    assert shown(page) == []


def test_the_form_has_its_fields_before_the_files(site: Site) -> None:
    form = re.search(r'<form id="upload".*?</form>', site.page("/new"), re.DOTALL)
    assert form is not None
    names = re.findall(r'name="(\w+)"', form[0])
    assert names == ["csrf", "language", "file", "number", "notes", "profile"]
    assert 'data-max-file="2147483648"' in form[0]
    assert 'enctype="multipart/form-data"' in form[0]


def test_a_case_is_made_of_what_was_sent(site: Site) -> None:
    answer = site.upload(number="SR 1", notes="two\r\nlines", profile="xmpp", language="fr")
    case = site.services.casebook.case(location(answer).removeprefix("/cases/"))
    assert (case.number, case.notes) == ("SR 1", "two\nlines")
    assert (case.job.profile, case.job.language) == ("xmpp", "fr")


def test_no_form_of_another_site_makes_a_case(site: Site) -> None:
    refusal(site.upload(csrf="wrong"), "csrf")
    assert site.stores.cases.count() == 0
    assert list((site.stores.settings.data / "incoming").glob("**/*.part")) == []


def test_what_is_no_recording_is_refused_with_its_name(site: Site) -> None:
    page = refusal(site.upload({"manual.pdf": b"%PDF-1.7\n" * 20}), "not-a-capture")
    assert "manual.pdf: " in page
    assert "PDF" in page


def test_each_case_stands_with_verdict_and_headline(site: Site) -> None:
    site.case(number="SR <1>")
    site.done("healthy", headline={"en": "All <b>well</b>"})
    site.case()
    site.failed()
    site.case()
    page = site.page("/")
    assert shown(page) == ["working", "failed", "healthy"]
    assert "All &lt;b&gt;well&lt;/b&gt;" in page
    assert "SR &lt;1&gt;" in page
    assert 'data-working="1"' in page
    assert '<noscript><meta http-equiv="refresh"' in page
    site.done()
    page = site.page("/")
    assert "data-working" not in page
    assert "http-equiv" not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["healthy", "broken"]),
        ("search=SR+711", ["broken"]),
        ("search=nothing", []),
        ("outcome=healthy", ["healthy"]),
        ("outcome=nonsense", ["healthy", "broken"]),
        ("agent=agent1", ["healthy", "broken"]),
        ("agent=agent2", []),
        ("server=finesse", ["healthy", "broken"]),
        ("since=2027-01-15", ["healthy", "broken"]),
        ("since=2027-01-16", []),
        ("before=2027-01-15", []),
        ("before=2027-01-15&before_offset=-600", ["healthy", "broken"]),
        ("since=2027-01-15&since_offset=-600", []),
        ("since=2027-01-16&since_offset=840", []),
        ("since=2027-01-15&since_offset=x", ["healthy", "broken"]),
        ("before=nonsense", ["healthy", "broken"]),
        ("cursor=nonsense", None),
    ],
)
def test_cases_are_chosen(site: Site, query: str, found: list[str] | None) -> None:
    site.case(number="SR 711")
    site.done("broken")
    site.case(number="SR 822")
    site.done("healthy")
    answer = site.get(f"/?{query}")
    assert answer.status_code < 500
    if found is not None:
        assert shown(answer.text) == found
        assert ("No case fits" in answer.text) == (not found)


def test_what_was_typed_stands_in_the_filter(site: Site) -> None:
    site.case()
    page = site.page("/?search=%22%3Cb%3E&agent=a&outcome=broken&since=2027-01-01")
    assert 'value="&#34;&lt;b&gt;"' in page
    assert '<option value="broken" selected>' in page
    assert 'value="2027-01-01"' in page
    assert '<details class="filters" open>' in page
    assert '<details class="filters" open>' not in site.page("/?search=x")


def test_older_cases_are_asked_for_by_the_same_clock(site: Site) -> None:
    for _ in range(51):
        a_case(site.stores.cases)
    page = site.page("/?since=2027-01-15&since_offset=60")
    assert 'href="/?since=2027-01-15&amp;since_offset=60&amp;cursor=' in page
    assert "Show all" not in site.page("/?since_offset=60")


def test_older_cases_are_a_page_of_their_own(site: Site) -> None:
    for number in range(51):
        a_case(site.stores.cases, number=f"n{number}")
    page = site.page("/?search=n")
    assert len(shown(page)) == 50
    older = re.search(r'rel="next" href="([^"]+)"', page)
    assert older is not None
    page = site.page(html.unescape(older[1]))
    assert len(shown(page)) == 1
    assert 'href="/?search=n">Newest cases' in page
    assert 'rel="next"' not in page


class TestFull:
    @pytest.fixture
    def settings(self, tmp_path: Path) -> Settings:
        return Settings(data=tmp_path / "data", queue=1)

    def test_a_full_queue_is_told_before_and_after(self, site: Site) -> None:
        assert "uploads are refused" not in site.page("/")
        site.case()
        assert "uploads are refused" in site.page("/")
        answer = site.upload({"b.har": HAR})
        refusal(answer, "queue-full")
        assert answer.headers["retry-after"] == "30"
