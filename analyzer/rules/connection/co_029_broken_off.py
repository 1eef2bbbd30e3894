"""The connection broke before the upgrade was answered (RFC 9293 section 3.6)."""

from collections.abc import Iterator

from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import CloseKind, Session
from ..consequences import ENDINGS
from ..evidence import ending
from ..net_errors import failed_with

_CODES = frozenset(
    {
        "ERR_CONNECTION_ABORTED",
        "ERR_CONNECTION_CLOSED",
        "ERR_CONNECTION_FAILED",
        "ERR_CONNECTION_RESET",
        "ERR_EMPTY_RESPONSE",
        "ERR_INVALID_HTTP_RESPONSE",
        "ERR_SOCKET_NOT_CONNECTED",
        "NS_ERROR_NET_EMPTY_RESPONSE",
        "NS_ERROR_NET_INTERRUPT",
        "NS_ERROR_NET_RESET",
    }
)

_ENDS = frozenset({CloseKind.FIN, CloseKind.RST})
"""Of packets."""


def _check(session: Session) -> Iterator[Hit]:
    yield from failed_with(session, _CODES, ("ERR_RESPONSE_HEADERS_", "ERR_HTTP2_"))
    close, asked = session.close, session.upgrade
    # What the browser says of it (a HAR beside the packets) tells more than the end of TCP.
    answered = asked is None or bool(asked.exchange.response or asked.exchange.error)
    if not answered and close.kind in _ENDS and not session.gaps:
        how = f"{close.kind.value} by the {close.by or 'network'}"
        yield Hit((ending(session),), {"error": how, "server": session.server})


RULE = Rule(
    id="CO-029",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    title="The connection to {server} broke before the WebSocket was answered ({error!t})",
    cause="Somebody took the connection and ended it without a readable answer. …RESET: an RST, "
    "from the host or from a firewall, antivirus or TLS inspection in between. …CLOSED, "
    "…EMPTY_RESPONSE: an ordinary end, such as a proxy whose server behind it is down, or a port "
    "for TLS that is spoken to without it, or the reverse. …INVALID_HTTP_RESPONSE, …HTTP2…: "
    "something else than a web server listens there, or a middlebox garbles the answer.",
    remedy="1. Capture packets on the PC and on the node at once: if each sees the other one "
    "ending it, a device in between does. 2. Try from a PC in the network of the node, without "
    "antivirus and VPN. 3. On the node: utils service list, and the webproxy and openfire logs of "
    "this second (file get activelog desktop recurs compress). 4. Check that scheme and port fit: "
    "wss with 8445 or 7443, ws with 7071.",
    reference="RFC 9293 §3.6, §3.10.7.4; Chromium, net_error_list.h",
    explains=ENDINGS,
    check=_check,
    fires_on=(
        """
        @har
        @no-upgrade 0 Error in connection establishment: net::ERR_CONNECTION_RESET
        """,
        "@har\n@no-upgrade 0 net::ERR_EMPTY_RESPONSE",
        "@har\n@no-upgrade 0 net::ERR_HTTP2_PROTOCOL_ERROR",
        "@no-upgrade 0\n0.2 S> [rst]",
        "@no-upgrade 0\n9.0 S> [fin]",
    ),
    silent_on=(
        "@har\n@no-connect refused",
        "@har\n@no-upgrade 0 net::ERR_PROXY_CONNECTION_FAILED",
        "@har\n@login",
        "@no-upgrade 403 Forbidden\n1.0 C> [fin]",
        "@login\n1.0 S> [rst]",
    ),
)
