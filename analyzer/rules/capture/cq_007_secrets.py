"""Secrets in the recording itself."""

from collections.abc import Iterator

from ...model.recording import Recording
from ...model.rule import Hit, Rule, Severity, Value
from ..evidence import whole


def _check(recording: Recording) -> Iterator[Hit]:
    held = {secret.value: count for secret, count in recording.secrets.items() if count}
    if held:
        values: dict[str, Value] = {"kinds": ", ".join(sorted(held)), "count": sum(held.values())}
        yield Hit((whole(recording),), values)


RULE = Rule(
    id="CQ-007",
    severity=Severity.INFO,
    title="This recording holds secrets ({count}): {kinds!t}",
    cause="A recording shows what was sent. A PLAIN login carries the agent's password, only "
    "base64-encoded; with single sign-on it carries the access token. A HAR that Chrome calls "
    "sanitized lacks cookies and Authorization, but still holds the WebSocket messages, and so the "
    "password. In a capture TLS hides them only from who lacks the keys: a key log beside it opens "
    "it to everybody. This report shows none of them.",
    remedy="Hand on this report instead of the recording where that is enough. Where the recording "
    "itself must go to the case, have the agent's password changed afterwards, or record with a "
    "test agent. Never send a key log that is not needed. Delete copies that are no longer needed; "
    "a cookie or token dies with the session or within hours, a password does not.",
    reference="RFC 4616 §5; RFC 6750 §5.2",
    check=_check,
    fires_on=(
        "@login",
        """
        @har
        @recording secret.cookie=2
        @login until=open
        """,
    ),
    silent_on=(
        "@login until=open",
        """
        @har
        @login until=open
        """,
    ),
)
