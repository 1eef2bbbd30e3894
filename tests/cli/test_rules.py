import re

import pytest
from click.testing import CliRunner

from analyzer.cli.rules import command, readable
from analyzer.model.errors import UsageError
from analyzer.model.rule import Confidence, Effect, Rule, Severity
from analyzer.model.session import Needs
from analyzer.pipeline import known_rules
from analyzer.report.language.words import words

RULES = known_rules()


def page(*arguments: str) -> str:
    result = CliRunner().invoke(command, list(arguments))
    assert result.exit_code == 0, result.output
    return result.output


def ids(listed: str) -> list[str]:
    return [line.split()[0] for line in listed.splitlines()]


def test_the_list_has_a_line_for_each_rule() -> None:
    assert ids(page()) == [rule.id for rule in RULES]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_each_rule_has_a_page_with_all_it_says(rule: Rule) -> None:
    said = " ".join(page(rule.id).split())
    texts = (rule.title, rule.cause, rule.reference, *rule.explains)
    for text in texts:
        assert " ".join(readable(text).split()) in said
    assert " ".join(readable(rule.remedy).split()) in said
    for ladder in (*rule.fires_on, *rule.silent_on):
        assert " ".join(ladder.split()) in said


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_no_template_shows(rule: Rule) -> None:
    head = page(rule.id).partition("\nFires on")[0]
    assert not re.search(r"\{[a-z_]+\}", head)
    assert max(map(len, head.splitlines())) <= 110  # a long command must not be broken


def test_every_word_of_the_model_has_its_words() -> None:
    named = {"severity": Severity, "confidence": Confidence, "effect": Effect, "needs": Needs}
    keys = {f"rule.{key}.{word.value}" for key, enum in named.items() for word in enum}
    assert keys <= words("en").keys()


def test_facts_of_a_rule() -> None:
    said = page("sa-007")
    for line in (
        "Severity    error: ",
        "Confidence  high: ",
        "Effect      a step of the login failed",
        "Side        client",
        "Needs       readable XMPP stanzas",
    ):
        assert f"\n{line}" in said
    assert "Needs       nothing in particular" in page("CO-003")
    assert "Side        depends on what is found" in page("CO-004")


def test_what_it_explains_and_what_explains_it() -> None:
    assert re.search(r"\nExplains(?:.*\n)+  BO-015  ", page("BO-006"))
    assert "\n  BO-006  The client sent no BOSH request" in page("BO-015")
    # What a session ended with has many causes: the first, and how many there are.
    assert re.search(r"\n  and \d+ more\n", page("CO-004"))
    assert re.search(r"\n  and [A-Z]{2}-\d{3}, [A-Z]{2}-\d{3}", page("BI-001"))
    # Hygiene neither explains nor is explained.
    assert not re.search("^Explain", page("CQ-007"), re.MULTILINE)


def test_steps_stand_below_each_other() -> None:
    said = page("TL-014")
    assert re.search(r"\nWhat to do\n  1\. .*\n(?:     .*\n)*  2\. .*\n", said)
    # What counts nothing is a paragraph.
    assert "\nWhat to do\n  Nothing for the fault at hand." in page("CA-001")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("{age_s} s after {agent}", "[age] s after [agent]"),
        ("{given_node} of {wait_s}", "[given node] of [wait]"),
        ("$iq({{type: 'set'}})", "$iq({type: 'set'})"),
        ("{share:.0%}", "[share]"),
        ("{count:ping was|pings were} late", "[count] pings were late"),
    ],
)
def test_placeholders_are_readable(text: str, shown: str) -> None:
    assert readable(text) == shown


def test_a_family() -> None:
    assert ids(page("--family", "sa")) == [rule.id for rule in RULES if rule.id[:2] == "SA"]


def test_a_search() -> None:
    found = ids(page("--search", "xmpp.parser.buffer.size"))
    assert "FI-019" in found
    assert "SA-007" not in found
    assert set(ids(page("--family", "WS", "--search", "xmpp.parser.buffer.size"))) < set(found)


def test_an_unknown_rule_is_told() -> None:
    with pytest.raises(UsageError, match="no rule xx-999"):
        command.main(["xx-999"], standalone_mode=False)


def test_a_search_without_result_is_told() -> None:
    with pytest.raises(UsageError, match="no rule fits"):
        command.main(["--search", "no such text"], standalone_mode=False)
