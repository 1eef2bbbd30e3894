"""A bind request refused for its form, or for an unusual reason (RFC 6120 section 7.7.2)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from .refusals import MAPPED, refused_binds, told


def _check(session: Session) -> Iterator[Hit]:
    refused = refused_binds(session)
    yield from told(session, (one for one in refused if one[1].condition not in MAPPED))


RULE = Rule(
    id="BI-004",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.CLIENT,
    title="The server refused to bind the resource {resource!t} ({condition!t})",
    cause="bad-request or jid-malformed: the resource holds characters that are not allowed in a "
    "JID, is longer than 1023 octets, or the request is malformed. internal-server-error: the "
    "server failed. not-authorized or forbidden: the login was not complete. Without a bound "
    "resource there is no session; the desktop keeps loading.",
    remedy="For a custom client choose a short resource of letters and digits (not desktop, which "
    "is reserved for the Finesse desktop) and send it as <bind "
    "xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>NAME</resource></bind>. For the desktop, "
    "or for internal-server-error, get the openfire logs: file get activelog desktop recurs "
    "compress.",
    reference="RFC 6120 §7.7.2; RFC 7622 §3.4",
    needs=frozenset({Needs.MESSAGES}),
    explains=("IQ-008", "OR-013", "OR-014", *ENDINGS),
    check=_check,
    fires_on=(
        """
        @login until=auth
        5.0 C> <iq xmlns='jabber:client' type='set' id='_bind_auth_2'>\
<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>desk&#x9;top</resource></bind></iq>
        5.1 S> <iq xmlns='jabber:client' type='error' id='_bind_auth_2'><error type='modify'>\
<bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
        """,
    ),
    silent_on=(
        "@login",
        """
        @login until=auth
        5.0 C> <iq xmlns='jabber:client' type='set' id='_bind_auth_2'>\
<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>
        5.1 S> <iq xmlns='jabber:client' type='error' id='_bind_auth_2'><error type='cancel'>\
<not-allowed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
        """,
    ),
)
