"""What the readable comparisons have in common, ready to be laid out in two columns."""

from collections.abc import Iterator

from msgspec import Struct

from ...model.comparison import (
    Change,
    ChangeKind,
    Compared,
    Comparison,
    Divergence,
    FactKind,
    NoteKind,
    Role,
    Said,
)
from ...model.session import Session
from ...model.xmpp import Stanza
from ..facts.evidence import duration, look_up, place_in, timestamp
from ..language.texts import Piece, Sentence, listed, plain, say
from ..language.visible import clipped, legible, visible
from ..language.words import Words
from ..view.findings import StepView, steps
from .story import arrival, fact_label, fact_value, latency_label, tag

_VALUE = 300
"""Characters shown of a value."""


class SideView(Struct, frozen=True, kw_only=True):
    """
    One of the two.

    Attributes:
        role: Which.
        name: In a word of the language.
        files: Names of its recordings.
        session: Which session of them, and why that one.
        agent: Whose.
        server: Where.
        started: When it began; empty if unknown.
        outcome: Of the verdict on its recordings.
    """

    role: Role
    name: str
    files: tuple[str, ...]
    session: str
    agent: str
    server: str
    started: str
    outcome: str


def sides(comparison: Comparison, words: Words) -> tuple[SideView, SideView]:
    """Both, good first."""
    return _side(comparison, Role.GOOD, words), _side(comparison, Role.BAD, words)


def _side(comparison: Comparison, role: Role, words: Words) -> SideView:
    one = comparison.of(role)
    session = one.session
    chosen = words[f"choice.{one.choice.value}"]
    if session is not None:
        key = "side.session.of" if one.sessions > 1 else "side.session"
        numbered = say(words, key, number=session.number, count=one.sessions)
        chosen = listed(words, (numbered, chosen)) if one.sessions > 1 else numbered
    began = None if session is None else session.started_ns
    return SideView(
        role=role,
        name=words[f"Role.{role.value}"],
        files=tuple(visible(name) for name in _files(one, session)),
        session=chosen,
        agent=visible((session.agent if session is not None else None) or words["nobody"]),
        server="" if session is None else visible(session.server),
        started="" if began is None else timestamp(began),
        outcome=words[one.report.verdict.outcome.value],
    )


_FILES = 5


def _files(one: Compared, session: Session | None) -> list[str]:
    """Names of the recordings; of many that which holds the session."""
    recordings = one.report.recordings
    if session is not None and len(recordings) > 1:
        return [recordings[session.capture].name]
    return [recording.name for recording in recordings[:_FILES]]


class Spot(Struct, frozen=True, kw_only=True):
    """
    What one of the two has somewhere, and where that is.

    Attributes:
        told: In words.
        place: Where it stands; empty if nothing is there.
        look_up: How to find it in Wireshark or with jq.
        text: The stanza; empty where there is none.
    """

    told: Sentence | str
    place: str = ""
    look_up: str = ""
    text: str = ""


class Pair(Struct, frozen=True, kw_only=True):
    """
    A line of two columns.

    Attributes:
        label: What it is about.
        good: The good one's.
        bad: The bad one's.
        mark: In which way they differ, in a word; empty if they do not.
        matters: Whether it makes a difference.
    """

    label: str
    good: str
    bad: str
    mark: str = ""
    matters: bool = False


class Parting(Struct, frozen=True, kw_only=True):
    """
    Where the two part.

    Attributes:
        common: The last stanza that both have, in words; empty if there is none.
        common_places: Where it stands, good first.
        good: What the good one has behind it.
        bad: What the bad one has.
    """

    common: str
    common_places: tuple[str, str]
    good: Spot
    bad: Spot


def parting(comparison: Comparison, words: Words) -> Parting | None:
    """Where the two part; None if they do not."""
    found = comparison.divergence
    if found is None:
        return None

    def spot(role: Role) -> Spot:
        one = found.of(role)
        told = arrival(found, role, words)
        recordings = comparison.of(role).report.recordings
        if one.source is None:
            return Spot(told=told)
        return Spot(
            told=told,
            place=legible(place_in(one.source, recordings, words)),
            look_up=look_up(one.source, recordings),
            text=_text(one.stanza),
        )

    return Parting(
        common=_common(found, words),
        common_places=(
            _place(comparison.good, found.common_good, words),
            _place(comparison.bad, found.common_bad, words),
        ),
        good=spot(Role.GOOD),
        bad=spot(Role.BAD),
    )


def _common(found: Divergence, words: Words) -> str:
    """The last stanza that both have; each its own where a name tells them apart."""
    if found.common_good is None or found.common_bad is None:
        return ""
    mine, yours = tag(found.common_good, words), tag(found.common_bad, words)
    if mine == yours:
        return mine
    return say(words, "compare.common.each", good=mine, bad=yours)


def _text(stanza: Stanza | None) -> str:
    return "" if stanza is None else stanza.octets.decode("utf-8", "backslashreplace")


def _place(side: Compared, stanza: Stanza | None, words: Words) -> str:
    if stanza is None:
        return ""
    return legible(place_in(stanza.source, side.report.recordings, words))


class StepRow(Struct, frozen=True, kw_only=True):
    """A step in both; a view is None where a session has no such step."""

    title: str
    name: str
    good: StepView | None
    bad: StepView | None
    mark: str


def step_rows(comparison: Comparison, words: Words) -> list[StepRow]:
    """The login, step by step."""
    mine, yours = (
        {} if one.session is None else {view.name: view for view in steps(one.session, words)}
        for one in (comparison.good, comparison.bad)
    )
    parted = None if comparison.divergence is None else comparison.divergence.step
    rows = []
    for pair in comparison.steps:
        mark = ""
        if pair.differs:
            mark = words["mark.parts" if pair.name is parted else "mark.differs"]
        if pair.slower is not None:
            mark = words[f"mark.slower.{pair.slower.value}"]
        name = pair.name.value
        rows.append(
            StepRow(
                title=words[f"step.{name}"],
                name=name,
                good=mine.get(name),
                bad=yours.get(name),
                mark=mark,
            )
        )
    return rows


class ChangeRow(Struct, frozen=True, kw_only=True):
    """A stanza in which the two differ."""

    kind: ChangeKind
    mark: str
    good: Spot | None
    bad: Spot | None


def change_rows(comparison: Comparison, words: Words) -> list[ChangeRow]:
    """Stanzas in which the two differ, without those that only lie behind an end."""
    return [
        ChangeRow(
            kind=change.kind,
            mark=words[f"change.{change.kind.value}"],
            good=_said(change, change.good, comparison.good, words),
            bad=_said(change, change.bad, comparison.bad, words),
        )
        for change in comparison.changes
        if not change.follows
    ]


def _said(change: Change, said: Said | None, side: Compared, words: Words) -> Spot | None:
    if said is None:
        return None
    told = tag(said.stanza, words)
    if change.kind is ChangeKind.ANSWER:
        answer = said.answer
        said_to_it = words["compare.unanswered"]
        if answer is not None:
            said_to_it = say(words, "compare.answered", what=tag(answer, words))
        told = f"{told} {said_to_it}"
    if change.count > 1:
        told = say(words, "compare.times.many", what=Piece(told), count=change.count)
    source = said.stanza.source
    if change.kind is ChangeKind.ANSWER and said.answer is not None:
        source = said.answer.source
    recordings = side.report.recordings
    return Spot(
        told=told,
        place=legible(place_in(source, recordings, words)),
        look_up=look_up(source, recordings),
    )


def left_out(comparison: Comparison, words: Words) -> list[str]:
    """Sentences on the stanzas that are not listed."""
    told = []
    for kind, role in ((ChangeKind.MISSING, Role.GOOD), (ChangeKind.EXTRA, Role.BAD)):
        behind = [c for c in comparison.changes if c.follows and c.kind is kind]
        count = sum(change.count for change in behind)
        if count:
            key = "compare.follows.one" if count == 1 else "compare.follows"
            told.append(say(words, key, count=count, role=words[f"role.{role.value}"]))
    if comparison.more_changes:
        key = "compare.changes.one" if comparison.more_changes == 1 else "compare.changes"
        told.append(say(words, key, count=comparison.more_changes))
    return told


def nothing_said(comparison: Comparison, words: Words) -> str:
    """What to say where no stanza differs."""
    unread = any(note.kind in _UNREAD for note in comparison.notes)
    return words["compare.said.unread" if unread else "compare.said.none"]


_UNREAD = {NoteKind.HIDDEN, NoteKind.NOT_KEPT}


def fact_rows(comparison: Comparison, words: Words) -> list[Pair]:
    """What differs around them."""
    return [
        Pair(
            label=fact_label(fact, words),
            good=_value(fact.kind, fact.good, words),
            bad=_value(fact.kind, fact.bad, words),
            mark=words["mark.differs" if fact.matters else "mark.unimportant"],
            matters=fact.matters,
        )
        for fact in sorted(comparison.facts, key=lambda fact: not fact.matters)
    ]


def _value(kind: FactKind, value: str | None, words: Words) -> str:
    if value is None:
        return words["compare.absent"]
    return clipped(legible(fact_value(kind, value, words)), _VALUE)


def time_rows(comparison: Comparison, words: Words) -> Iterator[Pair]:
    """How long, and how often."""
    for latency in comparison.latencies:
        slow = latency.slower
        yield Pair(
            label=latency_label(latency, words),
            good=duration(latency.good_ns, words),
            bad=duration(latency.bad_ns, words),
            mark="" if slow is None else words[f"mark.slower.{slow.value}"],
            matters=slow is not None,
        )
    for count in comparison.counts:
        name = clipped(visible(count.name), 80)
        yield Pair(
            label=say(words, f"count.{count.kind.value}", name=name),
            good=words.number(count.good),
            bad=words.number(count.bad),
        )


def told(spot: Spot) -> str:
    """What a spot tells, as text."""
    return spot.told if isinstance(spot.told, str) else plain(spot.told)
