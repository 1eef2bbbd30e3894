"""No new stream behind `<success/>` (RFC 6120 section 6.4.6)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session, StepName
from ...model.xmpp import StanzaKind
from ..consequences import ENDINGS, STREAM_ERRORS
from ..progress import effect_of_stop, what


def _check(session: Session) -> Iterator[Hit]:
    succeeded = any(stanza.kind is StanzaKind.SUCCESS for stanza in session.negotiation)
    early = [p.stanza for p in session.misplaced if p.missing is StepName.OPEN]
    if succeeded and early and early[0].kind is not StanzaKind.AUTH:
        yield Hit((early[0].source,), {"sent": what(early[0])}, effect=effect_of_stop(session))


RULE = Rule(
    id="SA-008",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.CLIENT,
    title="The client sent {sent} without restarting the stream after <success/>",
    cause="<success/> ends the old stream; the client must open a new one on the same socket with "
    "another header (<open/>; on TCP <stream:stream>) and wait for the new features, which offer "
    "bind. This client went straight on with {sent}. ejabberd answers invalid-xml, others ignore "
    "it or end the stream.",
    remedy="In the client, send the header once more right after <success/> (nothing closed in "
    "between, same connection), wait for <stream:features/> with <bind/>, then bind. Strophe does "
    "so by itself.",
    reference="RFC 6120 §6.3.2, §6.4.6; RFC 7395 §3.7",
    needs=frozenset({Needs.MESSAGES, Needs.START}),
    explains=("OR-003", "OR-008", "OR-013", "OR-014", *STREAM_ERRORS, *ENDINGS),
    check=_check,
    fires_on=(
        """
        @login until=auth
        5.0 C> <iq xmlns='jabber:client' type='set' id='_bind_auth_2'>\
<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>
        5.1 S> <stream:error xmlns:stream='http://etherx.jabber.org/streams'>\
<invalid-xml xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>
        """,
    ),
    silent_on=("@login", "@login until=auth"),
)
