"""The chapters of one agent's story, session by session."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any, NamedTuple

from ..model.history import Chapter, Happening, Moment, Polling
from ..model.network import Attempt
from ..model.session import Carrier, CloseKind, Session, Step, StepName, StepStatus
from ..model.source import Side, Source
from .nodes import Nodes
from .overlap import (
    CONFLICT,
    SLACK_NS,
    end_of,
    given_up,
    is_echo,
    is_open,
    is_replaced,
    last_word,
    overlaps,
)

MINUTE_NS = 60_000_000_000
"""Finesse logs out an agent whose presence is gone for so long; a page reloads in less."""

_SAME_NS = 10_000_000_000
"""Events about one logout reach agent and supervisor within this."""

_PLACES = 5
"""Connections in vain that are pointed at."""

_OUT = "OUT_OF_SERVICE"


class _In(NamedTuple):
    """A session that the agent got into, and its node."""

    session: Session
    node: str


class Teller:
    """
    Takes the sessions of an agent in order of time.

    Attributes:
        numbers: Of the sessions taken.
    """

    def __init__(self, agent: str, nodes: Nodes) -> None:
        """Take the bare JID, or the address of a client that nobody names."""
        self._user = agent.partition("@")[0]
        self.numbers: list[int] = []
        self._nodes = nodes
        self._begun: list[int] = []
        self._chapters: list[tuple[int, Chapter]] = []
        self._last: _In | None = None
        self._refused: Session | None = None
        self._absence_ns: int | None = None
        self._logouts: set[tuple[str | None, int]] = set()
        self._infos: set[Source] = set()
        self._polls: dict[str, Polling] = {}

    def take(self, session: Session) -> None:
        """Take the next session."""
        self.numbers.append(session.number)
        self._begun.append(session.started_ns or 0)
        now, last = _In(session, self._nodes.of(session)), self._last
        stop = session.stopped_at()
        if stop is not None:
            self._refuse(now, stop)
            return
        if last is not None and is_echo(last.session, session):
            return
        self._try(session, session.attempts)
        if last is None:
            self._enter(now)
        else:
            self._close(last, session)
            if overlaps(last.session, session) and not given_up(last.session, session):
                self._tell(Happening.BESIDE, now, session.started_ns, evidence=_beginning(session))
            else:
                self._return(now, last)
        self._last, self._refused = now, None
        self._take_moments(now)

    def take_polling(self, polling: Polling) -> None:
        """Take a client in recovery, in order of time; what two recordings saw counts once."""
        node = self._nodes.named(polling.host)
        before = self._polls.get(node)
        if before and before.capture != polling.capture and before.last_ns >= polling.first_ns:
            return
        self._polls[node] = polling
        begun = bisect_right(self._begun, polling.first_ns) - 1
        chapter = Chapter(
            what=Happening.POLLED,
            session=self.numbers[begun] if begun >= 0 else None,
            time_ns=polling.first_ns,
            server=node,
            side=self._nodes.side(node),
            detail=", ".join(polling.answers) or None,
            count=polling.count,
            span_ns=polling.last_ns - polling.first_ns,
            evidence=polling.sources,
        )
        self._chapters.append((polling.first_ns, chapter))

    def take_logout(self, session: Session, moment: Moment) -> None:
        """Take a forced logout, as this agent's session or another one's tells it."""
        tenth = (moment.time_ns or 0) // _SAME_NS
        if not {(moment.detail, near) for near in (tenth - 1, tenth, tenth + 1)} & self._logouts:
            self._logouts.add((moment.detail, tenth))
            away = self._absence_ns if session.number in self.numbers[-1:] else None
            self._tell(
                Happening.FORCED_LOGOUT,
                _In(session, self._nodes.of(session)),
                moment.time_ns,
                detail=moment.detail,
                span_ns=away if away is not None and away > MINUTE_NS else None,
                evidence=(moment.source,),
            )

    def chapters(self) -> tuple[Chapter, ...]:
        """All of them, in order of time; nothing can be taken behind this."""
        if self._last is not None:
            self._close(self._last, None)
            self._last = None
        return tuple(chapter for _, chapter in sorted(self._chapters, key=lambda pair: pair[0]))

    def _tell(self, what: Happening, of: _In, time_ns: int | None, **more: Any) -> None:
        session, node = of
        chapter = Chapter(
            what=what,
            session=session.number,
            time_ns=time_ns,
            server=node,
            side=self._nodes.side(node),
            **more,
        )
        self._chapters.append((session.started_ns or 0 if time_ns is None else time_ns, chapter))

    def _refuse(self, now: _In, stop: Step) -> None:
        session = now.session
        if stop.name is StepName.CONNECT:
            begun = [session.started_ns, *(one.connection.opened_ns for one in session.attempts)]
            self._tell(
                Happening.IN_VAIN,
                now,
                session.started_ns,
                detail=stop.detail,
                count=len(begun),
                span_ns=max(t or 0 for t in begun) - (session.started_ns or 0),
                evidence=_places(stop.asked, stop.answered) or _beginning(session),
            )
            return
        self._try(session, session.attempts)
        self._refused = session
        self._tell(
            Happening.REFUSED,
            now,
            session.started_ns,
            detail=f"{stop.name.value}: {stop.detail or stop.status.value}",
            evidence=_places(stop.answered or stop.asked) or _beginning(session),
        )

    def _try(self, session: Session, attempts: Sequence[Attempt]) -> None:
        """Connections in vain before a session, by node."""
        by_node: dict[str, list[Attempt]] = {}
        for attempt in attempts:
            node = self._nodes.named(attempt.connection.server.host)
            by_node.setdefault(node, []).append(attempt)
        for node, tried in by_node.items():
            opened = [one.connection.opened_ns or 0 for one in tried]
            words = dict.fromkeys(one.detail or one.end.value for one in tried)
            places = (one.connection.opened_source for one in tried[:_PLACES])
            self._tell(
                Happening.IN_VAIN,
                _In(session, node),
                tried[0].connection.opened_ns,
                detail=", ".join(words),
                count=len(tried),
                span_ns=max(opened) - min(opened),
                evidence=_places(*places),
            )

    def _enter(self, now: _In) -> None:
        """The first login."""
        session = now.session
        refused, detail = self._refused, None
        what = Happening.ALREADY_IN if session.started_late else Happening.LOGGED_IN
        auth = session.step(StepName.AUTH)
        if what is Happening.LOGGED_IN and auth and auth.status is StepStatus.NOT_CAPTURED:
            what = Happening.CONNECTED
        if refused is not None and _falls_back(refused, session):
            what, detail = Happening.FELL_BACK, session.carrier.value
        evidence = _beginning(session)
        self._tell(what, now, session.started_ns, detail=detail, evidence=evidence)

    def _return(self, now: _In, last: _In) -> None:
        session, before = now.session, last.session
        gone_ns = last_word(before) if given_up(before, session) else end_of(before)
        away_ns = max(0, (session.started_ns or 0) - gone_ns)
        detail = CONFLICT if is_replaced(before) else None
        if _falls_back(self._refused or before, session):
            what, detail = Happening.FELL_BACK, session.carrier.value
        elif now.node != last.node:
            what, detail = Happening.FAILED_OVER, last.node
        elif away_ns < MINUTE_NS and before.close.orderly:
            what = Happening.REFRESHED
        else:
            what = Happening.RECONNECTED
        self._absence_ns = away_ns
        evidence = _beginning(session)
        self._tell(what, now, session.started_ns, detail=detail, span_ns=away_ns, evidence=evidence)

    def _close(self, of: _In, following: Session | None) -> None:
        """How a session ended, told in view of the one that followed."""
        session = of.session
        end_ns: int | None = end_of(session) or None
        if following is not None and given_up(session, following):
            self._tell(
                Happening.LOST,
                of,
                last_word(session),
                detail="silent",
                by=Side.CLIENT,
                evidence=_places(session.close.source),
            )
            if is_open(session):
                return
            what = Happening.REPLACED if is_replaced(session) else Happening.LINGERED
        else:
            what = _way_out(session)
            if is_open(session):
                what = Happening.STILL_IN
            elif is_replaced(session):
                what = Happening.REPLACED
            if following is not None and end_ns is not None and not overlaps(session, following):
                end_ns = min(end_ns, following.started_ns or end_ns)
        self._tell(
            what,
            of,
            end_ns,
            detail=None if what is Happening.STILL_IN else _words(session),
            by=session.close.by,
            span_ns=_silence(session) if what is Happening.LOST else None,
            evidence=_places(session.close.source),
        )

    def _take_moments(self, now: _In) -> None:
        session = now.session
        info = session.system_info
        if (
            info is not None
            and (info.status or "").upper() == _OUT
            and info.source not in self._infos
        ):
            self._infos.add(info.source)
            self._tell(Happening.OUT_OF_SERVICE, now, info.source.time_ns, evidence=(info.source,))
        for moment in session.moments:
            if moment.what is not Happening.FORCED_LOGOUT:
                self._tell(
                    moment.what,
                    now,
                    moment.time_ns,
                    detail=moment.detail,
                    evidence=(moment.source,),
                )
            elif moment.user in {None, self._user}:
                self.take_logout(session, moment)


def _way_out(session: Session) -> Happening:
    """Whether a session that ended was left, or lost; a HAR tells of few."""
    if session.close.orderly:
        return Happening.LEFT
    live = session.step(StepName.LIVE)
    died = live is not None and live.status is StepStatus.FAILED
    return Happening.LOST if died or session.close.orderly is False else Happening.ENDED


def _silence(session: Session) -> int | None:
    """For how long nobody had spoken before the end, where that is more than a pause."""
    idle_ns = session.close.idle_ns
    return idle_ns if idle_ns is not None and idle_ns >= SLACK_NS else None


def _falls_back(before: Session, after: Session) -> bool:
    return before.carrier is Carrier.WEBSOCKET and after.carrier is Carrier.BOSH


def _words(session: Session) -> str | None:
    """How it ended, in words of the protocol; None where no more than that is known."""
    close = session.close
    if close.condition is not None:
        return close.condition
    if close.code is not None:
        return f"{close.kind.value} {close.code}"
    return None if close.kind is CloseKind.CLOSED else close.kind.value


def _places(*sources: Source | None) -> tuple[Source, ...]:
    return tuple(dict.fromkeys(source for source in sources if source is not None))


def _beginning(session: Session) -> tuple[Source, ...]:
    """The upgrade, else the first step, else the connection's first packet or entry."""
    exchange = session.upgrade.exchange if session.upgrade is not None else None
    if exchange is not None and exchange.request is not None:
        return (exchange.request.source,)
    asked = next((step.asked for step in session.steps if step.asked is not None), None)
    opened = session.connection.opened_source if session.connection is not None else None
    return _places(asked or opened)
