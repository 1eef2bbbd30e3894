"""Rules of Finesse keep still where a recording, or another installation, cannot bear them out."""

from msgspec.structs import replace

from analyzer.model.flow import Gap, GapReason
from analyzer.model.rule import Hit
from analyzer.model.session import Session
from analyzer.model.source import Direction
from analyzer.rules import shelf
from tests.rules.climb import climb

RULES = {rule.id: rule for rule in shelf.load()}
HOLE = Gap(Direction.TO_CLIENT, 0, None, GapReason.LOST, None)


def hits(rule_id: str, session: Session) -> list[Hit]:
    check = RULES[rule_id].check
    return list(check(session))  # type: ignore[arg-type]


def example(rule_id: str, profile: str = "finesse") -> Session:
    return climb(RULES[rule_id].fires_on[0], profile).sessions[0]


def test_what_a_hole_may_hide_is_not_missed() -> None:
    for rule_id in ("FI-002", "FI-005", "FI-010", "FI-025", "OR-010", "OR-016", "ST-001"):
        session = example(rule_id)
        assert hits(rule_id, session), rule_id
        assert hits(rule_id, replace(session, gaps=(HOLE,))) == [], rule_id


def test_other_servers_are_not_measured_by_finesse() -> None:
    for rule_id in ("FI-002", "FI-003"):
        assert hits(rule_id, example(rule_id)), rule_id
        assert hits(rule_id, example(rule_id, "xmpp")) == [], rule_id
