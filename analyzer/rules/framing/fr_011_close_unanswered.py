"""<close/> that nobody answered (RFC 7395 section 3.6)."""

from collections.abc import Iterator

from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ...model.xmpp import Stanza, StanzaKind
from ..progress import PATIENCE_NS, until_end
from ..violations import SIDES, blamed


def _check(session: Session) -> Iterator[Hit]:
    closes = [stanza for stanza in session.negotiation if stanza.kind is StanzaKind.CLOSE]
    if not closes or len({stanza.direction for stanza in closes}) > 1:
        return
    side, peer = SIDES[closes[0].direction]
    values: dict[str, Value] = {"side": side, "peer": peer, "sent": _sent_on(session, closes[0])}
    if values["sent"] or (until_end(session, closes[0].source) or 0) >= PATIENCE_NS:
        yield Hit((closes[0].source,), values, party=blamed(peer))


def _sent_on(session: Session, close: Stanza) -> int:
    """Stanzas that the other side sent behind it: it did not take notice."""
    behind = session.stanzas[session.stanzas.index(close) + 1 :]
    return sum(stanza.direction is not close.direction for stanza in behind)


RULE = Rule(
    id="FR-011",
    severity=Severity.INFO,
    title="The {peer!t} did not answer the <close/> of the {side!t}",
    cause="Who gets <close/> answers with <close/>, then the WebSocket is closed. Here the "
    "connection stayed without an answer, and the {peer!t} sent {sent:more stanza|more stanzas}. A "
    "client that closes its socket at once, as Strophe does, leaves no time for an answer and is "
    "not meant.",
    remedy="If the {peer!t} is a custom client, have it handle <close/>: stop sending, answer, "
    "close the socket, and only then reconnect. If it is the server, it was busy or gone: look at "
    "its log at this second.",
    reference="RFC 7395 §3.6; RFC 6120 §4.4",
    needs=frozenset({Needs.WEBSOCKET, Needs.MESSAGES}),
    check=_check,
    fires_on=(
        """
        @login
        5.0 S> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>
        6.0 C> <presence xmlns='jabber:client'/>
        """,
        """
        @login
        5.0 C> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>
        30.0 C> [fin]
        """,
    ),
    silent_on=(
        "@login",
        """
        @login
        5.0 C> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>
        5.1 C> [close]
        """,
        """
        @login
        5.0 C> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>
        9.0 S> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>
        """,
    ),
)
