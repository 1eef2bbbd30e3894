"""
Which finding is a consequence of which.

A finding is explained by another one whose rule says so: of its session, of its recording as a
whole, of several sessions with its own among them. What nothing explains is a root.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

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


class _Node(NamedTuple):
    """
    All findings of a rule about the same thing: one cause explains them.

    Attributes:
        rule_id: The rule.
        session: Number of the session; None if they concern no single one.
        cohort: Which sessions of a cohort they concern; None if a session, or all.
        capture: Index of the recording that they concern as a whole.
    """

    rule_id: str
    session: int | None
    cohort: int | None
    capture: int | None


class Causes:
    """
    Which finding is a consequence of which.

    Attributes:
        findings: With `explained_by`, the most harmful first.
    """

    def __init__(self, findings: Sequence[Finding], explains: Mapping[str, Sequence[str]]) -> None:
        self._explains = {rule_id: frozenset(ids) for rule_id, ids in explains.items()}
        self.findings = sorted(findings, key=rank_of)
        self._causes: dict[_Node, _Node] = {}
        self._cohorts: dict[tuple[int, ...], int] = {}
        self._group()
        self._link()
        self.findings = [
            replace(finding, explained_by=None if cause is None else cause.rule_id)
            for finding in self.findings
            for cause in [self._causes.get(self._node(finding))]
        ]
        self._group()

    def _node(self, finding: Finding) -> _Node:
        if finding.session is not None:
            return _Node(finding.rule_id, finding.session, None, None)
        if not finding.sessions:
            return _Node(finding.rule_id, None, None, finding.capture)
        # A number for its sessions: there may be thousands.
        cohort = self._cohorts.setdefault(finding.sessions, len(self._cohorts))
        return _Node(finding.rule_id, None, cohort, None)

    def _group(self) -> None:
        self._worst: dict[_Node, Finding] = {}
        self._narrow: dict[int, list[Finding]] = defaultdict(list)
        self._wide = [finding for finding in self.findings if finding.session is None]
        for finding in self.findings:
            self._worst.setdefault(self._node(finding), finding)
            if finding.session is not None:
                self._narrow[finding.session].append(finding)

    def _link(self) -> None:
        """Widest first: what concerns all is no consequence of what it explains in one session."""
        of_session: dict[int, list[_Node]] = defaultdict(list)
        of_capture: dict[int | None, list[_Node]] = {None: []}
        in_capture: dict[int | None, list[_Node]] = defaultdict(list)
        about: dict[int, list[_Node]] = defaultdict(list)
        some: dict[_Node, tuple[int, ...]] = {}
        some_in: dict[int | None, list[_Node]] = defaultdict(list)
        for node, finding in self._worst.items():
            if node.session is not None:
                of_session[node.session].append(node)
                in_capture[finding.capture].append(node)
            elif finding.sessions:
                some[node] = finding.sessions
                for number in finding.sessions:
                    about[number].append(node)
                for shown in {source.capture for source in finding.evidence}:
                    some_in[shown].append(node)
            else:
                of_capture.setdefault(node.capture, []).append(node)
        of_all = of_capture[None]
        for capture, nodes in of_capture.items():
            near = [*nodes, *of_all, *some_in[capture], *in_capture[capture]]
            self._explain(nodes, list(self._worst) if capture is None else near)
        for node, numbers in reversed(some.items()):
            inside = [one for n in numbers for one in (*about[n], *of_session.get(n, ()))]
            self._explain([node], [*of_all, *inside])
        for number, nodes in of_session.items():
            capture = self._worst[nodes[0]].capture
            around = [] if capture is None else of_capture.get(capture, [])
            self._explain(nodes, [*nodes, *around, *of_all, *about[number]])

    def _explain(self, consequences: Sequence[_Node], near: Sequence[_Node]) -> None:
        """Find the cause of each; of two that explain each other the worse is the cause."""
        causes = sorted(
            (node for node in dict.fromkeys(near) if node.rule_id in self._explains),
            key=lambda node: rank_of(self._worst[node]),
        )
        for node in reversed(consequences):
            for cause in causes:
                if (
                    node.rule_id in self._explains[cause.rule_id]
                    and _may_explain(self._worst[cause], self._worst[node])
                    and node not in self._up(cause)
                ):
                    self._causes[node] = cause
                    break

    def _up(self, node: _Node) -> Iterator[_Node]:
        """A node, its cause, the cause of that, and so on."""
        above: _Node | None = node
        while above is not None:
            yield above
            above = self._causes.get(above)

    def of(self, session: Session | None) -> list[Finding]:
        """Findings of a session; those of none."""
        return self._wide if session is None else self._narrow.get(session.number, [])

    def root(self, finding: Finding) -> Finding:
        """What it comes from in the end; itself, if nothing explains it."""
        node = self._node(finding)
        *_, top = self._up(node)
        return finding if top == node else self._worst[top]


def _may_explain(cause: Finding, finding: Finding) -> bool:
    """What changes nothing, such as a note, is no cause of what is worse."""
    if cause.effect is not Effect.NONE:
        return True
    return _SEVERITIES[cause.severity] <= _SEVERITIES[finding.severity]
