import re

import pytest
from click.testing import CliRunner

from analyzer.cli.completion import command


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_for_each_shell(shell: str) -> None:
    result = CliRunner().invoke(command, [shell])
    assert "_STANZASCOPE_COMPLETE" in result.output
    assert result.exit_code == 0


def test_no_other_shell() -> None:
    assert CliRunner().invoke(command, ["cmd"]).exit_code == 2


def test_the_help_names_a_place_for_each_shell() -> None:
    said = CliRunner().invoke(command, ["--help"]).output
    assert re.findall(r"^  (bash|zsh|fish):  ", said, re.MULTILINE) == ["bash", "zsh", "fish"]
