"""A stream ended because of the form of what the client sent (RFC 6120 section 4.9.3)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from .errors import FORMAT, final_errors


def _check(session: Session) -> Iterator[Hit]:
    for stanza, values in final_errors(session, FORMAT):
        yield Hit((stanza.source,), values)


RULE = Rule(
    id="ST-017",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.CLIENT,
    title="The server could not read what the client sent ({condition})",
    cause="The server ended the stream with {condition} (text: {text!t}). What the client sent "
    "just before is not what the standard wants: on a WebSocket <stream:stream> or whitespace "
    "instead of <open/> and pings (RFC 7395), anywhere a missing or wrong xmlns, an element the "
    "server does not know, XML that is not well-formed, or characters XML does not allow. A "
    "middlebox that changes or cuts messages has the same effect.",
    remedy="1. Look at the last message of the client before the error. 2. If a custom client "
    "wrote it: each WebSocket message is one complete element with its own namespaces "
    "(xmlns='jabber:client' on iq, presence and message). 3. If it is the Finesse desktop, check "
    "whether the message arrives unchanged by capturing on both ends at the same time, and try "
    "past proxy, VPN and anti-virus.",
    reference="RFC 6120 §4.9.3.1, §4.9.3.2, §4.9.3.10, §4.9.3.11, §4.9.3.13, §4.9.3.18, §4.9.3.22 "
    "to §4.9.3.25; RFC 7395 §3.3",
    needs=frozenset({Needs.MESSAGES}),
    explains=ENDINGS,
    check=_check,
    fires_on=(
        """
        @login
        5.0 S> <stream:error xmlns:stream='http://etherx.jabber.org/streams'>\
<bad-format xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>
        5.1 S> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>
        """,
    ),
    silent_on=("@login",),
)
