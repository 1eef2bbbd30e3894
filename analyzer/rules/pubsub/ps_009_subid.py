"""Events of a subscription that this session did not make (XEP-0060 section 7.1.2.4)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ..violations import PLACES
from .requests import granted


def _check(session: Session) -> Iterator[Hit]:
    known: dict[str, set[str]] = {}
    for one in granted(session):
        if one.granted is not None and one.granted.subid and one.asked.node:
            known.setdefault(one.asked.node, set()).add(one.granted.subid)
    strange = [
        delivery
        for delivery in session.deliveries
        if delivery.subids
        and delivery.node in known
        and known[delivery.node].isdisjoint(delivery.subids)
    ]
    if strange:
        first = strange[0]
        values: dict[str, Value] = {"node": first.node or "?", "count": len(strange)}
        yield Hit(tuple(delivery.source for delivery in strange[:PLACES]), values)


RULE = Rule(
    id="PS-009",
    severity=Severity.INFO,
    party=Party.CLIENT,
    title="{count:event|events} of {node} came through another subscription than this session's",
    cause="Their SubID is not the one that the server gave to this session when it subscribed. So "
    "the user has more subscriptions to {node}: left over from an earlier session, or made by "
    "another client of the same user. Each of them brings its own copy of every event.",
    remedy="Nothing, as long as events do not come twice. If they do: 1. Log in as this user with "
    "an XMPP client that has an XML console (Pidgin) and a resource other than desktop. 2. Send "
    "<unsubscribe node='{node}' jid='JID' subid='SUBID'/> with the SubID of these events. 3. Have "
    "the client unsubscribe at logout.",
    reference="XEP-0060 §6.2.1, §7.1.2.4",
    needs=frozenset({Needs.MESSAGES}),
    check=_check,
    fires_on=(
        """
        @login
        5.0 S> <message xmlns='jabber:client' from='pubsub.example.test'>\
<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='/finesse/api/Team/5/Users'>\
<item id='1'/></items></event><headers xmlns='http://jabber.org/protocol/shim'>\
<header name='SubID'>old</header></headers></message>
        """,
    ),
    silent_on=(
        # The server told no identifier.
        """
        @login until=presence
        5.0 C> <iq xmlns='jabber:client' type='set' id='s' to='pubsub.example.test'>\
<pubsub xmlns='http://jabber.org/protocol/pubsub'><subscribe node='/x' jid='a@example.test'/>\
</pubsub></iq>
        5.1 S> <iq xmlns='jabber:client' type='result' id='s' from='pubsub.example.test'/>
        """,
        """
        @login
        5.0 S> <message xmlns='jabber:client' from='pubsub.example.test'>\
<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='/finesse/api/Team/5/Users'>\
<item id='1'/></items></event><headers xmlns='http://jabber.org/protocol/shim'>\
<header name='SubID'>2</header></headers></message>
        """,
    ),
)
