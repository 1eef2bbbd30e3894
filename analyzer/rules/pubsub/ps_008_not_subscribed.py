"""Events of nodes to which this session did not subscribe (XEP-0060 section 7.1.2.1)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ..nodes import matches
from ..violations import PLACES


def _check(session: Session) -> Iterator[Hit]:
    asked = {one.node for one in session.subscriptions if not one.unsubscribe}
    told = {one.node for one in session.deliveries if one.node} - asked
    strange = {node for node in told if not matches(node, session.profile.auto_nodes)}
    extra = [one for one in session.deliveries if one.node in strange]
    if strange:
        nodes = sorted(strange)
        values: dict[str, Value] = {
            "node": nodes[0],
            "nodes": len(nodes),
            "count": len(extra),
            "agent": session.agent or "the agent",
        }
        yield Hit(tuple(one.source for one in extra[:PLACES]), values)


RULE = Rule(
    id="PS-008",
    severity=Severity.INFO,
    party=Party.CLIENT,
    title="{count:event|events} came from nodes to which this session had not subscribed (first: "
    "{node})",
    cause="Subscriptions of an earlier session are still there, to {nodes:node|nodes}. A "
    "subscription outlives the session unless it is cancelled, and one for the bare JID reaches "
    "every later login of {agent!t}. That costs load; and if the client subscribes to the same "
    "node again, each event comes twice.",
    remedy="1. Have the client unsubscribe at logout from what it subscribed to, with the same "
    "full JID. 2. To clean up, log in as this user with an XMPP client that has an XML console "
    "(Pidgin) and a resource other than desktop, and send an unsubscribe with the bare JID for "
    "{node}.",
    reference="XEP-0060 §6.2, §7.1.2.1; Cisco DevNet, Finesse: Subscription Management",
    needs=frozenset({Needs.MESSAGES, Needs.START}),
    check=_check,
    fires_on=(
        """
        @login
        5.0 S> <message xmlns='jabber:client' from='pubsub.example.test'>\
<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='/finesse/api/Queue/7'>\
<item id='1'/></items></event></message>
        """,
    ),
    silent_on=("@login",),
)
