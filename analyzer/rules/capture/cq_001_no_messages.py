"""A HAR without WebSocket messages."""

from collections.abc import Iterator

from ...model.recording import Recording
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs
from ..evidence import whole


def _check(recording: Recording) -> Iterator[Hit]:
    har = recording.har
    if har is None or har.bosh_entries or (recording.sessions and not har.sockets):
        return  # not WebSocket carries the session
    mute = [socket for socket in har.sockets if socket.messages is None and socket.status in _OPEN]
    if har.sockets and not mute:
        return
    places = tuple(socket.source for socket in mute) or (whole(recording),)
    tells = any(socket.messages for socket in har.sockets)
    values: dict[str, Value] = {
        "producer": har.producer or "?",
        "sockets": len(har.sockets),
        "mute": len(mute),
    }
    yield Hit(places, values, effect=Effect.NONE if tells else None)


_OPEN = frozenset({0, 101, 200})
"""Statuses of a socket that may have come about; some producers write none."""


RULE = Rule(
    id="CQ-001",
    severity=Severity.WARNING,
    effect=Effect.BLINDS,
    title="This HAR does not hold the WebSocket messages: it cannot show the XMPP login",
    cause="{producer} wrote {sockets:WebSocket entry|WebSocket entries}; without messages: "
    "{mute}. Firefox and Safari never export WebSocket messages. Chrome and Edge do, but only of "
    "connections that were opened while DevTools was open: opened after the login, they show no "
    "WebSocket at all, and after a reconnect only the new one. Other tools (proxies, test "
    "frameworks) may leave the messages out, too.",
    remedy="Record again in Chrome or Edge: 1. open a new tab, press F12, choose Network, tick "
    "Preserve log; 2. only then open the Finesse desktop and log in; 3. do what fails, wait until "
    "it has failed; 4. without closing anything choose Export HAR (the arrow pointing down). If "
    "the agent must use Firefox, capture packets on the node instead: utils network capture file "
    "packetcapture count 100000 size all host ip CLIENT.",
    reference="HAR 1.2; Chrome DevTools, _webSocketMessages; Cisco TAC document 201003",
    needs=frozenset({Needs.HAR}),
    check=_check,
    fires_on=(
        """
        @har
        @recording records_messages=false producer=Firefox
        @login
        """,
        "@har",
        """
        @har
        @login
        @late
        """,
    ),
    silent_on=(
        """
        @har
        @login
        """,
        """
        @har
        @no-upgrade 403 Forbidden
        """,
        "@login",
        "@har\n@bosh\n@login",
        """
        @har
        @recording bosh_entries=3
        """,
    ),
)
