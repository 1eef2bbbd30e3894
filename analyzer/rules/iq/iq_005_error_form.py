"""A stanza error without type, or without a defined condition (RFC 6120 section 8.3)."""

from collections.abc import Iterator

from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ...model.xmpp import StanzaError
from ..violations import blamed, merged
from .conditions import CONDITIONS, TYPES


def _check(session: Session) -> Iterator[Hit]:
    yield from merged(_each(session), "side", "condition")


def _each(session: Session) -> Iterator[Hit]:
    for stanza in session.stanzas:
        error = stanza.error
        if error is not None and stanza.complete and not _is_defined(error):
            side = stanza.direction.sender
            values: dict[str, Value] = {
                "side": side.value,
                "stanza": stanza.kind.value,
                "type": error.type or "none",
                "condition": error.condition or "none",
            }
            yield Hit((stanza.source,), values, party=blamed(side))


def _is_defined(error: StanzaError) -> bool:
    return error.type in TYPES and error.condition in CONDITIONS


RULE = Rule(
    id="IQ-005",
    severity=Severity.INFO,
    title="Incomplete: {count:error|errors} of the {side!t} (type {type!t}, condition "
    "{condition!t})",
    cause="An {stanza} of type error needs an <error/> with a type and one of the defined "
    "conditions. A client that decides by them does not know what to do with this one, and may "
    "retry for ever or not at all. Old servers (jabber code attributes only) and hand-written "
    "components send such errors.",
    remedy="Read the text of the error for its meaning. If a component of your own sent it, have "
    "it add the condition, as <item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>.",
    reference="RFC 6120 §8.3.2, §8.3.3",
    needs=frozenset({Needs.MESSAGES}),
    check=_check,
    fires_on=(
        """
        @login
        5.0 S> <iq xmlns='jabber:client' id='a' type='error'><error code='404'/></iq>
        """,
    ),
    silent_on=(
        """
        @login
        5.0 S> <iq xmlns='jabber:client' id='a' type='error'><error type='cancel'>\
<item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
        """,
    ),
)
