"""
Bring every catalogue up to date with the English texts: `python -m tests.languages`.

Translations stay where their English is unchanged; what is new stands empty in the file, and what
nobody uses any more goes.
"""

import io
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from analyzer.report.language import words as language
from tests.languages.messages import template

LOCALE = Path(language.__file__).with_name("locale")

HEADER = """\
# Sentences of Stanzascope. Machine-assisted; corrections by native speakers are welcome.
# Placeholders, protocol words and numbered steps stay as they are; glossary.toml has the terms."""

NOBODYS = (
    b'"Last-Translator',
    b'"Language-Team',
    b'"Report-Msgid',
    b'"PO-Revision',
    b'"POT-Creation',
)
"""Lines of the header that say nothing, or would make each update a change."""


def path_of(tag: str) -> Path:
    """The catalogue of a language, by its BCP 47 tag."""
    return LOCALE / language.locale_of(tag) / "LC_MESSAGES" / f"{language.DOMAIN}.po"


def read(tag: str) -> Catalog:
    """A catalogue as it is kept."""
    with path_of(tag).open("rb") as file:
        return read_po(file, locale=language.locale_of(tag), domain=language.DOMAIN)


def updated(catalogue: Catalog) -> bytes:
    """The catalogue as it has to be for the English texts of today."""
    catalogue.update(template(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.fuzzy = False
    catalogue.project, catalogue.version = "stanzascope", "1"
    catalogue.header_comment = HEADER
    file = io.BytesIO()
    write_po(file, catalogue, width=100)
    return b"".join(
        line for line in file.getvalue().splitlines(keepends=True) if not line.startswith(NOBODYS)
    )


def main() -> None:
    """Update and build all of them."""
    for tag in language.LANGUAGES:
        if tag == "en":
            continue
        path = path_of(tag)
        path.parent.mkdir(parents=True, exist_ok=True)
        known = read(tag) if path.exists() else Catalog(locale=language.locale_of(tag))
        path.write_bytes(updated(known))
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, read(tag))


if __name__ == "__main__":
    main()
