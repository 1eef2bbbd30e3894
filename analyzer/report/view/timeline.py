"""A session as rows in the order they happened: handshake, stanzas, control frames, holes, end."""

import heapq
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from msgspec import Struct

from ...model.flow import Gap, GapReason
from ...model.http import Response
from ...model.packed import unpack
from ...model.report import Report
from ...model.session import CloseKind, Session, StepStatus
from ...model.source import Direction, HarSource, PacketSource, Side, Source
from ...model.xmpp import Ping, Stanza
from ..facts.connection import close_words
from ..facts.evidence import look_up, place, place_in
from ..facts.labels import Label, of_frame, of_stanza, upgrade_labels
from ..facts.tls import tls_labels
from ..language.texts import Piece, say
from ..language.visible import clipped, legible
from ..language.words import Words


class Row(Struct, frozen=True, kw_only=True):
    """
    One thing that happened.

    Attributes:
        key: Unique in the report; the name of its anchor, the same in every report of the input.
        time_ns: When; None if unknown.
        direction: Which way it went; None for what belongs to both sides.
        by: Who did it, where `direction` is None.
        label: What it is.
        source: Where it stands; None for what stands nowhere.
        place: Where it stands, in words.
        look_up: How to find it there.
        octets: Length of a stanza; None for the rest.
        text: Of the stanza as captured, redacted; empty where none is kept.
        complete: False where octets of the stanza are missing.
        cited: Ids of the rules that point at it.
        failed: A step failed here, or the verdict's finding points at it first.
        unseen: It is a hole in the recording: nothing that was sent here, but something not seen.
    """

    key: str
    time_ns: int | None
    direction: Direction | None = None
    by: Side | None = None
    label: Label
    source: Source | None = None
    place: str = ""
    look_up: str = ""
    octets: int | None = None
    text: str = ""
    complete: bool = True
    cited: tuple[str, ...] = ()
    failed: bool = False
    unseen: bool = False


class _Draft(Struct, frozen=True, kw_only=True):
    order: tuple[float, int]
    source: Source | None
    time_ns: int | None
    label: Label
    direction: Direction | None = None
    by: Side | None = None
    stanza: Stanza | None = None
    may_fail: bool = True
    unseen: bool = False


class Timelines:
    """
    Makes the rows of any session of a report; knows what its findings point at.

    Attributes:
        recordings: What the places are in.
        several: There is more than one session.
        anchors: Names of the rows that show a place.
    """

    def __init__(self, report: Report, words: Words) -> None:
        self._words = words
        self._cited: dict[Source, list[str]] = {}
        for finding in report.findings:
            for source in finding.evidence:
                rules = self._cited.setdefault(source, [])
                if finding.rule_id not in rules:
                    rules.append(finding.rule_id)
        index = report.verdict.finding
        evidence = report.findings[index].evidence if index is not None else ()
        self._failed = set(evidence[:1])
        self.recordings = report.recordings
        self.several = len(report.sessions) > 1
        self.anchors: dict[Source, str] = {}

    def rows(self, session: Session) -> tuple[Row, ...]:
        """The rows of a session; what several rows stand for keeps the first one's anchor."""
        order, words = _order(session), self._words
        drafts = sorted((*_stanzas(session.stanzas, words), *_others(session, words)), key=order)
        return tuple(self._rows(session, drafts))

    def all_rows(self, session: Session) -> Iterator[Row]:
        """The same, and of a packed session all of them, one pack in memory at a time."""
        if not session.packed:
            yield from self.rows(session)
            return
        order, words = _order(session), self._words
        others = sorted(_others(session, words), key=order)
        yield from self._rows(
            session, heapq.merge(_stanzas(unpack(session.packed), words), others, key=order)
        )

    def _rows(self, session: Session, drafts: Iterable[_Draft]) -> Iterator[Row]:
        failed = self._failed | {
            step.answered or step.asked
            for step in session.steps
            if step.status is StepStatus.FAILED and (step.answered or step.asked)
        }
        keys = _Keys(session)
        latest = 0
        for draft in drafts:
            source = draft.source
            # What ended a session may stand before answers that still came: told last, untimed.
            late = draft.order[0] == _LAST and (draft.time_ns or 0) < latest
            latest = max(latest, draft.time_ns or 0)
            key = keys.of(source)
            if source is not None:
                self.anchors.setdefault(source, key)
            yield Row(
                key=key,
                time_ns=None if late else draft.time_ns,
                direction=draft.direction,
                by=draft.by,
                label=draft.label,
                source=source,
                place=self._place(source, session) if source is not None else "",
                look_up=look_up(source, self.recordings) if source is not None else "",
                octets=draft.stanza.length if draft.stanza is not None else None,
                text=_text(draft.stanza),
                complete=draft.stanza is None or draft.stanza.complete,
                cited=tuple(self._cited.get(source, ())) if source is not None else (),
                failed=source in failed and draft.may_fail,
                unseen=draft.unseen,
            )

    def _place(self, source: Source, session: Session) -> str:
        """Where it stands; of a session that several recordings hold, in which."""
        if session.parts:
            return place_in(source, self.recordings, self._words)
        return place(source, self.recordings, self._words)


def _text(stanza: Stanza | None) -> str:
    return "" if stanza is None else stanza.octets.decode("utf-8", "backslashreplace")


class _Keys:
    """Names the rows of a session by where they stand: a link holds from report to report."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._used: Counter[str] = Counter()

    def of(self, source: Source | None) -> str:
        """Unique in the report."""
        parts = [f"m{self._session.number}"]
        if self._session.parts and source is not None:
            parts.append(f"c{source.capture}")
        if isinstance(source, HarSource):
            found = (source.entry, source.message, source.element)
            parts += [str(number) for number in found if number is not None]
        elif isinstance(source, PacketSource):
            parts += [f"p{source.last}", *([str(source.offset)] if source.offset else [])]
        key = "-".join(parts)
        self._used[key] += 1
        return key if self._used[key] == 1 else f"{key}.{self._used[key]}"


_LAST = float("inf")
"""Where the end of a session stands: behind everything."""


def _by_place(draft: _Draft) -> tuple[float, int]:
    return draft.order


def _by_time(draft: _Draft) -> tuple[bool, int, tuple[float, int]]:
    """Of several recordings: places of one say nothing of those of another."""
    last = draft.order[0] == _LAST
    return (last, draft.time_ns or 0, draft.order)


def _order(session: Session) -> Callable[[_Draft], Any]:
    return _by_time if session.parts else _by_place


def _stanzas(stanzas: Iterable[Stanza], words: Words) -> Iterator[_Draft]:
    pings: set[str | None] = set()
    for index, stanza in enumerate(stanzas):
        label = of_stanza(stanza, words)
        if isinstance(stanza.payload, Ping):
            pings.add(stanza.id)
        if stanza.type == "result" and stanza.payload is None and stanza.id in pings:
            label = Label(label.name, "ping", routine=True)
        yield _Draft(
            order=(_position(stanza.source), _offset(stanza.source, index)),
            source=stanza.source,
            time_ns=stanza.source.time_ns,
            label=label,
            direction=stanza.direction,
            stanza=stanza,
        )


def _others(session: Session, words: Words) -> Iterator[_Draft]:
    yield from _handshake(session, words)
    for frame in session.control_frames:
        yield _Draft(
            order=(_position(frame.source), _offset(frame.source, -1)),
            source=frame.source,
            time_ns=frame.source.time_ns,
            label=of_frame(frame, words),
            direction=frame.direction,
        )
    yield from _tls(session, words)
    for gap in session.gaps:
        yield _gap(gap, words)
    yield _end(session, words)


def _position(source: Source) -> float:
    # Stanzas of a session come in the order of their packets, or of their messages.
    if isinstance(source, HarSource):
        return -1.0 if source.message is None else float(source.message)
    return float(source.last)


def _offset(source: Source, otherwise: int) -> int:
    """Where it stands within its packet, which goes one way only."""
    offset = source.offset if isinstance(source, PacketSource) else None
    return otherwise if offset is None else offset


def _handshake(session: Session, words: Words) -> Iterator[_Draft]:
    for label, half in upgrade_labels(session, words):
        response = isinstance(half, Response)
        # The entry of a HAR ends with its socket; when the answer came is told beside it.
        told = session.upgrade.time_ns if response and session.upgrade is not None else None
        yield _Draft(
            order=(_position(half.source), -2 if response else -3),
            source=half.source,
            time_ns=told or half.source.time_ns,
            label=label,
            direction=Direction.TO_CLIENT if response else Direction.TO_SERVER,
            may_fail=response and not _is_accepted(session),
        )


def _is_accepted(session: Session) -> bool:
    """Whether the upgrade went well: its entry in a HAR also stands for what ended the socket."""
    return session.upgrade is not None and session.upgrade.accepted


def _tls(session: Session, words: Words) -> Iterator[_Draft]:
    """The handshake and the alerts: with keys or without, they are in clear or counted."""
    for label, direction, source in tls_labels(session, words):
        yield _Draft(
            order=(_position(source), _offset(source, -4)),
            source=source,
            time_ns=source.time_ns,
            label=label,
            direction=direction,
        )


def _gap(gap: Gap, words: Words) -> _Draft:
    detail = words[f"gap.{gap.reason.value}"]
    if gap.length is not None:
        detail = say(words, "label.hole.length", octets=gap.length, reason=Piece(detail))
    hole = Label(words["label.hole"], detail)
    position = -1.0 if gap.source is None else _position(gap.source)
    hidden = gap.reason is GapReason.ENCRYPTED
    if hidden:
        hole = Label(words["label.encrypted"], words["label.encrypted.detail"])
    return _Draft(
        # Behind the hello in its packet.
        order=(position, sys.maxsize if hidden else -1),
        source=gap.source,
        time_ns=gap.source.time_ns if gap.source is not None else None,
        label=hole,
        direction=gap.direction,
        unseen=True,
    )


def _end(session: Session, words: Words) -> _Draft:
    close = session.close
    unseen = close.kind in (CloseKind.OPEN, CloseKind.UNKNOWN)
    name = words["label.recording ends" if unseen else "label.session ends"]
    detail = clipped(legible(close_words(session, words)), 90)
    return _Draft(
        order=(_LAST, 0),
        source=close.source,
        time_ns=close.time_ns,
        label=Label(name, detail, close.orderly is False),
        by=close.by,
    )
