"""A subscribe that was answered, but not with `subscribed` (XEP-0060 sections 4.2 and 6.1.2)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ..violations import merged
from .requests import granted


def _check(session: Session) -> Iterator[Hit]:
    yield from merged(_each(session), "state")


def _each(session: Session) -> Iterator[Hit]:
    for one in granted(session):
        state = one.granted.subscription if one.granted is not None else None
        if one.granted is not None and state != "subscribed":
            values: dict[str, Value] = {"node": one.asked.node or "none", "state": state or "none"}
            yield Hit((one.answer.source, one.request.source), values)


RULE = Rule(
    id="PS-004",
    severity=Severity.WARNING,
    effect=Effect.DEGRADES,
    party=Party.SERVER,
    title="The subscription to {node!t} is not active (state {state!t})",
    cause="{count:subscribe request was|subscribe requests were} answered by a result, which a "
    "client takes for success, but the state in it is {state!t}: no event of this node comes. "
    "pending: the owner of the node must approve first. unconfigured: options must be set first. "
    "none: no subscription. Finesse's own nodes are open and answer subscribed at once, so "
    "somebody changed the settings of this node.",
    remedy="Ask who owns the node {node!t} and have the subscription approved or the access model "
    "set back to open. For a node of Finesse get the openfire logs (file get activelog desktop "
    "recurs compress) and ask TAC; do not edit nodes in Openfire by hand.",
    reference="XEP-0060 §4.2, §6.1.2, §6.1.4, §6.1.5",
    needs=frozenset({Needs.MESSAGES}),
    check=_check,
    fires_on=(
        """
        @login
        5.0 C> <iq xmlns='jabber:client' type='set' id='s' to='pubsub.example.test'>\
<pubsub xmlns='http://jabber.org/protocol/pubsub'><subscribe node='/x' jid='a@example.test'/>\
</pubsub></iq>
        5.1 S> <iq xmlns='jabber:client' type='result' id='s' from='pubsub.example.test'>\
<pubsub xmlns='http://jabber.org/protocol/pubsub'>\
<subscription node='/x' jid='a@example.test' subscription='pending'/></pubsub></iq>
        """,
    ),
    silent_on=(
        "@login",
        # An empty result says nothing of a state.
        """
        @login
        5.0 C> <iq xmlns='jabber:client' type='set' id='s' to='pubsub.example.test'>\
<pubsub xmlns='http://jabber.org/protocol/pubsub'><subscribe node='/x' jid='a@example.test'/>\
</pubsub></iq>
        5.1 S> <iq xmlns='jabber:client' type='result' id='s' from='pubsub.example.test'/>
        """,
    ),
)
