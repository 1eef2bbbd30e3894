"""A subscribe request that is not as XEP-0060 wants it (section 6.1.1)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ...model.xmpp import Pubsub, Stanza
from ..violations import merged
from .requests import requests


def _check(session: Session) -> Iterator[Hit]:
    yield from merged(_each(session), "problem")


def _each(session: Session) -> Iterator[Hit]:
    for iq, asked in requests(session):
        problem = _problem(iq.request, asked)
        if problem is not None:
            values: dict[str, Value] = {"node": asked.node or "none", "problem": problem}
            yield Hit((iq.request.source,), values)


def _problem(request: Stanza, asked: Pubsub) -> str | None:
    if request.type != "set":
        return "type='get'"
    if asked.children.count("subscribe") > 1:
        return "several <subscribe/>"
    if not request.receiver:
        return "no to"
    return "no jid" if not asked.jid else None


RULE = Rule(
    id="PS-001",
    severity=Severity.WARNING,
    party=Party.CLIENT,
    title="{count:subscribe request is|subscribe requests are} malformed: {problem!t} (first: "
    "{node!t})",
    cause="A subscribe is an iq of type set, addressed to the pubsub service, with one <pubsub> "
    "that holds one <subscribe/> with node and jid. Without to it goes to the user's own account, "
    "which has no such nodes; the other faults are answered with bad-request. Strophe's pubsub "
    "plugin does it right, so this is custom code.",
    remedy="Send <iq type='set' to='pubsub.DOMAIN' id='…'><pubsub "
    "xmlns='http://jabber.org/protocol/pubsub'><subscribe node='NODE' jid='FULL "
    "JID'/></pubsub></iq>, one for each node. The service is xmppPubSubDomain of GET "
    "/finesse/api/SystemInfo, the JID that of the bind result.",
    reference="XEP-0060 §6.1.1",
    needs=frozenset({Needs.MESSAGES}),
    explains=("FI-006", "PS-004", "PS-006"),
    check=_check,
    fires_on=(
        """
        @login
        5.0 C> <iq xmlns='jabber:client' type='set' id='a'>\
<pubsub xmlns='http://jabber.org/protocol/pubsub'><subscribe node='/x' jid='a@example.test'/>\
</pubsub></iq>
        5.1 C> <iq xmlns='jabber:client' type='get' id='b' to='pubsub.example.test'>\
<pubsub xmlns='http://jabber.org/protocol/pubsub'><subscribe node='/x' jid='a@example.test'/>\
</pubsub></iq>
        5.2 C> <iq xmlns='jabber:client' type='set' id='c' to='pubsub.example.test'>\
<pubsub xmlns='http://jabber.org/protocol/pubsub'><subscribe node='/x'/></pubsub></iq>
        5.3 C> <iq xmlns='jabber:client' type='set' id='d' to='pubsub.example.test'>\
<pubsub xmlns='http://jabber.org/protocol/pubsub'><subscribe node='/x' jid='a@example.test'/>\
<subscribe node='/y' jid='a@example.test'/></pubsub></iq>
        """,
    ),
    silent_on=("@login",),
)
