"""What the verdict says beside the cause: whose side, what else is wrong, what it is not."""

from msgspec import Struct

from ...model.diagnosis import Party
from ...model.report import Outcome, Report
from ...model.rule import Effect
from ..language.words import Words
from .findings import Findings, FindingView, Proof

OTHERS = 4
"""Further causes that are named beside the root; all stand among the findings."""


class Cleared(Struct, frozen=True, kw_only=True):
    """
    A cause that was ruled out.

    Attributes:
        because: One sentence: what it is not, and why.
        proof: What shows it.
    """

    because: str
    proof: Proof


class Diagnosis(Struct, frozen=True, kw_only=True):
    """
    Ready to be laid out.

    Attributes:
        side: On whose side the fault lies, in words; empty where nothing is wrong or nothing can
            be seen.
        others: Further causes, the most harmful first.
        cleared: What was ruled out.
        bring: What to bring next time, a sentence each; empty where what to do says so already.
    """

    side: str
    others: tuple[FindingView, ...]
    cleared: tuple[Cleared, ...]
    bring: tuple[str, ...]


def diagnosis(report: Report, words: Words) -> Diagnosis:
    """What the verdict says beside the cause."""
    verdict = report.verdict
    findings = Findings(report, words)
    wrong = verdict.outcome in {Outcome.BROKEN, Outcome.DEGRADED}
    return Diagnosis(
        side=_side(verdict.party, words) if wrong and verdict.finding is not None else "",
        others=tuple(findings.view_of(index) for index in verdict.causes[1 : OTHERS + 1]),
        cleared=tuple(
            Cleared(
                because=words[f"not.{one.suspect.value}"], proof=findings.proof(one.evidence[0])
            )
            for one in verdict.ruled_out
        ),
        bring=() if _is_said(report) else tuple(words[f"bring.{b.value}"] for b in verdict.bring),
    )


def _is_said(report: Report) -> bool:
    """Whether the cause is a blind spot of the recording: its remedy is how to record again."""
    root = report.verdict.finding
    return root is not None and report.findings[root].effect is Effect.BLINDS


def _side(party: Party | None, words: Words) -> str:
    return words["party.unknown" if party is None else f"party.{party.value}"]
