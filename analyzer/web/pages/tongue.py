"""In which language a page speaks."""

from fastapi import Request

from ...report.language.words import LANGUAGES, Words, best, words

COOKIE = "stanzascope-language"
"""Name of the cookie with the tag that was chosen; it says nothing else."""

MOST_RANGES = 20
"""Language ranges of a header that are looked at."""


def words_of(request: Request) -> Words:
    """The catalogue for who asks: as chosen, else as the browser prefers, else English."""
    chosen = request.cookies.get(COOKIE, "")
    if chosen in LANGUAGES:
        return words(chosen)
    return words(preferred(request.headers.get("accept-language", "")))


def preferred(header: str) -> str:
    """
    The best of our languages for an Accept-Language header (RFC 9110 section 12.5.4).

    Args:
        header: As it came; what is no weighted range in it counts for nothing.
    """
    ranges = []
    for place, part in enumerate(header[:1000].split(",")[:MOST_RANGES]):
        tag, _, parameters = part.strip().partition(";")
        weight = _weight(parameters)
        if weight > 0:
            ranges.append((-weight, place, tag.strip()))
    for _, _, tag in sorted(ranges):
        found = best(tag)
        if found != "en" or tag.lower().split("-")[0] in ("en", "*"):
            return found
    return "en"


def _weight(parameters: str) -> float:
    name, _, value = parameters.partition("=")
    if not parameters.strip():
        return 1.0
    try:
        weight = float(value) if name.strip() == "q" else 0.0
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0
