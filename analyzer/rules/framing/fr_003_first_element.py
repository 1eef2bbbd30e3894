"""The client's first element is not <open/> (RFC 7395 section 3.4)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from ...model.source import Direction
from ...model.xmpp import StanzaKind
from ..consequences import ENDINGS, STREAM_ERRORS
from ..progress import Holes, effect_of_stop, what


def _check(session: Session) -> Iterator[Hit]:
    sent = (stanza for stanza in session.stanzas if stanza.direction is Direction.TO_SERVER)
    first = next(sent, None)
    if first is None or Holes(session).between(None, first.source.time_ns):
        return
    if first.kind is not StanzaKind.OPEN:
        yield Hit((first.source,), {"first": what(first)}, effect=effect_of_stop(session))


RULE = Rule(
    id="FR-003",
    severity=Severity.ERROR,
    party=Party.CLIENT,
    title="The first thing the client sent on this WebSocket is {first}, not <open/>",
    cause="A stream begins with <open/> of both sides; before it there is no stream that anything "
    "else could belong to. The server answers with a stream error, or closes at once. Either the "
    "client is not an XMPP client of RFC 7395 (an old draft, another protocol on the same socket), "
    "or it goes on with an earlier stream on a new socket.",
    remedy="Have the client send <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='DOMAIN' "
    "version='1.0'/> first, with xmppDomain of GET /finesse/api/SystemInfo as DOMAIN. User-Agent "
    "and Origin of the upgrade tell which client it is.",
    reference="RFC 7395 §3.4",
    needs=frozenset({Needs.WEBSOCKET, Needs.MESSAGES, Needs.START}),
    explains=("OR-011", "OR-012", *STREAM_ERRORS, *ENDINGS),
    check=_check,
    fires_on=(
        """
        0.0 C> <hello xmlns='urn:x'/>
        0.1 S> [rst]
        """,
        "0.0 C> <presence xmlns='jabber:client'/>",
    ),
    silent_on=(
        "@login",
        "0.0 S> <presence xmlns='jabber:client'/>",
        "0.0 C> [gap 80]\n0.1 C> <presence xmlns='jabber:client'/>",
    ),
)
