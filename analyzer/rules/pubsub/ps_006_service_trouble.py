"""Subscribing failed for a reason of the service, not of the user (XEP-0060 section 6.1.3)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ..violations import merged
from .requests import TROUBLE


def _check(session: Session) -> Iterator[Hit]:
    yield from merged(_each(session), "service", "condition")


def _each(session: Session) -> Iterator[Hit]:
    for one in session.subscriptions:
        if one.error is None or one.unsubscribe:
            continue
        condition = one.error.pubsub or one.error.condition or "none"
        if condition in TROUBLE:
            values: dict[str, Value] = {
                "node": one.node or "none",
                "service": one.service or "the server",
                "condition": condition,
                "text": one.error.text or "none",
            }
            yield Hit((one.answer or one.source, one.source), values)


RULE = Rule(
    id="PS-006",
    severity=Severity.WARNING,
    party=Party.SERVER,
    title="The pubsub service {service!t} failed to make {count:subscription|subscriptions} "
    "({condition!t})",
    cause="Neither node nor rights are at fault. service-unavailable, remote-server-not-found, "
    "recipient-unavailable: no pubsub service lives at {service!t}, or it is not started. "
    "too-many-subscriptions, policy-violation, resource-constraint: a limit of the server; old "
    "ones count. internal-server-error: its database or memory. First node: {node!t}; text: "
    "{text!t}.",
    remedy="1. Compare {service!t} with xmppPubSubDomain of GET /finesse/api/SystemInfo. 2. If it "
    "is right, look for an exception at this second in the openfire logs (file get activelog "
    "desktop recurs compress). 3. If other agents have it too, restart in a quiet hour: stop Cisco "
    "Finesse Tomcat, stop Cisco Finesse Notification Service, start it, start Tomcat.",
    reference="XEP-0060 §6.1.3; RFC 6120 §8.3.3",
    needs=frozenset({Needs.MESSAGES}),
    check=_check,
    fires_on=(
        """
        @login
        5.0 C> <iq xmlns='jabber:client' type='set' id='s' to='pubsub.wrong.test'>\
<pubsub xmlns='http://jabber.org/protocol/pubsub'><subscribe node='/x' jid='a@example.test'/>\
</pubsub></iq>
        5.1 S> <iq xmlns='jabber:client' type='error' id='s'><error type='cancel'>\
<remote-server-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
        """,
    ),
    silent_on=(
        "@login",
        """
        @login
        5.0 C> <iq xmlns='jabber:client' type='set' id='s' to='pubsub.example.test'>\
<pubsub xmlns='http://jabber.org/protocol/pubsub'><subscribe node='/x' jid='a@example.test'/>\
</pubsub></iq>
        5.1 S> <iq xmlns='jabber:client' type='error' id='s'><error type='cancel'>\
<item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
        """,
    ),
)
