"""What the pages of `stanzascope serve` say."""

from typing import Final

WORDS: Final = {
    "web.title": "Stanzascope",
}
"""Key → sentence."""
