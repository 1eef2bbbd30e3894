"""A session ended because the client fell silent (RFC 6120 section 4.9.3.4)."""

from collections.abc import Iterator

from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from .errors import final_errors


def _check(session: Session) -> Iterator[Hit]:
    for stanza, values in final_errors(session, {"connection-timeout"}):
        yield Hit((stanza.source,), values)


RULE = Rule(
    id="ST-014",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    title="The server gave up on {agent!t}: nothing came from the client",
    cause="connection-timeout, {age_s} s after the session began; text: {text!t}. The server heard "
    "nothing for longer than it waits (Finesse expects a ping every 20 s) and took the client for "
    "dead. Either the client did stop: a background tab that the browser throttles, a PC that "
    "slept, a client without pings; or it sent and the network lost it on the way.",
    remedy="1. Look at the client's pings before this: stopped or spaced a minute apart = browser "
    "or PC. Exclude the desktop from sleeping tabs (Edge) and memory saver (Chrome), turn off "
    "sleep on the PC. 2. Pings sent on time but not received = network: capture on both ends at "
    "the same time. 3. A custom client must ping every 10 s (XEP-0199).",
    reference="RFC 6120 §4.9.3.4, §4.6; "
    "Cisco DevNet, Finesse: Managing Notifications in Third-Party Applications",
    needs=frozenset({Needs.MESSAGES}),
    explains=("FI-004", *ENDINGS),
    check=_check,
    fires_on=(
        """
        @login
        5.0 S> <stream:error xmlns:stream='http://etherx.jabber.org/streams'>\
<connection-timeout xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>
        5.1 S> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>
        """,
    ),
    silent_on=("@login",),
)
