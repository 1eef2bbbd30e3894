"""see-other-uri that gives up encryption (RFC 7395 section 3.6.1)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from ...model.xmpp import Close


def _check(session: Session) -> Iterator[Hit]:
    for stanza in session.negotiation:
        said = stanza.payload
        if isinstance(said, Close) and said.see_other_uri is not None and session.encrypted:
            address = said.see_other_uri.partition("?")[0]
            if not address.lower().startswith("wss:"):
                yield Hit((stanza.source,), {"uri": address})


RULE = Rule(
    id="FR-012",
    severity=Severity.WARNING,
    party=Party.SERVER,
    title="The server sends the client from wss to {uri}, which is not encrypted",
    cause="<close see-other-uri=…/> tells the client to connect elsewhere. From an encrypted "
    "connection it must lead to another encrypted one; a client has to refuse this, else name and "
    "password would go over the network in clear.",
    remedy="Correct the address that the server gives out: wss://FQDN:8445/ws/. It comes from the "
    "server's own configuration or from a cluster node that does not know of the TLS in front of "
    "it.",
    reference="RFC 7395 §3.6.1",
    needs=frozenset({Needs.WEBSOCKET, Needs.MESSAGES}),
    check=_check,
    fires_on=(
        """
        @login
        5.0 S> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing' see-other-uri='ws://b.test/ws/'/>
        """,
    ),
    silent_on=(
        "@login",
        """
        @login
        5.0 S> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing' see-other-uri='wss://b.test/ws/'/>
        """,
        """
        @url ws://a.test:7071/ws/
        @login
        5.0 S> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing' see-other-uri='ws://b.test/ws/'/>
        """,
        """
        @login
        5.0 S> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>
        """,
    ),
)
