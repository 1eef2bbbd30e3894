"""Stanzas behind a stream error (RFC 6120 section 4.9.1.1)."""

from collections.abc import Iterator

from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from ...model.xmpp import Stanza, StanzaKind
from ..progress import what
from ..violations import blamed

_STANZAS = frozenset({StanzaKind.IQ, StanzaKind.MESSAGE, StanzaKind.PRESENCE, StanzaKind.AUTH})


def _check(session: Session) -> Iterator[Hit]:
    if all(stanza.kind is not StanzaKind.STREAM_ERROR for stanza in session.negotiation):
        return
    error: Stanza | None = None
    for stanza in session.stanzas:
        if stanza.kind is StanzaKind.STREAM_ERROR:
            error = error or stanza
        elif error is not None and stanza.direction is error.direction and stanza.kind in _STANZAS:
            side = stanza.direction.sender
            yield Hit((stanza.source, error.source), {"sent": what(stanza)}, party=blamed(side))
            return


RULE = Rule(
    id="ST-004",
    severity=Severity.WARNING,
    title="{sent} came behind a stream error of the same side",
    cause="A stream error cannot be recovered from: its sender must close the stream and send "
    "nothing more. Whoever goes on has not noticed its own error, and the other side will not read "
    "it.",
    remedy="The stream error itself is what to work on. Report this besides to whoever makes the "
    "side that sent {sent}.",
    reference="RFC 6120 §4.9.1.1; RFC 7395 §3.5",
    needs=frozenset({Needs.MESSAGES}),
    check=_check,
    fires_on=(
        """
        @login
        5.0 S> <stream:error xmlns:stream='http://etherx.jabber.org/streams'>\
<conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>
        5.1 S> <presence xmlns='jabber:client' from='a@example.test/x'/>
        """,
    ),
    silent_on=(
        "@login",
        """
        @login
        5.0 S> <stream:error xmlns:stream='http://etherx.jabber.org/streams'>\
<conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>
        5.1 C> <presence xmlns='jabber:client' type='unavailable'/>
        """,
    ),
)
