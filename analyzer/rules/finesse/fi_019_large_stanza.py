"""A stanza near Openfire's limit of 1 MiB (xmpp.parser.buffer.size)."""

from collections.abc import Iterator

from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import CloseKind, Needs, Session, SessionClose
from ..consequences import ENDINGS
from ..violations import blamed

_NEAR = 900_000
"""Octets; the limit is 1,048,576 characters of one message."""

_SOON_NS = 5_000_000_000


def _check(session: Session) -> Iterator[Hit]:
    large = [stanza for stanza in session.stanzas if stanza.length >= _NEAR]
    if large:
        longest = max(large, key=lambda stanza: stanza.length)
        values: dict[str, Value] = {
            "octets": longest.length,
            "count": len(large),
            "kind": longest.kind.value,
        }
        fatal = _is_fatal(session.close, longest.source.time_ns)
        severity = Severity.ERROR if fatal else None
        effect = Effect.BREAKS if fatal else None
        party = blamed(longest.direction.sender)
        yield Hit((longest.source,), values, severity=severity, effect=effect, party=party)


def _is_fatal(close: SessionClose, sent_ns: int | None) -> bool:
    """Whether the session ended right behind it, and nobody had taken leave."""
    if close.time_ns is None or sent_ns is None or close.kind is CloseKind.OPEN:
        return False
    # A HAR holds no Close frame, and so does not say how its socket closed.
    bad = close.orderly is False or (close.kind is CloseKind.CLOSED and not close.orderly)
    return bad and 0 <= close.time_ns - sent_ns <= _SOON_NS


RULE = Rule(
    id="FI-019",
    severity=Severity.WARNING,
    title="A {kind} of {octets} octets reaches the limit of the notification service",
    cause="Openfire takes at most 1 MiB (1,048,576 characters) in one message and ends the session "
    "when one is larger, with internal-server-error, policy-violation or WebSocket close 1009. "
    "{count:message|messages} came near it. Such sizes come from dialogs with very many call "
    "variables, a supervisor's team of hundreds in one update, or a client that packs data into "
    "XMPP.",
    remedy="1. See what fills the message (node of the event, or the client's request). 2. Reduce "
    "it at its source: fewer or shorter ECC variables in the layout, smaller teams, paging. 3. "
    "Raising xmpp.parser.buffer.size is a matter for Cisco TAC.",
    reference="Openfire source, OpenfireWebSocketServlet (xmpp.parser.buffer.size); RFC 6455 "
    "§7.4.1",
    needs=frozenset({Needs.MESSAGES}),
    explains=("ST-012", "ST-018", *ENDINGS),
    check=_check,
    fires_on=(
        f"@login\n5.0 S> <message xmlns='jabber:client'><body>{'x' * _NEAR}</body></message>",
        f"""
        @login
        5.0 C> <message xmlns='jabber:client'><body>{"x" * _NEAR}</body></message>
        5.1 S> [rst]
        """,
        f"""
        @har
        @login
        5.0 C> <message xmlns='jabber:client'><body>{"x" * _NEAR}</body></message>
        5.1 S> [close 1009]
        """,
    ),
    silent_on=("@login",),
)
