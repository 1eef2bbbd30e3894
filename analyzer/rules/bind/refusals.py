"""Refused bind requests, for the rules that tell why."""

from collections.abc import Iterable, Iterator

from ...model.diagnosis import Party
from ...model.rule import Hit, Value
from ...model.session import Iq, Session
from ...model.xmpp import Bind, StanzaError
from ..progress import effect_of_stop
from ..violations import PLACES

MAPPED = frozenset({"conflict", "not-allowed", "resource-constraint"})
"""Conditions that have a rule of their own (RFC 6120 sections 7.6.2 and 7.7.2.2)."""


def refused_binds(session: Session) -> list[tuple[Iq, StanzaError]]:
    """Each bind request that was answered by an error."""
    return [
        (iq, iq.answer.error)
        for iq in session.iqs
        if type(iq.request.payload) is Bind and iq.answer is not None and iq.answer.error
    ]


def told(session: Session, refused: Iterable[tuple[Iq, StanzaError]]) -> Iterator[Hit]:
    """One hit for all refusals of a kind; the values are those of the first."""
    found = list(refused)
    if not found:
        return
    iq, error = found[0]
    asked = iq.request.payload
    values: dict[str, Value] = {
        "agent": session.agent or "the agent",
        "resource": (asked.resource if isinstance(asked, Bind) else None) or "none",
        "condition": error.condition or "none",
        "type": error.type or "none",
        "count": len(found),
    }
    answers = tuple((iq.answer or iq.request).source for iq, _ in found[:PLACES])
    party = _PARTIES.get(error.condition or "")
    places = (*answers, iq.request.source)
    yield Hit(places, values, effect=effect_of_stop(session), party=party)


_PARTIES = {
    "internal-server-error": Party.SERVER,
    # Sessions that clients left over.
    "resource-constraint": Party.CLIENT,
}
"""Where it is not whom the rule names."""
