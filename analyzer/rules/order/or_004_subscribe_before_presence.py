"""A subscribe before the client's own presence (RFC 6121 section 4.2.1)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session, StepName
from ...model.xmpp import Pubsub
from ..violations import PLACES


def _check(session: Session) -> Iterator[Hit]:
    early = [p.stanza for p in session.misplaced if p.missing is StepName.PRESENCE]
    if early:
        asked = early[0].payload
        node = asked.node if isinstance(asked, Pubsub) else None
        yield Hit(
            tuple(stanza.source for stanza in early[:PLACES]),
            {"node": node or "?", "count": len(early)},
        )


RULE = Rule(
    id="OR-004",
    severity=Severity.ERROR,
    effect=Effect.DEGRADES,
    party=Party.CLIENT,
    title="The client subscribed to {node} before it was available",
    cause="{count:subscribe request|subscribe requests} went out before the client's <presence/>. "
    "The server may well answer subscribed, but Openfire does not route events to a client that is "
    "not available: whatever is published until the presence is lost, so the first agent state or "
    "the first call after the login never shows. The Finesse desktop waits for the presence of "
    "finesse@ before it subscribes, so this is a custom client or a gadget that was not told to "
    "wait.",
    remedy="1. Correct the order in the client: bind, <presence/>, wait for the presence from "
    "finesse@DOMAIN, then subscribe. 2. A gadget subscribes through the desktop's client services "
    "(finesse.clientservices.ClientServices.subscribe) and not on its own connection. 3. To mend a "
    "running session, read the resource once by REST (GET /finesse/api/User/ID).",
    reference="RFC 6121 §4.2.1; XEP-0060 §6.1; Cisco DevNet, Finesse: Finesse Notifications",
    needs=frozenset({Needs.MESSAGES, Needs.START}),
    explains=("PS-008",),
    check=_check,
    fires_on=(
        """
        @login until=session
        5.0 C> <iq xmlns='jabber:client' type='set' id='s1' to='pubsub.example.test'>\
<pubsub xmlns='http://jabber.org/protocol/pubsub'>\
<subscribe node='/finesse/api/Team/5/Users' jid='a@example.test'/></pubsub></iq>
        5.1 S> <iq xmlns='jabber:client' type='result' id='s1' from='pubsub.example.test'/>
        5.2 C> <presence xmlns='jabber:client'/>
        5.3 S> <presence xmlns='jabber:client' from='finesse@example.test/x'/>
        """,
        """
        @login until=session
        5.0 C> <iq xmlns='jabber:client' type='set' id='s1' to='pubsub.example.test'>\
<pubsub xmlns='http://jabber.org/protocol/pubsub'><subscribe jid='a@example.test'/></pubsub></iq>
        """,
    ),
    silent_on=("@login",),
)
