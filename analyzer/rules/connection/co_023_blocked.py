"""418 to the upgrade: Cisco's reverse proxy blocks the address."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Session
from ..consequences import ENDINGS
from .refused import refused_with


def _check(session: Session) -> Iterator[Hit]:
    yield from refused_with(session, {418})


RULE = Rule(
    id="CO-023",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.PROXY,
    title="{server} has blocked this client's address for failed logins: 418",
    cause="Cisco's reverse proxy counts failed authentications for each address and answers 418 "
    "while it blocks one. Agents behind one NAT or one load balancer share an address: one wrong "
    "saved password, or one script, locks all of them out. The same happens where the proxy does "
    "not see the real address.",
    remedy="1. Wait until the block is over, or lift it on the proxy. 2. Find who fails: the "
    "proxy's access log, lines with 401 from this address before the block. 3. Let the proxy see "
    "real addresses: the load balancer must pass X-Real-IP or X-Forwarded-For, and the proxy must "
    "trust it. 4. If many agents share one address, raise the brute-force thresholds in the "
    "proxy's environment.",
    reference="RFC 9110 §15.5.19; Cisco Finesse Reverse Proxy Installer Guide 15.0, brute-force "
    "protection",
    explains=("WS-001", "WS-002", "WS-003", "OR-011", "FR-001", *ENDINGS),
    check=_check,
    fires_on=("@no-upgrade 418 Teapot",),
    silent_on=(
        "@no-upgrade 403 Forbidden",
        "@login",
    ),
)
