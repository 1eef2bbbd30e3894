"""A subscribe to another service than Finesse's (xmppPubSubDomain of SystemInfo)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ...model.xmpp import domain_part


def _check(session: Session) -> Iterator[Hit]:
    domain = domain_part(session.jid or session.domain or "")
    expected = f"pubsub.{domain}"
    for one in session.subscriptions:
        if domain and one.service is not None and domain_part(one.service) != expected:
            values: dict[str, Value] = {"service": one.service, "expected": expected}
            failed = one.error is not None or not one.answered
            effect = Effect.DEGRADES if failed else Effect.NONE
            severity = Severity.ERROR if failed else Severity.INFO
            yield Hit((one.source,), values, severity=severity, effect=effect)
            return


RULE = Rule(
    id="FI-007",
    severity=Severity.ERROR,
    party=Party.CLIENT,
    title="The client subscribed at {service} instead of {expected}",
    cause="Finesse's nodes live at pubsub. in front of the XMPP domain, here {expected}; "
    "SystemInfo calls it xmppPubSubDomain. The client used {service}: the host name of a proxy or "
    "of the other node, or a value kept from before a change.",
    remedy="Read xmppPubSubDomain from GET /finesse/api/SystemInfo at every sign-in and use it as "
    "the to of subscribe requests; do not put it together from the URL's host name.",
    reference="Cisco DevNet, Finesse: SystemInfo; XEP-0060 §6.1.1",
    needs=frozenset({Needs.MESSAGES}),
    explains=("FI-006", "PS-006", "IQ-008", "OR-010", "OR-016"),
    check=_check,
    fires_on=(
        """
        @login
        5.0 C> <iq xmlns='jabber:client' type='set' id='s1' to='pubsub.proxy.test'>\
<pubsub xmlns='http://jabber.org/protocol/pubsub'>\
<subscribe node='/finesse/api/Team/5/Users' jid='a@example.test'/></pubsub></iq>
        5.1 S> <iq xmlns='jabber:client' type='error' id='s1'><error type='cancel'>\
<remote-server-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
        """,
        """
        @login
        5.0 C> <iq xmlns='jabber:client' type='set' id='s1' to='pubsub.proxy.test'>\
<pubsub xmlns='http://jabber.org/protocol/pubsub'>\
<subscribe node='/finesse/api/Team/5/Users' jid='a@example.test'/></pubsub></iq>
        5.1 S> <iq xmlns='jabber:client' type='result' id='s1'/>
        """,
    ),
    silent_on=("@login",),
)
