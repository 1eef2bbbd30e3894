"""The client's first element is not `<open/>` (RFC 7395 section 3.4)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from ...model.source import Direction
from ...model.xmpp import StanzaKind
from ..consequences import ENDINGS, STREAM_ERRORS
from ..progress import Holes, effect_of_stop, what

_NEEDS_STREAM = frozenset({StanzaKind.AUTH, StanzaKind.IQ, StanzaKind.MESSAGE, StanzaKind.PRESENCE})


def _check(session: Session) -> Iterator[Hit]:
    sent = (stanza for stanza in session.stanzas if stanza.direction is Direction.TO_SERVER)
    first = next(sent, None)
    if first is None or Holes(session).between(None, first.source.time_ns):
        return
    if first.kind in _NEEDS_STREAM:
        yield Hit((first.source,), {"sent": what(first)}, effect=effect_of_stop(session))


RULE = Rule(
    id="OR-001",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.CLIENT,
    title="The client sent {sent} before it opened the stream",
    cause="No stream header (<open/>, on TCP <stream:stream>) went out before {sent}. The server "
    "knows neither the domain nor the version it is asked for, so it must refuse: Openfire and "
    "prosody answer with a stream error, ejabberd just closes the socket. The Finesse desktop "
    "never does this: it is a custom client, a gadget with its own connection, or a client that "
    "goes on with its old state on a new socket after a reconnect.",
    remedy="1. Correct the client: send <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' "
    "to='DOMAIN' version='1.0'/> as the first message of every new WebSocket (on TCP "
    "<stream:stream>), wait for the server's header and <stream:features/>, only then "
    "authenticate. DOMAIN is xmppDomain of GET /finesse/api/SystemInfo. 2. User-Agent and Origin "
    "of the upgrade tell which client it was.",
    reference="RFC 7395 §3.4; RFC 6120 §4.2",
    needs=frozenset({Needs.MESSAGES, Needs.START}),
    explains=(
        "FR-003",
        "FR-007",
        "ST-002",
        "SA-001",
        "OR-002",
        "OR-003",
        "PR-005",
        "IQ-008",
        *STREAM_ERRORS,
        *ENDINGS,
    ),
    check=_check,
    fires_on=(
        """
        0.0 C> <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGEAYg==</auth>
        0.1 S> <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' version='1.0' id=''/>
        0.2 S> <stream:error xmlns:stream='http://etherx.jabber.org/streams'>\
<invalid-namespace xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>
        0.3 S> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>
        """,
        """
        @har
        0.0 C> <presence xmlns='jabber:client'/>
        """,
    ),
    silent_on=(
        "@login",
        """
        0.0 C> [gap 100]
        0.1 C> <presence xmlns='jabber:client'/>
        """,
        "@no-upgrade 403 Forbidden",
    ),
)
