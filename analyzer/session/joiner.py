"""Sessions of a case with several recordings, held until all of them have been read."""

from collections.abc import Iterator

from msgspec import Struct

from ..model.anomaly import Anomaly, AnomalyCode
from ..model.limits import JOIN_PAIRS, JOIN_SESSIONS, JOIN_STANZA_OCTETS
from ..model.session import Session
from .merge import merged
from .related import Related
from .retain import weight_of
from .same import groups
from .same_time import Effort


class Told(Struct, frozen=True, gc=False):
    """
    A session to be judged, and the recordings that hold it.

    Attributes:
        session: As one recording holds it, or several.
        captures: Their indices.
    """

    session: Session
    captures: tuple[int, ...]


class Joiner:
    """Holds the sessions of all recordings, and makes one of those that are one."""

    def __init__(
        self,
        octets: int = JOIN_STANZA_OCTETS,
        sessions: int = JOIN_SESSIONS,
        pairs: int = JOIN_PAIRS,
    ) -> None:
        self._octets = self._room = octets
        self._most = sessions
        self._pairs = pairs
        self._held: dict[int, Session] = {}
        self._weights: dict[int, int] = {}
        self._taken = 0
        self._reached: dict[str, int] = {}
        self._related: Related | None = None

    def expect_last(self) -> None:
        """What comes from now on is of the last recording."""
        self._related = Related(self._held.values())

    def hold(self, session: Session) -> Iterator[Told]:
        """
        Keep a session, unless nothing that is held may be the same one and no more will come.

        Returns:
            Those that need not wait, and those for which there is no room any more, the oldest
            first.
        """
        if self._related is not None and not self._related.may_hold(session):
            yield _alone(session)
            return
        weight = weight_of(session)
        self._held[self._taken] = session
        self._weights[self._taken] = weight
        self._taken += 1
        self._room -= weight
        while len(self._held) > self._most or self._room < 0:
            if len(self._held) > self._most:
                self._reached["JOIN_SESSIONS"] = self._most
            else:
                self._reached["JOIN_STANZA_OCTETS"] = self._octets
            oldest = next(iter(self._held))
            self._room += self._weights.pop(oldest)
            yield _alone(self._held.pop(oldest))

    def finish(self) -> Iterator[Told]:
        """All that is held, joined where several recordings hold the same session."""
        sessions = [*self._held.values()]
        self._held.clear()
        effort = Effort(self._pairs)
        found = groups(sessions, effort)
        if effort.spent:
            self._reached["JOIN_PAIRS"] = self._pairs
        joined = {id(member) for group in found for member in group.members}
        for session in sessions:
            if id(session) not in joined:
                yield _alone(session)
        for group in found:
            yield Told(merged(group), tuple(member.capture for member in group.members))

    def anomalies(self) -> list[Anomaly]:
        """The limits that were reached."""
        return [
            Anomaly(code=AnomalyCode.LIMIT, values={"limit": limit, "value": value})
            for limit, value in self._reached.items()
        ]


def _alone(session: Session) -> Told:
    return Told(session, (session.capture,))
