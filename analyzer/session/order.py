"""Stanzas that came before the step that must precede them."""

from collections.abc import Sequence

from ..model.limits import ANOMALIES_PER_CODE
from ..model.profile import Profile
from ..model.session import Placement, StepName
from ..model.source import Direction
from ..model.xmpp import (
    Bind,
    Pubsub,
    PubsubAction,
    SessionRequest,
    Stanza,
    StanzaKind,
)

REQUIRES: dict[StepName, tuple[StepName, ...]] = {
    # RFC 7395 section 3.4: the first thing a client sends is <open/>.
    StepName.AUTH: (StepName.OPEN,),
    # RFC 6120 sections 6.4.6 and 7.1: success, a new stream, then bind.
    StepName.BIND: (StepName.AUTH, StepName.OPEN),
    # RFC 6120 section 7.1: nothing else before a resource is bound.
    StepName.SESSION: (StepName.AUTH, StepName.OPEN, StepName.BIND),
    StepName.PRESENCE: (StepName.AUTH, StepName.OPEN, StepName.BIND),
    StepName.LIVE: (StepName.AUTH, StepName.OPEN, StepName.BIND),
    # Openfire routes no event to a client that is not available.
    StepName.PUBSUB: (StepName.AUTH, StepName.OPEN, StepName.BIND, StepName.PRESENCE),
}
"""What must have been done before a stanza of a step is sent, most fundamental first."""


def misplaced(stanzas: Sequence[Stanza], profile: Profile) -> tuple[Placement, ...]:
    """
    The client's stanzas that came too early.

    Args:
        stanzas: Of a whole session, from its first stanza on; with holes in it nothing can be said.
        profile: Names the steps that are expected.
    """
    done: set[StepName] = set()
    found: list[Placement] = []
    unexpected = {name for name in StepName if name.value not in profile.steps}
    for stanza in stanzas:
        if stanza.direction is _TO_CLIENT:
            if stanza.kind is _MESSAGE:
                continue
            _note_answer(stanza, done)
            continue
        step = _step_of(stanza)
        if step is not None:
            required = REQUIRES.get(step, ())
            missing = next((s for s in required if s not in done | unexpected), None)
            if missing is not None and len(found) < ANOMALIES_PER_CODE:
                found.append(Placement(step=step, missing=missing, stanza=stanza))
            if step in _DONE_WHEN_SENT:
                done.add(step)
    return tuple(found)


_TO_CLIENT = Direction.TO_CLIENT
_MESSAGE = StanzaKind.MESSAGE

_DONE_WHEN_SENT = frozenset({StepName.OPEN, StepName.PRESENCE})


def _note_answer(stanza: Stanza, done: set[StepName]) -> None:
    if stanza.kind is StanzaKind.SUCCESS:
        done.add(StepName.AUTH)
        # RFC 6120 section 6.4.6: the old stream is gone, the client must open a new one.
        done.discard(StepName.OPEN)
    elif type(stanza.payload) is Bind and stanza.type == "result":
        done.add(StepName.BIND)


def _step_of(stanza: Stanza) -> StepName | None:
    """The step a client's stanza belongs to; None for what may be sent at any time."""
    if stanza.kind is StanzaKind.OPEN:
        return StepName.OPEN
    if stanza.kind is StanzaKind.AUTH:
        return StepName.AUTH
    if stanza.kind is StanzaKind.PRESENCE:
        return StepName.PRESENCE if stanza.type is None and stanza.receiver is None else None
    if stanza.kind is StanzaKind.MESSAGE:
        return StepName.LIVE
    if stanza.kind is not StanzaKind.IQ or stanza.type not in {"get", "set"}:
        return None
    payload = stanza.payload
    if isinstance(payload, Bind):
        return StepName.BIND
    if isinstance(payload, SessionRequest):
        return StepName.SESSION
    if isinstance(payload, Pubsub) and payload.action is PubsubAction.SUBSCRIBE:
        return StepName.PUBSUB
    return StepName.LIVE
