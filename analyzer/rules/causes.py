"""
Which finding is a consequence of which.

A finding is explained by another of its session, or of its recording as a whole, whose rule says
so. What nothing explains is a root.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from msgspec.structs import replace

from ..model.rule import Confidence, Effect, Finding, Severity
from ..model.session import Session

_EFFECTS = {effect: rank for rank, effect in enumerate(Effect)}
_SEVERITIES = {severity: rank for rank, severity in enumerate(Severity)}
_CONFIDENCES = {confidence: rank for rank, confidence in enumerate(Confidence)}

_NEVER = 1 << 63
"""Time of what has none: behind everything else."""


def rank_of(finding: Finding) -> tuple[int, int, int, int, str]:
    """The most harmful first, then the surest, then the earliest."""
    time_ns = finding.evidence[0].time_ns
    return (
        _EFFECTS[finding.effect],
        _SEVERITIES[finding.severity],
        _CONFIDENCES[finding.confidence],
        _NEVER if time_ns is None else time_ns,
        finding.rule_id,
    )


class Causes:
    """
    Which finding is a consequence of which.

    Attributes:
        findings: With `explained_by`, the most harmful first.
    """

    def __init__(self, findings: Sequence[Finding], explains: Mapping[str, Sequence[str]]) -> None:
        self._explains = explains
        self.findings = sorted(findings, key=rank_of)
        self._regroup()
        chains: dict[int | None, dict[str, str]] = {}
        chains[None] = self._chain(self._wide, self.findings, {})
        wide = list({(f.capture, f.rule_id): f for f in reversed(self._wide)}.values())
        for number, narrow in self._narrow.items():
            around = [f for f in wide if f.capture in {None, narrow[0].capture}]
            chains[number] = self._chain(narrow, [*narrow, *around], chains[None])
        self.findings = [
            replace(finding, explained_by=chains[finding.session].get(finding.rule_id))
            for finding in self.findings
        ]
        self._regroup()

    def _regroup(self) -> None:
        self._wide = [finding for finding in self.findings if finding.session is None]
        self._narrow: dict[int, list[Finding]] = defaultdict(list)
        for finding in self.findings:
            if finding.session is not None:
                self._narrow[finding.session].append(finding)

    def _chain(
        self, consequences: Sequence[Finding], causes: Sequence[Finding], above: Mapping[str, str]
    ) -> dict[str, str]:
        """Rule id → rule id of its cause; of two that explain each other the worse is the cause."""
        found = dict(above)
        worst = {finding.rule_id: finding for finding in reversed(causes)}
        possible = sorted(worst.values(), key=rank_of)
        for rule_id, finding in {f.rule_id: f for f in reversed(consequences)}.items():
            for cause in possible:
                if (
                    rule_id in self._explains.get(cause.rule_id, ())
                    and _may_explain(cause, finding)
                    and rule_id not in _up(cause.rule_id, found)
                ):
                    found[rule_id] = cause.rule_id
                    break
        return found

    def of(self, session: Session | None) -> list[Finding]:
        """Findings of a session; those of none."""
        return self._wide if session is None else self._narrow.get(session.number, [])

    def root(self, finding: Finding) -> Finding:
        """What it comes from in the end; itself, if nothing explains it."""
        while finding.explained_by is not None:
            near = self._wide if finding.session is None else self._narrow[finding.session]
            around = chain(near, self._wide, self.findings)
            cause = finding.explained_by
            finding = next(other for other in around if other.rule_id == cause)
        return finding


def _may_explain(cause: Finding, finding: Finding) -> bool:
    """What changes nothing, such as a note, is no cause of what is worse."""
    if cause.effect is not Effect.NONE:
        return True
    return _SEVERITIES[cause.severity] <= _SEVERITIES[finding.severity]


def _up(rule_id: str, found: Mapping[str, str]) -> Iterator[str]:
    """A rule, its cause, the cause of that, and so on."""
    cause: str | None = rule_id
    while cause is not None:
        yield cause
        cause = found.get(cause)
