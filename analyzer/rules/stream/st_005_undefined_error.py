"""A stream error with a condition that RFC 6120 section 4.9.3 does not define."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ...model.source import Direction
from ...model.xmpp import StreamError
from ..consequences import ENDINGS
from .errors import DEFINED


def _check(session: Session) -> Iterator[Hit]:
    for stanza in session.negotiation:
        said = stanza.payload
        if isinstance(said, StreamError) and stanza.direction is Direction.TO_CLIENT:
            if said.condition not in DEFINED:
                values: dict[str, Value] = {
                    "condition": said.condition or said.application or "no condition",
                    "text": said.text or "none",
                    "agent": session.agent or "the agent",
                }
                yield Hit((stanza.source,), values)
            return


RULE = Rule(
    id="ST-005",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.SERVER,
    title="The server ended the session of {agent!t} with an unknown error ({condition})",
    cause="A stream error is final. Its condition, {condition}, is none of the 25 that RFC 6120 "
    "defines; the text that came with it: {text!t}. So it is a server's or a middlebox's own "
    "invention and only its maker knows what it means.",
    remedy="Search the server's log for this condition and text at this time (Finesse: file get "
    "activelog desktop recurs compress, folder openfire). Check that the peer is a Finesse node "
    "and not another XMPP service behind the same name.",
    reference="RFC 6120 §4.9.1.1, §4.9.3",
    needs=frozenset({Needs.MESSAGES}),
    explains=ENDINGS,
    check=_check,
    fires_on=(
        """
        @login
        5.0 S> <stream:error xmlns:stream='http://etherx.jabber.org/streams'>\
<out-of-coffee xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>
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
