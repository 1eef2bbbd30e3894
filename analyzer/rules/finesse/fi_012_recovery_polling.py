"""SystemInfo polled every 20 s: the desktop is in recovery (Finesse failover)."""

from collections.abc import Iterator

from ...model.history import Happening
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Cohort
from ..progress import seconds


def _check(cohort: Cohort) -> Iterator[Hit]:
    for history in cohort.histories:
        for chapter in history.chapters:
            if chapter.what is Happening.POLLED:
                values: dict[str, Value] = {
                    "count": chapter.count,
                    "lasted_s": seconds(chapter.span_ns),
                    "node": chapter.server,
                    "answers": chapter.detail or "200",
                }
                number = chapter.session or history.sessions[0]
                yield Hit(chapter.evidence, values, session=number)


RULE = Rule(
    id="FI-012",
    severity=Severity.WARNING,
    effect=Effect.DEGRADES,
    title="The desktop was in recovery for {lasted_s} s",
    cause="It asked {node} for SystemInfo {count} times, about every 20 s. It does so only after "
    "it lost the connection to its node (unanswered pings, SystemInfo OUT_OF_SERVICE, presence of "
    "finesse@ gone) and until a node says IN_SERVICE with a successful CTI heartbeat. The agent "
    "sees the banner and can do nothing meanwhile.",
    remedy="Look at what happened just before the first of these calls; that is the cause. Their "
    "answers ({answers!t}) tell why it took so long: no answer = network or Tomcat, 503 or "
    "OUT_OF_SERVICE = CTI side, lastCTIHeartbeatStatus other than success = PG or UCCX engine.",
    reference="Cisco Finesse Administration Guide, Failover Mechanisms",
    check=_check,
    fires_on=(
        """
        @har
        @login
        10.0 C> [http GET /finesse/api/SystemInfo 200]
        30.0 C> [http GET /finesse/api/SystemInfo 503]
        50.0 C> [http GET /finesse/api/SystemInfo 503]
        51.0 C> [http GET /finesse/api/SystemInfo 503]
        70.0 S> [close 1001]
        """,
    ),
    silent_on=("@login",),
)
