"""Any other status to the upgrade (RFC 6455 section 4.2.2)."""

from collections.abc import Iterator

from msgspec.structs import replace

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Session
from ..consequences import ENDINGS
from .refused import KNOWN, refused_with


def _check(session: Session) -> Iterator[Hit]:
    for hit in refused_with(session, _OTHERS):
        yield replace(hit, party=_PARTIES.get(hit.values["status"]))


_OTHERS = frozenset(range(201, 600)) - KNOWN
_PARTIES: dict[Value, Party] = {407: Party.PROXY, 500: Party.SERVER}


RULE = Rule(
    id="CO-028",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    title="{server} refused the WebSocket: {status}",
    cause="Only 101 begins a WebSocket. The answer came from {software!t} before XMPP had a "
    "chance; status 500 is a fault inside it, others are its own policy.",
    remedy="1. The access and error log of {software!t} at this second. 2. Try past the proxy: if "
    "the node itself answers 101, the proxy is at fault. 3. On the node get the webproxy, tomcat "
    "and openfire logs: file get activelog desktop recurs compress.",
    reference="RFC 6455 §4.2.2; RFC 9110 §15",
    explains=("WS-001", "WS-002", "WS-003", "OR-011", *ENDINGS),
    check=_check,
    fires_on=(
        "@no-upgrade 500 Internal Server Error",
        """
        @har
        @no-upgrade 451 Unavailable
        """,
    ),
    silent_on=(
        "@no-upgrade 403 Forbidden",
        "@login",
        """
        @har
        @no-connect refused
        """,
    ),
)
