"""
Turns of BOSH in, sessions out: one for each session id (XEP-0124).

A session's requests go over several connections, and a connection may carry several sessions; what
belongs together is told by session and request ids. Nothing depends on the order in which the
connections are delivered: a session is put together when it has ended.
"""

from collections.abc import Iterable

from ..model.anomaly import Anomaly, AnomalyCode
from ..model.bosh import Turn
from ..model.http import host_of
from ..model.limits import BOSH_SESSIONS
from ..model.source import HarSource
from .bosh_life import Life
from .trace import Room, Trace

IDLE_NS = 120_000_000_000
"""A session of which nothing was heard for so long has ended; inactivity is mostly 30 to 60 s."""

FAREWELL_NS = 10_000_000_000
"""Both sides say good-bye, each in a request or response of its own."""

LOOK_NS = 10_000_000_000
"""How often it is looked whether one has."""

HALVES = 4
"""Places of one capture at which a session may have been seen."""

LOST_CREATION = 3
"""How far the first request captured of a session may be from the one that created it."""


class BoshSessions:
    """The BOSH sessions of one recording that have not ended."""

    def __init__(self, room: Room) -> None:
        """Take the room for the text of stanzas."""
        self._room = room
        self._lives: dict[Life, None] = {}  # the longest idle first
        self._by_sid: dict[str, list[Life]] = {}
        self._created: dict[tuple[str, int | None], Life] = {}  # those whose id is not known yet
        self._latest: dict[int | str, Life] = {}
        self._carried: dict[int, dict[Life, None]] = {}
        self._terminated: dict[Life, None] = {}
        self._ended: list[Life] = []
        self._looked_ns = 0

    def take(self, number: int, turn: Turn) -> None:
        """Take in a turn of a connection."""
        life = self._find(number, turn)
        life.take(number, turn)
        self._carried.setdefault(number, {})[life] = None
        sid = turn.response.sid if turn.response is not None else None
        if life.sid is None and sid:
            life = self._name(life, sid)
        self._lives.pop(life, None)
        self._lives[life] = None
        self._latest[_where(number, turn)] = life
        if life.terminated:
            self._terminated[life] = None
        if len(self._lives) > BOSH_SESSIONS:
            oldest = next(iter(self._lives))
            values: dict[str, str | int] = {"limit": "BOSH_SESSIONS", "value": BOSH_SESSIONS}
            oldest.trace.feed([Anomaly(code=AnomalyCode.LIMIT, values=values)])
            self._end(oldest)

    def end(self, number: int, trace: Trace) -> bool:
        """
        A connection has ended: what it shows below HTTP belongs to the sessions it carried.

        Returns:
            Whether it carried any.
        """
        carried = self._carried.pop(number, {})
        for life in carried:
            life.end_connection(number, trace)
        return self._latest.pop(number, None) is not None or bool(carried)

    def over(self, until_ns: int) -> list[Trace]:
        """
        Sessions that have ended.

        Args:
            until_ns: How far the recording has been read.
        """
        for life in [one for one in self._terminated if not one.open]:
            if until_ns - life.last_ns >= FAREWELL_NS:
                self._end(life)
        if until_ns - self._looked_ns >= LOOK_NS:
            self._looked_ns = until_ns
            idle = [one for one in self._lives if until_ns - one.last_ns >= IDLE_NS]
            self._end_all(life for life in idle if life.terminated or not life.open)
        ended, self._ended = self._ended, []
        return [life.done() for life in ended]

    def finish(self) -> list[Trace]:
        """All that are left, once the recording has been read."""
        self._end_all(self._lives)
        return self.over(0)

    def _end_all(self, lives: Iterable[Life]) -> None:
        """Those with a name first: others may prove to be their creations."""
        for life in sorted(lives, key=lambda life: life.sid is None):
            if life in self._lives:
                self._end(life)

    def _find(self, number: int, turn: Turn) -> Life:
        request, response = turn.request, turn.response
        sid = request.sid if request is not None else response.sid if response is not None else None
        latest = self._latest.get(_where(number, turn))
        if latest not in self._lives:
            latest = None
        if sid:
            return self._named(sid, number, turn, latest)
        rid = request.rid if request is not None else None
        if rid is None:
            return latest or self._begin(turn)
        life = self._created.get((turn.url, rid))
        if life is None:
            life = self._created[turn.url, rid] = self._begin(turn)
            life.creation = (turn.url, rid)
        return life

    def _named(self, sid: str, number: int, turn: Turn, latest: Life | None) -> Life:
        """The session of that id; what told nothing of itself before on the connection is its."""
        nameless = latest is not None and latest.sid is None and latest.first_rid is None
        life = self._of_sid(sid, number, turn)
        if latest is None or not nameless:
            return life or self._register(self._begin(turn), sid)
        if life is None:
            return self._register(latest, sid)
        self._join(life, latest)
        return life

    def _of_sid(self, sid: str, number: int, turn: Turn) -> Life | None:
        """
        The session of that id at that address to which the turn belongs.

        A capture in front of a proxy and behind it holds everything twice: a request that comes
        while the same is open elsewhere, and both are answered, is the other half's.
        """
        server = host_of(turn.url)
        lives = [
            life for life in self._by_sid.get(sid, ()) if not server or life.server in {server, ""}
        ]
        if len(lives) >= HALVES:
            return lives[0]
        own = next((life for life in lives if number in life.numbers), None)
        return own or next((life for life in lives if not life.has_twin(turn)), None)

    def _begin(self, turn: Turn) -> Life:
        life = Life(self._room, turn.url)
        self._lives[life] = None
        return life

    def _name(self, life: Life, sid: str) -> Life:
        """The answer to a creation was seen; some of its requests may have been before."""
        known = [one for one in self._by_sid.get(sid, ()) if one.server == life.server]
        for one in known:
            if not one.created or len(known) >= HALVES:
                self._join(one, life)
                return one
        return self._register(life, sid)

    def _register(self, life: Life, sid: str) -> Life:
        self._forget_creation(life)
        life.sid = sid
        self._by_sid.setdefault(sid, []).append(life)
        return life

    def _join(self, life: Life, creation: Life) -> None:
        life.absorb(creation)
        for number in creation.open:
            self._carried[number].pop(creation, None)
            self._carried[number][life] = None
        self._remove(creation)

    def _forget_creation(self, life: Life) -> None:
        if life.creation is not None:
            del self._created[life.creation]
            life.creation = None

    def _remove(self, life: Life) -> None:
        self._lives.pop(life, None)
        self._terminated.pop(life, None)
        self._forget_creation(life)

    def _end(self, life: Life) -> None:
        if life.sid is not None and not life.created and life.first_rid is not None:
            rids = range(life.first_rid - 1, life.first_rid - 1 - LOST_CREATION, -1)
            found = (self._created.get((life.url, rid)) for rid in rids)
            creation = next((one for one in found if one is not None), None)
            if creation is not None:
                self._join(life, creation)
        self._remove(life)
        if life.sid is not None:
            self._by_sid[life.sid].remove(life)
            if not self._by_sid[life.sid]:
                del self._by_sid[life.sid]
        for number in life.open:
            self._carried[number].pop(life, None)
        self._ended.append(life)


def _where(number: int, turn: Turn) -> int | str:
    """Where turns follow each other: on a connection; in a HAR, that of one client, at a URL."""
    return turn.url if isinstance(turn.asked or turn.answered, HarSource) else number
