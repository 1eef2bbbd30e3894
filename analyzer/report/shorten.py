"""What a report shows of long sessions: the login, the end, and what stands around the findings."""

from collections.abc import Iterator, Sequence
from itertools import islice

from msgspec.structs import replace

from ..model.comparison import Arrival, Compared, Comparison, Divergence, Said
from ..model.limits import REPORT_STANZA_OCTETS, REPORT_STANZAS, REPORT_TEXT_OCTETS
from ..model.report import Report, Verdict
from ..model.rule import Finding
from ..model.session import Session
from ..model.source import Source
from ..model.xmpp import Stanza

AROUND = 30
"""Stanzas shown on either side of one that a finding cites."""

BEGINNING = 60
"""Stanzas shown from the beginning of a session: a Finesse login takes about 20."""


def shorten(report: Report) -> Report:
    """
    The report with as many stanzas as it can show; `Session.stanza_count` tells of the others.

    Sessions with a finding choose first.
    """
    cited = {source for finding in report.findings for source in finding.evidence}
    troubled = {finding.session for finding in report.findings}
    room = _Room(REPORT_STANZAS, REPORT_TEXT_OCTETS)
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
    room = _Room(0, REPORT_TEXT_OCTETS)

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
    sessions = () if session is None else (_shortened(session, set(), _Room(0, 0)),)
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
    """What is left for rows and for text."""

    def __init__(self, rows: int, octets: int) -> None:
        self.rows = rows
        self.octets = octets


def _shortened(session: Session, cited: set[Source], room: _Room) -> Session:
    keep = sorted(_first_choice(session.stanzas, cited)[: room.rows])
    kept = set(keep)
    if room.rows > len(keep):
        rest = (i for i in range(len(session.stanzas)) if i not in kept)
        keep = sorted([*keep, *islice(rest, room.rows - len(keep))])
    room.rows -= len(keep)
    stanzas = tuple(_cut(session.stanzas[i], room) for i in keep)
    # Only rules read the rest; what the report tells of it stands in findings and steps.
    return replace(
        session,
        stanzas=stanzas,
        iqs=(),
        unmatched=(),
        exchanges=(),
        deliveries=(),
        misplaced=(),
        peer_presence=None,
        peer_gone=None,
    )


def _first_choice(stanzas: Sequence[Stanza], cited: set[Source]) -> list[int]:
    """Indices, the most telling first, each once."""
    places = [i for i, stanza in enumerate(stanzas) if stanza.source in cited]
    return list(dict.fromkeys(_by_worth(places, len(stanzas))))


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
