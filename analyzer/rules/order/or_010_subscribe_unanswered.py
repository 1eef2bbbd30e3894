"""A subscribe that no answer follows (XEP-0060 section 6.1)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.pubsub import Subscription
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ..progress import Holes, seconds, until_end
from ..violations import PLACES


def _check(session: Session) -> Iterator[Hit]:
    holes = Holes(session)
    open_ones = [
        one
        for one in session.subscriptions
        if _is_unanswered(one, session) and not holes.between(one.source.time_ns)
    ]
    if open_ones:
        first = open_ones[0]
        values: dict[str, Value] = {
            "node": first.node or "?",
            "service": first.service or "the server",
            "count": len(open_ones),
            "waited_s": seconds(until_end(session, first.source)),
        }
        yield Hit(tuple(one.source for one in open_ones[:PLACES]), values)


def _is_unanswered(subscription: Subscription, session: Session) -> bool:
    waited = until_end(session, subscription.source)
    patience = session.profile.iq_timeout_ms * 1_000_000
    asked = not subscription.unsubscribe and not subscription.answered
    return asked and waited is not None and waited >= patience


RULE = Rule(
    id="OR-010",
    severity=Severity.ERROR,
    effect=Effect.DEGRADES,
    party=Party.SERVER,
    title="Subscribing to {node} was never answered",
    cause="{count:subscribe request|subscribe requests} to {service!t} got neither a result nor an "
    "error; the session went on for {waited_s} s. The pubsub service has stopped answering, or "
    "nobody lives at that address. Strophe calls the desktop back only on an answer, so the gadget "
    "that asked stays empty without any message.",
    remedy="Compare {service!t} with xmppPubSubDomain of GET /finesse/api/SystemInfo; a custom "
    "client must use that value. If it is right, other iqs of this session show whether only "
    "pubsub hangs: then look for exceptions of the pubsub module in the openfire logs (file get "
    "activelog desktop recurs compress) and restart Cisco Finesse Notification Service in a quiet "
    "hour (stop Tomcat, stop the service, start it, start Tomcat).",
    reference="XEP-0060 §6.1; RFC 6120 §8.2.3",
    needs=frozenset({Needs.MESSAGES, Needs.TIMES}),
    explains=("IQ-002", "OR-016", "FI-007"),
    check=_check,
    fires_on=(
        """
        @login
        5.0 C> <iq xmlns='jabber:client' type='set' id='s1' to='pubsub.example.test'>\
<pubsub xmlns='http://jabber.org/protocol/pubsub'>\
<subscribe node='/finesse/api/Team/5/Users' jid='a@example.test'/></pubsub></iq>
        30.0 C> <presence xmlns='jabber:client' type='unavailable'/>
        30.1 C> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>
        """,
    ),
    silent_on=(
        "@login",
        """
        @login
        5.0 C> <iq xmlns='jabber:client' type='set' id='s1' to='pubsub.example.test'>\
<pubsub xmlns='http://jabber.org/protocol/pubsub'><subscribe node='n' jid='a@b'/></pubsub></iq>
        6.0 S> [gap 500]
        30.0 S> [fin]
        """,
    ),
)
