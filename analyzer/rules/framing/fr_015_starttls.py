"""STARTTLS on a WebSocket (RFC 7395 section 3.9)."""

from collections.abc import Iterator

from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ...model.xmpp import Features, Stanza, StanzaKind
from ..progress import effect_of_stop
from ..violations import blamed


def _check(session: Session) -> Iterator[Hit]:
    first = next((stanza for stanza in session.negotiation if _is_starttls(stanza)), None)
    if first is not None:
        side, effect = first.direction.sender, effect_of_stop(session)
        values: dict[str, Value] = {"side": side}
        yield Hit((first.source,), values, effect=effect, party=blamed(side))


def _is_starttls(stanza: Stanza) -> bool:
    offer = stanza.payload
    return stanza.kind is StanzaKind.STARTTLS or (isinstance(offer, Features) and offer.starttls)


RULE = Rule(
    id="FR-015",
    severity=Severity.WARNING,
    title="The {side!t} brought up STARTTLS on a WebSocket",
    cause="A WebSocket is encrypted from below (wss) or not at all: a server must not offer "
    "STARTTLS there and a client must not ask for it. A server that does was configured for TCP; a "
    "client that insists on it cannot log in.",
    remedy="Encrypt the WebSocket itself: wss://FQDN:8445/ws/ (7443 before 12.6). On the server "
    "exempt the WebSocket listener from required STARTTLS.",
    reference="RFC 7395 §3.9",
    needs=frozenset({Needs.WEBSOCKET, Needs.MESSAGES}),
    check=_check,
    fires_on=(
        "0.0 C> <starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
        """
        0.0 S> <stream:features xmlns:stream='http://etherx.jabber.org/streams'>\
        <starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>
        """,
    ),
    silent_on=("@login",),
)
