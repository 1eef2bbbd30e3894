"""The server is overloaded: Close 1013 (IANA registry)."""

from collections.abc import Iterator

from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from .close_codes import TOLD, closed_with


def _check(session: Session) -> Iterator[Hit]:
    yield from closed_with(session, {1013})


RULE = Rule(
    id="WS-031",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    title="{server} was too busy and asked the client to try again later (1013, {reason})",
    cause="1013 is sent by an overloaded server or proxy: more connections, messages or memory "
    "than it may use. Typical when all agents reconnect at once after an outage, or when a limit "
    "of the reverse proxy is too low for the number of agents behind one address.",
    remedy="Look at the load at that time: show process load, show status, and RTMT for CPU and "
    "memory. On the reverse proxy look at its connection limits (for Cisco's: "
    "NGX_SET_UPSTREAM_MAX_CONNS and the rate limits) and its log. If it follows an outage, it "
    "passes once the reconnects have spread.",
    reference="IANA WebSocket Close Code Number Registry; Cisco Finesse Reverse Proxy Installer "
    "Guide",
    needs=frozenset({Needs.MESSAGES}),
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
