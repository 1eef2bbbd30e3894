"""Several agents lost in the same second: the server side (Cisco TAC document 211376)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Confidence, Effect, Hit, Rule, Severity, Value
from ...model.session import Cohort, Session
from ..consequences import ENDINGS
from ..evidence import ending
from ..returns import names
from .crowds import MANY, agents_of, clusters, how, lost


def _check(cohort: Cohort) -> Iterator[Hit]:
    known = names(cohort.histories)
    for group in clusters(lost(cohort.sessions), _end, 0, 1_000_000_000):
        agents = agents_of(group, known)
        if len(agents) >= MANY:
            values: dict[str, Value] = {
                "count": len(agents),
                "servers": ", ".join(sorted({session.server for session in group})),
                "how": ", ".join(sorted({how(session.close) for session in group})),
            }
            numbers = tuple(session.number for session in group)
            yield Hit(tuple(ending(session) for session in group), values, sessions=numbers)


def _end(session: Session) -> int | None:
    return session.close.time_ns


RULE = Rule(
    id="CO-012",
    severity=Severity.ERROR,
    confidence=Confidence.MEDIUM,
    effect=Effect.BREAKS,
    party=Party.SERVER,
    title="{count} agents lost their sessions within the same second ({servers}: {how!t})",
    cause="Agents that drop one by one have trouble of their own. All at once, it is what they "
    "share: the Notification Service or its host (restart, crash, snapshot), the reverse proxy or "
    "load balancer, or a link of all. system-shutdown, close 1001 or 1012: the service stopped.",
    remedy="1. On the node at that second: utils service list, openfire and webproxy logs (file "
    "get activelog desktop recurs compress), RTMT, events of the virtual machine (snapshot, "
    "vMotion). 2. Proxy, load balancer: reload, failover. 3. Who stayed? Other node, site or VPN.",
    reference="Cisco TAC document 211376",
    explains=("ST-015", *ENDINGS),
    check=_check,
    fires_on=(
        """
        @login user=a
        9.0 S> [fin]
        @connection 1
        @login user=b
        9.1 S> [rst]
        @connection 2
        @login user=c
        9.2 S> [close 1012]
        """,
    ),
    silent_on=(
        "@login",
        """
        @login user=a
        9.0 S> [fin]
        @connection 1
        @login user=b
        9.1 S> [rst]
        @connection 2
        @login user=c
        12.2 S> [fin]
        """,
        """
        @login\n2.0 S> [fin]
        @connection 1\n@login\n2.1 S> [rst]
        @connection 1.5\n@login\n2.2 S> [fin]
        """,
    ),
)
