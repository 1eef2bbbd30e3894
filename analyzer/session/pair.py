"""Questions and their answers: iqs, pings, subscriptions; and the items that were delivered."""

from collections import Counter, deque
from collections.abc import Iterable, Sequence

from ..model.pubsub import Delivery, Subscription
from ..model.session import Iq, PingTrip
from ..model.source import Direction, Source
from ..model.websocket import Frame, Opcode
from ..model.xmpp import Event, Ping, Pubsub, PubsubAction, Stanza, StanzaKind

_IQ = StanzaKind.IQ
_MESSAGE = StanzaKind.MESSAGE
_TO_SERVER = Direction.TO_SERVER


def between(asked: Source | None, answered: Source | None) -> int | None:
    """Nanoseconds from one to the other; None where a time is not known."""
    if asked is None or answered is None:
        return None
    begin, end = asked.time_ns, answered.time_ns
    return None if begin is None or end is None else max(end - begin, 0)


def pair_iqs(stanzas: Iterable[Stanza]) -> tuple[list[Iq], list[Stanza]]:
    """
    Requests of both sides with their answers, and the answers that fit no request.

    An answer has the id of its request and goes the other way (RFC 6120 section 8.2.3); where an id
    is used again while open, the older request is answered first.
    """
    rows: list[list[Stanza | None]] = []
    waiting: dict[tuple[bool, str], deque[list[Stanza | None]]] = {}
    unmatched: list[Stanza] = []
    for stanza in stanzas:
        if stanza.kind is not _IQ:
            continue
        to_server = stanza.direction is _TO_SERVER
        if stanza.type in {"get", "set"}:
            row: list[Stanza | None] = [stanza, None]
            rows.append(row)
            if stanza.id is not None:
                waiting.setdefault((to_server, stanza.id), deque()).append(row)
        elif stanza.type in {"result", "error"}:
            queue = waiting.get((not to_server, stanza.id or ""))
            if queue:
                queue.popleft()[1] = stanza
            else:
                unmatched.append(stanza)
    return [_iq(request, answer) for request, answer in rows if request is not None], unmatched


def _iq(request: Stanza, answer: Stanza | None) -> Iq:
    latency = between(request.source, answer.source) if answer is not None else None
    return Iq(request=request, answer=answer, latency_ns=latency)


def pings(iqs: Iterable[Iq], control_frames: Sequence[Frame]) -> tuple[PingTrip, ...]:
    """Pings of XEP-0199 and of RFC 6455, by the time they were asked."""
    trips = [_iq_ping(iq) for iq in iqs if isinstance(iq.request.payload, Ping)]
    framed = _framed_pings(control_frames)
    if not framed:
        return tuple(trips)
    return tuple(sorted(trips + framed, key=lambda trip: trip.asked_ns or 0))


def _iq_ping(iq: Iq) -> PingTrip:
    request, answer = iq.request, iq.answer
    return PingTrip(
        by=request.direction.sender,
        id=request.id or "",
        asked_ns=request.source.time_ns,
        answered_ns=answer.source.time_ns if answer is not None else None,
        # XEP-0199 section 4.2: an error answer shows as well that the other side is there.
        refused=answer is not None and answer.type == "error",
        source=request.source,
        answer=answer.source if answer is not None else None,
    )


def _framed_pings(frames: Sequence[Frame]) -> list[PingTrip]:
    trips: list[PingTrip] = []
    waiting: dict[Direction, deque[Frame]] = {direction: deque() for direction in Direction}
    payloads: dict[Direction, Counter[bytes]] = {direction: Counter() for direction in Direction}
    for frame in frames:
        if frame.opcode == Opcode.PING:
            waiting[frame.direction].append(frame)
            payloads[frame.direction][frame.payload] += 1
        elif frame.opcode == Opcode.PONG and payloads[frame.direction.other][frame.payload]:
            # RFC 6455 section 5.5.3: a pong may answer only the latest ping, and earlier ones with
            # it; a pong of other data was not asked for.
            answered: Frame | None = None
            while answered is None or answered.payload != frame.payload:
                answered = waiting[frame.direction.other].popleft()
                payloads[frame.direction.other][answered.payload] -= 1
                trips.append(_framed_ping(answered, frame))
    return trips + [_framed_ping(ping, None) for queue in waiting.values() for ping in queue]


def _framed_ping(ping: Frame, pong: Frame | None) -> PingTrip:
    return PingTrip(
        by=ping.direction.sender,
        id=ping.payload.hex(),
        framed=True,
        asked_ns=ping.source.time_ns,
        answered_ns=pong.source.time_ns if pong is not None else None,
        source=ping.source,
        answer=pong.source if pong is not None else None,
    )


_SUBSCRIBING = frozenset({PubsubAction.SUBSCRIBE, PubsubAction.UNSUBSCRIBE})


def subscriptions(iqs: Iterable[Iq]) -> tuple[Subscription, ...]:
    """The client's subscribe and unsubscribe requests with what came of them."""
    return tuple(
        _subscription(iq, iq.request.payload)
        for iq in iqs
        if isinstance(iq.request.payload, Pubsub)
        and iq.request.payload.action in _SUBSCRIBING
        and iq.request.direction is _TO_SERVER
    )


def _subscription(iq: Iq, asked: Pubsub) -> Subscription:
    answer = iq.answer
    said = answer.payload if answer is not None and answer.type == "result" else None
    return Subscription(
        unsubscribe=asked.action is PubsubAction.UNSUBSCRIBE,
        node=asked.node,
        jid=asked.jid,
        service=iq.request.receiver,
        state=said.subscription if isinstance(said, Pubsub) else None,
        error=answer.error if answer is not None else None,
        answered=answer is not None,
        latency_ns=iq.latency_ns,
        source=iq.request.source,
        answer=answer.source if answer is not None else None,
    )


def deliveries(stanzas: Iterable[Stanza]) -> tuple[Delivery, ...]:
    """Every item of every event that reached the client."""
    found: list[Delivery] = []
    for stanza in stanzas:
        if stanza.kind is not _MESSAGE or stanza.direction is _TO_SERVER:
            continue
        event = stanza.payload
        if type(event) is not Event:
            continue
        source = stanza.source
        found += [
            Delivery(
                node=event.node,
                item=item.id,
                sender=stanza.sender,
                retracted=item.retracted,
                update=item.update,
                problem=item.problem,
                delayed=event.delayed,
                published_ns=event.published_ns,
                subids=event.subids,
                time_ns=source.time_ns,
                source=source,
            )
            for item in event.items
        ]
    return tuple(found)
