"""An agent whose sessions go back and forth between servers (Finesse failover)."""

from collections import Counter
from collections.abc import Iterator

from ...model.history import ENTRIES, Happening
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Cohort
from ..connection.crowds import lost
from ..consequences import ENDINGS
from ..progress import seconds
from ..returns import by_number, returns
from ..violations import PLACES

_CHANGES = 2
"""One change is a failover; back again is a ping-pong."""


def _check(cohort: Cohort) -> Iterator[Hit]:
    sessions = by_number(cohort.sessions)
    for history in cohort.histories:
        found = [one for one in returns(history) if one.chapter.what is Happening.FAILED_OVER]
        if len(found) < _CHANGES:
            continue
        changes = [one.chapter for one in found]
        nodes = Counter(one.server for one in history.chapters if one.what in ENTRIES)
        values: dict[str, Value] = {
            "agent": history.agent or "the client",
            "count": len(changes),
            "servers": ", ".join(f"{node} ({times})" for node, times in nodes.most_common()),
            "span_s": seconds((changes[-1].time_ns or 0) - (changes[0].time_ns or 0)),
        }
        evidence = tuple(source for one in changes[:PLACES] for source in one.evidence[:1])
        # It is why each of them that was lost went down, as far as nothing else tells.
        mine = lost([sessions[number] for number in history.sessions])[:PLACES]
        for number in [one.number for one in mine] or [found[0].left]:
            yield Hit(evidence, values, session=number)


RULE = Rule(
    id="FI-013",
    severity=Severity.WARNING,
    effect=Effect.DEGRADES,
    title="The desktop of {agent!t} changed nodes {count} times within {span_s} s",
    cause="The sessions of {agent!t} alternate between nodes; logins on each: {servers}. After a "
    "failover the desktop stays where it is, so going back and forth means that each side fails in "
    "turn: the notification service or Tomcat is unstable on both nodes, the CTI connection flaps, "
    "or the network drops the agent on either way.",
    remedy="1. See how each session ended and work on the first one. 2. On both nodes at these "
    "times: SystemInfo (IN_SERVICE, lastCTIHeartbeatStatus), utils service list, CTI connection in "
    "the Finesse administration console. 3. Many agents at once = nodes or CTI; one agent = that "
    "agent's network.",
    reference="Cisco Finesse Administration Guide, Failover Mechanisms",
    explains=("FI-012", *ENDINGS),
    check=_check,
    fires_on=(
        """
        @url wss://a.example.test:8445/ws/
        @login
        1.5 C> <presence xmlns='jabber:client' type='unavailable'/>
        1.6 C> [fin]
        @connection 20
        @url wss://b.example.test:8445/ws/
        @login
        22.0 S> [rst]
        @connection 40
        @url wss://a.example.test:8445/ws/
        @login
        """,
    ),
    silent_on=("@login", "@no-upgrade 403 Forbidden"),
)
