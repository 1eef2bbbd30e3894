"""One BOSH session, as its turns come in, in whatever order they do."""

from collections import deque
from collections.abc import Collection, Iterable, Iterator

from msgspec.structs import fields, replace

from ..model.anomaly import Anomaly, AnomalyCode
from ..model.bosh import Body, BoshFacts, Turn, TurnFacts
from ..model.flow import Connection, DirectionFacts, Gap, GapReason
from ..model.http import host_of
from ..model.limits import BOSH_TURNS
from ..model.source import Source
from ..model.xmpp import StanzaKind
from .trace import Room, Trace

CONNECTIONS = 1_024
"""Connections of one session whose ends are kept apart: one a request takes thousands."""

LATEST = 64
"""Turns kept from the end of a session that has more than BOSH_TURNS."""

FINAL = frozenset({400, 403, 404})
"""Statuses that end a session (XEP-0124 section 17.1)."""


class Life:
    """
    A session so far.

    Attributes:
        trace: Its stanzas, in the order of the turns that brought them.
        url: Of its first turn.
        sid: Session id, as soon as it is known.
        creation: By what it is found as long as it is not.
        created: Its creation was captured.
        first_rid: Lowest request id.
        numbers: Connections used, in order of use.
        open: Those of them that have not ended.
        terminated: Somebody has said that it is over.
    """

    def __init__(self, room: Room, url: str) -> None:
        """Begin without a turn."""
        self.trace = Trace(room)
        self.trace.protocols.add("bosh")
        self.url = url
        self.sid: str | None = None
        self.creation: tuple[str, int | None] | None = None
        self.created = False
        self.first_rid: int | None = None
        self.numbers: dict[int, None] = {}
        self.open: set[int] = set()
        self.terminated = False
        self._turns: list[TurnFacts] = []
        self._latest: deque[TurnFacts] = deque(maxlen=LATEST)
        self._count = 0
        self._spans: dict[int, tuple[int, int]] = {}
        self._granted: dict[str, str] = {}
        self._missing = 0
        self._connections: dict[int, Connection] = {}

    @property
    def server(self) -> str:
        """Host of the URL."""
        return host_of(self.url)

    @property
    def last_ns(self) -> int:
        """Last sign of it."""
        return self.trace.last_ns

    def take(self, number: int, turn: Turn) -> None:
        """Take in a turn."""
        self.url = self.url or turn.url
        self.numbers[number] = None
        self.open.add(number)
        facts = facts_of(number, turn)
        self._note(facts)
        self._missing += turn.body_missing
        self.created |= _creates(turn.request)
        if turn.response is not None and turn.response.sid and "wait" in turn.response.attributes:
            self._granted = self._granted or turn.response.attributes
        ended = turn.status in FINAL or facts.type == "terminate"
        self.terminated |= ended or facts.request.get("type") == "terminate"
        self.trace.take_turn(turn)

    def _note(self, facts: TurnFacts) -> None:
        self._count += 1
        if facts.rid is not None:
            first = self.first_rid
            self.first_rid = facts.rid if first is None else min(first, facts.rid)
        if len(self._turns) >= BOSH_TURNS:
            self._latest.append(facts)
            return
        self._turns.append(facts)
        if facts.rid is not None and facts.asked_ns is not None and facts.answered_ns is not None:
            self._spans.setdefault(facts.rid, (facts.asked_ns, facts.answered_ns))

    def has_twin(self, turn: Turn) -> bool:
        """Whether the same request is known that was open when this one was."""
        rid = turn.request.rid if turn.request is not None else None
        span = self._spans.get(rid) if rid is not None else None
        asked, answered = _time(turn.asked), _time(turn.answered)
        if span is None or asked is None or answered is None or not turn.status:
            return False
        return asked <= span[1] and span[0] <= answered

    def end_connection(self, number: int, trace: Trace) -> None:
        """A connection that carried it has ended."""
        self.open.discard(number)
        if trace.connection is not None:
            if len(self._connections) >= CONNECTIONS:
                past = _joined(self._connections.values(), None)
                self._connections = {past.number: past}
            self._connections[number] = trace.connection
        self.trace.tls = self.trace.tls or trace.tls
        begin = self.trace.first_ns or 0
        gaps = [gap for gap in trace.gaps if _matters(gap, begin)]
        self.trace.feed([*gaps, *trace.anomalies()])

    def absorb(self, other: "Life") -> None:
        """Take over another, which proves to be the same."""
        self.trace.absorb(other.trace)
        room = max(0, BOSH_TURNS - len(self._turns))
        self._turns += other._turns[:room]  # noqa: SLF001 - one of us
        self._latest.extend(other._latest)  # noqa: SLF001 - one of us
        self._count += other._count  # noqa: SLF001 - one of us
        self._missing += other._missing  # noqa: SLF001 - one of us
        self._spans = other._spans | self._spans  # noqa: SLF001 - one of us
        self._granted = self._granted or other._granted  # noqa: SLF001 - one of us
        self._connections |= other._connections  # noqa: SLF001 - one of us
        self.numbers |= other.numbers
        self.open |= other.open
        self.created |= other.created
        self.terminated |= other.terminated
        rids = [rid for rid in (self.first_rid, other.first_rid) if rid is not None]
        self.first_rid = min(rids, default=None)

    def done(self) -> Trace:
        """Everything of it, once it has ended."""
        turns, latest = sorted(self._turns, key=_order), sorted(self._latest, key=_order)
        every = [*turns, *latest]
        if self._count > len(turns):
            values: dict[str, str | int] = {"limit": "BOSH_TURNS", "value": BOSH_TURNS}
            self.trace.feed([Anomaly(code=AnomalyCode.LIMIT, values=values)])
        end = min((end for turn in every for end in _ends(turn)), default=None)
        self.trace.bosh = BoshFacts(
            sid=self.sid,
            url=self.url,
            wait_s=_number(self._granted.get("wait")),
            hold=_number(self._granted.get("hold")),
            requests=_number(self._granted.get("requests")),
            inactivity_s=_number(self._granted.get("inactivity")),
            polling_s=_number(self._granted.get("polling")),
            connections=tuple(dict.fromkeys(turn.connection for turn in every)),
            turns=tuple(turns),
            latest=tuple(latest),
            turn_count=self._count,
            terminated_by=None if end is None else end[1],
            condition=None if end is None else end[2] or None,
            bodies_missing=self._missing,
        )
        last = every[-1].connection if every else None
        if self._connections:
            self.trace.connection = _joined(self._connections.values(), last)
        return self.trace


def facts_of(number: int, turn: Turn) -> TurnFacts:
    """A turn without what it carried."""
    request, response = turn.request, turn.response
    answer = _told(response)
    return TurnFacts(
        rid=request.rid if request is not None else None,
        connection=number,
        asked_ns=_time(turn.asked),
        answered_ns=_time(turn.answered),
        status=turn.status,
        error=turn.error,
        creation=_creates(request),
        empty=request is not None and all(s.kind in _SIGNS for s in request.stanzas),
        encrypted=_SCHEMES.get(turn.url.partition(":")[0].lower()),
        type=answer.get("type"),
        condition=answer.get("condition"),
        request=_told(request),
        response=answer,
        asked=turn.asked,
        answered=turn.answered,
    )


_NAMES = (
    "accept ack charsets condition content from hold inactivity maxpause pause polling report "
    "requests route secure stream time to type ver wait xml:lang xmpp:restart xmpp:version"
)
_KNOWN = frozenset(_NAMES.split())
"""Attributes that rules may ask for; `sid` is a secret, and `rid` has a place of its own."""

_VALUE_LETTERS = 200


def _told(body: Body | None) -> dict[str, str]:
    if body is None or not body.attributes.keys() & _KNOWN:
        return _NOTHING
    return {
        name: value[:_VALUE_LETTERS] for name, value in body.attributes.items() if name in _KNOWN
    }


_NOTHING: dict[str, str] = {}

_SIGNS = frozenset({StanzaKind.OPEN, StanzaKind.CLOSE})
"""What attributes of a `<body/>` stand for."""

_SCHEMES = {"https": True, "http": False}


def _creates(request: Body | None) -> bool:
    return request is not None and request.sid is None and request.rid is not None


def _ends(turn: TurnFacts) -> Iterator[tuple[int, str, str]]:
    """Terminations of a turn: when, by whom, and the condition (XEP-0124 section 13)."""
    asked = turn.asked_ns or 0
    if turn.request.get("type") == "terminate":
        yield asked, "client", ""
    if turn.type == "terminate":
        yield turn.answered_ns or asked, "server", turn.condition or ""


def _order(turn: TurnFacts) -> tuple[int, int]:
    """By time; request ids tell what a coarse clock does not."""
    time_ns = turn.asked_ns if turn.asked_ns is not None else turn.answered_ns
    return (0 if time_ns is None else time_ns, turn.rid or 0)


def _time(place: Source | None) -> int | None:
    return place.time_ns if place is not None else None


def _matters(gap: Gap, since_ns: int) -> bool:
    """Whether a hole of its connection is one of the session: what is encrypted stays so."""
    place_ns = None if gap.source is None else gap.source.time_ns
    return place_ns is None or place_ns >= since_ns or gap.reason is GapReason.ENCRYPTED


def _number(text: str | None) -> int | None:
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 9:
        return None
    return int(text)


def _joined(connections: Collection[Connection], last: int | None) -> Connection:
    """
    The connections of a session as one: how the first began, how the one last used ended.

    Counts of both directions are those of all of them.
    """
    began = min(connections, key=lambda one: (one.opened_ns or 0, one.number))
    ended = next((one for one in connections if one.number == last), began)
    closed = [one.closed_ns for one in connections if one.closed_ns is not None]
    return replace(
        began,
        closed_ns=max(closed, default=None),
        ended_by=ended.ended_by,
        ended_side=ended.ended_side,
        end_source=ended.end_source,
        to_server=_sum([one.to_server for one in connections]),
        to_client=_sum([one.to_client for one in connections]),
    )


def _sum(several: Iterable[DirectionFacts | None]) -> DirectionFacts | None:
    facts = [one for one in several if one is not None]
    if not facts:
        return None
    last = max(facts, key=lambda one: one.last_ns or 0)
    sums = {name: sum(getattr(one, name) for one in facts) for name in _COUNTS}
    # While one connection is silent another may speak.
    return replace(last, silences=(), **sums)


_COUNTS = tuple(one.name for one in fields(DirectionFacts) if one.type is int)
"""What is counted, and so can be added."""
