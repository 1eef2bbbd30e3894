"""A stream error from the client (RFC 6120 section 4.9)."""

from collections.abc import Iterator

from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ...model.source import Direction
from ...model.xmpp import StreamError
from ..consequences import ENDINGS


def _check(session: Session) -> Iterator[Hit]:
    for stanza in session.negotiation:
        said = stanza.payload
        if isinstance(said, StreamError):
            if stanza.direction is Direction.TO_SERVER:
                values: dict[str, Value] = {
                    "condition": said.condition or "none",
                    "text": said.text or "none",
                    "agent": session.agent or "the agent",
                }
                yield Hit((stanza.source,), values)
            return


RULE = Rule(
    id="ST-021",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    title="The client of {agent!t} ended the stream with an error ({condition})",
    cause="Here the client, not the server, could not go on: {condition} (text: {text!t}). Strophe "
    "and the Finesse desktop never send stream errors, so this is another client, and the message "
    "of the server just before is what it did not accept.",
    remedy="Look at the server's last message before this error and at the client's own log. "
    "connection-timeout: the client missed an answer, so look at the silence before. "
    "not-well-formed or invalid-xml: compare the message on both ends; a middlebox may have "
    "changed it.",
    reference="RFC 6120 §4.9.1.1, §4.9.3",
    needs=frozenset({Needs.MESSAGES}),
    explains=ENDINGS,
    check=_check,
    fires_on=(
        """
        @login
        5.0 C> <stream:error xmlns:stream='http://etherx.jabber.org/streams'>\
<connection-timeout xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>
        """,
    ),
    silent_on=(
        "@login",
        """
        @login
        5.0 S> <stream:error xmlns:stream='http://etherx.jabber.org/streams'>\
<conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>
        """,
    ),
)
