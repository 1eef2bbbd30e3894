"""A desktop that went over to the other node and stayed there (Finesse failover)."""

from collections.abc import Iterator

from ...model.history import Happening
from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Cohort
from ..evidence import ending
from ..progress import seconds
from ..returns import by_number, returns


def _check(cohort: Cohort) -> Iterator[Hit]:
    sessions = by_number(cohort.sessions)
    for history in cohort.histories:
        changes = [one for one in returns(history) if one.chapter.what is Happening.FAILED_OVER]
        if len(changes) != 1:
            continue
        (change,) = changes
        chapter = change.chapter
        values: dict[str, Value] = {
            "agent": history.agent or "The client",
            "left": chapter.detail or "?",
            "node": chapter.server,
            "away_s": seconds(chapter.span_ns),
        }
        left = sessions[change.left]
        yield Hit((ending(left), *chapter.evidence), values, session=left.number)


RULE = Rule(
    id="FI-032",
    severity=Severity.INFO,
    title="{agent} failed over from {left} to {node}, {away_s} s without a session",
    cause="The desktop lost {left} and logged in on the other node. That is what it is meant to "
    "do, and it stays there: it does not go back when {left} returns. One agent alone has lost "
    "the way to {left}; many agents in the same minute mean that {left} itself failed.",
    remedy="Find out how the session on {left} ended: the findings of that session tell. Then on "
    "{left}: utils service list, and SystemInfo (status IN_SERVICE, lastCTIHeartbeatStatus "
    "success). Nothing has to be done at the desktop.",
    reference="Cisco Finesse Administration Guide, Failover Mechanisms",
    check=_check,
    fires_on=(
        """
        @url wss://a.example.test:8445/ws/
        @login
        22.0 S> [rst]
        @connection 40
        @url wss://b.example.test:8445/ws/
        @login
        """,
    ),
    silent_on=(
        "@login",
        "@login\n22.0 S> [rst]\n@connection 40\n@login",
    ),
)
