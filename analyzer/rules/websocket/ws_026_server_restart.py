"""The server left: Close 1001 or 1012 (RFC 6455 section 7.4.1, IANA registry)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from ...model.source import Side
from .close_codes import TOLD, closed_with, names_idleness


def _check(session: Session) -> Iterator[Hit]:
    if not names_idleness(session):
        yield from closed_with(session, {1001, 1012}, Side.SERVER)


RULE = Rule(
    id="WS-026",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.SERVER,
    title="{server} closed the connection because it was going away ({code}, reason: {reason!t})",
    cause="1001 and 1012 say that the server, or the proxy in front of it, stops or restarts. "
    "Neither the network nor this agent is at fault, and everybody on that node loses the session "
    "in the same second. Usual reasons: Cisco Finesse Notification Service or the Web Proxy "
    "Service restarted (by hand, by an update, after a crash), a failover, a reload of the reverse "
    "proxy or load balancer.",
    remedy="1. On the node: utils service list, and look in the openfire and webproxy logs (file "
    "get activelog desktop recurs compress) for a service that started at this second; RTMT tells "
    "of a crash. 2. If none did, the reverse proxy or load balancer was reloaded: ask for its "
    "change log. 3. Do planned restarts outside working hours, in this order: stop Cisco Finesse "
    "Tomcat, stop Cisco Finesse Notification Service, start it, start Tomcat.",
    reference="RFC 6455 §7.4.1; IANA WebSocket Close Code Number Registry",
    needs=frozenset({Needs.MESSAGES, Needs.WEBSOCKET}),
    explains=TOLD,
    check=_check,
    fires_on=(
        """
        @login
        5.0 S> [close 1012 restart]
        5.1 C> [close 1012 restart]
        """,
        """
        @login
        5.0 S> [close 1001 shutdown]
        """,
    ),
    silent_on=(
        "@login",
        """
        @login
        5.0 C> [close 1001]
        5.1 S> [close 1001]
        """,
        """
        @login
        5.0 S> [close 1001 Idle Timeout]
        """,
    ),
)
