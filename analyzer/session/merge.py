"""
What several recordings hold of a session, as one session.

Packets tell of the connection: handshakes, frames, who ended it. A HAR tells what was said where
the packets are locked or have holes, and the REST calls. From all that a trace is made, and from
that the session, as of one recording (`derive`).
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from ..model.finesse import SystemInfo
from ..model.flow import EndCause, GapReason
from ..model.http import Exchange
from ..model.joined import MatchedBy, Part
from ..model.session import (
    Carrier,
    CloseKind,
    Needs,
    SeenIn,
    Session,
    SessionClose,
    StepName,
    StepStatus,
)
from ..model.websocket import SocketEnd, Upgrade
from .clocks import Clock, Sightings, clock_against, is_nearer
from .derive import Below, Ground, session_of
from .disagree import disagreements
from .handshake import Handshake
from .rest_trips import with_exchanges
from .same import Group
from .shift import shifted
from .trace import Room, Trace

_SAID = frozenset({Needs.MESSAGES, Needs.START, Needs.TIMES})
"""What depends on the recording that holds the stanzas; all else any of them may show."""


class View(NamedTuple):
    """
    What one recording shows of a session, by the common clock.

    Attributes:
        session: With its times by the clock of the first part.
        clock: Of its recording against that of the first part.
        matched_by: How it was recognised; None for the first part.
    """

    session: Session
    clock: Clock
    matched_by: MatchedBy | None

    @property
    def is_har(self) -> bool:
        """Whether a browser recorded it."""
        return self.session.seen_in is SeenIn.HAR


def merged(group: Group) -> Session:
    """The session that several recordings hold, its `number` 0."""
    views = _views(group)
    near, said = views[0].session, _best_said([view.session for view in views])
    har = next((view.session for view in views if view.is_har), None)
    trace = _trace(near, said, har)
    ground = Ground(
        capture=near.capture,
        seen_in=_seen_in(views),
        profile=near.profile,
        until_ns=max(view.session.recorded_until_ns or 0 for view in views),
        can_see=_can_see(views, said),
    )
    session = session_of(trace, ground, _below(near, said))
    session = with_exchanges(session, _most([har, *(view.session for view in views)]))
    return replace(
        session,
        tls=near.tls,
        socket_end=None if har is None else har.socket_end,
        close=_close(session.close, near, said),
        system_info=_system_info(views),
        resolutions=near.resolutions,
        unreachables=near.unreachables,
        attempts=near.attempts,
        parts=tuple(_parts(views, said)),
        disagreements=disagreements([view.session for view in views]),
    )


def _views(group: Group) -> list[View]:
    """The parts, told by the clock of the first: packets nearest to the client, else a HAR."""
    numbers = range(len(group.members))
    captures = [n for n in numbers if group.members[n].seen_in is not SeenIn.HAR]
    nearest, known = (captures or numbers)[0], Sightings()
    for index in captures[1:]:
        if is_nearer(group.members[index], group.members[nearest], known):
            nearest = index
    first = group.members[nearest]
    views = [View(first, Clock(), None)]
    others = [n for n in numbers if n != nearest]
    for index in sorted(others, key=lambda n: n not in captures):
        other = group.members[index]
        clock = clock_against(other, first, known)
        views.append(View(shifted(other, clock.offset_ns), clock, group.matched_by[index]))
    return views


def _best_said(sessions: Sequence[Session]) -> Session:
    """The part that holds most of what was said, and of equal ones the first."""
    return max(sessions, key=lambda one: sum(stanza.complete for stanza in one.stanzas))


def _seen_in(views: Sequence[View]) -> SeenIn:
    hars = {view.is_har for view in views}
    if len(hars) > 1:
        return SeenIn.BOTH
    return SeenIn.HAR if hars == {True} else SeenIn.PACKETS


def _can_see(views: Sequence[View], said: Session) -> frozenset[Needs]:
    every = frozenset[Needs]().union(*(view.session.can_see for view in views))
    carriers = {Needs.WEBSOCKET, Needs.BOSH, Needs.TCP}
    told = carriers & said.can_see or carriers & every
    met = (every - _SAID - carriers) | (said.can_see & _SAID) | told
    # Without a stanza anywhere the handshakes of the one with most to show tell of the start.
    return met if said.stanzas else met | (every & {Needs.START})


def _trace(near: Session, said: Session, har: Session | None) -> Trace:
    """All that the parts delivered, each from the one that shows it best."""
    trace = Trace(Room())
    trace.stanzas = list(said.stanzas)
    trace.stanza_count = said.stanza_count
    trace.upgrade = _upgrade(near, said, har)
    trace.protocols = _protocols(near) | _protocols(said)
    trace.control_frames = list(near.control_frames)
    trace.keepalives = list(near.keepalives or said.keepalives)
    # What hides the upgrade in the packets hides nothing where a HAR shows it.
    shown = trace.upgrade is not near.upgrade
    hidden = {GapReason.ENCRYPTED} if shown else set[GapReason]()
    trace.gaps = [gap for gap in said.gaps if gap.reason not in hidden]
    trace.socket_end = _socket_end(near, har)
    trace.tls = near.tls
    trace.bosh = said.bosh or near.bosh
    trace.user_agent = said.user_agent or near.user_agent
    trace.connection = near.connection
    trace.binary_messages = max(near.binary_messages, said.binary_messages)
    parts = [near, said] if har is None else [near, said, har]
    trace.first_ns = min((p.started_ns for p in parts if p.started_ns is not None), default=None)
    trace.last_ns = max(part.ended_ns or 0 for part in (near, said))
    odd = near.anomalies if near is said else (*near.anomalies, *said.anomalies)
    trace.recall(near.frames, odd)
    return trace


def _upgrade(near: Session, said: Session, har: Session | None) -> Upgrade | None:
    """Of the packets, if they show both halves of it; a browser may leave out headers."""
    told = [part for part in (near, har, said) if part is not None and part.upgrade is not None]
    whole = [part.upgrade for part in told if Needs.HTTP in part.can_see]
    answered = (one for one in whole if one is not None and one.exchange.response is not None)
    return next(answered, told[0].upgrade if told else None)


def _protocols(session: Session) -> set[str]:
    spoken = {"tls"} if session.encrypted else set[str]()
    if session.carrier is Carrier.TCP:
        spoken.add("xmpp")
    elif session.carrier is Carrier.WEBSOCKET and session.stanza_count:
        spoken.add("websocket")
    return spoken


def _socket_end(near: Session, har: Session | None) -> SocketEnd | None:
    """What a HAR tells of the end, where it tells more than packets do."""
    if har is None or har.socket_end is None:
        return None
    connection = near.connection
    shown = connection is not None and connection.ended_by in {EndCause.FIN, EndCause.RST}
    return None if shown and har.socket_end.code is None else har.socket_end


def _below(near: Session, said: Session) -> Below:
    step = near.step(StepName.TLS)
    handshake = None
    if near.tls is not None:
        passed = (
            {
                StepStatus.DONE: True,
                StepStatus.LATE: True,
                StepStatus.FAILED: False,
            }.get(step.status)
            if step is not None
            else None
        )
        if passed is None and said.stanza_count:
            passed = True  # something went through it
        answered, detail = (None, None) if step is None else (step.answered, step.detail)
        handshake = Handshake(passed, answered, detail)
    told = next(iter(near.unreachables), None)
    cadence = near.cadence
    if cadence is None or said.stanzas:
        return Below(told, handshake, None, None if cadence is None else cadence.closed_by)
    return Below(told, handshake, cadence)


def _close(close: SessionClose, near: Session, said: Session) -> SessionClose:
    """
    The end, without a silence that nobody recorded.

    Where the recording with the stanzas ended before the session did, its last stanza was not the
    last; encrypted records still tell when somebody spoke.
    """
    until_ns, time_ns = said.recorded_until_ns, close.time_ns
    if near is said or until_ns is None or time_ns is None or time_ns <= until_ns + _SLACK_NS:
        return close
    spoke = None if near.cadence is None else near.cadence.last_ns
    if close.kind is CloseKind.OPEN:
        return close
    return replace(close, idle_ns=None if spoke is None else max(time_ns - spoke, 0))


_SLACK_NS = 2_000_000_000
"""The clocks of a HAR and a capture may be so far apart where no stanza tells."""


def _most(parts: Sequence[Session | None]) -> tuple[Exchange, ...]:
    """The REST calls of the part that holds most of them, the HAR's first."""
    return max((part.exchanges for part in parts if part is not None), key=len)


def _system_info(views: Sequence[View]) -> SystemInfo | None:
    """The latest, its clock compared to that of the first part."""
    said = [
        (info.source.time_ns or 0, info, view.clock)
        for view in views
        if (info := view.session.system_info) is not None
    ]
    if not said:
        return None
    _, info, clock = max(said, key=lambda one: one[0])
    ahead = info.clock_offset_ns
    return replace(info, clock_offset_ns=None if ahead is None else ahead - clock.offset_ns)


def _parts(views: Sequence[View], said: Session) -> Iterator[Part]:
    """What each recording shows; that with most stanzas is compared to each of the others."""
    told = Counter((stanza.direction, stanza.octets) for stanza in said.stanzas)
    matched = {}
    for view in views:
        here = Counter((stanza.direction, stanza.octets) for stanza in view.session.stanzas)
        matched[view.session.capture] = (here & told).total()
    others = (count for capture, count in matched.items() if capture != said.capture)
    matched[said.capture] = max(others, default=0)
    return (_part(view, matched[view.session.capture]) for view in views)


def _part(view: View, matched: int) -> Part:
    session = view.session
    return Part(
        capture=session.capture,
        matched_by=view.matched_by,
        offset_ns=view.clock.offset_ns,
        spread_ns=view.clock.spread_ns,
        compared=view.clock.compared,
        har=view.is_har,
        stanzas=session.stanza_count,
        matched=matched,
        began_ns=session.started_ns,
        ended_ns=session.ended_ns,
        last_stanza=session.stanzas[-1].source if session.stanzas else None,
        connection=session.connection,
    )
