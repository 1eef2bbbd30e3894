"""
Every sentence and label of the reports that is not a rule's own, by key: the source of all others.

Protocol words (step names in `code`, stanza names, conditions, file names) are not among them: they
come in as values and stay what they are in every language. A number takes its noun along, as in
`{count:packet was|packets were}`; a value with `!t` is one of `terms`.
"""

from typing import Final

from . import (
    anomalies,
    appendix,
    cli,
    comparison,
    drawings,
    facts,
    page,
    redacting,
    story,
    terms,
    values,
    web,
    web_told,
)

ENGLISH: Final[dict[str, str]] = {
    **page.WORDS,
    **story.WORDS,
    **facts.WORDS,
    **comparison.WORDS,
    **drawings.WORDS,
    **appendix.WORDS,
    **terms.WORDS,
    **values.WORDS,
    **cli.WORDS,
    **anomalies.WORDS,
    **redacting.WORDS,
    **web.WORDS,
    **web_told.WORDS,
}
"""Key → sentence, with {placeholders}."""
