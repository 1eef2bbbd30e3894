"""What the decoders found odd, as hits: one for each side that did it."""

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from ..model.anomaly import Anomaly, AnomalyCode
from ..model.diagnosis import Party
from ..model.rule import Effect, Hit, Severity, Value
from ..model.session import CloseKind, Session
from ..model.source import Direction, Side, Source
from .evidence import beginning
from .progress import until_end

PLACES = 20
"""Places a hit points at; the count says how many there are."""

AT_ONCE_NS = 5_000_000_000
"""A peer that refuses what it got ends the connection within milliseconds; this is generous."""

SIDES = {
    Direction.TO_SERVER: (Side.CLIENT, Side.SERVER),
    Direction.TO_CLIENT: (Side.SERVER, Side.CLIENT),
}
"""Direction → who sent and who received."""


def violations(session: Session, *codes: AnomalyCode) -> Iterator[Hit]:
    """
    A hit for each side that did what one of the codes names.

    Its values are `side` (client or server), `peer` (the other), `count`, and those of the first
    anomaly.
    """
    if not session.anomalies:
        return
    for direction, (side, peer) in SIDES.items():
        found = [
            anomaly
            for anomaly in session.anomalies
            if anomaly.code in codes and anomaly.direction is direction
        ]
        if found:
            places = tuple(anomaly.source or beginning(session) for anomaly in found[:PLACES])
            count = len(found) + sum(int(anomaly.values.get("more", 0)) for anomaly in found)
            values: dict[str, Value] = {"side": side, "peer": peer, "count": count}
            party = _maker(session, side, found[0])
            yield Hit(places, {**found[0].values, **values}, party=party)


def blamed(side: Side | None) -> Party | None:
    """On whose side the fault lies, if the one who spoke is to blame for it."""
    return None if side is None else Party(side.value)


def _maker(session: Session, side: Side, anomaly: Anomaly) -> Party | None:
    """
    Who made an oddity that came from this side.

    Browsers and Openfire write sound frames: odd ones of theirs were changed on the way. What a
    message holds is its sender's.
    """
    if not anomaly.code.startswith(_FRAMES):
        return blamed(side)
    if side is Side.SERVER:
        return None
    return Party.PROXY if "Mozilla/" in (session.user_agent or "") else Party.CLIENT


_FRAMES = ("websocket.frame", "websocket.control", "websocket.continuation", "deflate.")


def merged(hits: Iterable[Hit], *by: str) -> Iterator[Hit]:
    """
    One hit for all whose values of these names agree: values of the first, every place, `count`.

    What a recording repeats for ever must not fill the report: the last of as many hits as there
    may be places takes in all that is left.
    """
    groups: dict[tuple[Value, ...], list[Hit]] = {}
    for hit in hits:
        key = tuple(hit.values[name] for name in by)
        if key not in groups and len(groups) == PLACES:
            key = next(reversed(groups))
        groups.setdefault(key, []).append(hit)
    for group in groups.values():
        first, broke = group[0], any(hit.effect is Effect.BREAKS for hit in group)
        places = [source for hit in group[:PLACES] for source in hit.evidence][:PLACES]
        values = {**first.values, "count": len(group)}
        effect = Effect.BREAKS if broke else first.effect
        yield replace(first, evidence=tuple(places), values=values, effect=effect)


def weighed(session: Session, hits: Iterable[Hit]) -> Iterator[Hit]:
    """The hits, as errors that broke the session where it died of them."""
    for hit in hits:
        effect = died_of(session, hit.evidence[-1])
        severity = Severity.ERROR if effect is Effect.BREAKS else None
        yield replace(hit, severity=severity, effect=effect)


def died_of(session: Session, source: Source) -> Effect:
    """BREAKS if the session ended within 5 s behind a place, not in good order; else NONE."""
    if session.close.kind is CloseKind.OPEN or session.close.orderly:
        return Effect.NONE
    left = until_end(session, source)
    return Effect.BREAKS if left is not None and left <= AT_ONCE_NS else Effect.NONE
