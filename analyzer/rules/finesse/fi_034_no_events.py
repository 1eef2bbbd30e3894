"""No event at all reaches a client whose calls are accepted (Cisco: Managing Notifications)."""

from collections.abc import Iterator

from ...model.rule import Confidence, Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session, StepName
from ..progress import seconds, until_end
from ..violations import PLACES

_WAIT_NS = 10_000_000_000  # an event follows its call within a second or two

_CALLS = 2
"""One may have changed nothing, and so brought no event."""


def _check(session: Session) -> Iterator[Hit]:
    trips = session.rest_trips
    if len(trips) < _CALLS or session.gaps:
        return
    asked_ns = trips[0].asked_ns or 0
    if any((one.time_ns or asked_ns) >= asked_ns for one in session.deliveries):
        return
    presence = session.step(StepName.PRESENCE)
    waited = until_end(session, trips[_CALLS - 1].source)
    if presence is None or presence.asked is None or (waited or 0) < _WAIT_NS:
        return
    values: dict[str, Value] = {
        "count": len(trips),
        "lasted_s": seconds(until_end(session, trips[0].source)),
        "asked": sum(not one.unsubscribe for one in session.subscriptions),
        "agent": session.agent or "the agent",
    }
    yield Hit(tuple(trip.source for trip in trips[:PLACES]), values)


_ACCEPTED = """
@har
@login
5.0 C> [http PUT /finesse/api/User/a 202 requestId="r-1"]
6.0 C> [http PUT /finesse/api/User/a 202 requestId="r-2"]
"""
_EVENT = """<message xmlns='jabber:client'><event xmlns='http://jabber.org/protocol/pubsub#event'>\
<items node='/finesse/api/User/a'><item id='1'/></items></event></message>"""

RULE = Rule(
    id="FI-034",
    severity=Severity.ERROR,
    confidence=Confidence.MEDIUM,
    effect=Effect.DEGRADES,
    title="Not one event reached the client in {lasted_s} s, though {count} calls were accepted",
    cause="Finesse answered {count} changes with 202 and published nothing that came here. The "
    "client is logged in and available, and subscribed to {asked} nodes by itself. So Finesse does "
    "not publish (it lost its own XMPP connection, syslog UNABLE_TO_CONNECT_TO_XMPP_SERVER, or "
    "CTI), the subscriptions are for another address, or the socket is dead towards the client.",
    remedy="1. Do other agents of this node get events? If none does: GET /finesse/api/SystemInfo; "
    "status and lastCTIHeartbeatStatus; look for UNABLE_TO_CONNECT_TO_XMPP_SERVER; restart in this "
    "order: stop Cisco Finesse Tomcat, stop Cisco Finesse Notification Service, start it, start "
    "Tomcat. 2. If only {agent!t} gets none: compare the user and the node to which REST and "
    "WebSocket went, and look whether its priority is 0 or higher and its pings are answered.",
    reference="Cisco DevNet, Finesse: Managing Notifications in Third-Party Applications; "
    "Cisco DevNet, Finesse: Notification Parameters",
    needs=frozenset({Needs.MESSAGES, Needs.START, Needs.TIMES}),
    explains=("FI-010",),
    check=_check,
    fires_on=(f"{_ACCEPTED}\n30.0 C> <presence xmlns='jabber:client'/>",),
    silent_on=(
        "@login",
        f"{_ACCEPTED}\n7.0 C> <presence xmlns='jabber:client'/>",
        f"{_ACCEPTED}\n30.0 S> {_EVENT}",
    ),
)
