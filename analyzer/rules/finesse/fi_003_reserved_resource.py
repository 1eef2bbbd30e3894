"""The resource of the Finesse desktop in another client's hands (Finesse Notifications)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Confidence, Hit, Rule, Severity
from ...model.session import Needs, Session
from ...model.xmpp import Bind


def _check(session: Session) -> Iterator[Hit]:
    reserved = session.profile.resource
    for iq in session.iqs:
        asked = iq.request.payload
        if isinstance(asked, Bind) and asked.resource == reserved:
            # Strophe, which the desktop is made with, numbers nothing here: the id is fixed.
            if reserved and iq.request.id not in _STROPHE_IDS:
                yield Hit((iq.request.source,), {"resource": reserved, "id": iq.request.id or "?"})
            return


_STROPHE_IDS = frozenset({"_bind_auth_2", "_bind_auth_1"})

RULE = Rule(
    id="FI-003",
    severity=Severity.WARNING,
    confidence=Confidence.MEDIUM,
    party=Party.CLIENT,
    title="A client that is not the Finesse desktop took its resource {resource}",
    cause="The bind request (id {id}) is not the one that the Finesse desktop sends, yet it asks "
    "for {resource}, which Cisco reserves for the desktop. When the agent opens the real desktop, "
    "the server ends one of the two sessions with conflict, and both sides keep throwing each "
    "other out if they reconnect.",
    remedy="Give the application a resource of its own (its name will do) and let it always name "
    "one. Its address, and its User-Agent where HTTP carries it, stand in this session's facts.",
    reference="Cisco DevNet, Finesse: Notifications; RFC 6120 §7.7",
    needs=frozenset({Needs.MESSAGES, Needs.START}),
    check=_check,
    fires_on=(
        """
        @login until=auth
        5.0 C> <iq xmlns='jabber:client' type='set' id='b1'>\
<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>desktop</resource></bind></iq>
        """,
    ),
    silent_on=(
        "@login",
        """
        @login until=auth
        5.0 C> <iq xmlns='jabber:client' type='get' id='p1'><ping xmlns='urn:xmpp:ping'/></iq>
        """,
    ),
)
