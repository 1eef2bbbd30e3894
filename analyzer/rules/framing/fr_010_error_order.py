"""A stream error out of its order (RFC 7395 section 3.5)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ...model.source import Direction
from ...model.xmpp import StanzaKind


def _check(session: Session) -> Iterator[Hit]:
    said = [s for s in session.negotiation if s.kind is StanzaKind.STREAM_ERROR]
    if all(stanza.direction is Direction.TO_SERVER for stanza in said):
        return
    said = [stanza for stanza in session.stanzas if stanza.direction is Direction.TO_CLIENT]
    kinds = [stanza.kind for stanza in said]
    at = kinds.index(StanzaKind.STREAM_ERROR)
    lacking = [] if StanzaKind.OPEN in kinds[:at] else ["<open/>"]
    lacking += [] if StanzaKind.CLOSE in kinds[at:] else ["<close/>"]
    if lacking:
        values: dict[str, Value] = {"lacking": ", ".join(lacking)}
        yield Hit((said[at].source,), values)


RULE = Rule(
    id="FR-010",
    severity=Severity.INFO,
    party=Party.SERVER,
    title="The server's stream error came without {lacking}",
    cause="In front of a stream error stands the server's <open/>, behind it its <close/>, so that "
    "the client knows whose error it is and that the stream is over. Without them some clients "
    "report a lost connection instead of the error. The error itself is what matters; another "
    "finding tells of it.",
    remedy="Nothing to do for the fault at hand. Look at the condition of the stream error. If the "
    "client shows a mere disconnect, quote the condition from this report to the agent's support.",
    reference="RFC 7395 §3.5; RFC 6120 §4.9.1",
    needs=frozenset({Needs.WEBSOCKET, Needs.MESSAGES, Needs.START}),
    check=_check,
    fires_on=(
        """
        @login
        5.0 S> <stream:error xmlns:stream='http://etherx.jabber.org/streams'>\
        <reset xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>
        """,
    ),
    silent_on=(
        "@login",
        """
        @login
        5.0 S> <stream:error xmlns:stream='http://etherx.jabber.org/streams'>\
        <reset xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>
        5.1 S> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>
        """,
    ),
)
