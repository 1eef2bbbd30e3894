from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from analyzer.cli.main import stanzascope
from analyzer.cli.profile import command
from analyzer.model.errors import UsageError
from analyzer.pipeline import known_profiles, profile_as_toml


def test_the_list_has_a_line_for_each_profile() -> None:
    lines = CliRunner().invoke(command, ["list"]).output.splitlines()
    assert [tuple(line.split(maxsplit=1)) for line in lines] == [
        (profile.name, profile.title) for profile in known_profiles()
    ]


def test_a_built_in_profile_is_shown() -> None:
    result = CliRunner().invoke(command, ["show", "finesse-12.6"])
    assert result.output == profile_as_toml("finesse-12.6")
    assert result.exit_code == 0


def test_a_file_is_shown_with_what_it_extends(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_text('name = "site"\nextends = "finesse"\niq_timeout_ms = 7000\n', encoding="utf-8")
    output = CliRunner().invoke(command, ["show", str(path)]).output
    assert f"# From: {path}.\niq_timeout_ms = 7000\n" in output
    assert '# From: finesse.\nresource = "desktop"\n' in output


def test_what_is_wrong_is_told_in_one_line() -> None:
    with pytest.raises(UsageError, match=r"^finess: no profile .*; did you mean `finesse`\?$"):
        command.main(["show", "finess"], standalone_mode=False)


def completed(args: list[str], incomplete: str) -> list[tuple[str, str]]:
    complete = ShellComplete(stanzascope, {}, "stanzascope", "_STANZASCOPE_COMPLETE")
    return [(item.value, item.type) for item in complete.get_completions(args, incomplete)]


@pytest.mark.parametrize("args", [["profile", "show"], ["analyze", "--profile"]])
def test_a_shell_completes_names_and_files(args: list[str]) -> None:
    assert completed(args, "finesse-12") == [
        ("finesse-12.0", "plain"),
        ("finesse-12.6", "plain"),
        ("finesse-12", "file"),
    ]


def test_a_shell_completes_the_sub_commands() -> None:
    assert completed(["profile"], "") == [("list", "plain"), ("show", "plain")]
    assert ("profile", "plain") in completed([], "p")
    assert isinstance(command, click.Group)
