"""Session establishment asked for but not offered (RFC 3921 section 3)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from ...model.source import Direction
from ...model.xmpp import Features, SessionRequest, StanzaKind


def _check(session: Session) -> Iterator[Hit]:
    offer: Features | None = None
    for stanza in session.stanzas:
        if isinstance(stanza.payload, Features):
            offer = stanza.payload
        elif (
            isinstance(stanza.payload, SessionRequest)
            and stanza.kind is StanzaKind.IQ
            and stanza.direction is Direction.TO_SERVER
        ):
            if offer is not None and not offer.session:
                yield Hit((stanza.source,), {"id": stanza.id or "?"})
            return


RULE = Rule(
    id="BI-005",
    severity=Severity.INFO,
    party=Party.CLIENT,
    title="The client asked for a session that the server had not offered",
    cause="The features behind the login did not list <session/>, yet the client sent the session "
    "request of RFC 3921 ({id}). Servers that no longer know it answer with an error, and an old "
    "client then stops. RFC 6120 needs no such request.",
    remedy="Nothing to do while the server answers with a result. Otherwise update the client: it "
    "must send the request only where <session/> is offered and not marked <optional/>.",
    reference="RFC 3921 §3; RFC 6121 Appendix E",
    needs=frozenset({Needs.MESSAGES, Needs.START}),
    check=_check,
    fires_on=(
        """
        @login until=auth
        5.0 C> <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='example.test' version='1.0'/>
        5.1 S> <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' from='example.test' id='a'/>
        5.2 S> <stream:features xmlns:stream='http://etherx.jabber.org/streams'>\
<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></stream:features>
        5.3 C> <iq xmlns='jabber:client' type='set' id='_session_auth_2'>\
<session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq>
        """,
    ),
    silent_on=("@login", "@login until=bind"),
)
