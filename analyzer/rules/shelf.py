"""
The shelf: every rule under this folder, found by itself.

A rule is a module `<family>/<id>_<slug>.py` (`ping/pg_001_ping_unanswered.py`) that holds one
`RULE`; nothing else names it.
"""

import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any, get_type_hints

from ..model.recording import Recording
from ..model.report import RuleText
from ..model.rule import Finding, Hit, Rule, Skipped, Subject
from ..model.session import Cohort, Needs, Session

_PACKAGE = __name__.rpartition(".")[0]

_RULE_MODULE = re.compile(r".*\.[a-z]{2}_[0-9]{3}_[a-z0-9_]+")

_BY_KIND = frozenset({Needs.HAR, Needs.PACKETS})
"""All that a recording as a whole can lack; the rest differs between its sessions."""


def modules() -> Iterator[str]:
    """Names of the modules that hold a rule."""
    where = import_module(_PACKAGE).__path__
    for info in pkgutil.walk_packages(where, f"{_PACKAGE}."):
        if _RULE_MODULE.fullmatch(info.name):
            yield info.name


@cache
def load() -> tuple[Rule, ...]:
    """Every rule on the shelf, by id."""
    rules: list[Rule] = [import_module(name).RULE for name in modules()]
    return tuple(sorted(rules, key=lambda rule: rule.id))


def texts(rules: Iterable[Rule]) -> dict[str, RuleText]:
    """Rule id → its texts, as templates."""
    return {
        rule.id: RuleText(
            title=rule.title, cause=rule.cause, remedy=rule.remedy, reference=rule.reference
        )
        for rule in rules
    }


class Shelf:
    """Rules sorted by what they look at and by what they can do without."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules: dict[type[Subject], list[Rule]] = {Session: [], Recording: [], Cohort: []}
        for rule in rules:
            self._rules[looks_at(rule.check)].append(rule)
        self._sorted: dict[tuple[type[Subject], frozenset[Needs]], _Sorted] = {}

    def run(self, subjects: Iterable[Subject]) -> tuple[list[Finding], list[Skipped]]:
        """
        Let each rule look at each subject of the kind that its check asks for.

        A rule that needs what the recording cannot show is skipped, with what it lacks. One for
        another carrier than the session's has nothing to look at, and is no matter for anybody.
        """
        findings: list[Finding] = []
        skipped: list[Skipped] = []
        for subject in subjects:
            able, unable = self._for(subject)
            captures = _captures(subject)
            for rule in able:
                check: Callable[[Any], Iterator[Hit]] = rule.check
                for hit in check(subject):  # a comprehension would cost a call, hit or not
                    findings.append(_finding(rule, subject, hit, captures))  # noqa: PERF401
            number = subject.number if isinstance(subject, Session) else None
            skipped += [
                Skipped(rule_id=rule.id, session=number, lacking=lacking)
                for rule, lacking in unable
            ]
        return findings, skipped

    def _for(self, subject: Subject) -> "_Sorted":
        """The rules that can look at a subject, and those that lack something."""
        key = type(subject), _can_see(subject)
        if key not in self._sorted:
            kind, met = key
            able = [rule for rule in self._rules[kind] if rule.needs <= met]
            unable = [
                rule
                for rule in self._rules[kind]
                if not rule.needs <= met and not _is_of_another_carrier(rule.needs, met)
            ]
            self._sorted[key] = able, [(rule, _ordered(rule.needs - met)) for rule in unable]
        return self._sorted[key]


_Sorted = tuple[list[Rule], list[tuple[Rule, tuple[Needs, ...]]]]


def run(subjects: Iterable[Subject], rules: Iterable[Rule]) -> tuple[list[Finding], list[Skipped]]:
    """`Shelf.run` of some rules, once."""
    return Shelf(rules).run(subjects)


@cache
def looks_at(check: Callable[..., Iterator[Hit]]) -> type[Subject]:
    """The kind of subject a check takes: the annotation of its only parameter."""
    hints = get_type_hints(check)
    hints.pop("return")
    (kind,) = hints.values()
    subject: type[Subject] = kind
    return subject


def _can_see(subject: Subject) -> frozenset[Needs]:
    if isinstance(subject, Session):
        return subject.can_see
    if isinstance(subject, Recording):
        seen = {Needs.HAR: subject.har is not None, Needs.PACKETS: subject.packets is not None}
        return _EVERYTHING - _BY_KIND | {need for need, there in seen.items() if there}
    return _EVERYTHING


_EVERYTHING = frozenset(Needs)
_CARRIERS = frozenset({Needs.WEBSOCKET, Needs.BOSH, Needs.TCP})


def _is_of_another_carrier(needs: frozenset[Needs], met: frozenset[Needs]) -> bool:
    """Whether a rule is for a carrier that the session is known not to use."""
    return bool(met & _CARRIERS) and not needs & _CARRIERS <= met


def _ordered(needs: Iterable[Needs]) -> tuple[Needs, ...]:
    return tuple(need for need in Needs if need in needs)


def _finding(rule: Rule, subject: Subject, hit: Hit, captures: Mapping[int | None, int]) -> Finding:
    session = subject.number if isinstance(subject, Session) else hit.session
    return Finding(
        rule_id=rule.id,
        severity=hit.severity or rule.severity,
        confidence=rule.confidence,
        effect=hit.effect or rule.effect,
        party=hit.party or rule.party,
        capture=captures.get(session) if isinstance(subject, Cohort) else subject.capture,
        session=session,
        sessions=hit.sessions,
        evidence=hit.evidence,
        values=hit.values,
    )


def _captures(subject: Subject) -> Mapping[int | None, int]:
    """Of a cohort: number of each session → index of its recording."""
    if not isinstance(subject, Cohort):
        return {}
    return {session.number: session.capture for session in subject.sessions}
