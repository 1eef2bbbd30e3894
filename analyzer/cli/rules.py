"""`stanzascope rules [ID]`."""

import re
import textwrap
from collections.abc import Iterable, Mapping

import click

from ..model.errors import UsageError
from ..model.rule import Confidence, Effect, Rule, Severity
from ..model.session import Needs
from ..pipeline import known_rules

_WIDTH = 88

_SEVERITIES = {
    Severity.ERROR: "error: the agent cannot work, or not for long",
    Severity.WARNING: "warning: a fault that is felt, or soon will be",
    Severity.INFO: "info: worth knowing, no fault by itself",
}

_CONFIDENCES = {
    Confidence.HIGH: "high: the recording proves it",
    Confidence.MEDIUM: "medium: the recording fits it, other causes are possible",
    Confidence.LOW: "low: a hint",
}

_EFFECTS = {
    Effect.BREAKS: "a step of the login failed, or the session ended",
    Effect.DEGRADES: "the session goes on, with something missing or late",
    Effect.BLINDS: "the recording cannot show how it went",
    Effect.NONE: "none on the outcome by itself",
}

_NEEDS = {
    Needs.MESSAGES: "readable XMPP stanzas (a HAR with messages, or packets with their keys)",
    Needs.FRAMES: "WebSocket frames (packets; a HAR has none)",
    Needs.PACKETS: "packets",
    Needs.HTTP: "the HTTP upgrade with its headers",
    Needs.TIMES: "times of the messages",
    Needs.START: "the beginning of the session",
    Needs.HAR: "a HAR",
    Needs.WEBSOCKET: "XMPP over WebSocket",
    Needs.BOSH: "XMPP over BOSH",
    Needs.TCP: "XMPP over TCP",
    Needs.TLS: "TLS records (packets)",
    Needs.END: "the end of the session",
}


@click.command()
@click.argument("rule_id", required=False, metavar="[ID]")
@click.option("--family", metavar="XX", help="Only rules whose ID begins so, e.g. SA or TL.")
@click.option("--search", metavar="TEXT", help="Only rules that name TEXT in their texts or ID.")
def command(rule_id: str | None, family: str | None, search: str | None) -> None:
    """List the rules, or show the one with ID: what it means, what to do, and examples."""
    rules = known_rules()
    if rule_id is not None:
        wanted = [rule for rule in rules if rule.id == rule_id.upper()]
        if not wanted:
            raise UsageError(f"no rule {rule_id}; `stanzascope rules` lists them")
        click.echo(_page(wanted[0], {rule.id: rule for rule in rules}))
        return
    found = [rule for rule in rules if _is_wanted(rule, family or "", search or "")]
    if not found:
        raise UsageError("no rule fits; `stanzascope rules` lists them all")
    for rule in found:
        click.echo(f"{rule.id}  {rule.severity.value:7}  {readable(rule.title)}")


def _is_wanted(rule: Rule, family: str, text: str) -> bool:
    said = f"{rule.id} {rule.title} {rule.cause} {rule.remedy} {rule.reference}"
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


def _page(rule: Rule, rules: Mapping[str, Rule]) -> str:
    causes = [one for one in rules.values() if rule.id in one.explains]
    parts = [
        textwrap.fill(f"{rule.id}: {readable(rule.title)}", _WIDTH, subsequent_indent="  "),
        _facts(rule),
        _paragraph("Cause", readable(rule.cause)),
        _steps("What to do", readable(rule.remedy)),
        _paragraph("Reference", rule.reference),
        _named("Explains (its consequences, told under it)", [rules[i] for i in rule.explains]),
        _named("Explained by (causes, if one of them is found too)", causes),
        *(_example("Fires on", ladder) for ladder in rule.fires_on),
        *(_example("Silent on", ladder) for ladder in rule.silent_on),
    ]
    return "\n\n".join(part for part in parts if part)


def _facts(rule: Rule) -> str:
    needs = [_NEEDS[need] for need in Needs if need in rule.needs]
    facts = {
        "Severity": _SEVERITIES[rule.severity],
        "Confidence": _CONFIDENCES[rule.confidence],
        "Effect": _EFFECTS[rule.effect],
        "Side": "depends on what is found" if rule.party is None else rule.party.value,
        "Needs": "; ".join(needs) or "nothing in particular",
    }
    return "\n".join(
        textwrap.fill(f"{name:11} {text}", _WIDTH, subsequent_indent=" " * 12)
        for name, text in facts.items()
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


def _named(head: str, rules: Iterable[Rule]) -> str:
    """Rules with their titles; of many the rest by their ids, of very many by their number."""
    distinct = list({rule.id: rule for rule in rules}.values())
    lines = [
        _filled(readable(rule.title), f"  {rule.id}  ", " " * 10) for rule in distinct[:_TITLES]
    ]
    rest = [rule.id for rule in distinct[_TITLES:]]
    named = ", ".join(rest) if len(rest) <= _IDS else f"{len(rest)} more"
    lines += [_filled(f"and {named}", "  ", "  ")] if rest else []
    return "\n".join((head, *lines)) if lines else ""


_TITLES = 12
_IDS = 60


def _filled(text: str, first: str, rest: str) -> str:
    return textwrap.fill(
        " ".join(text.split()),
        _WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        # A name that is copied from the page (third-party, a property) must not gain a blank.
        break_on_hyphens=False,
        break_long_words=False,
    )


def _example(head: str, ladder: str) -> str:
    return f"{head}\n{textwrap.indent(textwrap.dedent(ladder).strip(), '  ')}"
