"""The subprotocol xmpp was not agreed on (RFC 7395 section 3.1)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from ..progress import effect_of_stop
from .subprotocol import refused


def _check(session: Session) -> Iterator[Hit]:
    upgrade = session.upgrade
    if upgrade is None or upgrade.exchange.request is None or not upgrade.accepted:
        yield from refused(upgrade)
        return
    request, response = upgrade.exchange.request, upgrade.exchange.response
    if response is None or not response.headers:
        return
    effect = effect_of_stop(session)
    if "xmpp" not in upgrade.offered:
        yield Hit((request.source,), {"side": "client"}, effect=effect, party=Party.CLIENT)
    elif upgrade.subprotocol is None:
        yield Hit((response.source,), {"side": "server"}, effect=effect, party=Party.PROXY)


RULE = Rule(
    id="FR-001",
    severity=Severity.ERROR,
    title="The {side!t} did not name the WebSocket subprotocol xmpp in the handshake",
    cause="Both sides must: the client offers Sec-WebSocket-Protocol: xmpp, the server answers "
    "with it. Openfire refuses sockets that do not offer it, and a browser ends a connection whose "
    "answer lacks what was offered. Missing at the client: a test tool or custom client. Missing "
    "at the server: a proxy does not pass the header on, or /ws/ is answered by something that is "
    "no XMPP server.",
    remedy="1. In a browser: new WebSocket(url, 'xmpp'); Strophe does that by itself. 2. On every "
    "proxy pass Sec-WebSocket-Protocol in both directions; nginx: proxy_set_header "
    "Sec-WebSocket-Protocol $http_sec_websocket_protocol. 3. Compare the answer with one taken "
    "past the proxy.",
    reference="RFC 7395 §3.1; RFC 6455 §4.1, §4.2.2",
    needs=frozenset({Needs.HTTP}),
    explains=("CO-007", "CO-021", "CO-025", "CO-026", "CO-028", "OR-011", *ENDINGS),
    check=_check,
    fires_on=(
        """
        @request Sec-WebSocket-Protocol:
        @response Sec-WebSocket-Protocol:
        @login
        """,
        """
        @response Sec-WebSocket-Protocol:
        1.0 C> [fin]
        """,
        "@request Sec-WebSocket-Protocol:\n@no-upgrade 400 Bad Request",
        "@har\n@no-upgrade 0 Sent non-empty 'Sec-WebSocket-Protocol' header but no response was",
    ),
    silent_on=(
        "@login",
        "@no-upgrade 403 Forbidden",
        "@request Sec-WebSocket-Protocol:\n@no-upgrade 429 Too Many Requests",
        """
        @har
        @login
        """,
        """
        @har
        @response Upgrade:
        @response Connection:
        @response Sec-WebSocket-Accept:
        @response Sec-WebSocket-Protocol:
        @login
        """,
    ),
)
