"""A stream for a domain the server does not serve (RFC 6120 sections 4.9.3.5 and 4.9.3.6)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from .errors import final_errors


def _check(session: Session) -> Iterator[Hit]:
    for stanza, values in final_errors(session, {"host-unknown", "host-gone"}):
        yield Hit((stanza.source,), values)


RULE = Rule(
    id="ST-011",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.CLIENT,
    title="The server does not serve the domain {domain!t} ({condition})",
    cause="The client's <open/> asked for {domain!t}, and {server} ended the stream with "
    "{condition}: this name is not its XMPP domain. Mostly the client was given the name it "
    "connects to (a reverse proxy, a load balancer, an IP address, a short host name, the other "
    "node) where the XMPP domain belongs; else the node was renamed, or a proxy map leads to the "
    "wrong node. host-gone: the server did serve this name before.",
    remedy="1. Ask the node itself: GET https://FQDN:8445/finesse/api/SystemInfo and take "
    "xmppDomain (and xmppPubSubDomain for subscriptions) into the client's <open to=...>. 2. For "
    "the desktop, open it by the node's FQDN as in the node list, and check the reverse proxy's "
    "map of host names. 3. If SystemInfo itself names a wrong domain, check the host name on the "
    "node (show network eth0, utils diagnose test) and restart Cisco Finesse Notification Service.",
    reference="RFC 6120 §4.9.3.5, §4.9.3.6, §4.7.2; Cisco DevNet, Finesse: SystemInfo",
    needs=frozenset({Needs.MESSAGES}),
    explains=("ST-003", "FI-007", *ENDINGS),
    check=_check,
    fires_on=(
        """
        0.0 C> <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='proxy.test' version='1.0'/>
        5.0 S> <stream:error xmlns:stream='http://etherx.jabber.org/streams'>\
<host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>
        5.1 S> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>
        """,
    ),
    silent_on=("@login",),
)
