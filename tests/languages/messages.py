"""Every message of the program, from the places that hold them."""

from collections.abc import Iterator

from babel.messages.catalog import Catalog

from analyzer.report.english import ENGLISH
from analyzer.report.texts import FIELDS
from analyzer.rules import shelf


def messages() -> Iterator[tuple[str, str]]:
    """Where each stands (`msgctxt`) and its English text (`msgid`)."""
    yield from ENGLISH.items()
    for rule in shelf.load():
        for field in FIELDS:
            yield f"{rule.id}.{field}", " ".join(getattr(rule, field).split())


def template() -> Catalog:
    """All messages, untranslated."""
    catalogue = Catalog(domain="stanzascope", project="stanzascope", charset="utf-8", fuzzy=False)
    for context, text in messages():
        catalogue.add(text, context=context)
    return catalogue
