"""A session ended because another one took its resource (RFC 6120 section 4.9.3.3)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from .errors import final_errors


def _check(session: Session) -> Iterator[Hit]:
    for stanza, values in final_errors(session, {"conflict"}):
        yield Hit((stanza.source,), values)


RULE = Rule(
    id="ST-010",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.CLIENT,
    title="{agent!t} was thrown out by a second login with the resource {resource!t}",
    cause="Another client logged in as {agent!t} with the same resource, so the server ended this "
    "older session (conflict, {age_s} s after it began; text: {text!t}). That is the same agent in "
    "two browser tabs or on two PCs, a third-party client (CRM connector, wallboard, test tool) "
    "that uses the resource desktop, or this very desktop: after a lost connection it opens a new "
    "socket while the server still holds the old one, and then this end is harmless.",
    remedy="1. Look for the login that took over: same agent, same second, in another recording or "
    "in the openfire log (file get activelog desktop recurs compress); its address tells the PC. "
    "2. If it is the agent's own reconnect, find why the connection was lost before. 3. If it is a "
    "second tab or PC, close it. 4. If it is an application, give it a resource of its own: "
    "desktop is reserved for the Finesse desktop.",
    reference="RFC 6120 §4.9.3.3, §7.7.2.2; Cisco DevNet, Finesse: Finesse Notifications",
    needs=frozenset({Needs.MESSAGES}),
    # A client that gave up before it has come back by now: this is the end of its old socket.
    explains=tuple(rule_id for rule_id in ENDINGS if rule_id not in {"FI-005", "PG-001"}),
    check=_check,
    fires_on=(
        """
        @login
        5.0 S> <stream:error xmlns:stream='http://etherx.jabber.org/streams'>\
<conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>\
<text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>Replaced by new connection</text></stream:error>
        5.1 S> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>
        """,
    ),
    silent_on=(
        "@login",
        """
        @login
        5.0 S> <stream:error xmlns:stream='http://etherx.jabber.org/streams'>\
<system-shutdown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>
        """,
    ),
)
