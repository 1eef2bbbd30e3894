"""The pages by the rules of axe-core: WCAG 2.2 A and AA, and its best practices."""

from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest

from analyzer.model.report import Report
from tests.report.hostile import hostile
from tests.report.reports import blind, healthy, refused
from tests.report.test_table_page import long_report

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

REPORTS = {
    "refused": refused(),
    "healthy": healthy(),
    "blind": blind(),
    "hostile": hostile(),
    "long": long_report(count=150),
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_axe_finds_nothing(show: Any, report: Report, scheme: str) -> None:
    # The policy of the page lets no script in, that of axe neither.
    page = show(report, color_scheme=scheme, bypass_csp=True).page
    page.evaluate("for (const one of document.querySelectorAll('details')) { one.open = true; }")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    wrong = [
        (violation["id"], node["target"], node["failureSummary"])
        for violation in found["violations"]
        for node in violation["nodes"]
    ]
    assert wrong == []
    assert len(found["passes"]) > 30
