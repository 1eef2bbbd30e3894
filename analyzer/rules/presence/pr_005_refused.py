"""A presence that was answered by an error (RFC 6121 section 4.2, RFC 6120 section 8.3)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session, StepName
from ...model.source import Direction
from ..progress import effect_of_stop
from ..violations import merged


def _check(session: Session) -> Iterator[Hit]:
    yield from merged(_each(session), "sender", "condition")


def _each(session: Session) -> Iterator[Hit]:
    # What was sent too early had to be refused: then the order is the fault, not the answer.
    early = any(placement.step is StepName.PRESENCE for placement in session.misplaced)
    effect = Effect.NONE if early else effect_of_stop(session)
    for stanza in session.presences:
        refused = stanza.error
        if refused is not None and stanza.direction is Direction.TO_CLIENT:
            values: dict[str, Value] = {
                "sender": stanza.sender or "the server",
                "condition": refused.condition or "none",
                "text": refused.text or "none",
            }
            yield Hit((stanza.source,), values, effect=effect)


RULE = Rule(
    id="PR-005",
    severity=Severity.WARNING,
    party=Party.CLIENT,
    title="{sender!t} refused a presence of the client ({condition!t})",
    cause="It answered {count:time|times} with an error (text: {text!t}). not-authorized or "
    "unexpected-request from the server: the client was not logged in or not bound yet. "
    "bad-request: the presence is malformed. remote-server-not-found, service-unavailable: the "
    "address it was sent to does not exist. As long as the initial presence is refused, no event "
    "reaches the agent.",
    remedy="Look at the presence before this error. 1. It has a to: check that address; the domain "
    "is xmppDomain of GET /finesse/api/SystemInfo. 2. It has none: check that bind was answered "
    "before it, and that it is just <presence xmlns='jabber:client'/>.",
    reference="RFC 6120 §8.3.3; RFC 6121 §4.2, §4.6",
    needs=frozenset({Needs.MESSAGES}),
    explains=("FI-002",),
    check=_check,
    fires_on=(
        """
        @login
        5.0 C> <presence xmlns='jabber:client' to='x@other.test'/>
        5.1 S> <presence xmlns='jabber:client' from='x@other.test' type='error'>\
<error type='cancel'><remote-server-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>\
</error></presence>
        """,
    ),
    silent_on=("@login",),
)
