"""401 to the upgrade (RFC 9110 section 15.5.2)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Session
from ..consequences import ENDINGS
from .refused import refused_with


def _check(session: Session) -> Iterator[Hit]:
    yield from refused_with(session, {401})


RULE = Rule(
    id="CO-020",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.CLIENT,
    title="{server} wants credentials for the WebSocket: 401 Unauthorized",
    cause="The upgrade itself has to be authorised there. Cisco's reverse proxy (12.6 ES, 15.0) "
    "expects Sec-WebSocket-Protocol: xmpp, followed by the authorization value, and answers 401 "
    "where that is missing or expired: custom desktops and CRM connectors written for a direct "
    "connection send xmpp alone. Another proxy may ask for basic or single sign-on credentials "
    "that a WebSocket does not carry.",
    remedy="1. Custom client behind Cisco's reverse proxy: send the authorization value behind "
    "xmpp in Sec-WebSocket-Protocol, or set NGX_AUTHENTICATE_WEBSOCKET=false in the proxy's "
    "environment and restart it. 2. The Finesse desktop itself: have the agent sign out and in "
    "again, an SSO token may have expired; compare the clocks of IdS, node and PC. 3. Any other "
    "proxy: exempt /ws/ from its own login.",
    reference="RFC 6455 §4.1, §4.2.2; RFC 9110 §15.5.2; Cisco Finesse Reverse Proxy Installer "
    "Guide 15.0",
    explains=("WS-001", "WS-002", "WS-003", "OR-011", "FR-001", *ENDINGS),
    check=_check,
    fires_on=(
        "@no-upgrade 401 Unauthorized",
        """
        @har
        @no-upgrade 401 Unauthorized
        """,
    ),
    silent_on=(
        "@no-upgrade 403 Forbidden",
        "@login",
    ),
)
