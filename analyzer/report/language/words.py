"""
The languages of the reports: a catalogue of sentences each, and how it writes numbers.

English is the source; the others are gettext catalogues below `locale/`, looked up by the English
sentence and by where it stands (its key, or rule id and field, as `msgctxt`).
"""

from collections.abc import Callable
from functools import cache
from gettext import GNUTranslations
from importlib.resources import files
from typing import Final

from ...model.errors import UsageError
from .english import ENGLISH

DOMAIN: Final = "stanzascope"
"""Name of the catalogues."""

LANGUAGES: Final = {
    "en": "English",
    "nl": "Nederlands",
    "zh-Hans": "简体中文",
    "fr": "Français",
    "it": "Italiano",
    "pt-BR": "Português (Brasil)",
}
"""BCP 47 tag → what the language calls itself."""


class Words(dict[str, str]):
    """
    Key → sentence in one language, with {placeholders}.

    Attributes:
        language: Its BCP 47 tag.
    """

    def __init__(self, language: str, catalogue: GNUTranslations | None) -> None:
        """
        Translate all of English.

        Args:
            language: BCP 47 tag, one of `LANGUAGES`.
            catalogue: None for English.
        """
        self.language = language
        self._catalogue = catalogue
        self._decimal, self._group = _symbols(language)
        super().__init__({key: self.translated(key, text) for key, text in ENGLISH.items()})

    def translated(self, context: str, english: str) -> str:
        """A sentence that is no word of the catalogue's own: of a rule, of the command line."""
        if self._catalogue is None or not english:
            return english
        return self._catalogue.pgettext(context, english)

    def word(self, kind: str, value: str) -> str:
        """A word of the model ("lost"), by what it tells ("gap"); any other stays as it is."""
        return self.get(f"{kind}.{value}", value)

    def number(self, value: float, spec: str = "") -> str:
        """A quantity with the signs of the language; `spec` as of `format`, else whole."""
        text = format(value, spec or ("," if isinstance(value, int) else ""))
        if self._decimal == ".":
            return text
        return text.translate({ord("."): self._decimal, ord(","): self._group})

    def form(self, count: float, forms: str) -> str:
        """The form of a noun that belongs to a number: one of "packet was|packets were"."""
        choices = forms.split("|")
        whole = isinstance(count, int) or count.is_integer()
        return choices[min(self._plural(int(count)) if whole else 1, len(choices) - 1)]

    @property
    def _plural(self) -> Callable[[int], int]:
        if self._catalogue is None:
            return _english_plural
        plural: Callable[[int], int] = vars(self._catalogue)["plural"]
        return plural


def _english_plural(count: int) -> int:
    return int(count != 1)


@cache
def words(language: str) -> Words:
    """
    The catalogue of a language, by its BCP 47 tag.

    Raises:
        UsageError: There is none.
    """
    if language not in LANGUAGES:
        raise UsageError(f"no language {language}; there are {', '.join(LANGUAGES)}")
    return Words(language, None if language == "en" else _catalogue(language))


def _catalogue(language: str) -> GNUTranslations:
    folder = files(__package__) / "locale" / locale_of(language) / "LC_MESSAGES"
    try:
        with (folder / f"{DOMAIN}.mo").open("rb") as file:
            return GNUTranslations(file)
    except FileNotFoundError:
        raise UsageError(f"the catalogue of {language} was not built; install again") from None


def locale_of(language: str) -> str:
    """The name of a language as gettext and CLDR write it: zh_Hans."""
    return language.replace("-", "_")


def _symbols(language: str) -> tuple[str, str]:
    """What stands before the decimals, and between thousands."""
    if language == "en":
        return ".", ","
    from babel.numbers import get_decimal_symbol, get_group_symbol  # noqa: PLC0415 - 20 ms

    locale = locale_of(language)
    return get_decimal_symbol(locale), get_group_symbol(locale)


def best(preferred: str) -> str:
    """
    The language to use for what a system or a browser prefers.

    Args:
        preferred: A locale as of `LANG` ("nl_BE.UTF-8") or a BCP 47 tag ("zh-CN").
    """
    tag = preferred.partition(".")[0].partition("@")[0].replace("_", "-").lower()
    parts = tag.split("-")
    if parts[0] == "zh" and not {"hant", "tw", "hk", "mo"} & set(parts):
        return "zh-Hans"
    if parts[0] == "pt":
        return "pt-BR"
    return next((known for known in LANGUAGES if known == parts[0]), "en")
