"""A session sent to another host (RFC 6120 section 4.9.3.19)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from .errors import final_errors


def _check(session: Session) -> Iterator[Hit]:
    for stanza, values in final_errors(session, {"see-other-host"}):
        yield Hit((stanza.source,), values)


RULE = Rule(
    id="ST-013",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.SERVER,
    title="The server sent {agent!t} to another host",
    cause="see-other-host: {server} does not want to serve this session itself and names another "
    "address. Finesse does not do this; it is a cluster, a load balancer or another XMPP service. "
    "Strophe and the Finesse desktop do not follow it, so the login ends here.",
    remedy="1. Check that the URL leads to a Finesse node and not to another XMPP service. 2. If "
    "an XMPP load balancer stands in front, let it pass the session through to one node instead of "
    "redirecting. 3. A custom client may follow the address, but only with the same security (wss "
    "stays wss) and only after checking the new host's certificate.",
    reference="RFC 6120 §4.9.3.19; RFC 7395 §3.6.1",
    needs=frozenset({Needs.MESSAGES}),
    explains=("FR-012", *ENDINGS),
    check=_check,
    fires_on=(
        """
        @login until=open
        5.0 S> <stream:error xmlns:stream='http://etherx.jabber.org/streams'>\
<see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>
        5.1 S> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>
        """,
    ),
    silent_on=("@login",),
)
