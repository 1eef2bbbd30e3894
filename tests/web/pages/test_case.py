"""The page of a case, and what its forms do."""

import html
import re
from pathlib import Path

import pytest

from analyzer.web.records import FailureCode, FileChange, FileState, JobKind, Keep
from analyzer.web.settings import Settings
from tests.web.database.making import a_case, without_job
from tests.web.doubles import HAR
from tests.web.pages.conftest import Site, location, refusal

DAY_NS = 86_400 * 10**9


def attribute(page: str, id_: str, name: str) -> str:
    found = re.search(rf'<[^<]*id="{id_}"[^>]*>', page)
    assert found is not None, id_
    value = re.search(rf'{name}="([^"]*)"', found[0])
    assert value is not None, found[0]
    return html.unescape(value[1])


def formats(page: str) -> list[str]:
    return re.findall(r'data-format="(\w+)"', page)


def test_a_case_under_way_shows_how_far_it_is(site: Site) -> None:
    case = site.case({"one.har": HAR, "two.har": HAR, "three.har": HAR})
    page = site.page(f"/cases/{case}")
    assert attribute(page, "outcome", "data-outcome") == "working"
    assert attribute(page, "job", "data-state") == "queued"
    assert attribute(page, "job", "data-events") == f"/cases/{case}/events"
    assert attribute(page, "job", "data-status") == f"/cases/{case}/status"
    assert "Waiting; it is the next one." in page
    assert "<h1>one.har and 2 more</h1>" in page
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page
    assert 'id="report"' not in page
    assert 'id="again"' not in page
    site.claimed()
    assert attribute(site.page(f"/cases/{case}"), "job", "data-state") == "running"


def test_a_case_that_is_done_shows_its_report(site: Site) -> None:
    case = site.case(number="SR 1", notes="first\n\nlast & <b>")
    site.done("broken", recorded_ns=1_700_000_000 * 10**9)
    page = site.page(f"/cases/{case}")
    assert attribute(page, "outcome", "data-outcome") == "broken"
    assert attribute(page, "job", "data-state") == "done"
    assert "<h1>It broke</h1>" in page
    assert "2023-11-14 22:13 UTC" in page
    assert attribute(page, "report", "sandbox") == "allow-scripts allow-downloads"
    assert attribute(page, "report", "src") == f"/cases/{case}/report"
    assert formats(page) == ["html", "md", "zip", "json"]
    assert "\nfirst\n\nlast &amp; &lt;b&gt;</textarea>" in page
    assert "http-equiv" not in page
    assert 'id="remedy"' not in page
    assert 'id="compare"' not in page
    assert "En panne" in site.page(f"/cases/{case}", "fr")


def test_a_recording_that_cannot_tell_says_what_to_do(site: Site) -> None:
    case = site.case()
    site.done("inconclusive")
    page = site.page(f"/cases/{case}")
    assert "what to record instead" in page
    assert "Firefox leaves out" in page


def test_a_case_that_failed_says_why(site: Site) -> None:
    case = site.case()
    site.failed(FailureCode.MEMORY, "")
    page = site.page(f"/cases/{case}")
    assert attribute(page, "job", "data-state") == "failed"
    assert "--memory" in page
    assert 'id="report"' not in page
    # By default nothing is left of it.
    assert 'id="retry"' not in page


def test_what_failed_anew_still_shows_the_report_before(site: Site) -> None:
    case = site.case()
    site.done()
    site.send(f"/cases/{case}/analyses")
    site.failed()
    page = site.page(f"/cases/{case}")
    assert attribute(page, "job", "data-state") == "failed"
    assert "The analysis said: no entries" in page
    assert attribute(page, "report", "src") == f"/cases/{case}/report"


def test_files_say_what_is_kept_of_them(site: Site) -> None:
    case = site.case({"a.har": HAR, "keys.log": b"CLIENT_RANDOM " + b"ab" * 32 + b" " + b"cd" * 48})
    first, second = site.services.casebook.files(case)
    gone = FileChange(file_id=second.id, state=FileState.GONE)
    redacted = FileChange(file_id=first.id, state=FileState.REDACTED, blob=first.blob)
    site.done(changes=(redacted, gone), derives=True)
    page = site.page(f"/cases/{case}")
    assert f'href="/cases/{case}/files/{first.id}"' in page
    assert f"/files/{second.id}" not in page
    assert "A copy without secrets is kept." in page
    assert "Nothing of it is kept." in page
    # There are no packets in this case.
    assert "Made from the archive, without secrets." in page
    assert "<p>HAR (84 bytes)</p>" in page
    assert first.sha256 in page
    # Two sessions are left: the HAR, and what was made of the packets.
    options = re.findall(r'<select name="(?:good|bad)">(.*?)</select>', page)
    assert [re.findall(r">([^<]+)</option>", one) for one in options] == [
        ["a.har", "sessions.har"]
    ] * 2


def test_nothing_left_is_not_analysed_again(site: Site) -> None:
    # Keys are no recording.
    case = site.case({"a.har": HAR, "keys.log": b"CLIENT_RANDOM " + b"ab" * 32 + b" " + b"cd" * 48})
    recording, _ = site.services.casebook.files(case)
    site.done(changes=(FileChange(file_id=recording.id, state=FileState.GONE),))
    page = site.page(f"/cases/{case}")
    assert 'id="again"' not in page
    refusal(site.send(f"/cases/{case}/analyses"), "not-kept")


PCAP = bytes.fromhex("d4c3b2a1020004000000000000000000ffff000001000000")


def test_packets_can_be_had_as_a_har(site: Site) -> None:
    case = site.case({"a.pcap": PCAP})
    (only,) = site.services.casebook.files(case)
    site.done(derives=True)
    page = site.page(f"/cases/{case}")
    assert "Made from the packet capture, without secrets." in page
    assert formats(page) == ["html", "md", "zip", "json", "har"]
    assert "A key log opens a capture" in page
    site.send(f"/cases/{case}/analyses")
    site.done(changes=(FileChange(file_id=only.id, state=FileState.GONE),))
    assert "The packet capture was not kept" in site.page(f"/cases/{case}")


def test_number_notes_and_time_are_changed(site: Site) -> None:
    case = site.case()
    site.done()
    answer = site.send(f"/cases/{case}", number=" SR  9 ", notes="n", keep_days="7")
    assert location(answer) == f"/cases/{case}?saved=1#edit"
    found = site.services.casebook.case(case)
    assert (found.number, found.notes) == ("SR 9", "n")
    assert 6.9 < (found.expires_ns - site.stores.clock()) / DAY_NS < 7.1
    page = site.page(f"/cases/{case}?saved=1")
    assert 'class="saved"' in page
    assert 'class="saved"' not in site.page(f"/cases/{case}")
    assert "As it is: until 2027-01-22" in page
    assert 'data-time="2027-01-22T' in page
    assert 'data-says="As it is: until {time}"' in page
    site.send(f"/cases/{case}", keep_days="")
    assert site.services.casebook.case(case).expires_ns == found.expires_ns
    site.send(f"/cases/{case}", keep_days="0")
    assert "As it is: until somebody deletes it" in site.page(f"/cases/{case}")


@pytest.mark.parametrize("days", ["-1", "x", "1.5", "9999999", "4000", "\u0667"])
def test_no_time_that_is_none_is_kept(site: Site, days: str) -> None:
    case = site.case()
    refusal(site.send(f"/cases/{case}", keep_days=days), "bad-value")


def test_files_are_added(site: Site) -> None:
    case = site.case()
    site.done()
    answer = site.upload({"b.har": HAR}, f"/cases/{case}/files", profile="xmpp", language="en")
    assert location(answer) == f"/cases/{case}"
    assert [file.name for file in site.services.casebook.files(case)] == ["a.har", "b.har"]
    assert attribute(site.page(f"/cases/{case}"), "job", "data-state") == "queued"


def test_a_case_is_deleted_with_its_octets(site: Site) -> None:
    case = site.case()
    site.done()
    page = site.page(f"/cases/{case}")
    assert "Nobody can bring them back." in page
    assert location(site.send(f"/cases/{case}/delete")) == "/?deleted=1"
    assert '<p class="saved" role="status">Deleted.</p>' in site.page("/?deleted=1")
    assert "Deleted." not in site.page("/")
    refusal(site.get(f"/cases/{case}"), "not-found")
    assert not list((site.stores.settings.data / "blobs").glob(f"{case}/*"))


@pytest.mark.parametrize("path", ["", "/analyses", "/delete", "/comparisons"])
def test_no_form_of_another_site_does_anything(site: Site, path: str) -> None:
    case = site.case()
    site.done()
    before = site.services.casebook.case(case)
    answer = site.ask(
        "POST",
        f"/cases/{case}{path}",
        data={"csrf": "x"},
        headers={"Origin": "http://127.0.0.1:8480"},
    )
    refusal(answer, "csrf")
    assert site.services.casebook.case(case) == before


class TestForEver:
    @pytest.fixture
    def settings(self, tmp_path: Path) -> Settings:
        return Settings(data=tmp_path / "data", retention_s=None, keep=Keep.CAPTURE)

    def test_a_server_may_keep_cases_until_they_are_deleted(self, site: Site) -> None:
        page = site.page(f"/cases/{site.case()}")
        assert "As it is: until somebody deletes it" in page
        assert "Kept as it came." in page

    def test_a_case_that_failed_can_be_tried_again(self, site: Site) -> None:
        case = site.case(profile="xmpp")
        site.failed()
        page = site.page(f"/cases/{case}")
        assert attribute(page, "retry", "action") == f"/cases/{case}/analyses"
        again = site.send(f"/cases/{case}/analyses", profile="xmpp")
        assert location(again) == f"/cases/{case}"
        assert site.services.casebook.case(case).job.profile == "xmpp"
        assert attribute(site.page(f"/cases/{case}"), "job", "data-state") == "queued"


class TestOwnProfile:
    """The server's own profile, which was another one before."""

    @pytest.fixture
    def settings(self, tmp_path: Path) -> Settings:
        own = tmp_path / "own.toml"
        own.write_text('extends = "xmpp"\nname = "own"\ntitle = "Our <own>"\n', encoding="utf-8")
        return Settings(data=tmp_path / "data", profile=str(own), keep=Keep.CAPTURE)

    def test_what_can_be_done_is_done_by_it(
        self, site: Site, settings: Settings, tmp_path: Path
    ) -> None:
        case = site.case({"a.har": HAR, "b.har": HAR})
        assert site.done().profile == settings.profile
        old = str(tmp_path / "old.toml")
        site.stores.jobs.add(case, JobKind.ANALYZE, profile=old, language="en", room=9)
        site.failed()
        page = site.page(f"/cases/{case}")
        assert attribute(page, "retry", "action") == f"/cases/{case}/analyses"
        assert old not in page
        options = re.findall(r'<option value="([^"]*)"( selected)?>Our &lt;own&gt;</option>', page)
        assert options == [(settings.profile, " selected")]
        hidden = re.findall(r'name="profile" value="([^"]*)"', page)
        assert hidden == [settings.profile] * 3
        again = site.upload({"c.har": HAR}, f"/cases/{case}/files", profile=hidden[0])
        assert location(again) == f"/cases/{case}"


def test_a_case_that_was_made_without_files_is_shown(site: Site) -> None:
    case = without_job(site.stores.database.engine, a_case(site.stores.cases, number="n"))
    page = site.page(f"/cases/{case}")
    assert attribute(page, "outcome", "data-outcome") == "failed"
    assert 'id="again"' not in page
