"""502 to one upgrade while others are accepted: a limit of the proxy, not a service down."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Confidence, Effect, Hit, Rule, Severity
from ...model.session import Cohort, Session
from .alive import Alive
from .refused import refused_with


def _check(cohort: Cohort) -> Iterator[Hit]:
    refused = [(one, hit) for one in cohort.sessions for hit in refused_with(one, {502})]
    alive = Alive(cohort.sessions if refused else (), _server)
    told = [
        (one, hit)
        for one, hit in refused
        if one.started_ns is not None
        and (alive.at(one.server, one.started_ns) or alive.around(one.server, one.started_ns))
    ]
    for one, hit in told:
        yield Hit(hit.evidence, {**hit.values, "count": len(told)}, session=one.number)


def _server(session: Session) -> str:
    return session.server


RULE = Rule(
    id="CO-042",
    severity=Severity.ERROR,
    confidence=Confidence.MEDIUM,
    effect=Effect.BREAKS,
    party=Party.PROXY,
    title="{server} answers 502 now and then ({count:time|times} here) while other WebSockets go "
    "through",
    cause="The service behind the proxy was there: other sessions were up, or were accepted within "
    "seconds of this 502. So the proxy itself had no free connection to the node: its limit of "
    "connections to one upstream (max_conns) is reached. In the log of Cisco's reverse proxy that "
    "is no live upstreams. It comes with the number of agents, at the beginning of a shift or "
    "after a fail-over, and hits whoever comes next.",
    remedy="1. On the proxy look for no live upstreams in its error log at this second. 2. Set "
    "NGX_SET_UPSTREAM_MAX_CONNS=false in the proxy's environment and restart it; or raise "
    "max_conns and worker_connections above twice the number of agents (REST and WebSocket each "
    "take one). 3. Without such a line, look at that node: utils service list, and its webproxy "
    "log of this second.",
    reference="RFC 9110 §15.6.3; nginx, ngx_http_upstream_module: max_conns; Cisco Finesse Reverse "
    "Proxy Installer Guide 15.0",
    explains=("CO-025", "OR-011"),
    check=_check,
    fires_on=(
        """
        @login
        60.0 C> [fin]
        @connection 30
        @no-upgrade 502 Bad Gateway
        """,
    ),
    silent_on=(
        "@no-upgrade 502 Bad Gateway",
        """
        @login
        20.0 C> [fin]
        @connection 30
        @no-upgrade 502 Bad Gateway
        @connection 95
        @login
        """,
        "@login",
    ),
)
