"""
Where the recordings of one session contradict each other.

Two captures, one at the client, one at the server: what left one side and never reached the other,
what arrived and was never sent, what was changed on its way, and an end that each side lays to the
other. Only what the other capture would have shown counts: it ran at the time, and has no hole
there. A HAR beside a capture: what the browser sent and never came by there, and what it did not
record.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from ..model.flow import Connection, DirectionFacts, EndCause
from ..model.joined import Disagreed, Disagreement
from ..model.session import Carrier, CloseKind, Needs, SeenIn, Session
from ..model.source import Direction, Side, Source
from ..model.tls import RecordFacts
from ..model.xmpp import Stanza, StanzaKind

MARGIN_NS = 1_000_000_000
"""What one side saw this shortly before the other's recording ended may only be on its way."""

MOST = 100
"""Disagreements told of a session."""

_TO_SERVER = Direction.TO_SERVER
_ENDS = frozenset({EndCause.FIN, EndCause.RST})


def disagreements(parts: Sequence[Session]) -> tuple[Disagreed, ...]:
    """
    What one part saw and another should have seen.

    Args:
        parts: By one clock, that nearest to the client first.
    """
    captures = [part for part in parts if part.seen_in is not SeenIn.HAR]
    har = next((part for part in parts if part.seen_in is SeenIn.HAR), None)
    found: list[Disagreed] = []
    if len(captures) > 1:
        near, far = captures[0], captures[1]
        if Needs.MESSAGES in near.can_see & far.can_see:
            found += _of_stanzas(near, far)
        elif _is_one_connection(near, far):
            found += _of_octets(near, far)
        if near.carrier is not Carrier.BOSH:  # which uses several connections
            found += _of_ends(near, far)
    if har is not None and captures and har.stanza_count:
        found += _unsent(har, captures[-1])
        found += _unrecorded(har, captures[0])
    return tuple(found[:MOST])


def _is_one_connection(near: Session, far: Session) -> bool:
    """Whether nothing on the way took the connection apart: its octets are the same."""
    if near.tls is not None and far.tls is not None and near.tls.client_random is not None:
        return near.tls.client_random == far.tls.client_random
    a, b = near.connection, far.connection
    if a is None or b is None:
        return False
    if a.sequence is not None and a.sequence == b.sequence:
        return True
    return (a.client, a.server) == (b.client, b.server)


class _Stray(NamedTuple):
    """
    Stanzas that the one or the other has alone, behind the last that both have.

    Attributes:
        mine: What the one has.
        theirs: What the other has.
        last_mine: The last that both have, as the one has it.
        last_theirs: As the other has it.
    """

    mine: list[Stanza]
    theirs: list[Stanza]
    last_mine: Source | None = None
    last_theirs: Source | None = None


def _strays(mine: Sequence[Stanza], theirs: Sequence[Stanza]) -> Iterator[_Stray]:
    """What only one has, of stanzas of one direction in order."""
    places: dict[bytes, deque[int]] = defaultdict(deque)
    for index, stanza in enumerate(theirs):
        places[stanza.octets].append(index)
    stray = _Stray([], [])
    reached = 0
    for stanza in mine:
        known = places[stanza.octets]
        if not known:
            stray.mine.append(stanza)
            continue
        index = known.popleft()
        if index < reached:  # out of order
            continue
        stray.theirs.extend(theirs[reached:index])
        if stray.mine or stray.theirs:
            yield stray
        reached = index + 1
        stray = _Stray([], [], stanza.source, theirs[index].source)
    stray.theirs.extend(theirs[reached:])
    if stray.mine or stray.theirs:
        yield stray


def _of_stanzas(near: Session, far: Session) -> Iterator[Disagreed]:
    for direction in Direction:
        sender, receiver = (near, far) if direction is _TO_SERVER else (far, near)
        left = _would_show(receiver, direction)
        came = _would_show(sender, direction)
        sent, got = ([*_said(one, direction)] for one in (sender, receiver))
        for stray in _strays(sent, got):
            mine = [stanza for stanza in stray.mine if left(stanza)]
            theirs = [stanza for stanza in stray.theirs if came(stanza)]
            if mine and len(mine) == len(theirs) and _are_named_alike(mine, theirs):
                yield _told(Disagreement.CHANGED, mine, theirs[0].source)
                continue
            if mine:
                yield _told(Disagreement.LEFT_NOT_ARRIVED, mine, stray.last_theirs)
            if theirs:
                yield _told(Disagreement.ARRIVED_NOT_LEFT, theirs, stray.last_mine)


def _said(session: Session, direction: Direction) -> Iterator[Stanza]:
    return (
        stanza
        for stanza in session.stanzas
        if stanza.direction is direction and stanza.octets and stanza.complete
    )


def _would_show(session: Session, direction: Direction) -> Callable[[Stanza], bool]:
    """Whether a recording would hold a stanza, had it come by."""
    blind = any(gap.direction is direction for gap in session.gaps)
    whole = session.has_all_stanzas()
    since_ns = session.started_ns or 0
    until_ns = (session.recorded_until_ns or 0) - MARGIN_NS

    def would(stanza: Stanza) -> bool:
        time_ns = stanza.source.time_ns
        if blind or not whole or time_ns is None:
            return False
        return since_ns <= time_ns <= until_ns

    return would


def _are_named_alike(mine: Sequence[Stanza], theirs: Sequence[Stanza]) -> bool:
    return all(
        (a.kind, a.name, a.id) == (b.kind, b.name, b.id) for a, b in zip(mine, theirs, strict=True)
    )


def _told(kind: Disagreement, stanzas: Sequence[Stanza], other: Source | None) -> Disagreed:
    return Disagreed(
        kind=kind,
        direction=stanzas[0].direction,
        seen=stanzas[0].source,
        other=other,
        stanzas=len(stanzas),
    )


def _of_octets(near: Session, far: Session) -> Iterator[Disagreed]:
    """Of a connection that nobody can read: how much left, and how much arrived."""
    one, other = near.connection, far.connection
    if one is None or other is None:
        return
    yield from _missing(near, far, _TO_SERVER, one.to_server, other.to_server)
    yield from _missing(far, near, _TO_SERVER.other, other.to_client, one.to_client)


def _missing(
    sender: Session,
    receiver: Session,
    direction: Direction,
    sent: DirectionFacts | None,
    got: DirectionFacts | None,
) -> Iterator[Disagreed]:
    seen, there = _last(sender, direction), _last(receiver, direction)
    if sent is None or got is None or seen is None or seen.time_ns is None:
        return
    if not _is_counted(sender, sent) or not _is_counted(receiver, got):
        return
    late = seen.time_ns > (receiver.recorded_until_ns or 0) - MARGIN_NS
    if sent.octets > got.octets and not late:
        yield Disagreed(
            kind=Disagreement.LEFT_NOT_ARRIVED,
            direction=direction,
            seen=seen,
            other=there,
            octets=sent.octets - got.octets,
        )


def _is_counted(session: Session, facts: DirectionFacts) -> bool:
    """Whether a capture holds every octet of a direction from the first on."""
    whole = session.connection is not None and session.connection.syn_seen
    return bool(whole) and not facts.lost and not facts.cut


def _last(session: Session, direction: Direction) -> Source | None:
    """The last encrypted record of a direction."""
    if session.tls is None:
        return None
    told: RecordFacts = session.tls.to_server if direction is _TO_SERVER else session.tls.to_client
    return told.last_source


def _of_ends(near: Session, far: Session) -> Iterator[Disagreed]:
    """Each side saw the other one end it, or one side saw the other end it and that never did."""
    one, other = near.connection, far.connection
    if one is None or other is None:
        return
    here = _ended_by(one, Side.SERVER)
    there = _ended_by(other, Side.CLIENT)
    if here is not None and (there is not None or _goes_on(far, here)):
        yield _end(here, there)
    elif there is not None and _goes_on(near, there):
        yield _end(there, None)


def _end(seen: Source, other: Source | None) -> Disagreed:
    return Disagreed(kind=Disagreement.END, direction=None, seen=seen, other=other)


def _ended_by(connection: Connection, side: Side) -> Source | None:
    """Where a side was seen to end it."""
    ended = connection.ended_side is side and connection.ended_by in _ENDS
    return connection.end_source if ended else None


def _goes_on(session: Session, end: Source) -> bool:
    """Whether a capture shows a connection open that had been ended elsewhere by then."""
    connection, time_ns = session.connection, end.time_ns
    if connection is None or time_ns is None:
        return False
    still = connection.ended_by is EndCause.CAPTURE_END
    return still and (session.recorded_until_ns or 0) >= time_ns + MARGIN_NS


def _unsent(har: Session, packets: Session) -> Iterator[Disagreed]:
    """What the browser sent, and never came by where packets were captured, though it was open."""
    shown = _would_show(packets, _TO_SERVER)
    close, sent = packets.close, [*_said(har, _TO_SERVER)]
    # What a page says while its socket goes down is not sent any more.
    over_ns = None if close.kind is CloseKind.OPEN else (close.time_ns or 0) - MARGIN_NS
    came = [*_said(packets, _TO_SERVER)] if Needs.MESSAGES in packets.can_see else sent
    for stray in _strays(sent, came):
        lost = [
            stanza
            for stanza in stray.mine
            if shown(stanza) and (over_ns is None or (stanza.source.time_ns or 0) < over_ns)
        ]
        if lost and not stray.theirs:
            yield _told(Disagreement.LEFT_NOT_ARRIVED, lost, stray.last_theirs)


def _unrecorded(har: Session, packets: Session) -> Iterator[Disagreed]:
    """
    What the packets show and the browser did not record.

    Once either side has closed the stream, a browser has left the page and records no more.
    """
    closes = (s for s in packets.negotiation if s.kind is StanzaKind.CLOSE)
    closed_ns = next((s.source.time_ns for s in closes), None)
    for direction in Direction:
        shown = [
            stanza
            for stanza in _said(packets, direction)
            if closed_ns is None or (stanza.source.time_ns or 0) < closed_ns
        ]
        known = [*_said(har, direction)]
        missing = [s for stray in _strays(shown, known) for s in stray.mine]
        if missing and len(shown) > len(known):
            before = None if not known else known[-1].source
            yield _told(Disagreement.NOT_IN_HAR, missing, before)
