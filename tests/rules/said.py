"""Sessions put together from their stanzas, for tests of what several rules share."""

from msgspec.structs import replace

from analyzer.model.profile import Profile
from analyzer.model.session import (
    Carrier,
    CloseKind,
    Needs,
    SeenIn,
    Session,
    SessionClose,
    Step,
    StepName,
    StepStatus,
)
from analyzer.model.source import Direction, HarSource, Side
from analyzer.model.xmpp import STANZAS, Payload, Stanza, StanzaError, StanzaKind

SECOND = 1_000_000_000
PROFILE = Profile(name="p", title="p", ports=(), steps=())


def place(message: int, second: float | None = 0.0) -> HarSource:
    """A message of a HAR at a second."""
    return HarSource(0, 0, message, None if second is None else int(second * SECOND))


def stanza(
    side: Side,
    kind: StanzaKind,
    payload: Payload | None = None,
    *,
    type_: str | None = None,
    error: StanzaError | None = None,
    at: HarSource | None = None,
) -> Stanza:
    """A stanza of a side."""
    return Stanza(
        direction=Direction.TO_SERVER if side is Side.CLIENT else Direction.TO_CLIENT,
        kind=kind,
        type=type_,
        payload=payload,
        error=error,
        source=at or place(0),
    )


def session(*stanzas: Stanza) -> Session:
    """A session of these stanzas, otherwise empty."""
    return Session(
        capture=0,
        number=1,
        carrier=Carrier.WEBSOCKET,
        seen_in=SeenIn.HAR,
        can_see=frozenset(Needs),
        profile=PROFILE,
        server="h:1",
        close=SessionClose(kind=CloseKind.OPEN),
        stanzas=stanzas,
        negotiation=tuple(s for s in stanzas if s.kind not in STANZAS),
        presences=tuple(s for s in stanzas if s.kind is StanzaKind.PRESENCE),
        stanza_count=len(stanzas),
    )


def stepped(*statuses: StepStatus, close: SessionClose | None = None) -> Session:
    """A session whose steps from OPEN on went so."""
    names = list(StepName)[list(StepName).index(StepName.OPEN) :]
    steps = tuple(
        Step(name=name, status=status, asked=place(2 * n, n), answered=None)
        for n, (name, status) in enumerate(zip(names, statuses, strict=False))
    )
    made = replace(session(), steps=steps)
    return made if close is None else replace(made, close=close)
