"""What a rule cites exists: sections and sources of tests/rules/documents.py."""

import re

import pytest

from analyzer.model.rule import Rule
from analyzer.rules import shelf
from tests.rules.documents import OTHER_SOURCES, SASL_ERRORS, SECTIONS, STREAM_ERRORS

RULES = shelf.load()

_CITED = re.compile(r"(RFC \d+|XEP-\d{4}) (.+)")
_SECTION = re.compile(r"(?:§|[Aa]ppendix )([A-Z](?:\.\d+)*|\d+(?:\.\d+)*)")


def cited(rule: Rule) -> list[tuple[str, str]]:
    """Documents with sections, as the rule cites them."""
    found = []
    for part in rule.reference.split("; "):
        match = _CITED.fullmatch(part)
        if match:
            sections = _SECTION.findall(match[2])
            rest = _SECTION.sub("", match[2]).replace(" to ", "").replace(",", "").strip()
            assert sections
            assert not rest, rest
            found += [(match[1], section) for section in sections]
        else:
            assert part in OTHER_SOURCES, part
    return found


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_sections_exist(rule: Rule) -> None:
    unknown = [place for place in cited(rule) if place[1] not in SECTIONS.get(place[0], {})]
    assert unknown == []


def test_what_is_named_here_is_cited() -> None:
    """Nothing stays behind when a rule cites something else."""
    parts = {part for rule in RULES for part in rule.reference.split("; ")}
    assert parts >= OTHER_SOURCES


def test_a_condition_is_cited_by_the_section_that_defines_it() -> None:
    """Rules on conditions: those named in their texts are those of the sections."""
    titles = SECTIONS["RFC 6120"]
    for rule_id in ("SA-011", "SA-013", "ST-010", "ST-014", "ST-015", "ST-019"):
        (rule,) = (rule for rule in RULES if rule.id == rule_id)
        text = f"{rule.title} {rule.cause}"
        conditions = {
            titles[section]
            for document, section in cited(rule)
            if document == "RFC 6120" and titles[section] in STREAM_ERRORS + SASL_ERRORS
        }
        assert conditions
        assert all(condition in text for condition in conditions), rule_id
