"""
The report as Markdown, short enough for a ticket: verdict, proof, what to do, what it is not.

Whatever was captured stands in code spans: there Markdown knows no link, no image and no HTML, and
GitHub neither mentions nor links anything (CommonMark 0.31 section 6.1). A backslash would not do:
GitHub looks for addresses and mentions in the text that comes out.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from ...model.report import Report
from ..facts.evidence import timestamp
from ..language.texts import Piece, Sentence, aside, say, sentence, steps_of
from ..language.visible import legible, visible
from ..language.words import Words, words
from ..redaction.redact import RedactedReport
from ..view.diagnosis import Diagnosis, diagnosis
from ..view.findings import (
    Findings,
    FindingView,
    Proof,
    numbers,
    redactions,
    steps,
    troubled_first,
)
from ..view.story import opening, root


def render(redacted: RedactedReport, language: str) -> str:
    """
    The report as Markdown.

    Raises:
        UsageError: There is no such language.
    """
    catalogue = words(language)
    return blocks(_blocks(redacted, catalogue))


def finding_markdown(view: FindingView, words: Words) -> str:
    """One finding, to be pasted into a case."""
    return blocks(_finding(view, words))


def blocks(parts: Iterable[str]) -> str:
    """A document of paragraphs, headings and lists."""
    return "\n\n".join(filter(None, parts)) + "\n"


def _blocks(redacted: RedactedReport, words: Words) -> Iterator[str]:
    report = redacted.report
    if redacted.secrets_shown:
        yield f"**{escaped(words['secrets.shown'])}**"
    start, finding = opening(report, words), root(report)
    head = named(words, escaped(start.outcome), inline(start.headline))
    yield f"# {aside(words, head, finding.rule_id if finding else '')}"
    yield paragraph(inline(start.lead))
    view = Findings(report, words).root()
    if view is not None:
        yield from _case(view, words)
    yield from _diagnosis(diagnosis(report, words), words)
    if view is not None:
        yield from section(words["reference"], paragraph(inline(view.reference)))
    yield from section(words["findings"], items(_others(report, words)))
    yield from section(words["steps"], _steps(report, words))
    yield from section(words["quality"], items(_inputs(report, words)))
    if not redacted.secrets_shown:
        yield paragraph(escaped(redactions(redacted.redactions, words)))
    made = {"version": report.tool_version, "profile": report.profile}
    yield paragraph(inline(sentence(words["about.made"], made, words)))


def _finding(view: FindingView, words: Words) -> Iterator[str]:
    yield f"### {aside(words, inline(view.title), view.rule_id)}"
    told = [words[f"severity.{view.severity.value}"], words[f"confidence.{view.confidence.value}"]]
    told += [numbers(view.sessions, words)] if view.sessions else []
    yield paragraph(escaped(", ".join(told)))
    yield paragraph(inline(view.cause))
    yield items(_proof(proof, words) for proof in view.proofs)
    yield _remedy(view.remedy)
    if view.explained_by is not None:
        yield paragraph(escaped(say(words, "consequence", rule=view.explained_by)))
    yield paragraph(inline(view.reference))


def _case(view: FindingView, words: Words) -> Iterator[str]:
    yield from section(words["why"], paragraph(inline(view.cause)))
    proofs = (_proof(proof, words) for proof in view.proofs)
    yield from section(words["proof"], items(proofs))
    yield from section(words["remedy"], _remedy(view.remedy))


def _diagnosis(told: Diagnosis, words: Words) -> Iterator[str]:
    yield from section(words["party"], paragraph(escaped(told.side)))
    others = (
        aside(words, f"{view.rule_id} {inline(view.title)}", escaped(numbers(view.sessions, words)))
        for view in told.others
    )
    yield from section(words["causes.other"], items(others))
    cleared = (aside(words, escaped(one.because), quoted(one.proof.place)) for one in told.cleared)
    yield from section(words["ruled.out"], items(cleared))
    yield from section(words["bring"], items(map(escaped, told.bring)))


def _others(report: Report, words: Words) -> Iterator[str]:
    findings = Findings(report, words)
    for view in findings.others(_FINDINGS):
        told = f"{view.rule_id} {inline(view.title)}"
        yield aside(words, told, escaped(words[f"severity.{view.severity.value}"]))
    if findings.others_count > _FINDINGS:
        yield escaped(say(words, "findings.more", count=findings.others_count - _FINDINGS))


_FINDINGS = 10
"""Other findings named; all stand in the report itself."""


def _steps(report: Report, words: Words) -> str:
    """How far the session of the verdict came, in one line."""
    session = next(iter(troubled_first(report)), None)
    if session is None:
        return ""
    told = [f"{step.title}: {words[f'status.{step.state}']}" for step in steps(session, words)]
    who = f"{session.agent or words['nobody']} @ {session.server}"
    head = [code(visible(who))]
    if session.started_ns is not None:
        head.append(code(timestamp(session.started_ns)))
    return f"{' '.join(head)}  \n{escaped(' · '.join(told))}"


def _inputs(report: Report, words: Words) -> Iterator[str]:
    for recording in report.recordings:
        digest = f"SHA-256 {code(recording.sha256)}"
        yield aside(words, code(visible(recording.name)), digest)


def _proof(proof: Proof, words: Words) -> str:
    told = quoted(proof.place)
    if proof.what:
        told = named(words, told, quoted(proof.what))
    second = " ".join(code(part) for part in (proof.time, proof.look_up, proof.stream) if part)
    return f"{told}  \n  {second}" if second else told


def _remedy(text: Sentence) -> str:
    intro, steps = steps_of(text)
    numbered = (f"{i}. {paragraph(inline(step))}" for i, step in enumerate(steps, 1))
    return "\n\n".join(filter(None, [paragraph(inline(intro)), "\n".join(numbered)]))


def section(head: str, body: str) -> Iterator[str]:
    """A heading with what stands below it; nothing where that is nothing."""
    if body:
        yield from (f"## {escaped(head)}", body)


def items(told: Iterable[str]) -> str:
    """A list."""
    return "\n".join(f"- {paragraph(item)}" for item in told)


def named(words: Words, name: str, value: str) -> str:
    """Say "name: value" as the language writes it."""
    return say(words, "named", name=Piece(name), value=Piece(value))


def inline(pieces: Sentence) -> str:
    """A sentence: words of ours as text, captured ones as code."""
    return "".join(code(piece.text) if piece.captured else escaped(piece.text) for piece in pieces)


def code(text: str) -> str:
    """A code span, whatever the text holds (CommonMark 0.31 section 6.1)."""
    shown = visible(text)
    if not shown:
        return ""
    ticks = max(map(len, re.findall("`+", shown)), default=0)
    fence = "`" * (ticks + 1)
    # One blank on either side is taken off again; a tick may not stand beside the fence.
    edge = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{edge}{shown}{edge}{fence}"


def quoted(text: str) -> str:
    """Words of which some may be captured: plain words as text, anything else as code."""
    # Chinese has no blanks between its words and those of others.
    parts = _CHINESE.split(text)
    return "".join(part if at % 2 else _quoted(part) for at, part in enumerate(parts))


def _quoted(text: str) -> str:
    core = text.strip(" ")
    if not core:
        return text
    begin = text.index(core)
    runs = groupby(core.split(" "), lambda word: _PLAIN.fullmatch(word) is not None)
    told = " ".join(" ".join(run) if plain else _coded(" ".join(run)) for plain, run in runs)
    return f"{text[:begin]}{told}{text[begin + len(core) :]}"


def _coded(text: str) -> str:
    """A code span, punctuation of the sentence outside of it."""
    rest = text.lstrip(_BEFORE)
    core = rest.rstrip(_BEHIND)
    if not core:
        return code(text)
    return f"{text[: len(text) - len(rest)]}{code(core)}{rest[len(core) :]}"


_BEFORE, _BEHIND = "(\"'\u201c\uff08\u00ab\u00a0\u202f", ")\"',:;.!?\u201d\uff09\u00bb\u00a0\u202f"
_CHINESE = re.compile(r"([\u3001\u3002\u3400-\u9fff\uff08\uff09\uff0c\uff1a\uff1b\uff01\uff1f]+)")
_WIDE = "\u3001\u3002\uff08\uff09\uff0c\uff1a\uff1b\u201c\u201d\u2026\u00d7"

_PLAIN = re.compile(
    rf"[{_BEFORE}]*(?:[^\W_]|[{_WIDE}]|-(?=[^\W\d_])|(?<=[0-9])[.,:-](?=[0-9]))+[{_BEHIND}]*"
)
"""Letters and digits: no mark-up, no address, no domain, no mention."""


def escaped(text: str) -> str:
    """Words of ours: tags as code, and what else Markdown would read behind backslashes."""
    parts = _TAG.split(legible(text))
    return "".join(
        code(part) if at % 2 else _SPECIAL.sub(r"\\\g<0>", part) for at, part in enumerate(parts)
    )


_TAG = re.compile(r"(</?[A-Za-z][\w:.-]{0,40}/?>)")

_SPECIAL = re.compile(r"[\\`*_\[\]<>&~|$]")


def paragraph(text: str) -> str:
    """Text at the beginning of a line, where signs begin lists and headings."""
    return _AT_START.sub(r"\1\\\2", text.strip(" "))


_AT_START = re.compile(r"\A([0-9]{0,9})([-+=#.)])")
