"""A stream ended because of an address (RFC 6120 sections 4.9.3.7 and 4.9.3.9)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from .errors import final_errors


def _check(session: Session) -> Iterator[Hit]:
    for stanza, values in final_errors(session, {"improper-addressing", "invalid-from"}):
        yield Hit((stanza.source,), values)


RULE = Rule(
    id="ST-020",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.CLIENT,
    title="The server rejected an address that the client used ({condition})",
    cause="invalid-from: the client sent a stanza whose from is not the JID it was bound to. "
    "improper-addressing: a to or from is missing or is no valid JID. Seen where a client goes on "
    "with the JID of its last session after a reconnect, or takes the agent's user id with another "
    "domain.",
    remedy="Look at the from and to of the client's last stanzas and compare with the JID in the "
    "bind result. Correct the client: leave from out (the server fills it in), and take the JID "
    "from the bind result of this very session.",
    reference="RFC 6120 §4.9.3.7, §4.9.3.9, §8.1.2.1",
    needs=frozenset({Needs.MESSAGES}),
    explains=ENDINGS,
    check=_check,
    fires_on=(
        """
        @login
        5.0 S> <stream:error xmlns:stream='http://etherx.jabber.org/streams'>\
<improper-addressing xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>
        5.1 S> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>
        """,
    ),
    silent_on=("@login",),
)
