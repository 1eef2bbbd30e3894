"""The server closed a connection that was silent for too long (RFC 6455 section 7.4.1)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from .close_codes import TOLD, closed_with, names_idleness


def _check(session: Session) -> Iterator[Hit]:
    if names_idleness(session):
        yield from closed_with(session, {1001})


RULE = Rule(
    id="WS-035",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.CLIENT,
    title="{server} closed the connection for silence ({code}, reason: {reason!t})",
    cause="The reason says that nothing came for as long as the server waits; the last stanza was "
    "{idle_s} s before. Jetty, the web server inside Openfire, ends such a connection with 1001 "
    "and Idle Timeout. A Finesse desktop pings every 10 s, so its pings had stopped: sleeping PC, "
    "throttled or frozen browser tab, a network that lost what the client sent. A custom client "
    "may not ping at all.",
    remedy="1. Look when the client's last ping went out: there it fell silent. 2. On the PC look "
    "at sleep and Wi-Fi (system log), at the browser's settings for sleeping tabs, at the VPN "
    "client's log. 3. If a capture on the PC shows pings that one on the node does not, the "
    "network lost them. 4. Have a custom client send a ping every 10 s.",
    reference="RFC 6455 §7.4.1; Eclipse Jetty issue 2637",
    needs=frozenset({Needs.MESSAGES, Needs.WEBSOCKET}),
    explains=TOLD,
    check=_check,
    fires_on=(
        """
        @login
        5.0 C> <iq xmlns='jabber:client' type='get' id='p'><ping xmlns='urn:xmpp:ping'/></iq>
        305.0 S> [close 1001 Idle Timeout]
        """,
    ),
    silent_on=(
        "@login",
        """
        @login
        5.0 S> [close 1001 shutdown]
        """,
    ),
)
