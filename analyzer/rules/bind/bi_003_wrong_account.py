"""A bind result without a full JID, or of another account (RFC 6120 section 7.6.1)."""

from collections.abc import Iterator

from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from ...model.source import Direction
from ...model.xmpp import Auth, Bind, local_part, resource_part


def _check(session: Session) -> Iterator[Hit]:
    user = ""
    for stanza in session.stanzas:
        said = stanza.payload
        if type(said) is Auth and said.authcid is not None:
            user = said.authcid.lower().partition("@")[0]
        elif type(said) is Bind and stanza.direction is Direction.TO_CLIENT:
            jid = said.jid or ""
            bound = stanza.type == "result"
            if bound and (not resource_part(jid) or (user and local_part(jid) != user)):
                yield Hit((stanza.source,), {"jid": jid or "no JID", "user": user or "?"})
                return


RULE = Rule(
    id="BI-003",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    title="The server bound {jid!t} to the login of {user}",
    cause="The bind result must carry the full JID of the account that logged in: "
    "user@domain/resource. {jid!t} is not that, so what the client sends from now on has a sender "
    "that is not its own, and events for {user} go elsewhere. A server does not do this by itself: "
    "look for something between both sides that mixes two connections, or a recording that joins "
    "two.",
    remedy="Record once more past the reverse proxy or load balancer. If the node itself answers "
    "so, keep the openfire log (file get activelog desktop recurs compress) and open a case with "
    "Cisco TAC; restart Cisco Finesse Notification Service in a quiet hour.",
    reference="RFC 6120 §7.6.1, §7.7.1",
    needs=frozenset({Needs.MESSAGES, Needs.START}),
    explains=("IQ-006", "PS-002"),
    check=_check,
    fires_on=(
        """
        @login until=auth
        5.0 C> <iq xmlns='jabber:client' type='set' id='_bind_auth_2'>\
<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>
        5.1 S> <iq xmlns='jabber:client' type='result' id='_bind_auth_2'>\
<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>somebody.else@example.test/x</jid></bind></iq>
        """,
        """
        0.0 C> <iq xmlns='jabber:client' type='set' id='b'>\
<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>
        0.1 S> <iq xmlns='jabber:client' type='result' id='b'>\
<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>example.test</jid></bind></iq>
        """,
    ),
    silent_on=("@login", "@login until=auth"),
)
