"""The end of a page."""

from analyzer.model.report import RuleText
from analyzer.model.rule import Skipped
from analyzer.model.session import Needs
from analyzer.report.language.words import words
from analyzer.report.page.appendix import appendix, recordings
from analyzer.report.redaction.patterns import SecretKind
from analyzer.report.redaction.redact import redact
from tests.report.reports import refused

ENGLISH = words("en")


def test_every_kind_of_secret_has_its_word() -> None:
    assert [kind for kind in SecretKind if f"taken.{kind.value}" not in ENGLISH] == []


def test_what_was_taken_out_is_counted() -> None:
    shown = appendix(redact(refused()), ENGLISH)["taken_out"]
    assert shown == [("sasl exchange", "2")]


def test_every_rule_tells_what_became_of_it() -> None:
    text = RuleText(
        title="{n:ping was|pings were} lost to {who}", cause="", remedy="", reference=""
    )
    report = refused(
        rules_run=("AA-001", "BB-001", "SA-007"),
        texts={"AA-001": text, "SA-007": text},
        skipped=(Skipped(rule_id="BB-001", session=1, lacking=(Needs.FRAMES, Needs.PACKETS)),),
    )
    shown = appendix(redact(report), ENGLISH)
    lines = {line.rule_id: line for line in shown["rules"]}
    assert lines["AA-001"].title == "… pings were lost to …"
    assert (lines["AA-001"].result, lines["AA-001"].ran) == ("nothing found", True)
    assert lines["BB-001"].result == "could not look: needs frames, packets"
    assert (lines["BB-001"].title, lines["BB-001"].ran) == ("", False)
    assert lines["SA-007"].result.startswith("found ")
    assert lines["SA-007"].found
    assert shown["rules_blind"] == sum(not line.ran for line in shown["rules"])


def test_recordings_tell_their_oddities() -> None:
    shown = recordings(refused(), ENGLISH)
    assert [recording.name for recording, _ in shown["recordings"]]
    assert not shown["more_anomalies"]
