"""429 to the upgrade (RFC 6585 section 4)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Session
from ..consequences import ENDINGS
from .refused import refused_with


def _check(session: Session) -> Iterator[Hit]:
    yield from refused_with(session, {429})


RULE = Rule(
    id="CO-024",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.PROXY,
    title="{server} has had too many requests from this client: 429",
    cause="A rate limit of the proxy was reached. Many agents behind one address (NAT, load "
    "balancer without real-IP header), or a desktop that reconnects in a loop, reach it although "
    "each agent asks for little.",
    remedy="1. How many agents share this address? Raise the limit for it in the proxy, or let it "
    "see real addresses (X-Forwarded-For from a trusted load balancer). 2. If one client is the "
    "cause, find why it reconnects: record its first login. 3. The proxy's error log names the "
    "limit that was hit.",
    reference="RFC 6585 §4; Cisco Finesse Reverse Proxy Installer Guide 15.0",
    explains=("WS-001", "WS-002", "WS-003", "OR-011", "FR-001", *ENDINGS),
    check=_check,
    fires_on=("@no-upgrade 429 Too Many Requests",),
    silent_on=(
        "@no-upgrade 403 Forbidden",
        "@login",
    ),
)
