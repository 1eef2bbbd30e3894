"""
What the rules cost, as a share of the same run, and how that grows with a session.

No seconds: a slow machine is slow for all of it. `pytest --benchmark-only` does not run these.
"""

import gc
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from time import process_time
from typing import Any

import pytest

from analyzer.model.rule import Finding, Rule, Skipped, Subject
from analyzer.model.session import Session
from analyzer.pipeline import analyze
from analyzer.rules import shelf
from tests.benchmarks.workloads import write
from tests.rules.climb import climb

SHARE = 0.15
"""Of an analysis of workload B, which is nothing but sessions, that all rules may take."""

DEAREST = 0.1
"""Of all rules, that one of them may take."""


def cpu_s(work: Callable[[], object], runs: int = 5) -> float:
    """
    The least of some runs, without what would weigh on one part only.

    The collector's turn comes at no fixed place, and a tracer (coverage) slows Python, not what
    lies below it.
    """

    def once() -> float:
        begin = process_time()
        work()
        return process_time() - begin

    tracer = sys.gettrace()
    gc.disable()
    sys.settrace(None)
    try:
        return min(once() for _ in range(runs))
    finally:
        sys.settrace(tracer)
        gc.enable()


def exhaust(rule: Rule, subjects: Iterable[Any]) -> None:
    for subject in subjects:
        for _ in rule.check(subject):
            pass


@pytest.fixture(scope="module")
def workload(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write("B", tmp_path_factory.mktemp("b"), 0.01)


@pytest.fixture(scope="module")
def sessions(workload: Path) -> list[Session]:
    """As the rules saw them."""
    seen: list[Session] = []

    def keep(self: shelf.Shelf, subjects: Iterable[Subject]) -> tuple[list[Finding], list[Skipped]]:
        seen.extend(subject for subject in subjects if isinstance(subject, Session))
        return [], []

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shelf.Shelf, "run", keep)
        analyze([workload])
    return seen


def test_rules_are_a_small_share_of_an_analysis(workload: Path, sessions: list[Session]) -> None:
    whole = cpu_s(partial(analyze, [workload]))
    rules = cpu_s(partial(shelf.Shelf(shelf.load()).run, sessions))
    assert rules / whole < SHARE


def test_no_rule_is_dear(sessions: list[Session]) -> None:
    """First look at the few facts that rule it out, `session.negotiation` before all stanzas."""
    rules = [rule for rule in shelf.load() if shelf.looks_at(rule.check) is Session]
    able = [rule for rule in rules if rule.needs <= sessions[0].can_see]
    cost = Counter({rule.id: cpu_s(partial(exhaust, rule, sessions)) for rule in able})
    ((dearest, seconds),) = cost.most_common(1)
    assert seconds / cost.total() < DEAREST, dearest


PING = """
{at}.0 C> <iq xmlns='jabber:client' type='get' id='p{n}'><ping xmlns='urn:xmpp:ping'/></iq>
{at}.1 S> <iq xmlns='jabber:client' type='result' id='p{n}'/>"""
EVENT = """
{at}.2 S> <message xmlns='jabber:client' from='pubsub.example.test' id='e{n}'>\
<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='/finesse/api/User/a'>\
<item id='i{n}'/></items></event></message>"""
SUBSCRIBE = """
{at}.3 C> <iq xmlns='jabber:client' type='set' id='s{n}' to='pubsub.example.test'>\
<pubsub xmlns='http://jabber.org/protocol/pubsub'>\
<subscribe node='/finesse/api/Team/{n}/Users' jid='a@example.test/desktop'/></pubsub></iq>"""
REFUSED = """
{at}.4 S> <iq xmlns='jabber:client' type='error' id='s{n}'><error type='cancel'>\
<item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"""
HOLE = "\n{at}.5 C> [gap 10]"
PRESENCE = """
{at}.6 S> <presence xmlns='jabber:client' from='finesse@example.test/x' type='unavailable'/>
{at}.7 C> <presence xmlns='jabber:client'/>"""
CALL = '\n{at}.8 C> [http PUT /finesse/api/User/a 202 requestId="r{n}"]'
BLANK = "\n{at}.9 C> [text]  "
FRAME = "\n{at}.9 S> [ping 0{n:05}]\n{at}.9 C> [frame opcode=3] x"

LONG = [
    ("pings and events", (PING, EVENT)),
    ("the same event", (PING, EVENT.replace("i{n}", "i"))),
    ("subscriptions", (EVENT, SUBSCRIBE)),
    ("refusals", (SUBSCRIBE, REFUSED)),
    ("holes", (PING, HOLE)),
    ("presences", (PRESENCE,)),
    ("oddities", (BLANK, FRAME)),
    ("nothing answered", (PING.partition("\n{at}.1")[0],)),
    ("calls", (CALL, EVENT)),
]

GROWTH = 8
"""Sessions compared are so many times as long; a rule that compares all with all takes 64 times."""


@pytest.mark.parametrize("door", ["@packets", "@har", "@bosh", "@stream"])
@pytest.mark.parametrize("lines", [lines for _, lines in LONG], ids=[name for name, _ in LONG])
def test_rules_grow_with_a_session_and_not_faster(door: str, lines: tuple[str, ...]) -> None:
    def long(rounds: int) -> Session:
        rows = (row.format(at=5 + 10 * n, n=n) for n in range(rounds) for row in lines)
        return climb("\n".join([door, "@login", *rows])).sessions[0]

    short, longer = long(60), long(60 * GROWTH)
    rules = [rule for rule in shelf.load() if shelf.looks_at(rule.check) is Session]
    able = [rule for rule in rules if rule.needs <= longer.can_see]
    # What takes less cannot be measured, and does no harm.
    weighty = [rule for rule in able if cpu_s(partial(exhaust, rule, [longer]), 1) > 0.003]
    costs = {
        rule.id: [cpu_s(partial(exhaust, rule, [session])) for session in (short, longer)]
        for rule in weighty
    }
    assert {rule: both for rule, both in costs.items() if both[1] > 3 * GROWTH * both[0]} == {}
