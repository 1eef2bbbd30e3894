"""SystemInfo polled every 20 s: the desktop is in recovery (Finesse failover)."""

from collections.abc import Iterator
from itertools import pairwise

from ...model.http import Request
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Session
from ..progress import seconds
from ..violations import PLACES

_POLLS = 3
_LEAST_NS, _MOST_NS = 15_000_000_000, 25_000_000_000
"""Every 20 s, with what a browser's timer may add or lack."""


def _check(session: Session) -> Iterator[Hit]:
    run: list[Request] = []
    longest: list[Request] = []
    polls = [one.request for one in session.exchanges if one.request is not None]
    polls = [poll for poll in polls if "/systeminfo" in poll.url.lower() and poll.source.time_ns]
    for before, after in pairwise(polls):
        apart = (after.source.time_ns or 0) - (before.source.time_ns or 0)
        if not _LEAST_NS <= apart <= _MOST_NS:
            run = []
            continue
        run = [*run, after] if run else [before, after]
        longest = max(longest, run, key=len)
    if len(longest) >= _POLLS:
        begun, ended = longest[0].source.time_ns or 0, longest[-1].source.time_ns or 0
        values: dict[str, Value] = {"count": len(longest), "lasted_s": seconds(ended - begun)}
        yield Hit(tuple(poll.source for poll in longest[:PLACES]), values)


RULE = Rule(
    id="FI-012",
    severity=Severity.WARNING,
    effect=Effect.DEGRADES,
    title="The desktop was in recovery for {lasted_s} s",
    cause="It asked for SystemInfo {count} times, about every 20 s. It does so only after it lost "
    "the connection to its node (unanswered pings, SystemInfo OUT_OF_SERVICE, presence of finesse@ "
    "gone) and until a node says IN_SERVICE with a successful CTI heartbeat. The agent sees the "
    "banner and can do nothing meanwhile.",
    remedy="Look at what happened just before the first of these calls; that is the cause. Their "
    "answers tell why it took so long: no answer = network or Tomcat, OUT_OF_SERVICE = CTI side, "
    "lastCTIHeartbeatStatus other than success = PG or UCCX engine.",
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
