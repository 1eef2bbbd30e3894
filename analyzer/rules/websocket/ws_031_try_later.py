"""The server is overloaded: Close 1013 (IANA registry)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from .close_codes import TOLD, closed_with


def _check(session: Session) -> Iterator[Hit]:
    yield from closed_with(session, {1013})


RULE = Rule(
    id="WS-031",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.SERVER,
    title="{server} was too busy and asked to try again later (1013, reason: {reason!t})",
    cause="1013 is sent by an overloaded server or proxy: more connections, messages or memory "
    "than it may use. Typical when all agents reconnect at once after an outage, or when a limit "
    "of the reverse proxy is too low for the number of agents behind one address.",
    remedy="1. Look at the load at that time: show process load, show status, RTMT for CPU and "
    "memory. 2. On the reverse proxy look at its log and its connection limits (Cisco's: "
    "NGX_SET_UPSTREAM_MAX_CONNS and the rate limits). 3. If it follows an outage, it passes once "
    "the reconnects have spread; then look for the cause of the outage.",
    reference="IANA WebSocket Close Code Number Registry; "
    "Cisco Finesse Reverse Proxy Installer Guide 15.0",
    needs=frozenset({Needs.MESSAGES, Needs.WEBSOCKET}),
    explains=TOLD,
    check=_check,
    fires_on=(
        """
        @login
        5.0 S> [close 1013 overloaded]
        """,
    ),
    silent_on=("@login",),
)
