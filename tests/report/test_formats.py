"""The table of report formats."""

import pytest

from analyzer.report import comparison_html, html, json, text
from analyzer.report.formats import COMPARISON_RENDERERS, RENDERERS


def test_each_format_has_its_renderer() -> None:
    assert dict(RENDERERS) == {"html": html.render, "json": json.render, "text": text.render}
    assert list(COMPARISON_RENDERERS) == list(RENDERERS)
    assert len(COMPARISON_RENDERERS) == 3
    assert COMPARISON_RENDERERS["html"] is comparison_html.render


def test_there_is_no_other_format() -> None:
    with pytest.raises(KeyError):
        RENDERERS["redact"]
