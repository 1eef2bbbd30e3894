"""A saved report comes back as it was, and nothing else does."""

import json

import pytest

from analyzer.report.json import render
from analyzer.report.redact import redact
from analyzer.report.saved import load, save
from tests.report.reports import refused


def test_a_report_comes_back_as_it_was() -> None:
    redacted = redact(refused())
    back = load(render(redacted, "en").encode(), "x.json")
    assert back.report == redacted.report
    assert back.redaction is redacted.redaction
    assert back.redactions == redacted.redactions
    assert json.dumps(save(back)) == json.dumps(save(redacted))
