"""The code of the first Close tells why, whether frames or a HAR hold it."""

import pytest

from analyzer.model.rule import Effect
from analyzer.model.source import Side
from analyzer.rules import shelf
from analyzer.rules.consequences import ENDINGS
from analyzer.rules.websocket import ws_021_close_code
from analyzer.rules.websocket.close_codes import CODES, TOLD, closed_with, names_idleness
from tests.rules.climb import climb

RESTART = "@login\n5.0 S> [close 1012 service restart]\n5.1 C> [close 1000]"
TOOLKIT = "@har\n@recording records_close_code=true\n@login\n5.0 S> [close 1012 service restart]"


def test_the_first_close_decides() -> None:
    (session,) = climb(RESTART).sessions
    (hit,) = closed_with(session, {1012})
    assert hit.effect is Effect.BREAKS
    assert hit.values == {
        "side": "server",
        "code": 1012,
        "reason": "service restart",
        "server": session.server,
        "idle_s": 4.1,
    }
    assert hit.evidence[0].time_ns == session.close.time_ns
    assert list(closed_with(session, {1000})) == []


@pytest.mark.parametrize(("by", "hits"), [(Side.SERVER, 1), (Side.CLIENT, 0), (None, 1)])
def test_who_sent_it_may_matter(by: Side | None, hits: int) -> None:
    (session,) = climb(RESTART).sessions
    assert len(list(closed_with(session, {1012}, by))) == hits


def test_a_har_may_hold_a_code_but_not_who_sent_it() -> None:
    (session,) = climb(TOOLKIT).sessions
    (hit,) = closed_with(session, {1012})
    assert hit.values["side"] == "peer"
    assert list(closed_with(session, {1012}, Side.SERVER)) == []


def test_a_session_that_said_good_bye_did_not_die_of_it() -> None:
    bye = "@login\n5.0 C> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>\n5.1 S> [close 1011]"
    (session,) = climb(bye).sessions
    (hit,) = closed_with(session, {1011})
    assert hit.effect is Effect.NONE


def test_no_code_no_hit() -> None:
    (session,) = climb("@login\n5.0 S> [rst]").sessions
    assert list(closed_with(session, range(1 << 16))) == []


def test_a_code_explains_the_end_but_no_other_code() -> None:
    assert set(CODES) <= set(ENDINGS)
    assert set(TOLD) == set(ENDINGS) - set(CODES)


@pytest.mark.parametrize(
    ("line", "idle"),
    [("[close 1001 Connection Idle Timeout]", True), ("[close 1001 bye]", False), ("[rst]", False)],
)
def test_a_reason_may_name_idleness(line: str, idle: bool) -> None:
    (session,) = climb(f"@login\n5.0 S> {line}").sessions
    assert names_idleness(session) is idle


GONE = "4.0 C> <presence xmlns='jabber:client' type='unavailable'/>"


@pytest.mark.parametrize(("before", "effect"), [("", Effect.BREAKS), (GONE, Effect.NONE)])
def test_a_code_that_may_not_be_sent_is_the_cause_of_an_end(before: str, effect: Effect) -> None:
    subjects = climb(f"@login\n{before}\n5.0 S> [close 1006]\n5.1 S> [fin]").sessions
    ((hit,), _) = shelf.run(subjects, [ws_021_close_code.RULE])
    assert hit.effect is effect
