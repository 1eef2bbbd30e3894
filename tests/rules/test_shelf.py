"""Every rule fires on its own examples of a fault and keeps silent on its others."""

import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

import analyzer.rules
from analyzer.model.recording import Kind, Recording
from analyzer.model.rule import Effect, Finding, Hit, Rule, Severity
from analyzer.model.session import Cohort, Needs, Session
from analyzer.model.source import HarSource, PacketSource
from analyzer.rules import shelf
from tests.rules.climb import climb, misread

RULES = shelf.load()
KNOWN = {rule.id for rule in RULES}
FIRES = [(rule, text) for rule in RULES for text in rule.fires_on]
SILENT = [(rule, text) for rule in RULES for text in rule.silent_on]


def label(value: object) -> str:
    return value.id if isinstance(value, Rule) else ""


def found(rule: Rule, text: str) -> list[Finding]:
    return shelf.run(climb(text).subjects, [rule])[0]


@pytest.mark.parametrize(("rule", "text"), FIRES, ids=label)
def test_it_fires(rule: Rule, text: str) -> None:
    assert misread(text) == []
    findings = found(rule, text)
    assert findings
    for finding in findings:
        assert finding.rule_id == rule.id
        assert finding.evidence
        # A placeholder without a value would stand in the report as it is.
        for template in (rule.title, rule.cause, rule.remedy):
            names = {name for _, name, _, _ in string.Formatter().parse(template) if name}
            assert names <= finding.values.keys()


@pytest.mark.parametrize(("rule", "text"), SILENT, ids=label)
def test_it_keeps_silent(rule: Rule, text: str) -> None:
    assert misread(text) == []
    assert found(rule, text) == []


@pytest.mark.parametrize("rule", RULES, ids=label)
def test_it_is_whole(rule: Rule) -> None:
    assert rule.fires_on
    assert rule.silent_on
    for text in (rule.title, rule.cause, rule.remedy, rule.reference):
        assert text == " ".join(text.split())
        assert text
    assert not rule.title.endswith(".")
    assert rule.cause.endswith(".")
    assert rule.remedy.endswith(".")
    fields = {name for _, name, _, _ in string.Formatter().parse(rule.reference)}
    assert fields == {None}


@pytest.mark.parametrize("rule", RULES, ids=label)
def test_it_explains_only_rules_that_exist(rule: Rule) -> None:
    assert set(rule.explains) <= KNOWN
    assert rule.id not in rule.explains


def test_ids_are_file_names_and_families_are_folders() -> None:
    root = Path(analyzer.rules.__file__).parent
    files = {
        path.stem[:6].upper().replace("_", "-"): path
        for path in root.glob("*/*.py")
        if re.match(r"[a-z]{2}_\d{3}_", path.stem)
    }
    assert files.keys() == KNOWN
    assert len(RULES) == len(KNOWN)
    families: dict[str, set[str]] = {}
    for rule_id, path in files.items():
        families.setdefault(path.parent.name, set()).add(rule_id[:2])
    assert all(len(prefixes) == 1 for prefixes in families.values())


GOODBYE = """
5.0 C> <presence xmlns='jabber:client' type='unavailable'/>
5.1 C> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>
5.2 C> [close]
5.3 C> [fin]
"""


@pytest.mark.parametrize("door", ["@packets", "@har"])
@pytest.mark.parametrize(
    "text",
    [
        "@login",
        f"@login\n{GOODBYE}",
        "@login user=b resource=crm",
        "@bosh\n@login\n@until 100",
        f"@bosh\n@login\n{GOODBYE}",
    ],
)
def test_nothing_on_the_shelf_faults_a_healthy_session(door: str, text: str) -> None:
    findings, _ = shelf.run(climb(f"{door}\n{text}").subjects, RULES)
    assert [f.rule_id for f in findings if f.effect is not Effect.NONE] == []


# The shelf itself, with rules of our own.


def _session(session: Session) -> Iterator[Hit]:
    yield Hit(
        (PacketSource(0, 1, 1, None),),
        {"n": session.number},
        severity=Severity.INFO,
        effect=Effect.BLINDS,
    )


def _recording(recording: Recording) -> Iterator[Hit]:
    yield Hit((HarSource(recording.capture, 0, None, None),), session=7)


def _cohort(cohort: Cohort) -> Iterator[Hit]:
    for number in (1, 99, None):
        yield Hit((PacketSource(0, len(cohort.sessions), 1, None),), session=number)


OWN = Rule(
    id="XX-001",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    title="{n}",
    cause="c",
    remedy="r",
    reference="RFC 1 §1",
    check=_session,
    fires_on=(),
    silent_on=(),
)


def test_texts() -> None:
    (text,) = shelf.texts([OWN]).values()
    assert (text.title, text.cause, text.remedy, text.reference) == ("{n}", "c", "r", "RFC 1 §1")


def test_a_session_gives_its_place_and_a_hit_may_differ_from_its_rule() -> None:
    seen = climb("@login")
    (finding,), skipped = shelf.run(seen.subjects, [OWN])
    assert (finding.capture, finding.session) == (0, 1)
    assert (finding.severity, finding.effect) == (Severity.INFO, Effect.BLINDS)
    assert finding.values == {"n": 1}
    assert skipped == []


def test_a_recording_may_name_a_session() -> None:
    seen = climb("@har\n@login")
    (finding,), _ = shelf.run(
        [replace(seen.recording, capture=4)], [replace(OWN, check=_recording)]
    )
    assert (finding.capture, finding.session) == (4, 7)
    assert (finding.severity, finding.effect) == (Severity.ERROR, Effect.BREAKS)


def test_a_cohort_finds_the_capture_of_the_session_it_names() -> None:
    findings, _ = shelf.run(climb("@login").subjects, [replace(OWN, check=_cohort)])
    assert [(f.capture, f.session) for f in findings] == [(0, 1), (None, 99), (None, None)]


def test_what_cannot_be_seen_is_skipped_with_what_it_lacks() -> None:
    seen = climb("@har\n@login")
    needing = replace(OWN, needs=frozenset({Needs.PACKETS, Needs.FRAMES, Needs.MESSAGES}))
    findings, skipped = shelf.run(seen.subjects, [needing])
    assert findings == []
    assert [(s.rule_id, s.session, s.lacking) for s in skipped] == [
        ("XX-001", 1, (Needs.FRAMES, Needs.PACKETS))
    ]


def test_a_rule_for_another_carrier_is_not_missed() -> None:
    bosh = replace(OWN, needs=frozenset({Needs.BOSH, Needs.PACKETS}))
    assert shelf.run(climb("@har\n@login").subjects, [bosh]) == ([], [])
    hidden = replace(climb("@har\n@login").sessions[0], can_see=frozenset({Needs.HAR}))
    _, skipped = shelf.run([hidden], [bosh])
    assert [one.lacking for one in skipped] == [(Needs.PACKETS, Needs.BOSH)]


@pytest.mark.parametrize(
    ("text", "needs", "runs"),
    [
        ("@har", Needs.HAR, True),
        ("@har", Needs.PACKETS, False),
        ("@packets", Needs.PACKETS, True),
        ("@packets", Needs.HAR, False),
        ("@packets", Needs.MESSAGES, True),
    ],
)
def test_what_a_recording_lacks(text: str, needs: Needs, runs: bool) -> None:
    rule = replace(OWN, check=_recording, needs=frozenset({needs}))
    findings, skipped = shelf.run([climb(text).recording], [rule])
    assert bool(findings) is runs
    assert [s.session for s in skipped] == ([] if runs else [None])


def test_a_cohort_sees_everything() -> None:
    rule = replace(OWN, check=_cohort, needs=frozenset(Needs))
    assert shelf.run([Cohort(sessions=())], [rule])[1] == []


def test_kinds_of_recordings() -> None:
    assert climb("@har").recording.kind is Kind.HAR
    assert climb("@login").recording.packets is not None
