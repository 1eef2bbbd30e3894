"""Names of a command line become what is read; there is one standard input."""

import sys
from pathlib import Path

import pytest

from analyzer.cli.inputs import sources
from analyzer.model.errors import UsageError


def test_each_group_of_names() -> None:
    found = sources(("a.har", "-"), (), ("keys.log",))
    assert found == [
        [Path("a.har"), ("standard input", sys.stdin.buffer)],
        [],
        [Path("keys.log")],
    ]


@pytest.mark.parametrize("groups", [(("-", "-"),), (("-",), ("-",))])
def test_standard_input_is_read_once(groups: tuple[tuple[str, ...], ...]) -> None:
    with pytest.raises(UsageError, match="there is one standard input"):
        sources(*groups)
