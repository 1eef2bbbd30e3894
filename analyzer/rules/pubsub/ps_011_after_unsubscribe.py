"""Events of a node behind the result of its unsubscribe (XEP-0060 section 6.2.2)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.pubsub import Subscription
from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ..violations import PLACES


def _check(session: Session) -> Iterator[Hit]:
    left = _left(session.subscriptions)
    still = [
        delivery
        for delivery in session.deliveries
        if delivery.node in left
        and delivery.time_ns is not None
        and delivery.time_ns > left[delivery.node]
    ]
    if still:
        values: dict[str, Value] = {"node": still[0].node or "?", "count": len(still)}
        yield Hit(tuple(delivery.source for delivery in still[:PLACES]), values)


def _left(subscriptions: tuple[Subscription, ...]) -> dict[str | None, int]:
    """Node → when unsubscribing was confirmed, unless the client subscribed again later."""
    left: dict[str | None, int] = {}
    for one in subscriptions:
        if not one.unsubscribe:
            left.pop(one.node, None)
        elif one.error is None and one.answer is not None and one.answer.time_ns is not None:
            left[one.node] = one.answer.time_ns
    return left


RULE = Rule(
    id="PS-011",
    severity=Severity.INFO,
    party=Party.CLIENT,
    title="{count:event|events} of {node} came although the client had unsubscribed",
    cause="The server had confirmed the unsubscribe. So there is one more subscription to the "
    "node: for the bare JID, or left over from an earlier session of the same user.",
    remedy="1. Log in as this user with an XMPP client that has an XML console (Pidgin) and a "
    "resource other than desktop. 2. Ask for the list with <subscriptions node='{node}'/> to the "
    "pubsub service. 3. Cancel what is left, with its subid. 4. Have the client subscribe and "
    "unsubscribe with the same, full JID.",
    reference="XEP-0060 §6.2.2, §5.6; Cisco DevNet, Finesse: Subscription Management",
    needs=frozenset({Needs.MESSAGES, Needs.TIMES}),
    check=_check,
    fires_on=(
        """
        @login
        5.0 C> <iq xmlns='jabber:client' type='set' id='u' to='pubsub.example.test'>\
<pubsub xmlns='http://jabber.org/protocol/pubsub'>\
<unsubscribe node='/finesse/api/Team/5/Users' jid='a@example.test'/></pubsub></iq>
        5.1 S> <iq xmlns='jabber:client' type='result' id='u'/>
        9.0 S> <message xmlns='jabber:client' from='pubsub.example.test'>\
<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='/finesse/api/Team/5/Users'>\
<item id='1'/></items></event></message>
        """,
    ),
    silent_on=(
        "@login",
        # Refused: the subscription is still there.
        """
        @login
        5.0 C> <iq xmlns='jabber:client' type='set' id='u' to='pubsub.example.test'>\
<pubsub xmlns='http://jabber.org/protocol/pubsub'>\
<unsubscribe node='/finesse/api/Team/5/Users' jid='a@example.test'/></pubsub></iq>
        5.1 S> <iq xmlns='jabber:client' type='error' id='u'><error type='cancel'/></iq>
        9.0 S> <message xmlns='jabber:client' from='pubsub.example.test'>\
<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='/finesse/api/Team/5/Users'>\
<item id='1'/></items></event></message>
        """,
    ),
)
