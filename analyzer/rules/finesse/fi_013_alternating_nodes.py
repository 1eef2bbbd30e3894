"""An agent whose sessions go back and forth between servers (Finesse failover)."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Cohort, Session
from ..connection.crowds import lost
from ..consequences import ENDINGS
from ..evidence import beginning
from ..violations import PLACES

_CHANGES = 2
"""One change is a failover; back again is a ping-pong."""


def _check(cohort: Cohort) -> Iterator[Hit]:
    by_agent: defaultdict[tuple[int, str], list[Session]] = defaultdict(list)
    for session in cohort.sessions:
        if session.agent is not None:
            by_agent[session.capture, session.agent].append(session)
    for (_, agent), sessions in by_agent.items():
        changes = [b for a, b in pairwise(sessions) if _node(a) != _node(b)]
        # Two sockets to two servers at one time are two hops or two clients, no failover.
        apart = all(_ended(a) <= (b.started_ns or 0) for a, b in pairwise(sessions))
        if len(changes) >= _CHANGES and apart:
            values: dict[str, Value] = {
                "agent": agent,
                "count": len(changes),
                "servers": ", ".join(sorted({_node(one) for one in sessions})),
            }
            evidence = tuple(beginning(one) for one in changes[:PLACES])
            # It is why each of them that was lost went down, as far as nothing else tells.
            for one in lost(sessions)[:PLACES] or changes[:1]:
                yield Hit(evidence, values, session=one.number)


def _node(session: Session) -> str:
    """The host the client asked for: a proxy may give all of them one address."""
    return (session.url or "").partition("://")[2].partition("/")[0] or session.server


def _ended(session: Session) -> int:
    return session.ended_ns or session.started_ns or 0


RULE = Rule(
    id="FI-013",
    severity=Severity.WARNING,
    effect=Effect.DEGRADES,
    title="The desktop of {agent} changed the server {count} times",
    cause="The sessions of {agent} alternate between {servers}. After a failover the desktop stays "
    "where it is, so going back and forth means that each side fails in turn: the notification "
    "service or Tomcat is unstable on both nodes, the CTI connection flaps, or the network drops "
    "the agent on either way.",
    remedy="See how each session ended and work on the first one. On both nodes at these times: "
    "SystemInfo (IN_SERVICE, lastCTIHeartbeatStatus), utils service list, CTI connection in the "
    "Finesse administration console. Many agents at once = nodes or CTI; one agent = that agent's "
    "network.",
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
