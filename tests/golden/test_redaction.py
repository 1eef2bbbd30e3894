"""Redaction takes names away, and nothing that anybody found out (every recording, every level)."""

import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from msgspec import to_builtins

from analyzer.model.report import Report
from analyzer.pipeline import analyze
from analyzer.report.redaction.redact import Redaction, redact

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
RECORDINGS = sorted(
    path.relative_to(FIXTURES).as_posix()
    for path in FIXTURES.glob("*/*")
    if path.suffix in {".har", ".pcap", ".pcapng"}
)

MARK = re.compile(r"((?:person|number)-[0-9]+|\[redacted: [a-z ]+ [0-9]+\])")

KEPT = {"server", "domain", "resource", "name", "kind", "type", "id", "condition", "code", "sha256"}
"""Fields that no level may touch: without them nobody could act on a report."""


class Undone(defaultdict[str, set[str]]):
    """What stood where a mark stands now."""

    def __init__(self) -> None:
        super().__init__(set)

    def compare(self, before: Any, after: Any, field: str = "") -> None:
        """The same thing twice, but for marks."""
        match before:
            case dict():
                assert before.keys() == after.keys()
                for key, value in before.items():
                    self.compare(value, after[key], key)
            case list() | tuple():
                assert len(before) == len(after)
                for one, other in zip(before, after, strict=True):
                    self.compare(one, other, field)
            case bytes() if field == "body":
                assert after == b""
            case bytes():
                self.compare(before.decode("utf-8", "backslashreplace"), after.decode(), field)
            case str() if before != after:
                assert field not in KEPT
                pieces = MARK.split(after)
                pattern = "".join(
                    "(.+?)" if at % 2 else re.escape(piece) for at, piece in enumerate(pieces)
                )
                found = re.fullmatch(pattern, before, re.DOTALL)
                assert found is not None, (before, after)
                for mark, value in zip(pieces[1::2], found.groups(), strict=True):
                    self[mark].add(value.casefold())
            case _:
                assert before == after


def plain(report: Report) -> dict[str, Any]:
    """
    The report as data, without what nobody is shown.

    Packed stanzas and frames are compared by other tests.
    """
    made: dict[str, Any] = to_builtins(report, builtin_types=(bytes,))
    for session in made["sessions"]:
        for gone in ("packed", "upgrade", "control_frames"):
            session.pop(gone)
    return made


@pytest.mark.parametrize("recording", RECORDINGS)
def test_only_names_change(recording: str) -> None:
    path = FIXTURES / recording
    keys = [key for key in (path.parent / "keys.log",) if key.exists()]
    report = analyze([path], keys=keys)
    before = plain(redact(report, Redaction.NONE).report)
    for redaction in (Redaction.SECRETS, Redaction.ALL):
        undone = Undone()
        after = plain(redact(report, redaction).report)
        undone.compare(before, after)
        if redaction is Redaction.SECRETS:
            for told in ("verdict", "findings", "histories", "recordings", "skipped"):
                assert before[told] == after[told]
        # The same mark for the same value, and for no other.
        assert {mark: values for mark, values in undone.items() if len(values) > 1} == {}
        values = [next(iter(values)) for values in undone.values()]
        assert len(values) == len(set(values))
