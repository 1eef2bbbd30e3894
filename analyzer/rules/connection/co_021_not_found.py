"""404 to the upgrade (RFC 9110 section 15.5.5)."""

from collections.abc import Iterator

from msgspec.structs import replace

from ...model.diagnosis import Party
from ...model.http import path_of
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Session
from ..consequences import ENDINGS
from .refused import refused_with


def _check(session: Session) -> Iterator[Hit]:
    path = path_of(session.url or "")
    strange = path and not path.startswith(session.profile.paths)
    party = Party.CLIENT if strange else None
    yield from (replace(hit, party=party) for hit in refused_with(session, {404}))


RULE = Rule(
    id="CO-021",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    title="{server} knows no WebSocket at this address: 404 Not Found",
    cause="Host and port are right, the path is not, or a proxy has no rule for it. The Finesse "
    "desktop uses /ws/ with the slash at the end; /http-bind/ is BOSH, /xmpp-websocket and "
    "/websocket belong to other servers. On the node itself, 404 for /ws/ comes while the "
    "Notification Service has not registered its WebSocket yet, shortly after a start.",
    remedy="1. Compare the URL: wss://FQDN:8445/ws/ from 12.6 on, wss://FQDN:7443/ws/ for 12.0 and "
    "12.5. 2. If it is right, connect past the proxy; if that works, add a location for /ws/ with "
    "Upgrade and Connection passed on. 3. If it does not, utils service list: Cisco Finesse "
    "Notification Service must be STARTED for some minutes.",
    reference="RFC 6455 §4.2.2; RFC 9110 §15.5.5; "
    "Cisco DevNet, Finesse: Managing Notifications in Third-Party Applications",
    explains=("WS-001", "WS-002", "WS-003", "OR-011", *ENDINGS),
    check=_check,
    fires_on=("@no-upgrade 404 Not Found",),
    silent_on=(
        "@no-upgrade 403 Forbidden",
        "@login",
    ),
)
