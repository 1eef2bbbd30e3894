"""A subscribe request for another user's address (XEP-0060 section 6.1.3.1)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ...model.xmpp import bare
from ..violations import merged
from .requests import requests


def _check(session: Session) -> Iterator[Hit]:
    yield from merged(_each(session), "jid")


def _each(session: Session) -> Iterator[Hit]:
    for iq, asked in requests(session):
        own = session.jid or iq.request.sender
        if own is not None and asked.jid and bare(asked.jid) != bare(own):
            values: dict[str, Value] = {
                "node": asked.node or "none",
                "jid": asked.jid,
                "own": bare(own),
            }
            error = iq.answer.error if iq.answer is not None else None
            if iq.answer is None or error is None or error.pubsub != "invalid-jid":
                yield Hit((iq.request.source,), values)
            else:
                evidence = (iq.answer.source, iq.request.source)
                yield Hit(evidence, values, severity=Severity.ERROR, effect=Effect.DEGRADES)


RULE = Rule(
    id="PS-002",
    severity=Severity.WARNING,
    party=Party.CLIENT,
    title="The client subscribed {jid} to {node!t}, but its own address is {own}",
    cause="The bare JID of the subscriber must be the sender's own; in {count:request|requests} it "
    "is not, and the service answers bad-request with invalid-jid. A spelling mistake in the "
    "address (Cisco's own example in the developer guide has one), another domain than the XMPP "
    "domain, or a client that subscribes for somebody else.",
    remedy="In the client take the jid from <jid/> of the bind result, whole, with its resource. "
    "If only the domain differs, take it from xmppDomain of GET /finesse/api/SystemInfo.",
    reference="XEP-0060 §6.1.3.1",
    needs=frozenset({Needs.MESSAGES}),
    explains=("PS-005", "PS-006"),
    check=_check,
    fires_on=(
        """
        @login
        5.0 C> <iq xmlns='jabber:client' type='set' id='s' to='pubsub.example.test'>\
<pubsub xmlns='http://jabber.org/protocol/pubsub'><subscribe node='/x' jid='b@example.test'/>\
</pubsub></iq>
        5.1 S> <iq xmlns='jabber:client' type='error' id='s'><error type='modify'>\
<bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>\
<invalid-jid xmlns='http://jabber.org/protocol/pubsub#errors'/></error></iq>
        """,
        """
        @login
        5.0 C> <iq xmlns='jabber:client' type='set' id='s' to='pubsub.example.test'>\
<pubsub xmlns='http://jabber.org/protocol/pubsub'><subscribe node='/x' jid='b@example.test'/>\
</pubsub></iq>
        """,
    ),
    silent_on=("@login",),
)
