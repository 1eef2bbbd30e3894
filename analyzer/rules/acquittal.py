"""
What it is not: causes that a session itself rules out, each with what shows so.

A step that was passed clears what could have stopped the login there. A session that died behind
its login is cleared of more, by what was heard until its end.
"""

from collections.abc import Callable, Iterator, Sequence

from ..model.diagnosis import Party, RuledOut, Suspect
from ..model.rule import Finding
from ..model.session import CloseKind, Needs, Session, StepName, StepStatus
from ..model.source import Side, Source
from .opens import other_domain

_DONE = frozenset({StepStatus.DONE, StepStatus.LATE})

_ALIVE_NS = 15_000_000_000
"""A server that answered a ping so shortly before the end was not stalled."""


def ruled_out(
    session: Session, sessions: Sequence[Session], root: Finding | None
) -> tuple[RuledOut, ...]:
    """
    What the fault of a session is not.

    Args:
        session: That of the verdict.
        sessions: All of the case.
        root: What its fault is, if that is known.
    """
    told = [RuledOut(suspect=suspect, evidence=(place,)) for suspect, place in _cleared(session)]
    party = None if root is None else root.party
    lived = _lived_on(session, sessions)
    if lived is not None:
        told.append(RuledOut(suspect=Suspect.OUTAGE, evidence=(lived,)))
    return tuple(one for one in told if _PARTIES.get(one.suspect) is not party or party is None)


_PARTIES = {Suspect.NETWORK: Party.NETWORK, Suspect.SERVER_STALL: Party.SERVER}
"""Suspects that stand for a whole side: where that side is to blame, they are not cleared."""


def _cleared(session: Session) -> Iterator[tuple[Suspect, Source]]:
    for suspect, clears in _CLEARS:
        place = clears(session)
        if place is not None:
            yield suspect, place


def _passed(session: Session, name: StepName) -> Source | None:
    """What shows that a step was passed."""
    step = session.step(name)
    if step is None or step.status not in _DONE:
        return None
    return step.answered or step.asked


def _name(session: Session) -> Source | None:
    return next((one.answered for one in session.resolutions if one.addresses), None)


def _port(session: Session) -> Source | None:
    return _passed(session, StepName.CONNECT) or _heard(session)


def _certificate(session: Session) -> Source | None:
    place = _passed(session, StepName.TLS)
    return _heard(session) if place is None and session.encrypted else place


def _heard(session: Session) -> Source | None:
    """The first answer that came, a refusal too: so there was a connection."""
    upgrade = session.upgrade
    if upgrade is not None and upgrade.exchange.response is not None:
        return upgrade.exchange.response.source
    return _passed(session, StepName.OPEN)


def _upgrade(session: Session) -> Source | None:
    upgrade = session.upgrade
    if upgrade is None or not upgrade.accepted or upgrade.exchange.response is None:
        return None
    return upgrade.exchange.response.source


def _domain(session: Session) -> Source | None:
    """A server that does not validate the name takes any, and answers with its own."""
    if other_domain(session.stanzas) is not None:
        return None
    return _passed(session, StepName.AUTH) and _passed(session, StepName.OPEN)


def _credentials(session: Session) -> Source | None:
    return _passed(session, StepName.AUTH)


def _died(session: Session) -> bool:
    live = session.step(StepName.LIVE)
    return live is not None and live.status is StepStatus.FAILED


def _conflict(session: Session) -> Source | None:
    """The server says so before it ends a session for another: nothing of the kind was heard."""
    close = session.close
    silent = close.kind in {CloseKind.FIN, CloseKind.RST, CloseKind.WEBSOCKET_CLOSE}
    if not _died(session) or not silent or Needs.MESSAGES not in session.can_see:
        return None
    return None if session.gaps else close.source


def _finesse(session: Session) -> Source | None:
    there = session.peer_presence
    return None if there is None or session.peer_gone is not None else there.source


def _subscription(session: Session) -> Source | None:
    """Every node that was asked for was subscribed, and stayed so."""
    asked = [one for one in session.subscriptions if not one.unsubscribe]
    if not asked or any(one.state != "subscribed" for one in asked):
        return None
    return asked[-1].answer


def _network(session: Session) -> Source | None:
    """Not one segment was lost or sent again, and the end was captured."""
    connection = session.connection
    if not _died(session) or connection is None or connection.end_source is None:
        return None
    ways = (connection.to_server, connection.to_client)
    clean = all(
        way is not None and way.octets and not (way.lost or way.retransmitted or way.zero_windows)
        for way in ways
    )
    return connection.end_source if clean and not session.gaps else None


def _server_stall(session: Session) -> Source | None:
    """The last ping of the client was answered, shortly before the end, and none was late."""
    pings = [ping for ping in session.pings if ping.by is Side.CLIENT]
    if not _died(session) or not pings or session.ended_ns is None:
        return None
    patience_ns = session.profile.ping_late_ms * 1_000_000
    if any(ping.answered_ns is None or (ping.trip_ns or 0) > patience_ns for ping in pings):
        return None
    last = pings[-1]
    return last.answer if session.ended_ns - (last.answered_ns or 0) <= _ALIVE_NS else None


_CLEARS: tuple[tuple[Suspect, Callable[[Session], Source | None]], ...] = (
    (Suspect.NAME, _name),
    (Suspect.PORT, _port),
    (Suspect.CERTIFICATE, _certificate),
    (Suspect.UPGRADE, _upgrade),
    (Suspect.DOMAIN, _domain),
    (Suspect.CREDENTIALS, _credentials),
    (Suspect.FINESSE, _finesse),
    (Suspect.SUBSCRIPTION, _subscription),
    (Suspect.CONFLICT, _conflict),
    (Suspect.SERVER_STALL, _server_stall),
    (Suspect.NETWORK, _network),
)


def _lived_on(session: Session, sessions: Sequence[Session]) -> Source | None:
    """Where another agent's session at the same server lived on past the end of this one."""
    end = session.ended_ns
    if not _died(session) or end is None:
        return None
    for other in sessions:
        if other.server != session.server or other.agent in {None, session.agent}:
            continue
        if (other.started_ns or end) < end < (other.ended_ns or 0) and not _died(other):
            return other.close.source or _passed(other, StepName.AUTH)
    return None
