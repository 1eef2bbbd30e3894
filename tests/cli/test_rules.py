import pytest
from click.testing import CliRunner

from analyzer.cli.rules import command
from analyzer.model.errors import UsageError
from analyzer.pipeline import known_rules


def test_the_list_has_a_line_for_each_rule() -> None:
    lines = CliRunner().invoke(command, []).output.splitlines()
    assert [line.split()[0] for line in lines] == [rule.id for rule in known_rules()]


def test_each_rule_has_a_page_with_all_it_says() -> None:
    for rule in known_rules():
        page = " ".join(CliRunner().invoke(command, [rule.id]).output.split())
        for text in (rule.title, rule.cause, rule.remedy, rule.reference, *rule.explains):
            assert " ".join(text.split()) in page
        for ladder in (*rule.fires_on, *rule.silent_on):
            assert " ".join(ladder.split()) in page


def test_an_unknown_rule_is_told() -> None:
    with pytest.raises(UsageError, match="no rule xx-999"):
        command.main(["xx-999"], standalone_mode=False)
