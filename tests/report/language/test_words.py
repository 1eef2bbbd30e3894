"""Sentences and their keys."""

import importlib
import pkgutil
import re
from collections import Counter
from enum import StrEnum
from pathlib import Path

import pytest

from analyzer.model.anomaly import AnomalyCode
from analyzer.model.errors import UsageError
from analyzer.model.flow import EndCause, GapReason
from analyzer.model.joined import Disagreement, MatchedBy
from analyzer.model.network import AttemptEnd, RealTime
from analyzer.model.recording import Secret
from analyzer.model.report import Outcome
from analyzer.model.rule import Confidence, Severity
from analyzer.model.session import (
    Carrier,
    CloseKind,
    Needs,
    SeenIn,
    StepName,
    StepStatus,
)
from analyzer.model.source import Side
from analyzer.model.timing import PauseKind
from analyzer.model.tls import Locked, Sign
from analyzer.report.facts import connection as facts
from analyzer.report.language import english
from analyzer.report.language import words as language
from analyzer.report.language.words import words
from analyzer.report.redaction.patterns import SecretKind


def test_every_word_of_the_model_has_its_word() -> None:
    catalogue = words("en")
    named: dict[str, type[StrEnum]] = {
        "step": StepName,
        "status": StepStatus,
        "severity": Severity,
        "confidence": Confidence,
        "anomaly": AnomalyCode,
        "gap": GapReason,
        "ended": EndCause,
        "closing": CloseKind,
        "attempt": AttemptEnd,
        "locked": Locked,
        "sign": Sign,
        "paused": PauseKind,
        "matched": MatchedBy,
        "disagreement": Disagreement,
        "realtime": RealTime,
        "recorded": SeenIn,
        "held": Secret,
        "taken": SecretKind,
        "needs": Needs,
        "carrier": Carrier,
        "term": Side,
    }
    wanted = [
        *Outcome,
        *(f"{kind}.{word.value}" for kind, enum in named.items() for word in enum),
    ]
    assert [key for key in wanted if not catalogue.get(str(key))] == []


def test_every_fact_has_its_label() -> None:
    source = Path(facts.__file__).read_text(encoding="utf-8")
    keys = re.findall(r'yield "(\w+)"', source)
    assert len(keys) > 30
    assert [key for key in keys if f"fact.{key}" not in words("en")] == []


def test_no_key_is_written_twice() -> None:
    found = (
        importlib.import_module(f"{english.__name__}.{module.name}").WORDS
        for module in pkgutil.iter_modules(english.__path__)
    )
    keys = Counter(key for words_of_one in found for key in words_of_one)
    assert [key for key, count in keys.items() if count > 1] == []
    assert keys.keys() == english.ENGLISH.keys()


def test_an_unknown_language_is_told() -> None:
    with pytest.raises(UsageError, match="no language xx"):
        words("xx")


def test_a_catalogue_that_was_not_built_is_told() -> None:
    with pytest.raises(UsageError, match="was not built"):
        language._catalogue("xx")


def test_portuguese_is_that_of_brazil() -> None:
    assert language.best("pt_PT.UTF-8") == "pt-BR"
