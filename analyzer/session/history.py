"""
Several sessions of one agent told as one story.

Whose a session is says its bare JID. One that names nobody (refused before it could, hidden by TLS,
connections in vain) is of the only agent of its client: of the address in a capture, of the browser
in a HAR. Where there are several, it is nobody's.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from ..model.history import Happening, History, Moment, Polling
from ..model.session import Session
from ..model.xmpp import local_part
from .chapters import Teller
from .nodes import Nodes

_Place = tuple[int, str]
"""Index of the input, and address of a client; empty in a HAR."""

_Agent = str | _Place
"""Bare JID, or the place of one that nobody names."""

_NEWS = frozenset(
    {
        Happening.FINESSE_GONE,
        Happening.OUT_OF_SERVICE,
        Happening.POLLED,
        Happening.FORCED_LOGOUT,
    }
)
"""What a single session is worth a story for; the rest its steps and its end say as well."""


def histories(sessions: Sequence[Session], polls: Iterable[Polling] = ()) -> tuple[History, ...]:
    """
    The stories worth telling: of several sessions, or of more than a login and its end.

    Args:
        sessions: Of all inputs, numbered.
        polls: Of all inputs.
    """
    whose = _Whose(sessions)
    nodes = Nodes(sessions)
    told: defaultdict[_Agent, list[Session]] = defaultdict(list)
    for session in sorted(sessions, key=lambda one: (one.started_ns or 0, one.number)):
        agent = whose.of(session)
        if agent is not None:
            told[agent].append(session)
    polled = _polled(sessions, polls, whose)
    forced = _forced(sessions, whose)
    found: list[History] = []
    for agent, mine in told.items():  # one at a time: most of thousands have nothing to tell
        name = agent if isinstance(agent, str) else agent[1]
        teller = Teller(name, nodes)
        for session in mine:
            teller.take(session)
        for polling in polled.get(agent, ()):
            teller.take_polling(polling)
        for session, moment in forced.get(agent, ()):
            teller.take_logout(session, moment)
        history = History(
            agent=name, sessions=tuple(one.number for one in mine), chapters=teller.chapters()
        )
        if _is_worth_telling(history):
            found.append(history)
    return tuple(found)


def _polled(
    sessions: Sequence[Session], polls: Iterable[Polling], whose: "_Whose"
) -> dict[_Agent, list[Polling]]:
    """Who was in recovery, in order of time."""
    clocks = {part.capture: part.offset_ns for one in sessions for part in one.parts}
    shifted = (_shifted(one, clocks.get(one.capture, 0)) for one in polls)
    found: defaultdict[_Agent, list[Polling]] = defaultdict(list)
    for polling in sorted(shifted, key=lambda one: one.first_ns):
        agent = whose.at((polling.capture, polling.client or ""))
        if agent is not None:
            found[agent].append(polling)
    return found


def _shifted(polling: Polling, offset_ns: int) -> Polling:
    """Told by the clock of the recording that its sessions are told by."""
    if not offset_ns:
        return polling
    first_ns, last_ns = polling.first_ns + offset_ns, polling.last_ns + offset_ns
    return replace(polling, first_ns=first_ns, last_ns=last_ns)


def _forced(
    sessions: Iterable[Session], whose: "_Whose"
) -> dict[_Agent, list[tuple[Session, Moment]]]:
    """Whose forced logout another agent's session tells, as a supervisor's does."""
    found: defaultdict[_Agent, list[tuple[Session, Moment]]] = defaultdict(list)
    for session in sessions:
        for moment in session.moments:
            agent = None if moment.user is None else whose.named(moment.user)
            if agent is not None and agent != whose.of(session):
                found[agent].append((session, moment))
    return found


def _is_worth_telling(history: History) -> bool:
    told = {chapter.session for chapter in history.chapters}
    return len(told) > 1 or any(chapter.what in _NEWS for chapter in history.chapters)


class _Whose:
    """Which agent a session belongs to."""

    def __init__(self, sessions: Iterable[Session]) -> None:
        self._places: defaultdict[_Place, set[str]] = defaultdict(set)
        self._locals: defaultdict[str, set[str]] = defaultdict(set)
        bare = []
        for session in sessions:
            agent = (session.agent or "").lower()
            if local_part(agent):
                self._locals[local_part(agent)].add(agent)
                for place in _places(session):
                    self._places[place].add(agent)
            elif agent:
                bare.append((agent, session))
        # A name that a refused login gave without its domain.
        for name, session in bare:
            self._places[_place(session)].add(self.named(name) or name)

    def named(self, name: str) -> str | None:
        """The only agent of that name."""
        agents = self._locals.get(name, ())
        return next(iter(agents)) if len(agents) == 1 else None

    def at(self, place: _Place) -> _Agent | None:
        """The only agent there; the place itself where none is known, None where several are."""
        agents = self._places.get(place, ())
        return None if len(agents) > 1 else next(iter(agents), place)

    def of(self, session: Session) -> _Agent | None:
        """Whose a session is."""
        agent = (session.agent or "").lower()
        if not agent:
            return self.at(_place(session))
        return agent if local_part(agent) else self.named(agent) or agent


def _places(session: Session) -> Iterator[_Place]:
    """Where its client is seen, in each of the recordings that hold it."""
    yield _place(session)
    yield from ((part.capture, "") for part in session.parts if part.har)


def _place(session: Session) -> _Place:
    client = session.connection.client if session.connection is not None else None
    return session.capture, "" if client is None else client.host
