"""A thousand secrets, planted everywhere and in every encoding, come out nowhere."""

import io
import os
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from analyzer.cli.main import stanzascope
from analyzer.model.comparison import Comparison
from analyzer.model.report import Report
from analyzer.pipeline import analyze, compare
from analyzer.report.formats import COMPARISON_RENDERERS, RENDERERS
from analyzer.report.language.words import LANGUAGES
from analyzer.report.plain.terminal import show
from analyzer.report.redaction.redact import (
    RedactedReport,
    Redaction,
    redact,
    redact_comparison,
    redact_more,
)
from tests.report.canaries import DIGITS, ENCODINGS, HEAD, TAIL, WHO_HEAD, WHO_TAIL, Aviary
from tests.report.canary_recordings import as_har, as_pcapng, echoes, login, stanzas
from tests.report.canary_search import Leaks, sung

NOTHING = Leaks(frozenset(), frozenset())

SECRETS = (HEAD, TAIL)
PEOPLE = (WHO_HEAD, WHO_TAIL, DIGITS)


@dataclass
class Carriers:
    """Recordings full of canaries, on disk and analysed once."""

    paths: dict[str, Path]
    reports: dict[str, Report]
    comparison: Comparison
    secrets: int
    people: int
    done: dict[tuple[str, Redaction], RedactedReport] = field(default_factory=dict)

    def redacted(self, kind: str, redaction: Redaction) -> RedactedReport:
        """A report, redacted once."""
        if (kind, redaction) not in self.done:
            self.done[kind, redaction] = redact(self.reports[kind], redaction)
        return self.done[kind, redaction]


@pytest.fixture(scope="module")
def carriers(tmp_path_factory: pytest.TempPathFactory) -> Carriers:
    folder = tmp_path_factory.mktemp("canaries")
    paths: dict[str, Path] = {}
    bred = people = 0
    for first, kind, write in ((1_000, "har", as_har), (5_000, "pcapng", as_pcapng)):
        # The first time tells which there are; the second time all of them are planted again.
        known, aviary = (Aviary(count(first)) for _ in range(2))
        for each in (known, aviary):
            lines = [*login(each), *(("S>", text) for text in stanzas(each))]
            if each is known:
                write(each, lines)
        lines += [("S>", text) for text in echoes(known)]
        # One that is known from a login, in the name of the file.
        paths[kind] = folder / kind / f"case {known.secrets[0]} of {known.people[0]}.{kind}"
        paths[kind].parent.mkdir()
        (paths[kind].parent / f"notes {known.secrets[0]}.txt").write_text("nothing")
        paths[kind].write_bytes(write(aviary, lines))
        bred += len(aviary.secrets)
        people += len(aviary.people)
    reports = {kind: analyze([path]) for kind, path in paths.items()}
    comparison = compare([paths["har"]], [paths["pcapng"]])
    return Carriers(paths, reports, comparison, bred, people)


def test_there_are_enough_of_them(carriers: Carriers) -> None:
    assert carriers.secrets > 1_000
    assert carriers.people > 100


@pytest.mark.parametrize("kind", ["har", "pcapng"])
def test_they_are_there_when_nobody_takes_them_out(carriers: Carriers, kind: str) -> None:
    """Or finding none would prove nothing."""
    shown = carriers.redacted(kind, Redaction.NONE)
    for form in ("html", "json", "ndjson", "har", "zip"):
        leaks = sung(RENDERERS[form](shown, "en"), *SECRETS)
        assert len(leaks.numbers) > 250, form
        assert leaks.encodings == {"letters", "base64", "hex"}, form


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_search_finds_every_encoding(encoding: str) -> None:
    written = ENCODINGS[encoding](f"{HEAD}1234&{TAIL}")
    for around in ("{}", "a{}", "  {}zz"):
        assert sung(around.format(written), HEAD).encodings
        assert sung(around.format(written), TAIL).encodings
    assert sung("nothing of it", HEAD, TAIL) == NOTHING


@pytest.mark.parametrize("form", RENDERERS)
@pytest.mark.parametrize("kind", ["har", "pcapng"])
def test_no_secret_comes_out(carriers: Carriers, kind: str, form: str) -> None:
    for redaction in (Redaction.SECRETS, Redaction.ALL):
        redacted = carriers.redacted(kind, redaction)
        assert sung(RENDERERS[form](redacted, "en"), *SECRETS) == NOTHING


@pytest.mark.parametrize("form", RENDERERS)
@pytest.mark.parametrize("kind", ["har", "pcapng"])
def test_nobody_is_named_when_people_are_taken_out(
    carriers: Carriers, kind: str, form: str
) -> None:
    at_once = carriers.redacted(kind, Redaction.ALL)
    later = redact_more(carriers.redacted(kind, Redaction.SECRETS))
    assert later.redaction is Redaction.ALL
    for redacted in (at_once, later):
        assert sung(RENDERERS[form](redacted, "en"), *SECRETS, *PEOPLE) == NOTHING


@pytest.mark.parametrize("form", COMPARISON_RENDERERS)
def test_no_comparison_holds_one(carriers: Carriers, form: str) -> None:
    redacted = redact_comparison(carriers.comparison, Redaction.ALL)
    for language in LANGUAGES:
        output = COMPARISON_RENDERERS[form](redacted, language)
        assert sung(output, *SECRETS, *PEOPLE) == NOTHING


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_language_holds_one(carriers: Carriers, language: str) -> None:
    redacted = carriers.redacted("har", Redaction.ALL)
    for form in ("html", "text"):
        assert sung(RENDERERS[form](redacted, language), *SECRETS, *PEOPLE) == NOTHING
    screen = io.StringIO()
    show(redacted, Console(file=screen, width=100), language)
    assert sung(screen.getvalue(), *SECRETS, *PEOPLE) == NOTHING


@pytest.mark.parametrize("command", ["analyze", "compare"])
def test_neither_messages_nor_names_of_files_hold_one(
    carriers: Carriers, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    capture, *others = map(str, carriers.paths.values())
    inputs = [capture, *others] if command == "compare" else [str(Path(capture).parent)]
    done = CliRunner().invoke(stanzascope, [command, *inputs, "--redact", "all"])
    assert "reports" in done.stderr
    assert ("skipped" in done.stderr) is (command == "analyze")
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert written
    for text in (done.stdout, done.stderr, *map(str, written), *map(os.fsdecode, written)):
        assert sung(text, *SECRETS, *PEOPLE) == NOTHING
    for path in written:
        assert sung(path.read_bytes(), *SECRETS, *PEOPLE) == NOTHING
