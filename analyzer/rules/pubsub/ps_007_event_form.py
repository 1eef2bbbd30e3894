"""An event without a node or without a sender (XEP-0060 section 7.1.2.1)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ...model.source import Direction
from ...model.xmpp import Event
from ..violations import PLACES


def _check(session: Session) -> Iterator[Hit]:
    odd = [
        stanza
        for stanza in session.stanzas
        if type(stanza.payload) is Event
        and not (stanza.payload.node and stanza.sender)
        and stanza.direction is Direction.TO_CLIENT
        # Only items must name their node; a configuration, say, may be that of the root.
        and (stanza.payload.action in {"items", ""} or not stanza.sender)
    ]
    if odd:
        values: dict[str, Value] = {"count": len(odd), "sender": odd[0].sender or "nobody"}
        yield Hit(tuple(stanza.source for stanza in odd[:PLACES]), values)


RULE = Rule(
    id="PS-007",
    severity=Severity.WARNING,
    party=Party.SERVER,
    title="{count:event does not say what it is|events do not say what they are} about (the first "
    "came from {sender!t})",
    cause="An event is a message from the pubsub service with one <event>, and in it <items "
    "node=…>. Without sender or node a client cannot tell which subscription it belongs to and "
    "drops it; the agent's screen does not follow.",
    remedy="Look at the message: if it came from an application that publishes, correct that. If "
    "it came from the Finesse server, get the openfire logs of that second (file get activelog "
    "desktop recurs compress) and ask TAC.",
    reference="XEP-0060 §7.1.2.1",
    needs=frozenset({Needs.MESSAGES}),
    check=_check,
    fires_on=(
        """
        @login
        5.0 S> <message xmlns='jabber:client' from='pubsub.example.test'>\
<event xmlns='http://jabber.org/protocol/pubsub#event'><items><item id='1'/></items></event>\
</message>
        """,
    ),
    silent_on=("@login",),
)
