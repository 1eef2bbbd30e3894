"""A peer refused what it got: Close 1002, 1003, 1007 or 1010 (RFC 6455 section 7.4.1)."""

from collections.abc import Iterator

from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from .close_codes import TOLD, closed_with


def _check(session: Session) -> Iterator[Hit]:
    yield from closed_with(session, {1002, 1003, 1007, 1010})


RULE = Rule(
    id="WS-029",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    title="The {side!t} could not accept what it got and closed ({code}, reason: {reason!t})",
    cause="1002: frames that break the protocol. 1003: a kind of data it does not take (binary; "
    "prosody says it of fragmented messages, too, and browsers fragment above 128 KiB). 1007: text "
    "that is not UTF-8 or does not inflate. 1010: an extension it wanted is missing. If both ends "
    "are sound, a middlebox changed the octets; if this recording shows no violation before the "
    "Close, it happened on the far side of a proxy.",
    remedy="1. Look at the last message before the Close and at the other findings of this "
    "session. 2. Capture on the agent's PC and on the Finesse node at once (utils network capture "
    "file ws count 100000 size all host ip CLIENT) and compare that message. 3. If it differs, "
    "take the proxy, antivirus or TLS inspection in between out of the path. If it is the same, "
    "its sender is at fault: for a custom client check its WebSocket library.",
    reference="RFC 6455 §7.4.1",
    needs=frozenset({Needs.MESSAGES, Needs.WEBSOCKET}),
    explains=TOLD,
    check=_check,
    fires_on=(
        """
        @login
        5.0 C> [binary 0001]
        5.1 S> [close 1003 Binary not supported]
        """,
    ),
    silent_on=(
        "@login",
        """
        @login
        5.0 S> [close 1000 bye]
        """,
    ),
)
