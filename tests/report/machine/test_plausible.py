"""What no analysis would have made is told before it is rendered."""

import pytest
from msgspec.structs import replace

from analyzer.model.diagnosis import RuledOut, Suspect
from analyzer.model.limits import REPORT_STANZA_OCTETS, REPORT_STANZAS
from analyzer.model.packed import pack
from analyzer.model.report import Report, RuleText
from analyzer.model.rule import Skipped
from analyzer.model.xmpp import Stanza
from analyzer.pipeline import analyze
from analyzer.report.machine import plausible
from analyzer.report.machine.plausible import fault
from analyzer.report.redaction.redact import redact
from tests.conftest import ROOT
from tests.report.hostile import POLYGLOTS, hostile
from tests.report.reports import (
    blind,
    entry,
    finding,
    har_recording,
    har_session,
    healthy,
    login,
    packet,
    packet_place,
    packet_session,
    refused,
)


@pytest.mark.parametrize("report", [refused(), healthy(), blind(), *map(hostile, POLYGLOTS)])
def test_what_an_analysis_makes_is_plausible(report: Report) -> None:
    redacted = redact(report)
    assert fault(redacted.report, redacted.redactions) == ""


def test_the_texts_of_all_rules_are() -> None:
    redacted = redact(analyze([ROOT / "fixtures/reconnect-loop/capture.pcapng"]))
    assert len(redacted.report.texts) > 200
    assert fault(redacted.report, redacted.redactions) == ""


def text(**fields: str) -> dict[str, RuleText]:
    written = {"title": "t", "cause": "c", "remedy": "r", "reference": "f"} | fields
    return {"SA-007": RuleText(**written)}


def verdict(**fields: object) -> Report:
    return refused(verdict=replace(refused().verdict, **fields))


AWAY = packet(1, capture=9)


@pytest.mark.parametrize(
    ("report", "says"),
    [
        (refused(rules_run=("\x1b[31m",)), "a rule id"),
        (refused(texts={"SA-7": text()["SA-007"]}), "a rule id"),
        (refused(skipped=(Skipped(rule_id="<b>", session=None, lacking=()),)), "a rule id"),
        (refused(findings=(finding("SA-007", explained_by="x"),)), "a rule id"),
        (verdict(cause="../x"), "a rule id"),
        (refused(recordings=(har_recording(sha256="../../x"),)), "a SHA-256"),
        (refused(recordings=()), "no recording"),
        (refused(tool_version="\x1b"), "cannot be seen"),
        (refused(profile="\u202e"), "cannot be seen"),
        (refused(texts=text(reference="\x9b")), "cannot be seen"),
        (refused(texts=text(title="{count:>999999999}")), "no template"),
        (refused(texts=text(cause="{count:999999999d}")), "no template"),
        (refused(sessions=(har_session(), har_session())), "two sessions"),
        (verdict(finding=99), "without its finding"),
        (verdict(causes=(-1,)), "without its finding"),
        (refused(findings=(finding("SA-007", evidence=()),)), "without evidence"),
        (verdict(ruled_out=(RuledOut(suspect=Suspect.PORT, evidence=()),)), "without evidence"),
        (refused(findings=(finding("SA-007", evidence=(AWAY,)),)), "in no recording"),
        (refused(findings=(finding("SA-007", capture=-1),)), "in no recording"),
        (refused(sessions=(har_session(capture=2),)), "in no recording"),
        (verdict(ruled_out=(RuledOut(suspect=Suspect.PORT, evidence=(AWAY,)),)), "no recording"),
    ],
)
def test_what_points_nowhere_is_not(report: Report, says: str) -> None:
    assert says in fault(report, {})


def test_a_kind_of_secret_that_is_none_is_not() -> None:
    assert fault(refused(), {"password": 1}) == ""
    assert "a kind of secret" in fault(refused(), {"\x1b[31m": 1})


@pytest.mark.parametrize("title", ["{", "}", "{a!", "{count:d} {idle_s:d}"])
def test_a_text_that_cannot_be_filled_is_not(title: str) -> None:
    values = {"count": 1, "idle_s": 1.5}
    report = refused(texts=text(title=title), findings=(finding("SA-007", values=values),))
    with pytest.raises(ValueError, match=r"."):
        fault(report, {})


def long_stanza() -> Stanza:
    return replace(login(packet_place)[0], octets=b"a" * (16 * REPORT_STANZA_OCTETS + 1))


def test_no_more_stanzas_than_a_report_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    stanzas = login(packet_place) * (REPORT_STANZAS // 4 + 1)
    assert "more stanzas" in fault(refused(sessions=(packet_session(stanzas=stanzas),)), {})
    packed = packet_session(stanzas=(), packed=pack(login(packet_place)))
    monkeypatch.setattr(plausible, "PACKED_STANZAS", 2)
    assert fault(refused(sessions=(packed,)), {}) == ""
    monkeypatch.setattr(plausible, "PACKED_STANZAS", 1)
    assert "more packed stanzas" in fault(refused(sessions=(packed,)), {})


@pytest.mark.parametrize("stanza", [long_stanza(), replace(long_stanza(), octets=b"", source=AWAY)])
def test_stanzas_are_those_of_a_report(stanza: Stanza, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analyzer.model.packed.REPORT_STANZA_OCTETS", 1 << 30)
    packed = packet_session(stanzas=(), packed=pack([stanza]))
    assert "no report's" in fault(refused(sessions=(packed,)), {})


def test_a_pack_that_is_none_is_not() -> None:
    with pytest.raises(ValueError, match="not packed stanzas"):
        fault(refused(sessions=(packet_session(packed=(b"x",)),)), {})


def test_every_place_is_looked_at() -> None:
    session = har_session(upgrade=None, close=replace(har_session().close, source=entry(0, 1, 7)))
    assert "in no recording" in fault(refused(sessions=(session,)), {})
