"""From what a connection delivered to a session: who, what for, how far, how it ended."""

from typing import NamedTuple

from msgspec.structs import replace

from ..model.network import Unreachable
from ..model.profile import Profile
from ..model.session import CloseKind, Needs, SeenIn, Session
from ..model.source import Side
from ..model.tls import Cadence
from ..model.xmpp import STANZAS, Stanza, StanzaKind
from . import identity, pair
from .cadence import cadence_of
from .ending import Ending
from .handshake import Handshake, outcome
from .locked import bare, is_locked
from .login import Login
from .moments import moments_of
from .order import misplaced
from .pauses import pauses_of
from .steps import steps_of
from .story import Story
from .timing import timing_of
from .trace import Trace, in_time_order

_PRESENCE = StanzaKind.PRESENCE


class Ground(NamedTuple):
    """
    What a session stands on, whatever it says.

    Attributes:
        capture: Index of the input.
        seen_in: What recorded it.
        profile: What is expected of it.
        until_ns: Last sign of anything in the recording.
        can_see: What the recording can show of it; None: its trace tells.
    """

    capture: int
    seen_in: SeenIn
    profile: Profile
    until_ns: int
    can_see: frozenset[Needs] | None = None


class Below(NamedTuple):
    """
    What the layers below the stream tell of a session.

    Attributes:
        unreachable: What ICMP says of the connection.
        handshake: How that of TLS went; None without TLS, and in a HAR.
        cadence: What encrypted records tell, where what they hold was not read.
        closed_by: Who closed TLS first, where records tell it and what they hold was read
            elsewhere.
    """

    unreachable: Unreachable | None = None
    handshake: Handshake | None = None
    cadence: Cadence | None = None
    closed_by: Side | None = None


def below(trace: Trace, profile: Profile, unreachable: Unreachable | None = None) -> Below:
    """What lies below the stream of a trace, whose TLS still has times and lengths."""
    facts = trace.tls
    if facts is None:
        return Below(unreachable)
    hidden = facts.locked is not None or is_locked(trace)
    cadence = cadence_of(facts, profile) if hidden else None
    return Below(unreachable, outcome(facts, trace.connection), cadence)


def session_of(trace: Trace, ground: Ground, under: Below) -> Session:
    """
    The session of a trace, its `number` 0, without what stands beside it in the recording.

    Args:
        trace: Everything its connection delivered.
        ground: What it stands on.
        under: What lies below its stream.
    """
    story, unmatched = _story(trace, ground, under)
    session = _said(story, ground)
    pauses = pauses_of(story, session.carrier)
    return replace(
        session,
        unmatched=tuple(unmatched),
        pauses=pauses,
        upgrade=trace.upgrade,
        socket_end=trace.socket_end,
        frames=trace.frame_facts(),
        control_frames=tuple(trace.control_frames),
        keepalives=tuple(trace.keepalives),
        binary_messages=trace.binary_messages,
        bosh=trace.bosh,
        tls=bare(trace.tls),
        gaps=tuple(trace.gaps),
        anomalies=trace.anomalies(),
    )


def _said(story: Story, ground: Ground) -> Session:
    """Who, what for, how far, how it ended: what its story tells."""
    trace, stanzas, login = story.trace, story.stanzas, story.login
    connection = trace.connection
    jid = identity.jid_of(stanzas)
    return Session(
        capture=ground.capture,
        number=0,
        carrier=identity.carrier_of(trace),
        seen_in=ground.seen_in,
        can_see=story.can_see,
        profile=ground.profile,
        agent=identity.agent_of(jid, login, stanzas),
        jid=jid,
        resource=identity.resource_of(login),
        domain=identity.domain_of(login),
        server=str(connection.server) if connection is not None else "",
        url=identity.url_of(trace),
        user_agent=identity.user_agent_of(trace),
        encrypted=story.encrypted,
        started_late=not story.from_start,
        started_ns=trace.first_ns,
        ended_ns=max(trace.last_ns, story.close.time_ns or 0) or None,
        recorded_until_ns=ground.until_ns or None,
        connection=connection,
        steps=steps_of(story),
        # With holes in it, or its beginning, the order cannot be told.
        misplaced=() if story.blind else misplaced(stanzas, ground.profile),
        stanzas=tuple(stanzas),
        negotiation=tuple(s for s in stanzas if s.kind not in STANZAS),
        presences=tuple(s for s in stanzas if s.kind is _PRESENCE),
        stanza_count=trace.stanza_count,
        iqs=tuple(story.iqs),
        pings=story.pings,
        subscriptions=story.subscriptions,
        deliveries=story.deliveries,
        peer_presence=login.peer_presence,
        peer_gone=login.peer_gone,
        moments=moments_of(login.peer_gone, story.deliveries),
        close=story.close,
        cadence=story.cadence,
        timing=timing_of(story),
    )


def _story(trace: Trace, ground: Ground, under: Below) -> tuple[Story, list[Stanza]]:
    stanzas = in_time_order(trace.stanzas, one_flow=trace.bosh is None)
    login = Login(stanzas, ground.profile)
    iqs, unmatched = pair.pair_iqs(stanzas)
    until_ns, can_see = ground.until_ns, ground.can_see
    hidden, closed_by = under.cadence, under.closed_by
    ending = Ending(login, stanzas, trace, until_ns, cadence=hidden, closed_by=closed_by)
    close = ending.close()
    if can_see is None:
        late = identity.started_late(trace, stanzas)
        can_see = identity.needs_met(trace, ground.seen_in, late=late)
    story = Story(
        trace=trace,
        profile=ground.profile,
        stanzas=stanzas,
        login=login,
        iqs=iqs,
        pings=pair.pings(iqs, trace.control_frames),
        subscriptions=pair.subscriptions(iqs),
        deliveries=pair.deliveries(stanzas),
        encrypted=identity.encrypted_of(trace, identity.url_of(trace)),
        close=close,
        until_ns=until_ns if close.kind is CloseKind.OPEN else close.time_ns or 0,
        can_see=can_see,
        handshake=under.handshake,
        cadence=under.cadence,
        unreachable=under.unreachable,
    )
    return story, unmatched
