"""A message was too big: Close 1009 (RFC 6455 section 7.4.1)."""

from collections.abc import Iterator

from msgspec.structs import replace

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ...model.source import Side
from .close_codes import TOLD, closed_with


def _check(session: Session) -> Iterator[Hit]:
    for hit in closed_with(session, {1009}):
        got = (one for one in session.stanzas if one.direction.sender != hit.values["side"])
        longest = max((stanza.length for stanza in got), default=0)
        party = _SENDERS.get(hit.values["side"])
        yield replace(hit, values=hit.values | {"longest": longest}, party=party)


_SENDERS: dict[Value, Party] = {Side.CLIENT: Party.SERVER, Side.SERVER: Party.CLIENT}
"""Who refused a message → whose it was."""


RULE = Rule(
    id="WS-027",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    title="The {side!t} closed the connection: a message was too big (1009, reason: {reason!t})",
    cause="The {side!t} refused a message of the other end for its size; the longest one that it "
    "got in this recording has {longest} octets. Openfire takes up to 1 MiB "
    "(xmpp.parser.buffer.size), a proxy or gateway in between may take less. Such messages come "
    "from custom clients that send large data, and from events of big teams or with many call "
    "variables.",
    remedy="1. Look at the last long message before the Close: who sent it, and what is in it. 2. "
    "A custom client must stay below 1 MiB. 3. If it is an event that a proxy refused, raise the "
    "proxy's limit for WebSocket messages to more than 1 MiB. Do not edit Openfire's properties by "
    "hand; ask TAC.",
    reference="RFC 6455 §7.4.1, §10.4",
    needs=frozenset({Needs.MESSAGES, Needs.WEBSOCKET}),
    explains=TOLD,
    check=_check,
    fires_on=(
        """
        @login
        5.0 S> [close 1009 Message too large]
        """,
    ),
    silent_on=(
        "@login",
        """
        @login
        5.0 S> [close 1012 restart]
        """,
    ),
)
