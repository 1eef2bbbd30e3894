"""Two people with the same case before them."""

import re

import pytest

from analyzer.web.pages.editing import changes, seen
from analyzer.web.records import Case
from tests.web.pages.conftest import Site, location


def case(number: str = "", notes: str = "") -> Case:
    return Case(
        id="c",
        number=number,
        notes=notes,
        created_ns=0,
        changed_ns=0,
        expires_ns=None,
        summary=None,
        job=None,
    )


@pytest.mark.parametrize(
    ("now", "fields", "typed", "lost"),
    [
        (case("1", "a\nb"), {"number": "1", "notes": " a\r\nb "}, {}, {}),
        (case("1", "a\nb"), {"number": "2", "notes": "a\nb"}, {"number": "2"}, {}),
        (case("1", "other"), {"number": "2", "notes": "a\nb"}, {"number": "2"}, {}),
        (case("1", "other"), {"notes": "mine"}, {"notes": "mine"}, {"notes": "other"}),
        (case("1", ""), {"notes": "mine"}, {"notes": "mine"}, {"notes": ""}),
        (case("1", "mine"), {"notes": "mine"}, {"notes": "mine"}, {}),
        (case("1", "a\nb"), {"notes": "\ud800"}, {"notes": "\ud800"}, {}),
    ],
    ids=["nothing", "one", "each another", "the same", "emptied", "alike", "no text"],
)
def test_what_was_typed_is_told_from_what_was_there(
    now: Case, fields: dict[str, str], typed: dict[str, str], lost: dict[str, str]
) -> None:
    sent = {f"seen_{name}": mark for name, mark in seen(case("1", "a\nb")).items()}
    assert changes(now, {**sent, **fields}) == (typed, lost)


def test_a_form_that_tells_nothing_changes_all_it_has() -> None:
    assert changes(case("1", "a"), {"number": "1"}) == ({"number": "1"}, {})


def form(site: Site, path: str) -> dict[str, str]:
    """Hidden fields of the form, as a browser sends them."""
    found = re.findall(r'name="(seen_\w+)" value="(\w+)"', site.page(path))
    assert len(found) == 2
    return dict(found)


def test_each_keeps_what_the_other_did_not_touch(site: Site) -> None:
    path = f"/cases/{site.case(number='1', notes='first')}"
    one = other = form(site, path)
    location(site.send(path, **one, number="1", notes="second"))
    location(site.send(path, **other, number="2", notes="first"))
    case = site.services.casebook.case(path.removeprefix("/cases/"))
    assert (case.number, case.notes) == ("2", "second")


def test_who_saves_last_is_told_what_stands_there(site: Site) -> None:
    path = f"/cases/{site.case(notes='first')}"
    mine = form(site, path)
    location(site.send(path, number="", notes="of <another>"))
    answer = site.send(path, **mine, number="", notes="of mine", keep_days="30")
    assert answer.status_code == 409
    assert "Meanwhile somebody else saved: “of &lt;another&gt;”." in answer.text
    assert "\nof mine</textarea>" in answer.text
    assert '<option value="30" selected>' in answer.text
    casebook = site.services.casebook
    assert casebook.case(path.removeprefix("/cases/")).notes == "of <another>"
    again = dict(re.findall(r'name="(seen_\w+)" value="(\w+)"', answer.text))
    location(site.send(path, **again, number="", notes="of mine"))
    assert casebook.case(path.removeprefix("/cases/")).notes == "of mine"
    location(site.send(path, notes=""))
    answer = site.send(path, **again, notes="once more")
    assert "Meanwhile somebody else emptied this." in answer.text
