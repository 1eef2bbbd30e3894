"""A stanza before a resource is bound (RFC 6120 section 7.1)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session, StepName
from ..consequences import ENDINGS, STREAM_ERRORS
from ..progress import effect_of_stop, what
from ..violations import PLACES


def _check(session: Session) -> Iterator[Hit]:
    early = [p.stanza for p in session.misplaced if p.missing is StepName.BIND]
    if early:
        yield Hit(
            tuple(stanza.source for stanza in early[:PLACES]),
            {"sent": what(early[0]), "count": len(early)},
            effect=effect_of_stop(session),
        )


RULE = Rule(
    id="OR-003",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.CLIENT,
    title="The client sent {sent} before it had bound a resource",
    cause="Authentication had succeeded, but no bind result had come: the client has no full JID "
    "yet, so {sent} has no sender ({count:such stanza|such stanzas} in all). Servers differ: "
    "ejabberd drops it in silence, prosody returns service-unavailable, the RFC wants the stream "
    "ended with not-authorized. A presence lost this way is the one that makes the agent "
    "available: without another one behind the bind, Finesse sees no agent and Openfire routes no "
    "event to the desktop.",
    remedy="Correct the client: after the second <open/> send the bind iq "
    "(<resource>desktop</resource> is reserved for the Finesse desktop, any other client needs its "
    "own), wait for its result, then send <presence/>, then subscribe. In Strophe, send nothing "
    "before the status CONNECTED.",
    reference="RFC 6120 §7.1, §7.3.1; RFC 6121 §4.2.1",
    needs=frozenset({Needs.MESSAGES, Needs.START}),
    explains=(
        "FI-002",
        "IQ-003",
        "IQ-008",
        "OR-004",
        "OR-013",
        "OR-014",
        "PR-001",
        "PR-005",
        "FI-017",
        *STREAM_ERRORS,
        *ENDINGS,
    ),
    check=_check,
    fires_on=(
        """
        @login until=auth
        5.0 C> <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='example.test' version='1.0'/>
        5.1 S> <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' from='example.test' id='a'/>
        5.2 S> <stream:features xmlns:stream='http://etherx.jabber.org/streams'>\
<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></stream:features>
        5.3 C> <presence xmlns='jabber:client'/>
        5.4 S> <presence xmlns='jabber:client' type='error'><error type='cancel'>\
<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>
        """,
    ),
    silent_on=("@login", "@login until=bind"),
)
