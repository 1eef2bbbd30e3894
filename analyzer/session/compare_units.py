"""A session as what was said in it, by meaning: a stanza with its answer is one thing said."""

from collections import Counter
from collections.abc import Iterator

from msgspec import Struct

from ..model.comparison import Said
from ..model.session import Session, StepName
from ..model.source import Direction, Source
from ..model.steps import step_of
from ..model.stream import StreamManagement
from ..model.xmpp import (
    Bind,
    Event,
    OtherPayload,
    Ping,
    PresenceInfo,
    Pubsub,
    Roster,
    SessionRequest,
    Stanza,
    StanzaKind,
    StreamError,
    bare,
    domain_part,
    local_part,
)
from .pair import between

Key = tuple[str, ...]
"""What a stanza means, without ids, times, names of people and of streams."""


class Unit(Struct, frozen=True, kw_only=True):
    """
    One thing said.

    Attributes:
        place: Index among the stanzas of the session.
        key: What it means.
        outcome: What the answer means; empty without one.
        step: The step it belongs to.
        ordered: Its place in the order means something: the client chose it.
        telling: A session without it, or with it, is another one: it belongs to the login, or
            tells a fault. What is said afterwards depends on what the agent does.
        said: The stanza, and its answer.
    """

    place: int
    key: Key
    outcome: Key
    step: StepName
    ordered: bool
    telling: bool
    said: Said


class Talk(Struct, frozen=True, kw_only=True):
    """
    What was said in a session.

    Attributes:
        units: In order of time, without what is routine.
        events: Events by node.
    """

    units: tuple[Unit, ...]
    events: Counter[str]


def talk(session: Session) -> Talk:
    """What was said in a session, pings, events and good-byes left out."""
    reader = _Reader(session)
    return Talk(units=tuple(reader.units()), events=reader.events)


class _Reader:
    """Reads one session."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.events: Counter[str] = Counter()
        jid = session.jid or session.agent or ""
        self._own = bare(jid)
        self._name = local_part(jid) or self._own
        self._domain = (session.domain or domain_part(jid)).lower()
        self._answers = {_place(iq.request): iq for iq in session.iqs}

    def units(self) -> Iterator[Unit]:
        """What was said, each with its answer."""
        stanzas = self.session.stanzas
        for index, stanza in enumerate(stanzas):
            if isinstance(stanza.payload, Event):
                self.events[self.node(stanza.payload.node)] += 1
            elif not self._is_routine(stanza):
                answer, latency_ns = self._answer(index)
                yield Unit(
                    place=index,
                    key=self._key(stanza),
                    outcome=() if answer is None else self._outcome(answer),
                    step=step_of(stanza) or StepName.LIVE,
                    ordered=stanza.direction is Direction.TO_SERVER,
                    telling=self._is_telling(stanza),
                    said=Said(stanza=stanza, answer=answer, latency_ns=latency_ns),
                )

    def _is_routine(self, stanza: Stanza) -> bool:
        """Whether it is an answer, a ping, a good-bye, or one side's half of a handshake."""
        match stanza.kind:
            case StanzaKind.CHALLENGE | StanzaKind.RESPONSE | StanzaKind.CLOSE:
                return True
            case StanzaKind.SUCCESS | StanzaKind.FAILURE | StanzaKind.FEATURES | StanzaKind.OPEN:
                return stanza.direction is Direction.TO_CLIENT
            case StanzaKind.PRESENCE:
                # One's own, and what the server sends back of it: part of the good-bye.
                other = stanza.sender or stanza.receiver
                return stanza.type == "unavailable" and self.role(other) in {"", "self"}
            case StanzaKind.IQ:
                # Answers that fit no request are told by the rules.
                return stanza.type in {"result", "error"} or isinstance(stanza.payload, Ping)
            case StanzaKind.STREAM_MANAGEMENT:
                return stanza.name.endswith(("}r", "}a"))
            case _:
                return False

    def _is_telling(self, stanza: Stanza) -> bool:
        if stanza.kind in _FAULTS or stanza.error is not None:
            return True
        # Others come and go.
        others = stanza.kind is StanzaKind.PRESENCE and self.role(stanza.sender) == "user"
        return step_of(stanza) is not None and not others

    def _answer(self, index: int) -> tuple[Stanza | None, int | None]:
        stanza = self.session.stanzas[index]
        iq = self._answers.get(_place(stanza))
        if iq is not None:
            return iq.answer, iq.latency_ns
        awaited = _AWAITED.get(stanza.kind)
        if awaited is None or stanza.direction is Direction.TO_CLIENT:
            return None, None
        answer = self._next_of(index, awaited)
        return answer, None if answer is None else between(stanza.source, answer.source)

    def _next_of(self, index: int, awaited: tuple[StanzaKind, ...]) -> Stanza | None:
        """The first of these kinds behind a stanza, before the client asks again."""
        asked = self.session.stanzas[index]
        found: Stanza | None = None
        for stanza in self.session.stanzas[index + 1 : index + 1 + _WAIT]:
            if stanza.direction is Direction.TO_SERVER and stanza.kind is asked.kind:
                break
            if stanza.direction is Direction.TO_CLIENT and stanza.kind in awaited:
                found = stanza
                # The server's own header comes first, and its features say more.
                if stanza.kind is not StanzaKind.OPEN:
                    break
        return found

    def _key(self, stanza: Stanza) -> Key:
        direction = stanza.direction.value
        other = stanza.receiver if stanza.direction is Direction.TO_SERVER else stanza.sender
        return (
            direction,
            stanza.kind.value,
            stanza.type or "",
            self.role(other),
            *self._of(stanza),
        )

    def _outcome(self, answer: Stanza) -> Key:
        if answer.kind in (StanzaKind.OPEN, StanzaKind.FEATURES):
            return (StanzaKind.OPEN.value,)
        if answer.error is not None:
            return ("error", answer.error.condition or "", answer.error.pubsub or "")
        condition = getattr(answer.payload, "condition", None) or ""
        state = answer.payload.subscription if isinstance(answer.payload, Pubsub) else None
        return (answer.kind.value, answer.type or "", condition, state or "")

    def _of(self, stanza: Stanza) -> Key:
        """What its payload means."""
        error = () if stanza.error is None else ("error", stanza.error.condition or "")
        match stanza.payload:
            case Pubsub(action=action, node=node):
                return ("pubsub", action.value, self.node(node), *error)
            case OtherPayload(names=names):
                return (*sorted(names), *error)
            case StreamError(condition=condition) | StreamManagement(condition=str(condition)):
                return (stanza.name, condition)
            case Bind() | SessionRequest() | Roster():
                return (type(stanza.payload).__name__, *error)
            case PresenceInfo(show=show):
                return (show or "", *error)
            case _:
                return (stanza.name, *error)

    def role(self, jid: str | None) -> str:
        """Who somebody is to the client: itself, its server, a peer by name, another user."""
        if not jid:
            return ""
        domain, name = domain_part(jid), local_part(jid)
        if bare(jid) == self._own:
            return "self"
        if domain == self._domain:
            peer = name in self.session.profile.presence_peers
            return name if peer else "user" if name else "server"
        return domain.removesuffix(f".{self._domain}") if self._domain else domain

    def node(self, node: str | None) -> str:
        """A node with what names one agent, team or dialog taken out."""
        if node is None:
            return ""
        parts = node.split("/")
        for index, kind in enumerate(parts[:-1]):
            value = parts[index + 1]
            if kind in _COLLECTIONS and value:
                parts[index + 1] = "{agent}" if value.lower() == self._name else "{id}"
        return "/".join(parts)


_AWAITED = {
    StanzaKind.OPEN: (StanzaKind.OPEN, StanzaKind.FEATURES),
    StanzaKind.AUTH: (StanzaKind.SUCCESS, StanzaKind.FAILURE),
}

_FAULTS = frozenset({StanzaKind.STREAM_ERROR, StanzaKind.FAILURE, StanzaKind.MALFORMED})

_WAIT = 20
"""Stanzas looked through for the answer of a server that owes one at once."""

_COLLECTIONS = frozenset({"User", "Team", "Dialog", "Queue", "Media", "TeamMessage", "Task"})
"""Parts of a Finesse path behind which an id stands (Web Services Developer Guide)."""


def _place(stanza: Stanza) -> tuple[Source, str | None]:
    # One message of a HAR may hold several.
    return stanza.source, stanza.id
