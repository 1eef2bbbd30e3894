"""A stream ended because it was not authenticated (RFC 6120 section 4.9.3.12)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from .errors import final_errors


def _check(session: Session) -> Iterator[Hit]:
    for stanza, values in final_errors(session, {"not-authorized"}):
        yield Hit((stanza.source,), values)


RULE = Rule(
    id="ST-016",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.CLIENT,
    title="The server ended the stream: the client was not logged in",
    cause="not-authorized as a stream error (text: {text!t}) means that the client sent something, "
    "or waited, without having authenticated, or that its permission ended in the middle of a "
    "session. It is not the answer to a wrong password; that would be a <failure/>.",
    remedy="1. Look at what the client sent last before this. 2. A stanza before <success/>: "
    "correct the client. 3. Nothing wrong there: see in the openfire log (file get activelog "
    "desktop recurs compress) whether the account was removed or its session closed by an "
    "administrator at this time.",
    reference="RFC 6120 §4.9.3.12",
    needs=frozenset({Needs.MESSAGES}),
    explains=("OR-012", *ENDINGS),
    check=_check,
    fires_on=(
        """
        @login until=open
        5.0 S> <stream:error xmlns:stream='http://etherx.jabber.org/streams'>\
<not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>
        5.1 S> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>
        """,
    ),
    silent_on=("@login",),
)
