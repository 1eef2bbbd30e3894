"""How far a login came, for rules that name the step at which it stopped."""

from bisect import bisect_left, insort
from collections.abc import Mapping
from itertools import accumulate

from ..model.flow import Gap
from ..model.rule import Effect
from ..model.session import PASSED, CloseKind, Session, Step, StepName, StepStatus
from ..model.source import Direction, Side, Source
from ..model.xmpp import Stanza, StanzaKind, local_part

PATIENCE_NS = 5_000_000_000
"""A client that goes on does so within milliseconds; after this long it has stopped."""


def unanswered(session: Session, name: StepName) -> Step | None:
    """The step of that name, if the login stopped there for want of any answer."""
    step = session.stopped_at()
    if step is None or step.name is not name or step.status is not StepStatus.FAILED:
        return None
    return step if step.asked is not None and step.answered is None else None


def never_asked(session: Session, name: StepName) -> Step | None:
    """
    The step of that name, if the login stopped in front of it and nobody but the client did that.

    A session that the server or the network ended at once left the client no time to go on.
    """
    step = session.stopped_at()
    if step is None or step.name is not name or step.status is not StepStatus.MISSING:
        return None
    if session.close.kind in {CloseKind.STREAM_ERROR, CloseKind.BOSH_ERROR}:
        return None
    # A HAR does not say who closed, but a good-bye is the client's.
    if session.close.by is Side.CLIENT or session.close.orderly:
        return step
    idle = session.close.idle_ns
    return step if idle is not None and idle >= PATIENCE_NS else None


def last_passed(session: Session) -> Source | None:
    """What ended the last step that was passed before the login stopped."""
    passed = None
    for step in session.steps:
        if step.status not in PASSED:
            break
        passed = step.answered or step.asked or passed
    return passed


def effect_of_stop(session: Session) -> Effect:
    """BREAKS if the login stopped, NONE if it went on all the same."""
    return Effect.BREAKS if session.stopped_at() is not None else Effect.NONE


def seconds(nanoseconds: int | None) -> float:
    """Nanoseconds as seconds with one decimal, for texts; 0.0 if unknown."""
    return round((nanoseconds or 0) / 1_000_000_000, 1)


def until_end(session: Session, source: Source | None) -> int | None:
    """Nanoseconds from a place to the end of the session; None if either time is not known."""
    if source is None or source.time_ns is None or session.ended_ns is None:
        return None
    return max(session.ended_ns - source.time_ns, 0)


class Holes:
    """When octets of a session are missing: what was not seen then may have happened."""

    def __init__(self, session: Session) -> None:
        self._ends: list[int] = []
        self._anywhere = False
        if not session.gaps:
            return
        said: dict[Direction, list[int]] = {way: [] for way in Direction}
        for stanza in session.stanzas:
            insort(said[stanza.direction], stanza.source.time_ns or 0)
        ends = [(_time(gap), gap) for gap in session.gaps]
        spans = sorted((end, _since(gap, said, end)) for end, gap in ends if end is not None)
        self._ends = [end for end, _ in spans]
        # The earliest begin of this span and of all that end later.
        self._begins = [*accumulate((begin for _, begin in reversed(spans)), min)][::-1]
        self._anywhere = len(spans) < len(ends)

    def between(self, since_ns: int | None, until_ns: int | None = None) -> bool:
        """
        Whether a hole may lie in a span of time.

        Args:
            since_ns: Begin; None: the beginning of the session.
            until_ns: End; None: the end of the recording.
        """
        first = 0 if since_ns is None else bisect_left(self._ends, since_ns)
        if first == len(self._ends):
            return self._anywhere
        return self._anywhere or until_ns is None or self._begins[first] <= until_ns


def _since(gap: Gap, said: Mapping[Direction, list[int]], end: int) -> int:
    """A hole shows at what follows it, and lies anywhere behind what its side said before."""
    times = said[gap.direction]
    at = bisect_left(times, end) - 1
    return times[at] if at >= 0 and gap.offset else -1


def _time(gap: Gap) -> int | None:
    return gap.source.time_ns if gap.source is not None else None


def what(stanza: Stanza) -> str:
    """What a stanza is, as one writes it: `<presence/>`, `<iq type='set'/>`."""
    if stanza.kind is StanzaKind.IQ and stanza.type is not None:
        return f"<iq type='{stanza.type}'/>"
    return f"<{stanza.kind.value}/>"


def is_service(session: Session) -> bool:
    """Whether it is a connection of Finesse itself, which lives for months, and no agent's."""
    name = local_part(session.agent or "")
    return any(
        name.startswith(peer) if peer.endswith(".") else name == peer
        for peer in session.profile.presence_peers
    )
