"""A session ended by a policy of the server (RFC 6120 section 4.9.3.14)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from .errors import final_errors


def _check(session: Session) -> Iterator[Hit]:
    for stanza, values in final_errors(session, {"policy-violation"}):
        yield Hit((stanza.source,), values)


RULE = Rule(
    id="ST-012",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.CLIENT,
    title="The server ended the session of {agent!t} for breaking one of its rules",
    cause="policy-violation, {age_s} s after the session began; text: {text!t}. The server has "
    "limits and this client ran into one: a stanza larger than it takes (Openfire: "
    "xmpp.parser.buffer.size, 1 MiB), too many stanzas in a short time, too many failed logins on "
    "one stream, no reaction to its check that the client is there.",
    remedy="1. Look at what the client sent in the seconds before: one huge stanza, a burst, or "
    "repeated <auth/>. Then reduce that in the client or gadget. 2. The openfire log names the "
    "rule at this time: file get activelog desktop recurs compress. 3. Do not raise limits on a "
    "Finesse node without Cisco TAC.",
    reference="RFC 6120 §4.9.3.14",
    needs=frozenset({Needs.MESSAGES}),
    explains=("SA-009", *ENDINGS),
    check=_check,
    fires_on=(
        """
        @login
        5.0 S> <stream:error xmlns:stream='http://etherx.jabber.org/streams'>\
<policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>
        5.1 S> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>
        """,
    ),
    silent_on=("@login",),
)
