"""A subscription to a node that this deployment does not have (Cisco: Queue Notifications)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ..nodes import absent_here
from ..violations import PLACES


def _check(session: Session) -> Iterator[Hit]:
    info = session.system_info
    if info is None or not session.profile.absent_nodes:
        return
    absent = [one for one in session.subscriptions if absent_here(session, one)]
    if absent:
        values: dict[str, Value] = {
            "node": absent[0].node or "?",
            "count": len(absent),
            "deployment": info.deployment or "?",
            "answer": "item-not-found" if absent[0].error else absent[0].state or "none",
        }
        places = tuple(one.answer or one.source for one in absent[:PLACES])
        yield Hit((*places, info.source), values)


RULE = Rule(
    id="FI-011",
    severity=Severity.WARNING,
    effect=Effect.DEGRADES,
    party=Party.CLIENT,
    title="{node} does not exist on {deployment}",
    cause="SystemInfo says that this is {deployment}, where Finesse publishes no queues: the Queue "
    "API and its notifications are for Unified CCE only. {count:subscribe request|subscribe "
    "requests} asked for such nodes, the answer was {answer!t}. Nothing will ever come of them; "
    "the gadget that asked stays empty.",
    remedy="Take the queue gadget out of the desktop layout (Finesse administration, Desktop "
    "Layout), or use the gadgets that Unified CCX ships for it: its Live Data reports. In a custom "
    "client read deploymentType from GET /finesse/api/SystemInfo before it asks for queues.",
    reference="Cisco DevNet, Finesse: Queue Notifications",
    needs=frozenset({Needs.MESSAGES}),
    explains=("IQ-008", "OR-016"),
    check=_check,
    fires_on=(
        """
        @har
        @login
        2.0 C> [http GET /finesse/api/SystemInfo 200] <SystemInfo>\
<deploymentType>UCCX</deploymentType></SystemInfo>
        5.0 C> <iq xmlns='jabber:client' type='set' id='s1' to='pubsub.example.test'>\
<pubsub xmlns='http://jabber.org/protocol/pubsub'>\
<subscribe node='/finesse/api/Queue/7' jid='a@example.test'/></pubsub></iq>
        5.1 S> <iq xmlns='jabber:client' type='error' id='s1'><error type='cancel'>\
<item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
        """,
    ),
    silent_on=(
        "@login",
        """
        @har
        @login
        2.0 C> [http GET /finesse/api/SystemInfo 200] <SystemInfo>\
<deploymentType>UCCX</deploymentType></SystemInfo>
        5.0 C> <presence xmlns='jabber:client'/>
        """,
    ),
)
