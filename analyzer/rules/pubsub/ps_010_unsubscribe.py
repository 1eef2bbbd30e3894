"""An unsubscribe that was refused (XEP-0060 section 6.2.3)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ..violations import merged


def _check(session: Session) -> Iterator[Hit]:
    yield from merged(_each(session), "condition")


def _each(session: Session) -> Iterator[Hit]:
    for one in session.subscriptions:
        if one.unsubscribe and one.error is not None:
            values: dict[str, Value] = {
                "node": one.node or "none",
                "condition": one.error.pubsub or one.error.condition or "none",
            }
            # What the service cannot tell apart stays; what it does not know was gone before.
            left = values["condition"] == "subid-required"
            yield Hit(
                (one.answer or one.source, one.source),
                values,
                severity=Severity.WARNING if left else None,
                effect=Effect.DEGRADES if left else None,
            )


RULE = Rule(
    id="PS-010",
    severity=Severity.INFO,
    party=Party.CLIENT,
    title="{count:unsubscribe request was|unsubscribe requests were} refused ({condition!t}, "
    "first: {node!t})",
    cause="subid-required: the user has several subscriptions to the node, and the request does "
    "not say which; Strophe, and so the Finesse desktop, never says it. not-subscribed, "
    "unexpected-request: there is no subscription for this JID. A subscription that is left brings "
    "its events to later sessions, or each event twice.",
    remedy="not-subscribed: nothing to do. subid-required: 1. Log in as this user with an XMPP "
    "client that has an XML console (Pidgin) and a resource other than desktop. 2. Ask for the "
    "list with <subscriptions node='{node!t}'/> to the pubsub service. 3. Cancel each with its "
    "subid. 4. Have custom clients keep the subid of the subscribe result and send it.",
    reference="XEP-0060 §5.6, §6.2.1, §6.2.3",
    needs=frozenset({Needs.MESSAGES}),
    check=_check,
    fires_on=(
        """
        @login
        5.0 C> <iq xmlns='jabber:client' type='set' id='u' to='pubsub.example.test'>\
<pubsub xmlns='http://jabber.org/protocol/pubsub'><unsubscribe node='/x' jid='a@example.test'/>\
</pubsub></iq>
        5.1 S> <iq xmlns='jabber:client' type='error' id='u'><error type='modify'>\
<bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>\
<subid-required xmlns='http://jabber.org/protocol/pubsub#errors'/></error></iq>
        """,
    ),
    silent_on=("@login",),
)
