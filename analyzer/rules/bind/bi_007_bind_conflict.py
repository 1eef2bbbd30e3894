"""A bind request refused because the resource is in use (RFC 6120 section 7.7.2.2)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from .refusals import refused_binds, told


def _check(session: Session) -> Iterator[Hit]:
    refused = refused_binds(session)
    yield from told(session, (one for one in refused if one[1].condition == "conflict"))


RULE = Rule(
    id="BI-007",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.CLIENT,
    title="{agent!t} is already there with the resource {resource!t}",
    cause="The server keeps the older session and refuses this one (conflict, {type!t}). Openfire "
    "does so only where its conflict policy is set to never kick (xmpp.session.conflict-limit -1); "
    "its default ends the older session instead. The older session may be a real one (second tab, "
    "second PC, a third-party client with the same resource) or a dead socket that the server has "
    "not noticed yet.",
    remedy="1. Close every other desktop and tab of this agent, wait two minutes for a dead "
    "session to time out, sign in again. 2. Third-party clients must use a resource of their own; "
    "desktop is reserved for the Finesse desktop. 3. If the policy was changed, set it back to the "
    "default (Cisco TAC).",
    reference="RFC 6120 §7.7.2.2; Cisco DevNet, Finesse: Finesse Notifications",
    needs=frozenset({Needs.MESSAGES}),
    explains=("IQ-008", "OR-013", "OR-014", *ENDINGS),
    check=_check,
    fires_on=(
        """
        @login until=auth
        5.0 C> <iq xmlns='jabber:client' type='set' id='b'>\
<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>desktop</resource></bind></iq>
        5.1 S> <iq xmlns='jabber:client' type='error' id='b'><error type='cancel'>\
<conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
        """,
    ),
    silent_on=("@login",),
)
