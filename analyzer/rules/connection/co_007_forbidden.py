"""403 to the upgrade (RFC 6455 section 4.2.2)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Session
from ..consequences import ENDINGS
from .refused import refused_with


def _check(session: Session) -> Iterator[Hit]:
    yield from refused_with(session, {403})


RULE = Rule(
    id="CO-007",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.PROXY,
    title="{server} refused the WebSocket: 403 Forbidden",
    cause="The answer came from {software!t}, not from the XMPP service: nobody looked at the "
    "agent's name or password yet. A reverse proxy or web application firewall forbids this client "
    "or this path. Behind Cisco's reverse proxy, 403 on everything, /ws/ included, means that "
    "proxy and node do not trust each other's certificates (mutual TLS); elsewhere it is an access "
    "list, a check of Origin, or a rule that does not know /ws/.",
    remedy="1. Does GET /finesse/api/SystemInfo through the same host get 403, too? 2. If so, and "
    "it is Cisco's reverse proxy: exchange the certificates between proxy and node again, and on "
    "the node look at utils system reverse-proxy client-auth status. 3. If only /ws/ is forbidden: "
    "allow GET with Upgrade: websocket on /ws/ from the agents' addresses, and their Origin. 4. "
    "The access and error log of {software!t} at this second names the rule.",
    reference="RFC 6455 §4.2.2; RFC 9110 §15.5.4; Cisco Finesse Reverse Proxy Installer Guide 15.0",
    explains=("WS-001", "WS-002", "WS-003", "OR-011", *ENDINGS),
    check=_check,
    fires_on=(
        "@no-upgrade 403 Forbidden",
        """
        @har
        @no-upgrade 403 Forbidden
        """,
    ),
    silent_on=(
        "@no-upgrade 401 Unauthorized",
        "@login",
    ),
)
