"""What a form that takes files knows."""

import re
from pathlib import Path

import analyzer.web.pages
from analyzer.report.language.words import words
from analyzer.web.pages.uploading import SCRIPTED, form
from analyzer.web.records import Keep
from analyzer.web.settings import Settings
from tests.web.pages.conftest import Site

STATIC = Path(analyzer.web.pages.__file__).parent / "static"


def test_the_limits_are_told_before_anything_is_sent(site: Site) -> None:
    settings = Settings(data=Path(), max_file=1 << 20, max_case=3 << 20, max_files=1)
    found = form(words("en"), site.services.casebook, settings)
    assert found.limits == "Up to 1 MB for each file, 3 MB and 1 file for a case."
    assert (found.max_file, found.max_case, found.max_files) == (1 << 20, 3 << 20, 1)
    assert not found.is_full


def test_what_becomes_of_the_files_is_told(site: Site) -> None:
    told = {
        keep: form(words("en"), site.services.casebook, Settings(data=Path(), keep=keep)).kept
        for keep in Keep
    }
    assert len(set(told.values())) == 3
    assert "passwords in them" in told[Keep.CAPTURE]


def test_profiles_are_told_by_title(site: Site) -> None:
    found = form(words("en"), site.services.casebook, site.stores.settings).profiles
    assert found[0] == ("finesse", "Cisco Finesse desktop and Notification Service")
    assert ("xmpp", "Any XMPP server and client") in found
    french = form(words("fr"), site.services.casebook, site.stores.settings).profiles
    assert french[0][1] != found[0][1]


def test_the_scripts_say_nothing_else() -> None:
    used = set()
    for path in STATIC.glob("*.js"):
        text = path.read_text(encoding="utf-8")
        used |= set(re.findall(r'\b(?:say|offer)\((?:known \? )?"([a-z-]+)"', text))
        used |= set(re.findall(r'"(kb|mb|gb|progress)"', text))
    assert used == set(SCRIPTED)


def test_the_scripts_fill_no_number_with_a_noun() -> None:
    """They know no plurals."""
    english = words("en")
    assert [key for key in SCRIPTED.values() if re.search(r"\{\w+[:!]", english[key])] == []
