"""A request of the client that no answer follows (RFC 6120 section 8.2.3)."""

from collections.abc import Iterator

from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ..progress import seconds, until_end
from ..violations import PLACES
from .requests import asked_for, by_client, plain_requests


def _check(session: Session) -> Iterator[Hit]:
    patience = session.profile.iq_timeout_ms * 1_000_000
    waiting = [
        iq.request
        for iq in plain_requests(session)
        if iq.answer is None
        and by_client(iq)
        and (until_end(session, iq.request.source) or 0) >= patience
    ]
    # Where octets are missing, the answer may have been among them.
    if waiting and not session.gaps:
        first = waiting[0]
        values: dict[str, Value] = {
            "count": len(waiting),
            "asked": asked_for(first),
            "to": first.receiver or "the server",
            "waited_s": seconds(until_end(session, first.source)),
        }
        yield Hit(tuple(request.source for request in waiting[:PLACES]), values)


RULE = Rule(
    id="IQ-002",
    severity=Severity.WARNING,
    effect=Effect.DEGRADES,
    title="{count:request of the client was|requests of the client were} never answered (first: "
    "{asked!t} to {to!t})",
    cause="{waited_s} s after the first of them nothing had come, though the session went on. "
    "Openfire drops a stanza that it cannot parse, with a line in its log only; a service that "
    "hangs, or an address behind which nobody lives, is silent as well. The program waits, and "
    "what it asked for stays empty on the screen.",
    remedy="1. Check {to!t}: the domain is xmppDomain and the pubsub service xmppPubSubDomain of "
    "GET /finesse/api/SystemInfo. 2. If other requests to that address were answered, the content "
    "of this one is the trigger. 3. Get the logs (file get activelog desktop recurs compress) and "
    "look in the folder openfire for a parse error or an exception at this second.",
    reference="RFC 6120 §8.2.3",
    needs=frozenset({Needs.MESSAGES, Needs.TIMES}),
    check=_check,
    fires_on=(
        """
        @login
        5.0 C> <iq xmlns='jabber:client' id='a' type='get'><query xmlns='jabber:iq:version'/></iq>
        40.0 C> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>
        """,
    ),
    silent_on=(
        """
        @login
        5.0 C> <iq xmlns='jabber:client' id='a' type='get'><query xmlns='jabber:iq:version'/></iq>
        5.1 C> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>
        """,
    ),
)
