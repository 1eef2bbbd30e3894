"""A comparison in sentences: the one to paste into a case, and what each of the two has there."""

from collections.abc import Mapping, Sequence

from ...model.comparison import (
    Arrival,
    ArrivalKind,
    Choice,
    Compared,
    Comparison,
    Divergence,
    Fact,
    FactKind,
    Latency,
    LatencyKind,
    Note,
    NoteKind,
    Result,
    Role,
)
from ...model.rule import Effect, Severity, Value
from ...model.session import CloseKind, Step, StepName, StepStatus
from ...model.xmpp import Stanza, StanzaKind
from ..facts.connection import end_word
from ..facts.evidence import duration
from ..facts.labels import of_stanza
from ..language.texts import Piece, Sentence, aside, filled, plain, say, sentence, text_of
from ..language.texts import listed as series
from ..language.visible import clipped, visible
from ..language.words import Words

_OTHER = {Role.GOOD: Role.BAD, Role.BAD: Role.GOOD}

_NAMED = 4
"""Differing facts that the headline names."""


def headline(comparison: Comparison, words: Words) -> Sentence:
    """The comparison in one sentence, without a full stop."""
    match comparison.result:
        case Result.PARTED if comparison.divergence is not None:
            parting = comparison.divergence
            values: dict[str, Piece | Sentence] = {
                "where": Piece(words[f"part.{parting.step.value}"]),
                "good": arrival(parting, Role.GOOD, words),
                "bad": arrival(parting, Role.BAD, words),
            }
            return _joined("compare.parted", values, words)
        case Result.SLOWER:
            return _slower(comparison, words)
        case Result.SURROUNDINGS:
            return _surroundings(comparison, words)
        case Result.UNTOLD if Choice.NONE in (comparison.good.choice, comparison.bad.choice):
            role = Role.GOOD if comparison.good.choice is Choice.NONE else Role.BAD
            return (Piece(say(words, "compare.nothing", role=words[f"role.{role.value}"])),)
        case Result.PARTED:
            return (Piece(words["result.parted"]),)
        case result:
            return (Piece(words[f"compare.{result.value}"]),)


def _joined(key: str, values: Mapping[str, Piece | Sentence], words: Words) -> Sentence:
    """A template whose placeholders stand for sentences."""
    pieces: list[Piece] = []
    for piece in sentence(words[key], {name: Piece(f"\0{name}\0") for name in values}, words):
        name = piece.text.strip("\0")
        if piece.text == f"\0{name}\0":
            value = values[name]
            pieces += [value] if isinstance(value, Piece) else value
        else:
            pieces.append(piece)
    return tuple(pieces)


def _slower(comparison: Comparison, words: Words) -> Sentence:
    worst = max(
        (latency for latency in comparison.latencies if latency.slower is not None),
        key=lambda one: (one.kind in _TELLING, abs(one.good_ns - one.bad_ns)),
    )
    role = worst.slower or Role.BAD
    short, long = sorted((worst.good_ns, worst.bad_ns))
    values: dict[str, Piece | Sentence] = {
        "role": Piece(words[f"role.{role.value}"]),
        "other": Piece(words[f"role.{_OTHER[role].value}"]),
        "what": _took(worst, words),
        "long": Piece(duration(long, words)),
        "short": Piece(duration(short, words)),
    }
    return _joined("compare.slower", values, words)


_TELLING = frozenset({LatencyKind.STEP, LatencyKind.REQUEST})
"""They say where the time went."""


def _took(latency: Latency, words: Words) -> Sentence:
    step = "" if latency.step is None else words[f"step.{latency.step.value}"]
    values = {"step": Piece(step), "what": _what(latency.stanza, words)}
    return sentence(words[f"took.{latency.kind.value}"], values, words)


def _surroundings(comparison: Comparison, words: Words) -> Sentence:
    partly = any(one.kind in _PARTIAL for one in comparison.notes)
    way = words["compare.as shown" if partly else "compare.same way"]
    differing = [_noun(fact, words) for fact in comparison.facts if fact.matters]
    if differing:
        what = Piece(listed(differing, words))
        return (Piece(say(words, "compare.surroundings", way=Piece(way), what=what)),)
    role, finding = min(
        ((role, f) for role in (Role.BAD, Role.GOOD) for f in comparison.found(role)),
        key=lambda one: (_EFFECTS.index(one[1].effect), _SEVERITIES.index(one[1].severity)),
    )
    text = text_of(finding, comparison.of(role).report.texts, words)
    values: dict[str, Piece | Sentence] = {
        "way": Piece(way),
        "role": Piece(words[f"role.{role.value}"]),
        "rule": Piece(finding.rule_id),
        "title": sentence(text.title, finding.values, words),
    }
    return _joined("compare.finding", values, words)


_PARTIAL = {NoteKind.HIDDEN, NoteKind.NOT_KEPT, NoteKind.STARTED_LATE, NoteKind.CUT}
"""Behind these nobody can say that two sessions are alike to their end."""

_EFFECTS = (Effect.BREAKS, Effect.DEGRADES, Effect.BLINDS, Effect.NONE)
_SEVERITIES = (Severity.ERROR, Severity.WARNING, Severity.INFO)


def _noun(fact: Fact, words: Words) -> str:
    """What a fact is about, with its values where they are short."""
    noun = say(words, f"noun.{fact.kind.value}", name=clipped(visible(fact.name), 60))
    told = (fact_value(fact.kind, value, words) for value in (fact.good, fact.bad) if value)
    values = [visible(value) for value in told]
    if len(values) < 2 or max(map(len, values)) > _SHORT:
        return noun
    return say(words, "compare.value", what=Piece(noun), good=values[0], bad=values[1])


_SHORT = 24
"""Characters of a value that the headline tells."""


def listed(labels: Sequence[str], words: Words) -> str:
    """Say "A", "A and B", "A, B and C", or "A, B, C, D and 3 more"; each label once."""
    names = list(dict.fromkeys(labels))
    if len(names) == 1:
        return names[0]
    if len(names) <= _NAMED:
        first = Piece(series(words, names[:-1]))
        return say(words, "compare.and", listed=first, last=Piece(names[-1]))
    named = Piece(series(words, names[:_NAMED]))
    return say(words, "compare.more", listed=named, count=len(names) - _NAMED)


def fact_label(fact: Fact, words: Words) -> str:
    """What a fact is about."""
    return say(words, f"differ.{fact.kind.value}", name=clipped(visible(fact.name), 60))


def fact_value(kind: FactKind, value: str, words: Words) -> str:
    """A value of a fact, in the language of the reader where it is a word of ours."""
    match kind:
        case FactKind.ENCRYPTED | FactKind.SUBPROTOCOL | FactKind.EXTENSIONS:
            return words[value] if value in {"yes", "no", "none"} else value
        case FactKind.ISSUER if value == "itself":
            return words["tls.itself"]
        case FactKind.CARRIER:
            return words.word("carried", value)
        case FactKind.RECORDED:
            return words.word("recorded", value)
        case FactKind.END:
            how, by, side = value.rpartition(" by ")
            if not by:
                return end_word(value, words)
            return say(words, f"ended.by.{side}", how=Piece(end_word(how, words)))
        case _:
            return value


def arrival(parting: Divergence, role: Role, words: Words) -> Sentence:
    """What one of the two has where they part: "got <success/> after 10 ms"."""
    one, other = parting.of(role), parting.of(_OTHER[role])
    values: dict[str, Value | Piece] = {"what": _what(one.stanza, words)}
    match one.kind:
        case ArrivalKind.STEP if one.step is not None:
            return _step(one.step, words)
        case ArrivalKind.END:
            key, close = _end(one, parting.step, words)
            values["close"] = Piece(close)
        case ArrivalKind.GOT if (asked := _asked(one)) is not None:
            key = "got.for"
            values["request"] = _what(asked, words)
        case _:
            key = one.kind.value
    # In place of what the client of the other one sent, not of what it got.
    if other.kind is ArrivalKind.SENT and f"arrival.{key}.sent" in words:
        key += ".sent"
    if one.after_ns is not None and f"arrival.{key}.after" in words:
        key += ".after"
        values["duration"] = Piece(duration(one.after_ns, words))
    return sentence(words[f"arrival.{key}"], values, words)


def _asked(one: Arrival) -> Stanza | None:
    """The request that was refused: an error does not repeat what it is about."""
    answer = one.stanza
    refused = answer is not None and answer.kind is StanzaKind.IQ and answer.error is not None
    return one.asked if refused else None


def _end(one: Arrival, step: StepName, words: Words) -> tuple[str, str]:
    """Which sentence tells an end, and the end in words."""
    close = one.close
    if close is None or close.kind is CloseKind.UNKNOWN:
        return "end.unknown", ""
    if close.kind is CloseKind.OPEN:
        return "end.open", ""
    told = words[f"close.{close.kind.value}"]
    if close.by is not None:
        told = say(words, "close.by", what=Piece(told), side=words[close.by.value])
    details = [close.condition, None if close.code in _USUAL else f"{close.code}", close.reason]
    more = " ".join(visible(detail) for detail in details if detail)
    told = aside(words, told, more)
    if close.orderly is not True and close.idle_ns is not None:
        idle = duration(close.idle_ns, words)
        told = say(words, "close.idle", what=Piece(told), duration=idle)
    return "end.live" if step is StepName.LIVE else "end", clipped(told, 160)


_USUAL = frozenset({None, 1000, 1005})
"""Close codes that say nothing (RFC 6455 section 7.4.1)."""

_PASSED = {StepName.CONNECT: "connected", StepName.TLS: "handshake"}


def _step(step: Step, words: Words) -> Sentence:
    """How a step ended that no stanza ends."""
    detail = {"what": Piece(clipped(visible(step.detail or ""), 80), captured=True)}
    if step.status is StepStatus.NOT_CAPTURED:
        return sentence(words["arrival.unseen"], {}, words)
    if step.name is StepName.UPGRADE and (step.detail or "").isdigit():
        return sentence(words["arrival.http"], detail, words)
    if step.status in {StepStatus.DONE, StepStatus.LATE}:
        return sentence(words[f"arrival.{_PASSED.get(step.name, 'done')}"], {}, words)
    if step.name is StepName.LIVE and step.detail == "ping":
        return sentence(words["arrival.pings"], {}, words)
    key = "arrival.failed.with" if step.detail else "arrival.failed"
    return sentence(words[key], detail, words)


def _what(stanza: Stanza | None, words: Words) -> Piece:
    return Piece("" if stanza is None else tag(stanza, words), captured=True)


def tag(stanza: Stanza, words: Words) -> str:
    """A stanza as one says it: "<success/>", "<failure> not-authorized"."""
    label = of_stanza(stanza, words)
    # What a server says to people repeats the condition in many words.
    detail = label.detail.partition(' "')[0]
    name, _, kind = label.name.partition(" ")
    rest = f"{kind} {detail}".strip()
    return clipped(f"<{name}> {rest}" if rest else f"<{name}/>", 110)


def latency_label(latency: Latency, words: Words) -> str:
    """What took the time."""
    step = "" if latency.step is None else words[f"step.{latency.step.value}"]
    stanza = "" if latency.stanza is None else tag(latency.stanza, words)
    return say(words, f"latency.{latency.kind.value}", step=step, what=stanza)


def note(one: Note, words: Words) -> str:
    """What limits the comparison, in a sentence."""
    role = "" if one.role is None else words[f"role.{one.role.value}"]
    return say(words, f"note.{one.kind.value}", role=role)


def whole(comparison: Comparison, words: Words) -> Sentence:
    """The sentence with its full stop."""
    return _joined("sentence", {"sentence": headline(comparison, words)}, words)


def summary(comparison: Comparison, words: Words) -> str:
    """The sentence to paste."""
    return plain(whole(comparison, words))


def finding_titles(side: Compared, words: Words) -> list[tuple[str, str, str]]:
    """Rule, severity and title of each finding that only this one has."""
    return [
        (
            finding.rule_id,
            words[f"severity.{finding.severity.value}"],
            filled(finding, side.report.texts, words).title,
        )
        for finding in side.report.findings
    ]
