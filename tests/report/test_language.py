"""Sentences and their keys."""

import re
from pathlib import Path

import pytest

from analyzer.model.errors import UsageError
from analyzer.model.report import Outcome
from analyzer.model.rule import Confidence, Severity
from analyzer.model.session import StepName, StepStatus
from analyzer.report import facts
from analyzer.report.language import words


def test_every_word_of_the_model_has_its_word() -> None:
    catalogue = words("en")
    wanted = [
        *Outcome,
        *(f"step.{name}" for name in StepName),
        *(f"status.{status}" for status in StepStatus),
        *(f"severity.{severity}" for severity in Severity),
        *(f"confidence.{confidence}" for confidence in Confidence),
    ]
    assert [key for key in wanted if not catalogue.get(str(key))] == []


def test_every_fact_has_its_label() -> None:
    source = Path(facts.__file__).read_text(encoding="utf-8")
    keys = re.findall(r'yield "(\w+)"', source)
    assert len(keys) > 30
    assert [key for key in keys if f"fact.{key}" not in words("en")] == []


def test_an_unknown_language_is_told() -> None:
    with pytest.raises(UsageError, match="no language xx"):
        words("xx")
