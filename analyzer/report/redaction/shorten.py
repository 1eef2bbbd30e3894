"""What a report shows of long sessions: the login, the end, and what stands around the findings."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from msgspec.structs import replace

from ...model.comparison import Arrival, Compared, Comparison, Divergence, Said
from ...model.limits import (
    PACKED_STANZAS,
    REPORT_EXCHANGES,
    REPORT_STANZA_OCTETS,
    REPORT_STANZAS,
    REPORT_TEXT_OCTETS,
)
from ...model.packed import unpack
from ...model.report import Report, Verdict
from ...model.rule import Finding
from ...model.session import Session
from ...model.source import Source
from ...model.xmpp import Stanza

AROUND = 30
"""Stanzas shown on either side of one that a finding cites."""

BEGINNING = 60
"""Stanzas shown from the beginning of a session: a Finesse login takes about 20."""


def shorten(report: Report) -> Report:
    """
    The report with as many stanzas as it can show; `Session.stanza_count` tells of the others.

    Sessions with a finding choose first. Of a packed one the telling stanzas are unpacked.

    Raises:
        ValueError: A pack of stanzas in it is none, which only a saved report can hold.
    """
    cited = {source for finding in report.findings for source in finding.evidence}
    troubled = {finding.session for finding in report.findings}
    room = _Room(REPORT_STANZAS, REPORT_TEXT_OCTETS, PACKED_STANZAS)
    chosen: dict[int, Session] = {}
    order = sorted(report.sessions, key=lambda session: session.number not in troubled)
    for session in order:
        chosen[session.number] = _shortened(session, cited, room)
    return replace(report, sessions=tuple(chosen[session.number] for session in report.sessions))


def shorten_comparison(comparison: Comparison) -> Comparison:
    """The comparison with no more of its reports than the two sessions and their findings."""
    return replace(
        comparison,
        good=_compared(comparison.good, comparison.only_good),
        bad=_compared(comparison.bad, comparison.only_bad),
        divergence=comparison.divergence and _quoted(comparison.divergence),
        changes=tuple(
            replace(change, good=_named(change.good), bad=_named(change.bad))
            for change in comparison.changes
        ),
        latencies=tuple(
            replace(latency, stanza=_wordless(latency.stanza)) for latency in comparison.latencies
        ),
    )


def _quoted(divergence: Divergence) -> Divergence:
    """With the beginnings of the stanzas at which two sessions part."""
    room = _Room(0, REPORT_TEXT_OCTETS, 0)

    def arrived(arrival: Arrival) -> Arrival:
        stanza = arrival.stanza and _cut(arrival.stanza, room)
        return replace(arrival, stanza=stanza, asked=_wordless(arrival.asked))

    common = divergence.common_good, divergence.common_bad
    mine, yours = (stanza and _cut(stanza, room) for stanza in common)
    return replace(
        divergence,
        good=arrived(divergence.good),
        bad=arrived(divergence.bad),
        common_good=mine,
        common_bad=yours,
    )


def _named(said: Said | None) -> Said | None:
    """A stanza and its answer, of which only names and words are told."""
    if said is None:
        return None
    return replace(
        said,
        stanza=replace(said.stanza, octets=b""),
        answer=_wordless(said.answer),
    )


def _wordless(stanza: Stanza | None) -> Stanza | None:
    return None if stanza is None else replace(stanza, octets=b"")


def _compared(one: Compared, findings: tuple[Finding, ...]) -> Compared:
    """Stanzas that are told stand in the comparison itself; of the rest nothing is shown."""
    session = one.session
    sessions = () if session is None else (_shortened(session, set(), _Room(0, 0, 0)),)
    told = {finding.rule_id for finding in findings}
    report = replace(
        one.report,
        sessions=sessions,
        findings=findings,
        skipped=(),
        verdict=Verdict(outcome=one.report.verdict.outcome),
        histories=(),
        texts={rule: text for rule, text in one.report.texts.items() if rule in told},
    )
    return replace(one, report=report)


class _Room:
    """What is left for rows, for text, and for stanzas in packs."""

    def __init__(self, rows: int, octets: int, packed: int) -> None:
        self.rows = rows
        self.octets = octets
        self.packed = packed


def _shortened(session: Session, cited: set[Source], room: _Room) -> Session:
    length, places = _length(session, cited)
    keep = list(dict.fromkeys(_by_worth(places, length)))[: room.rows]
    kept = set(keep)
    if room.rows > len(keep):
        rest = (i for i in range(length) if i not in kept)
        kept.update(islice(rest, room.rows - len(keep)))
    room.rows -= len(kept)
    stanzas = tuple(_cut(stanza, room) for i, stanza in enumerate(_stanzas(session)) if i in kept)
    packed = session.packed if length <= room.packed else ()
    room.packed -= length if packed else 0
    # Only rules read the rest; what the report tells of it stands in findings and steps.
    return replace(
        session,
        stanzas=stanzas,
        packed=packed,
        iqs=(),
        unmatched=(),
        exchanges=session.exchanges[:REPORT_EXCHANGES],
        deliveries=(),
        misplaced=(),
        peer_presence=None,
        peer_gone=None,
    )


def _stanzas(session: Session) -> Iterable[Stanza]:
    """All that is kept of them."""
    return unpack(session.packed) if session.packed else session.stanzas


def _length(session: Session, cited: set[Source]) -> tuple[int, list[int]]:
    """How many stanzas there are, and which of them findings cite."""
    length, places = 0, []
    for i, stanza in enumerate(_stanzas(session)):
        length = i + 1
        if stanza.source in cited:
            places.append(i)
    return length, places


def _by_worth(places: Sequence[int], length: int) -> Iterator[int]:
    yield from places
    yield from range(min(BEGINNING, length))
    yield from range(max(0, length - AROUND), length)
    for place in places:
        yield from range(max(0, place - AROUND), min(length, place + AROUND + 1))


def _cut(stanza: Stanza, room: _Room) -> Stanza:
    """The stanza with the beginning of its text; cut before redaction, which reads cut text."""
    octets = stanza.octets[: min(REPORT_STANZA_OCTETS, room.octets)]
    room.octets -= len(octets)
    return stanza if octets == stanza.octets else replace(stanza, octets=octets)
