"""The table of stanzas, what was taken out, and what every rule found."""

from typing import Final

WORDS: Final = {
    # the head of a report
    "about.input": "Recording",
    "about.tool": "Made by",
    "about.rules": "{count:rule|rules}",
    "about.made": "Stanzascope {version}, profile {profile}",
    "about.redaction": "Redaction",
    "about.secrets": "Passwords, tokens and other credentials are taken out.",
    "about.all": "Credentials, names and numbers of people are taken out.",
    "about.none": "None: passwords and tokens are in this report.",
    "about.zone": "Times",
    "about.utc": "UTC, ISO 8601",
    # the table of stanzas
    "table.which": "Which messages",
    "table.all": "All",
    "table.cited": "Cited by findings",
    "table.script": "{shown:row is|rows are} listed here; with JavaScript all {count} can be "
    "searched and opened.",
    "table.cut": "The XML of the later messages is left out, so that the page stays small; ndjson "
    "has all of it.",
    # what was taken out
    "taken": "Taken out of this report",
    "taken.kind": "Kind",
    "taken.count": "Times",
    "taken.same": "The same value has the same number wherever it stood. Nothing can be computed "
    "back from a number.",
    # what every rule found
    "rules": "What was checked",
    "rules.intro": "{count:rule was|rules were} applied to this recording; {blind} could not look "
    "because the recording does not show what they need.",
    "rules.ran": "Rules that looked",
    "rules.result": "Result",
    "rules.nothing": "nothing found",
    "rules.found": "found {count:time|times}",
    "rules.lacking": "could not look: needs {needs}",
    "rules.title": "Looks for",
    # buttons
    "copy.finding": "Copy this finding",
}
