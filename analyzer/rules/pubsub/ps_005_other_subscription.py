"""A subscribe result about another node or address than was asked for (XEP-0060 §6.1.2)."""

from collections.abc import Iterator

from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ...model.xmpp import Pubsub, bare
from ..violations import merged
from .requests import granted


def _check(session: Session) -> Iterator[Hit]:
    yield from merged(_each(session))


def _each(session: Session) -> Iterator[Hit]:
    for one in granted(session):
        if one.granted is not None and not _agree(one.asked, one.granted):
            values: dict[str, Value] = {
                "node": one.asked.node or "none",
                "jid": one.asked.jid or "none",
                "given_node": one.granted.node or "none",
                "given_jid": one.granted.jid or "none",
            }
            yield Hit((one.answer.source, one.request.source), values)


def _agree(asked: Pubsub, given: Pubsub) -> bool:
    """What an answer does not say is as asked."""
    same_node = given.node is None or given.node == asked.node
    return same_node and (given.jid is None or bare(given.jid) == bare(asked.jid or ""))


RULE = Rule(
    id="PS-005",
    severity=Severity.WARNING,
    title="The client asked for {node!t} and was subscribed to {given_node!t} as {given_jid!t}",
    cause="{count:time|times}, the first time asked: {node!t} for {jid!t}; answered: "
    "{given_node!t} for {given_jid!t}. The client counts the subscription it asked for as made and "
    "waits for events that go elsewhere. Either two requests had the same id, so that the answers "
    "were mixed up, or the pubsub service changed the name.",
    remedy="Look whether two requests with the same id were open (another finding says so) and "
    "have the client use unique ids. Otherwise look for the node in the openfire logs (file get "
    "activelog desktop recurs compress).",
    reference="XEP-0060 §6.1.2",
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
<subscription node='/y' jid='a@example.test' subscription='subscribed'/></pubsub></iq>
        """,
    ),
    silent_on=("@login",),
)
