"""A message was too big: Close 1009 (RFC 6455 section 7.4.1)."""

from collections.abc import Iterator

from msgspec.structs import replace

from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from .close_codes import TOLD, closed_with


def _check(session: Session) -> Iterator[Hit]:
    for hit in closed_with(session, {1009}):
        longest = max((stanza.length for stanza in session.stanzas), default=0)
        yield replace(hit, values=hit.values | {"longest": longest})


RULE = Rule(
    id="WS-027",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    title="The {side} closed the connection: a message was too big (1009, reason: {reason})",
    cause="The {side} refused a message of the other side for its size; the longest stanza in "
    "this recording has {longest} octets. Openfire takes up to 1 MiB (xmpp.parser.buffer.size), a "
    "proxy in between often less (64 KiB in many gateways and firewalls). In Finesse such "
    "messages come from custom clients that publish or send large data, and from events of big "
    "teams or with many call variables.",
    remedy="Find the sender of the last long message before the Close. A custom client must send "
    "less (below 1 MiB). If an event was too long for a proxy, raise the proxy's limit for "
    "WebSocket messages to more than 1 MiB. Do not edit Openfire's properties by hand; ask TAC.",
    reference="RFC 6455 §7.4.1, §10.4",
    needs=frozenset({Needs.MESSAGES}),
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
