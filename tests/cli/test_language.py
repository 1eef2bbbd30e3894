"""The command line in the reader's language: which one, and that nothing is left in English."""

import ast
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from analyzer.cli import main as door
from analyzer.cli import rules, serve
from analyzer.cli.language import Filled, help_of, in_language, paragraphs, preferred
from analyzer.model.errors import UsageError
from analyzer.report.formats import RENDERERS
from analyzer.report.language import words as language
from analyzer.report.language.texts import error_said
from analyzer.report.language.words import words
from tests.languages.pseudo import outside, speak

FIXTURES = Path(__file__).parents[2] / "fixtures"
GOOD = str(FIXTURES / "good-ws" / "session.har")


@pytest.mark.parametrize(
    ("arguments", "environment", "tag"),
    [
        ([], {}, "en"),
        ([], {"LANG": "C.UTF-8"}, "en"),
        ([], {"LANG": "POSIX"}, "en"),
        ([], {"LANG": "nl_BE.UTF-8"}, "nl"),
        ([], {"LANG": "nl_BE.UTF-8", "LC_MESSAGES": "fr_FR"}, "fr"),
        ([], {"LANG": "nl_BE.UTF-8", "LC_MESSAGES": "fr_FR", "LC_ALL": "zh_CN.GB18030"}, "zh-Hans"),
        ([], {"LANG": "sv_SE.UTF-8"}, "en"),
        (["--help", "--lang", "it"], {"LANG": "nl_NL"}, "it"),
        (["analyze", "--lang=pt-BR", "x"], {}, "pt-BR"),
        (["--lang", "en"], {"LANG": "nl_NL"}, "en"),
        (["--lang", "xx"], {"LANG": "nl_NL"}, "en"),
        (["--lang"], {"LANG": "nl_NL"}, "en"),
    ],
)
def test_the_language_is_that_asked_for_else_that_of_the_system(
    arguments: list[str], environment: dict[str, str], tag: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert preferred(arguments) == tag


Run = Callable[..., str]


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Iterator[Run]:
    """Run the command in a language that nobody speaks; what it says, and its exit code last."""
    language.words.cache_clear()
    speak(monkeypatch)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> str:
        monkeypatch.setattr(sys, "argv", ["stanzascope", *arguments])
        with pytest.raises(SystemExit) as ended:
            door.main()
        said = capsys.readouterr()
        return f"{said.out}{said.err}\n{ended.value.code}"

    yield run
    language.words.cache_clear()


def left(said: str) -> set[str]:
    """Words of English that nobody translated."""
    return set(re.findall(r"\b[a-z]{4,}\b", outside(said)))


NAMES = {
    *door.COMMANDS,
    *("stanzascope", "help", "version", "list", "show", "lang", "keys", "output", "format"),
    *("fail", "quiet", "redact", "secrets", "search", "family", "session", "good"),
    *("error", "warning", "info", "never", "text", "html", "json", "bash", "fish", "finesse"),
    *(word for param in serve.command.params for name in param.opts for word in name.split("-")),
    *("capture", "redacted", "none"),
}
"""Names of commands and options, and what one types behind them."""


@pytest.mark.parametrize("command", ["", *door.COMMANDS, "profile show", "profile list"])
def test_help_says_nothing_in_english(
    command: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "nl_NL.UTF-8")
    said = run(*command.split(), "--help")
    assert said.endswith("\n0")
    assert "⟦" in said
    assert left(said) <= NAMES | {
        *RENDERERS,
        "local",
        "share",
        "completions",
        "config",
        "folder",
        "fpath",
    }


@pytest.mark.parametrize(
    ("arguments", "held"),
    [
        (("analyze", "none.har"), {"none"}),
        (("analyze", GOOD, "-o", "json"), {"json"}),
        (("analyze", GOOD, "-o", "xls=a"), {"json"}),
        (("analyze",), set()),
        (("analyze", GOOD, "--nothing"), {"nothing"}),
        (("analyze", GOOD, "--format", "xls"), {"format"}),
        (("nothing",), {"nothing"}),
        (("rules", "XX-999"), set()),
        (("rules", "--search", "qqqq"), set()),
        (("compare", GOOD, GOOD, "--good-session", "9"), set()),
        (("analyze", __file__), set()),
        (("analyze", "-", "-"), set()),
    ],
)
def test_errors_say_nothing_in_english(
    arguments: tuple[str, ...], held: set[str], run: Run
) -> None:
    said = run(*arguments, "--lang", "nl")
    assert said.endswith("\n2")
    assert "⟦" in said
    assert left(said.replace(__file__, "")) - NAMES - {*RENDERERS} - held == set()


def test_a_session_says_nothing_in_english(run: Run) -> None:
    assert "⟦html report" not in run("analyze", GOOD, "-q", "--lang", "nl")
    said = run("analyze", GOOD, "--format", "json", "-o", "html=a.html", "--lang", "nl")
    assert "html ⟦report:~~⟧ a.html" in said
    assert 'lang="nl"' in Path("a.html").read_text(encoding="utf-8")
    said = run("compare", GOOD, GOOD, "-o", "html=b.html", "--lang", "nl")
    assert "html ⟦comparison:~~~~⟧ b.html" in said


def test_a_rule_and_the_profiles_say_nothing_in_english(run: Run) -> None:
    page = run("rules", "CO-004", "--lang", "nl").partition("Fires")[0]
    assert "⟦Severity~~~⟧" in page
    assert "⟦What to do~~~~⟧" in page
    assert "初" in rules._filled("初 a", "", "")
    assert "⟦" in run("profile", "list", "--lang", "nl")


def test_english_needs_no_catalogue() -> None:
    made = in_language("x", door.stanzascope, words("en"))
    assert made is door.stanzascope


def test_a_fixed_paragraph_stays_as_it_is() -> None:
    assert paragraphs("One\n two.\n\n\b\na  b\n\n") == ["One two.", "\b\na  b"]


def test_a_help_that_names_things_is_filled() -> None:
    option = Filled(["--x"], values={"names": "a, b"}, help="One of {names}.")
    assert option.help == "One of a, b."
    assert click.Command("c", params=[option]).get_help(click.Context(click.Command("c")))


def test_every_text_of_help_has_its_key() -> None:
    found = dict(help_of("stanzascope", door.stanzascope))
    assert found["option.version"] == "Show the version and exit."
    assert found["help.stanzascope.1"].startswith("Read what a browser")
    command = door.stanzascope.get_command(click.Context(door.stanzascope), "profile")
    assert command is not None
    keys = dict(help_of("profile", command))
    assert {"help.profile.1", "help.profile list.1", "option.language"} <= keys.keys()
    command = door.stanzascope.get_command(click.Context(door.stanzascope), "completion")
    assert command is not None
    assert dict(help_of("completion", command)).keys() == {"help.completion.1"}


def test_an_error_without_a_command_is_said(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise click.ClickException("this is a PDF")

    monkeypatch.setattr(door, "_group", lambda: click.Command("stanzascope", callback=fail))
    assert run("--lang", "nl")
    monkeypatch.setenv("LC_ALL", "nl_NL.UTF-8")
    assert run() == "⟦Error:~~⟧ ⟦this is a PDF~~~~~⟧\n\n2"


ANALYZER = Path(door.__file__).parents[1]


def raised() -> Iterator[tuple[str, str]]:
    """Where an error is raised, and its line with a name in place of each value."""
    for path in sorted(ANALYZER.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            position = {"UsageError": 0, "CaptureError": 1}.get(node.func.id)
            if position is not None and len(node.args) > position:
                text = _sample(node.args[position])
                if text is not None:
                    yield f"{path.relative_to(ANALYZER)}", text


def _sample(node: ast.expr) -> str | None:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_sample(part) or _value(part) for part in parts)
        case _:
            return None


def _value(part: ast.expr) -> str:
    return "good" if "role.value" in ast.unparse(part) else "7"


UNTRANSLATED = {"rules/profiles/__init__.py", "report/machine/saved.py", "report/language/words.py"}
"""What is wrong within a profile, a saved report or an installation is told in English."""

RAISED = [(place, text) for place, text in raised() if place not in UNTRANSLATED]


@pytest.mark.parametrize(("place", "text"), RAISED, ids=lambda value: value[:60])
def test_every_error_can_be_said(place: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    language.words.cache_clear()
    speak(monkeypatch)
    assert left(error_said(words("nl"), UsageError(text))) <= NAMES | {*RENDERERS}
    language.words.cache_clear()
