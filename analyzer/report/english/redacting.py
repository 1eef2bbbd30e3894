"""What `stanzascope redact` says, and writes into the HAR that it makes."""

from typing import Final

WORDS: Final = {
    # within the HAR
    "redacting.body": "body removed",
    "redacting.entry": "this entry could not be read; it stands here so that the others keep their "
    "numbers",
    "redacting.comment": "Redacted by stanzascope {version}: {taken}. Equal values have equal "
    "marks. Addresses of machines are left as they were.",
    "redacting.comment_all": "Redacted by stanzascope {version}, people and numbers too: {taken}. "
    "Equal values have equal marks. Addresses of machines are left as they were.",
    "redacting.nothing": "nothing had to be taken out",
    "redacting.bodies": "{count:body|bodies} that no diagnosis needs",
    "redacting.counted": "{kind} ({count})",
}
