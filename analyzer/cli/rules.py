"""`stanzascope rules [ID]`."""

import re
import textwrap
from collections.abc import Iterable, Mapping

import click
from rich.cells import cell_len

from ..model.errors import UsageError
from ..model.report import RuleText
from ..model.rule import Rule
from ..model.session import Needs
from ..pipeline import known_rules
from ..report.language.lines import cell, wrapped
from ..report.language.texts import Piece, listed, phrases, say, translated
from ..report.language.words import Words
from ..report.language.words import words as of
from .options import LANG, language_of

_WIDTH = 88


@click.command()
@click.argument("rule_id", required=False, metavar="[ID]")
@click.option("--family", metavar="XX", help="Only rules whose ID begins so, e.g. SA or TL.")
@click.option("--search", metavar="TEXT", help="Only rules that name TEXT in their texts or ID.")
@LANG
def command(
    rule_id: str | None, family: str | None, search: str | None, language: str | None
) -> None:
    """List the rules, or show the one with ID: what it means, what to do, and examples."""
    words = of(language_of(language))
    rules = known_rules()
    if rule_id is not None:
        wanted = [rule for rule in rules if rule.id == rule_id.upper()]
        if not wanted:
            raise UsageError(f"no rule {rule_id}; `stanzascope rules` lists them")
        click.echo(_page(wanted[0], {rule.id: rule for rule in rules}, words))
        return
    found = [rule for rule in rules if _is_wanted(rule, family or "", search or "", words)]
    if not found:
        raise UsageError("no rule fits; `stanzascope rules` lists them all")
    for rule in found:
        click.echo(f"{rule.id}  {rule.severity.value:7}  {readable(_said(rule, words).title)}")


def _said(rule: Rule, words: Words) -> RuleText:
    text = RuleText(
        title=rule.title, cause=rule.cause, remedy=rule.remedy, reference=rule.reference
    )
    return translated(rule.id, text, words)


def _is_wanted(rule: Rule, family: str, text: str, words: Words) -> bool:
    told = _said(rule, words)
    said = f"{rule.id} {told.title} {told.cause} {told.remedy} {told.reference}"
    return rule.id.startswith(family.upper()) and text.lower() in said.lower()


def readable(template: str) -> str:
    """A text of a rule without a finding: what a placeholder stands for in brackets."""
    said = _PLACEHOLDER.sub(_stand_in, template)
    return said.replace("{{", "{").replace("}}", "}")


def _stand_in(match: re.Match[str]) -> str:
    """The name of a value, with the plural of the noun that it takes along."""
    noun = (match[2] or "").partition("|")[2]
    return f"[{match[1].replace('_', ' ')}] {noun}".rstrip()


_PLACEHOLDER = re.compile(r"(?<!\{)\{([a-z_]+?)(?:_s)?(?:[:!]([^}]*))?\}(?!\})")
"""A number of seconds says so behind it."""


def _page(rule: Rule, rules: Mapping[str, Rule], words: Words) -> str:
    causes = [one for one in rules.values() if rule.id in one.explains]
    told = _said(rule, words)
    head = say(words, "named", name=rule.id, value=Piece(readable(told.title)))
    parts = [
        wrapped(head, "", "  ", _WIDTH),
        _facts(rule, words),
        _paragraph(words["rule.cause"], readable(told.cause)),
        _steps(words["rule.remedy"], readable(told.remedy)),
        _paragraph(words["rule.reference"], rule.reference),
        _named(words["rule.explains"], [rules[i] for i in rule.explains], words),
        _named(words["rule.explained"], causes, words),
        *(_example(words["rule.fires"], ladder) for ladder in rule.fires_on),
        *(_example(words["rule.silent"], ladder) for ladder in rule.silent_on),
    ]
    return "\n\n".join(part for part in parts if part)


def _facts(rule: Rule, words: Words) -> str:
    needs = [words[f"rule.needs.{need.value}"] for need in Needs if need in rule.needs]
    side = words["rule.side.open" if rule.party is None else f"term.{rule.party.value}"]
    facts = {
        "severity": words[f"rule.severity.{rule.severity.value}"],
        "confidence": words[f"rule.confidence.{rule.confidence.value}"],
        "effect": words[f"rule.effect.{rule.effect.value}"],
        "side": side,
        "needs": phrases(words, needs) or words["rule.needs.nothing"],
    }
    labels = {key: words[f"rule.{key}"] for key in facts}
    width = max(map(cell_len, labels.values())) + 2
    return "\n".join(
        wrapped(f"{cell(labels[key], width)}{text}", "", " " * width, _WIDTH)
        for key, text in facts.items()
    )


def _paragraph(head: str, text: str) -> str:
    return f"{head}\n{_filled(text, '  ', '  ')}"


def _steps(head: str, text: str) -> str:
    """A remedy, each of its counted steps on a line of its own."""
    intro, *steps = _apart(text)
    lines = [_filled(intro, "  ", "  ")] if intro else []
    lines += [_filled(step, f"  {n}. ", "     ") for n, step in enumerate(steps, 1)]
    return "\n".join((head, *lines))


def _apart(text: str) -> list[str]:
    """What stands before "1. ", and behind each number; a text that counts nothing is whole."""
    parts = [text]
    while (mark := f" {len(parts)}. ") in f" {parts[-1]}":
        head, _, tail = f" {parts[-1]}".partition(mark)
        parts[-1:] = [head.strip(), tail]
    return parts if len(parts) > 2 else [text]


def _named(head: str, rules: Iterable[Rule], words: Words) -> str:
    """Rules with their titles; of many the rest by their ids, of very many by their number."""
    distinct = list({rule.id: rule for rule in rules}.values())
    lines = [
        _filled(readable(_said(rule, words).title), f"  {rule.id}  ", " " * 10)
        for rule in distinct[:_TITLES]
    ]
    rest = [rule.id for rule in distinct[_TITLES:]]
    named = say(words, "rule.and", names=Piece(listed(words, rest)))
    if len(rest) > _IDS:
        named = say(words, "rule.and more", count=len(rest))
    lines += [_filled(named, "  ", "  ")] if rest else []
    return "\n".join((head, *lines)) if lines else ""


_TITLES = 12
_IDS = 60


def _filled(text: str, first: str, rest: str) -> str:
    text = _BLANKS.sub(" ", text).strip()
    if cell_len(text) > len(text):
        return wrapped(text, first, rest, _WIDTH)
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        # A name that is copied from the page (third-party, a property) must not gain a blank.
        break_on_hyphens=False,
        break_long_words=False,
    )


_BLANKS = re.compile(r"[ \n]+")
"""Not those of a language that must not be broken."""


def _example(head: str, ladder: str) -> str:
    return f"{head}\n{textwrap.indent(textwrap.dedent(ladder).strip(), '  ')}"
