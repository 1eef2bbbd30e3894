"""The table of report formats."""

import subprocess
import sys

import pytest

from analyzer.report.comparison import html as comparison_html
from analyzer.report.formats import COMPARISON_RENDERERS, RENDERERS
from analyzer.report.machine import json
from analyzer.report.page import html
from analyzer.report.plain import text
from analyzer.report.redaction.redact import redact
from tests.report.reports import refused


def test_each_format_has_its_renderer() -> None:
    assert RENDERERS["html"] is html.render
    assert RENDERERS["json"] is json.render
    assert RENDERERS["text"] is text.render
    assert len(RENDERERS) == len({*RENDERERS.values()})
    assert COMPARISON_RENDERERS["html"] is comparison_html.render
    assert set(COMPARISON_RENDERERS) < set(RENDERERS)


@pytest.mark.parametrize("kind", RENDERERS)
def test_each_gives_the_same_each_time(kind: str) -> None:
    once, again = (RENDERERS[kind](redact(refused()), "en") for _ in range(2))
    assert once == again
    assert isinstance(once, bytes) is (kind == "zip")


def test_to_know_the_names_no_renderer_is_loaded() -> None:
    code = (
        "import sys; from analyzer.report.formats import RENDERERS; list(RENDERERS); "
        "print(*[name for name in sys.modules if name.startswith('analyzer.report.')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == ["analyzer.report.formats"]


def test_there_is_no_other_format() -> None:
    with pytest.raises(KeyError):
        RENDERERS["redact"]
