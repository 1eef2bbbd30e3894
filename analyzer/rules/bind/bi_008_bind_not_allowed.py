"""A bind request refused because of a limit or a policy (RFC 6120 section 7.6.2)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from .refusals import refused_binds, told

_CONDITIONS = frozenset({"not-allowed", "resource-constraint"})


def _check(session: Session) -> Iterator[Hit]:
    refused = refused_binds(session)
    yield from told(session, (one for one in refused if one[1].condition in _CONDITIONS))


RULE = Rule(
    id="BI-008",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.SERVER,
    title="{agent!t} may not bind another resource ({condition!t})",
    cause="resource-constraint: the account has reached the number of sessions the server allows, "
    "mostly sessions left over from clients that reconnect again and again. not-allowed: the "
    "server's policy forbids this account to bind at all.",
    remedy="Count the sessions of this agent (other recordings, other PCs, third-party clients), "
    "stop the client that reconnects and wait two minutes for dead sessions to go. If none is "
    "left, get the openfire logs (file get activelog desktop recurs compress) and restart Cisco "
    "Finesse Notification Service in a quiet hour.",
    reference="RFC 6120 §7.6.2.1, §7.6.2.2",
    needs=frozenset({Needs.MESSAGES}),
    explains=("IQ-008", "OR-013", "OR-014", *ENDINGS),
    check=_check,
    fires_on=(
        """
        @login until=auth
        5.0 C> <iq xmlns='jabber:client' type='set' id='b'>\
<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>
        5.1 S> <iq xmlns='jabber:client' type='error' id='b'><error type='wait'>\
<resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
        """,
    ),
    silent_on=("@login",),
)
