"""Where two sessions part first, and what each of them has there."""

from collections.abc import Sequence

from msgspec import Struct

from ..model.comparison import Arrival, ArrivalKind, Change, ChangeKind, Divergence, Said, StepPair
from ..model.session import CloseKind, Session, Step, StepName, StepStatus
from ..model.source import Direction, Source
from ..model.xmpp import Stanza
from .compare_changes import Meeting
from .compare_units import Unit
from .pair import between


def part(
    good: Session,
    bad: Session,
    steps: Sequence[StepPair],
    meeting: Meeting,
    changes: Sequence[Change],
) -> Divergence | None:
    """
    Where two sessions part first; None if they go the same way.

    The first step that only one of them did, or that failed otherwise; where all steps went alike,
    the first stanza that tells a difference.
    """
    place = _Place(good, bad, meeting)
    pair = next((pair for pair in steps if pair.differs), None)
    if pair is None:
        change = next((change for change in changes if change.matters), None)
        return None if change is None else place.at_change(change)
    answers = (c for c in changes if c.step is pair.name and c.kind is ChangeKind.ANSWER)
    answer = next(answers, None)
    return place.at_step(pair) if answer is None else place.at_change(answer)


class _Last(Struct, frozen=True):
    """
    The last thing that both sessions said.

    Attributes:
        pair: Its indices; (-1, -1) if there is none.
        good: The stanza, or its answer, in the good one.
        bad: In the bad one.
    """

    pair: tuple[int, int] = (-1, -1)
    good: Stanza | None = None
    bad: Stanza | None = None


class _Place:
    """Knows what stands where in two sessions."""

    def __init__(self, good: Session, bad: Session, meeting: Meeting) -> None:
        self.good = good
        self.bad = bad
        self.meeting = meeting

    def at_step(self, pair: StepPair) -> Divergence:
        """What both have at a step that went another way."""
        good, bad = pair.good, pair.bad
        i = _index(self.meeting.good, None if good is None else good.asked)
        j = _index(self.meeting.bad, None if bad is None else bad.asked)
        if pair.name is StepName.LIVE:
            return self._told(pair.name, _end(self.good, good), _end(self.bad, bad), self._latest())
        if (i, j) in self.meeting.pairs:
            mine, yours = self.meeting.good[i].said, self.meeting.bad[j].said
            last = _Last((i, j), mine.stanza, yours.stanza)
        elif pair.name is StepName.PUBSUB:
            return self._at_subscription(good, bad, i, j)
        else:
            last = self._before(i, j)
            if i >= 0 or j >= 0:
                # Not asked at the same place, or by one only: that is where they part.
                return self._next(pair.name, last)
        here, there = self._behind(last)
        return self._told(pair.name, here.at(good), there.at(bad), last)

    def _at_subscription(self, good: Step | None, bad: Step | None, i: int, j: int) -> Divergence:
        """Subscriptions that only one asked for; of one that was refused, its answer."""
        failed = [s is not None and s.status is StepStatus.FAILED for s in (good, bad)]
        if not any(failed):
            return self._next(StepName.PUBSUB, self._before(i, j))
        last = self._before(i if failed[0] else -1, j if failed[1] else -1)
        here, there = self._behind(last)
        return self._told(
            StepName.PUBSUB,
            here.refused(good, failed=failed[0]),
            there.refused(bad, failed=failed[1]),
            last,
        )

    def at_change(self, change: Change) -> Divergence:
        """What both have at a stanza in which they differ."""
        mine, yours = change.good, change.bad
        if change.kind is ChangeKind.ANSWER and mine is not None and yours is not None:
            asked = _Last((-1, -1), mine.stanza, yours.stanza)
            return self._told(
                change.step, _answer(self.good, mine), _answer(self.bad, yours), asked
            )
        i = _index(self.meeting.good, None if mine is None else mine.stanza.source)
        j = _index(self.meeting.bad, None if yours is None else yours.stanza.source)
        if i < 0 and j < 0:
            # The server sent it by itself.
            return self._told(change.step, _unasked(mine), _unasked(yours), _Last())
        return self._next(change.step, self._before(i, j))

    def _next(self, step: StepName, last: _Last) -> Divergence:
        """What both said behind the last thing that both said."""
        here, there = self._behind(last)
        return self._told(step, here.instead(), there.instead(), last)

    def _behind(self, last: _Last) -> "tuple[_Here, _Here]":
        return (
            _Here(self.good, _following(self.meeting.good, last.pair[0]), last.good),
            _Here(self.bad, _following(self.meeting.bad, last.pair[1]), last.bad),
        )

    def _told(self, step: StepName, good: Arrival, bad: Arrival, last: _Last) -> Divergence:
        return Divergence(step=step, good=good, bad=bad, common_good=last.good, common_bad=last.bad)

    def _latest(self) -> _Last:
        return self._of(self.meeting.pairs[-1]) if self.meeting.pairs else _Last()

    def _before(self, i: int, j: int) -> _Last:
        """The last pair before both of two indices; one that is -1 does not count."""
        found = None
        for pair in self.meeting.pairs if i >= 0 or j >= 0 else ():
            if (0 <= i <= pair[0]) or (0 <= j <= pair[1]):
                break
            found = pair
        return _Last() if found is None else self._of(found)

    def _of(self, pair: tuple[int, int]) -> _Last:
        mine, yours = self.meeting.good[pair[0]].said, self.meeting.bad[pair[1]].said
        if mine.answer is not None and yours.answer is not None:
            return _Last(pair, mine.answer, yours.answer)
        return _Last(pair, mine.stanza, yours.stanza)


def _index(units: Sequence[Unit], source: Source | None) -> int:
    """Where a stanza stands among what the client said; -1 if it does not."""
    if source is None:
        return -1
    return next((i for i, unit in enumerate(units) if unit.said.stanza.source == source), -1)


def _following(units: Sequence[Unit], index: int) -> Said | None:
    """What was said behind an index."""
    return units[index + 1].said if index + 1 < len(units) else None


class _Here(Struct, frozen=True):
    """
    A place in a session.

    Attributes:
        session: Which.
        following: What the client said behind it.
        last: The last stanza before it that both sessions have.
    """

    session: Session
    following: Said | None
    last: Stanza | None

    def at(self, step: Step | None) -> Arrival:
        """What the session has at a step."""
        if step is None:
            return Arrival(kind=ArrivalKind.NO_STEP)
        by_stanzas = step.name not in _BELOW
        if step.status is StepStatus.MISSING:
            return self.instead() if by_stanzas else self.over()
        answer = _stanza_at(self.session, step.answered)
        if answer is not None:
            return Arrival(
                kind=ArrivalKind.GOT,
                stanza=answer,
                asked=_stanza_at(self.session, step.asked, Direction.TO_SERVER),
                after_ns=between(step.asked, answer.source),
                source=answer.source,
            )
        if by_stanzas and step.status is StepStatus.FAILED:
            return self.over()
        source = step.answered or step.asked
        return Arrival(kind=ArrivalKind.STEP, step=step, after_ns=step.latency_ns, source=source)

    def refused(self, step: Step | None, *, failed: bool) -> Arrival:
        """The answer of a subscription that failed; of others what was said in its place."""
        answered = step is not None and step.answered is not None
        return self.at(step) if failed and answered else self.instead()

    def instead(self) -> Arrival:
        """What the session has behind the last stanza that both have."""
        if self.following is None:
            return self.over()
        stanza = self.following.stanza
        after_ns = None if self.last is None else between(self.last.source, stanza.source)
        return Arrival(
            kind=ArrivalKind.SENT, stanza=stanza, after_ns=after_ns, source=stanza.source
        )

    def over(self) -> Arrival:
        """The end of the session in place of what did not come; nothing, where it goes on."""
        close = self.session.close
        if close.kind in _UNSEEN_ENDS:
            return Arrival(kind=ArrivalKind.NOTHING)
        began_ns = None if self.last is None else self.last.source.time_ns
        after_ns = None
        if began_ns is not None and close.time_ns is not None:
            after_ns = max(close.time_ns - began_ns, 0)
        return Arrival(kind=ArrivalKind.END, close=close, after_ns=after_ns, source=close.source)


_BELOW = frozenset({StepName.CONNECT, StepName.TLS, StepName.UPGRADE})
"""Steps that no stanza ends."""

_UNSEEN_ENDS = frozenset({CloseKind.OPEN, CloseKind.UNKNOWN})


def _answer(session: Session, said: Said) -> Arrival:
    answer = said.answer
    if answer is None:
        return _Here(session, None, said.stanza).over()
    return Arrival(
        kind=ArrivalKind.GOT,
        stanza=answer,
        asked=said.stanza,
        after_ns=said.latency_ns,
        source=answer.source,
    )


def _unasked(said: Said | None) -> Arrival:
    if said is None:
        return Arrival(kind=ArrivalKind.NOTHING)
    return Arrival(kind=ArrivalKind.GOT, stanza=said.stanza, source=said.stanza.source)


def _end(session: Session, step: Step | None) -> Arrival:
    """How a session that came through the login went on."""
    close = session.close
    fault = _stanza_at(session, close.source) if close.kind is CloseKind.STREAM_ERROR else None
    if fault is not None:
        return Arrival(kind=ArrivalKind.GOT, stanza=fault, source=fault.source)
    if step is not None and step.status is StepStatus.FAILED and close.kind in _UNSEEN_ENDS:
        return Arrival(kind=ArrivalKind.STEP, step=step, source=step.answered)
    return Arrival(kind=ArrivalKind.END, close=close, source=close.source)


def _stanza_at(
    session: Session, source: Source | None, direction: Direction = Direction.TO_CLIENT
) -> Stanza | None:
    """The stanza that stands at a place, and went that way."""
    if source is None:
        return None
    there = (stanza for stanza in session.stanzas if stanza.source == source)
    return next((stanza for stanza in there if stanza.direction is direction), None)
