"""An agent who went away and came back, or stayed away (Finesse desktop presence)."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Cohort, Session
from ..evidence import beginning, ending
from ..progress import seconds

_LOGOUT_NS = 60_000_000_000
"""Finesse logs an agent out whose presence is unavailable for this long."""


def _check(cohort: Cohort) -> Iterator[Hit]:
    by_agent: defaultdict[tuple[int, str], list[Session]] = defaultdict(list)
    for session in cohort.sessions:
        if session.jid is not None and session.agent is not None:
            by_agent[session.capture, session.agent].append(session)
    for (_, agent), sessions in by_agent.items():
        away = [
            ((after.started_ns or 0) - (before.ended_ns or 0), before, after)
            for before, after in pairwise(sessions)
            if before.ended_ns is not None and before.ended_ns <= (after.started_ns or 0)
        ]
        if away:
            longest, before, after = max(away, key=lambda found: found[0])
            values: dict[str, Value] = {
                "agent": agent,
                "away_s": seconds(longest),
                "count": len(away),
            }
            severity = Severity.WARNING if longest > _LOGOUT_NS else Severity.INFO
            evidence = ending(before), beginning(after)
            yield Hit(evidence, values, session=before.number, severity=severity)
            if longest > _LOGOUT_NS:
                # The logout that it brought is told in the session behind.
                yield Hit(evidence[::-1], values, session=after.number, severity=severity)


RULE = Rule(
    id="FI-016",
    severity=Severity.INFO,
    title="{agent} was away for {away_s} s and came back",
    cause="The agent's session ended and another one began ({count} times in all, {away_s} s at "
    "the longest). Finesse waits 60 s for an agent whose presence is gone (and up to 120 s before "
    "it notices a crash), then logs the agent out with reason 255. Under 60 s the agent keeps the "
    "state: a reload of the page or a reconnect looks like this.",
    remedy="Under 60 s: nothing to do, unless it happens often; then see how the first session "
    "ended. Over 60 s: expect NOT_READY or LOGOUT with reason 255 at the supervisor and in the "
    "reports, and look for what kept the client away (PC asleep, network, the page closed).",
    reference="Cisco DevNet, Finesse: Desktop Presence",
    explains=("FI-022",),
    check=_check,
    fires_on=(
        "@login\n5.0 C> [fin]\n@connection 20\n@login",
        "@login\n5.0 C> [fin]\n@connection 90\n@login",
    ),
    silent_on=("@login", "@no-upgrade 403 Forbidden"),
)
