"""
Words of ours that stand in a finding's values, where a template names them with `!t`.

"The {side!t} closed the connection": the value stays "client" in JSON, the sentence says it in the
reader's language.
"""

from typing import Final

WORDS: Final = {
    "term.client": "client",
    "term.server": "server",
    "term.proxy": "proxy",
    "term.network": "network",
}
