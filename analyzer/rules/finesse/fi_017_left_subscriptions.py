"""Explicit subscriptions that the client left behind at its end (XEP-0060 section 6.2)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ..evidence import ending


def _check(session: Session) -> Iterator[Hit]:
    if not session.close.orderly:  # whoever lost the connection could not clean up
        return
    held: dict[tuple[str | None, str | None], str] = {}
    for one in session.subscriptions:
        key = (one.node, one.jid)
        if one.unsubscribe:
            held.pop(key, None)
        elif one.state == "subscribed":
            held[key] = one.node or "?"
    if held:
        values: dict[str, Value] = {"count": len(held), "node": next(iter(held.values()))}
        yield Hit((ending(session),), values)


RULE = Rule(
    id="FI-017",
    severity=Severity.INFO,
    party=Party.CLIENT,
    title="Subscriptions were left behind: {count}, the first of {node}",
    cause="The client logged out in good order but did not unsubscribe. Explicit subscriptions "
    "stay on the node, so they come back at the next login: an event then arrives twice if the "
    "client subscribes anew with another JID, and the lists on the server grow.",
    remedy="The Finesse desktop does so at a page reload and it does no harm. In a custom client "
    "send an unsubscribe for every node it subscribed to before presence unavailable, with the "
    "full JID it subscribed with, and leave alone the nodes that Finesse subscribes by itself "
    "(User/ID, User/ID/Dialogs, SystemInfo).",
    reference="XEP-0060 §6.2; Cisco DevNet, Finesse: Subscription Management",
    needs=frozenset({Needs.MESSAGES}),
    check=_check,
    fires_on=(
        """
        @login until=presence
        5.0 C> <iq xmlns='jabber:client' type='set' id='s1' to='pubsub.example.test'>\
<pubsub xmlns='http://jabber.org/protocol/pubsub'>\
<subscribe node='/finesse/api/Team/5/Users' jid='a@example.test'/></pubsub></iq>
        5.1 S> <iq xmlns='jabber:client' type='result' id='s1'>\
<pubsub xmlns='http://jabber.org/protocol/pubsub'><subscription subscription='subscribed'/>\
</pubsub></iq>
        6.0 C> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>
        """,
    ),
    silent_on=(
        "@login",
        """
        @login until=presence
        5.0 C> <iq xmlns='jabber:client' type='set' id='s1' to='pubsub.example.test'>\
<pubsub xmlns='http://jabber.org/protocol/pubsub'><subscribe node='n' jid='a@example.test'/>\
</pubsub></iq>
        5.1 C> <iq xmlns='jabber:client' type='set' id='u1' to='pubsub.example.test'>\
<pubsub xmlns='http://jabber.org/protocol/pubsub'><unsubscribe node='n' jid='a@example.test'/>\
</pubsub></iq>
        6.0 C> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>
        """,
    ),
)
