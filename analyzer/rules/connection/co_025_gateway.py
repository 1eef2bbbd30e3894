"""502, 503 or 504 to the upgrade (RFC 9110 section 15.6)."""

from collections.abc import Iterator

from msgspec.structs import replace

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Session
from ..consequences import ENDINGS
from .refused import refused_with


def _check(session: Session) -> Iterator[Hit]:
    for hit in refused_with(session, {502, 503, 504}):
        # 503 is an answer of the node: it is there, and not in service.
        yield replace(hit, party=Party.SERVER) if hit.values["status"] == 503 else hit


RULE = Rule(
    id="CO-025",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.PROXY,
    title="The proxy in front of {server} does not reach the notification service: {status}",
    cause="The request was taken by {software!t}, which got no answer behind it. 502: the "
    "Notification Service or the Web Proxy Service there is down or refuses (in the log of "
    "Cisco's reverse proxy no live upstreams means that its connection limit is reached). 503: "
    "nobody is in service, or Finesse itself is OUT_OF_SERVICE (CTI lost). 504: the node hangs or "
    "its port is filtered between proxy and node.",
    remedy="1. On the node: utils service list; Cisco Finesse Notification Service and Cisco "
    "Finesse Tomcat must be STARTED. Restart order: Tomcat stop, Notification Service stop, "
    "Notification Service start, Tomcat start. 2. GET /finesse/api/SystemInfo on the node itself: "
    "status must be IN_SERVICE; if not, look at CTI (PG, AW). 3. 502 now and then under load: "
    "NGX_SET_UPSTREAM_MAX_CONNS=false on the proxy. 4. 504: test from the proxy's host to the "
    "node's port.",
    reference="RFC 9110 §15.6.3 to §15.6.5; Cisco Finesse Reverse Proxy Installer Guide 15.0",
    explains=("WS-001", "WS-002", "WS-003", "OR-011", *ENDINGS),
    check=_check,
    fires_on=(
        "@no-upgrade 502 Bad Gateway",
        "@no-upgrade 503 Service Unavailable",
        """
        @har
        @no-upgrade 504 Gateway Timeout
        """,
    ),
    silent_on=(
        "@no-upgrade 403 Forbidden",
        "@login",
    ),
)
