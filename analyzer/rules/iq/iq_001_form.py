"""An iq without id or type, or a request without exactly one child (RFC 6120 section 8.2.3)."""

from collections.abc import Iterator

from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ...model.xmpp import OtherPayload, Stanza, StanzaKind
from ..violations import blamed, died_of, merged

_TYPES = frozenset({"get", "set", "result", "error"})


_IQ = StanzaKind.IQ


def _check(session: Session) -> Iterator[Hit]:
    yield from merged(_each(session), "side", "problem")


def _each(session: Session) -> Iterator[Hit]:
    for stanza in session.stanzas:
        if stanza.kind is _IQ and stanza.complete:
            problem = _problem(stanza)
            if problem is not None:
                side, effect = stanza.direction.sender, died_of(session, stanza.source)
                values: dict[str, Value] = {"side": side.value, "problem": problem}
                yield Hit((stanza.source,), values, effect=effect, party=blamed(side))


def _problem(stanza: Stanza) -> str | None:
    if not stanza.id:
        return "no id"
    if stanza.type not in _TYPES:
        return "an unknown type" if stanza.type else "no type"
    payload = stanza.payload
    names = payload.names if isinstance(payload, OtherPayload) else ("",)
    if stanza.type in {"get", "set"} and len(names) != 1:
        return "several children" if names else "no child"
    return None


RULE = Rule(
    id="IQ-001",
    severity=Severity.WARNING,
    title="Malformed: {count:iq|iqs} of the {side!t} ({problem!t})",
    cause="An iq needs an id, a type of get, set, result or error, and a request exactly one "
    "child. The receiver answers bad-request, or drops it with a line in its log only (Openfire "
    "does that with what it cannot parse), and the sender waits for an answer in vain. The Finesse "
    "desktop builds its iqs with Strophe, which does it right: this is custom code.",
    remedy="Correct the code that builds these iqs; with Strophe: conn.sendIQ($iq({{type: 'set', "
    "to: SERVICE}}).c('pubsub', …)), which fills in the id.",
    reference="RFC 6120 §8.1.3, §8.2.3",
    needs=frozenset({Needs.MESSAGES}),
    explains=("IQ-002", "IQ-003", "IQ-008"),
    check=_check,
    fires_on=(
        """
        @login
        5.0 C> <iq xmlns='jabber:client' type='get'><query xmlns='jabber:iq:version'/></iq>
        5.1 C> <iq xmlns='jabber:client' id='a'><query xmlns='jabber:iq:version'/></iq>
        5.2 C> <iq xmlns='jabber:client' id='b' type='put'><query xmlns='jabber:iq:version'/></iq>
        5.3 C> <iq xmlns='jabber:client' id='c' type='get'/>
        """,
    ),
    silent_on=(
        """
        @login
        5.0 C> <iq xmlns='jabber:client' id='a' type='get'><query xmlns='jabber:iq:version'/></iq>
        5.1 S> <iq xmlns='jabber:client' id='a' type='result'/>
        """,
    ),
)
