"""`stanzascope rules [ID]`."""

import textwrap

import click

from ..model.errors import UsageError
from ..model.rule import Rule
from ..pipeline import known_rules


@click.command()
@click.argument("rule_id", required=False, metavar="[ID]")
def command(rule_id: str | None) -> None:
    """List the rules, or show the one with ID: cause, remedy, reference and examples."""
    rules = known_rules()
    if rule_id is None:
        for rule in rules:
            click.echo(f"{rule.id}  {rule.severity.value:7}  {rule.title}")
        return
    wanted = [rule for rule in rules if rule.id == rule_id.upper()]
    if not wanted:
        raise UsageError(f"no rule {rule_id}; `stanzascope rules` lists them")
    click.echo(_page(wanted[0]))


def _page(rule: Rule) -> str:
    needs = ", ".join(sorted(need.value for need in rule.needs)) or "nothing in particular"
    parts = [
        f"{rule.id}: {rule.title}",
        f"severity {rule.severity.value}, confidence {rule.confidence.value}, needs {needs}",
        _paragraph("Cause", rule.cause),
        _paragraph("What to do", rule.remedy),
        _paragraph("Reference", rule.reference),
    ]
    if rule.explains:
        parts.append(_paragraph("Explains", ", ".join(rule.explains)))
    parts += [_example("Fires on", ladder) for ladder in rule.fires_on]
    parts += [_example("Silent on", ladder) for ladder in rule.silent_on]
    return "\n\n".join(parts)


def _paragraph(head: str, text: str) -> str:
    body = textwrap.fill(
        " ".join(text.split()),
        88,
        initial_indent="  ",
        subsequent_indent="  ",
        # A name that is copied from the page (third-party, a property) must not gain a blank.
        break_on_hyphens=False,
        break_long_words=False,
    )
    return f"{head}\n{body}"


def _example(head: str, ladder: str) -> str:
    return f"{head}\n{textwrap.indent(textwrap.dedent(ladder).strip(), '  ')}"
