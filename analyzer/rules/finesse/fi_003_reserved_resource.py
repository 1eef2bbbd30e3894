"""The resource of the Finesse desktop in another client's hands (Finesse Notifications)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Confidence, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ...model.xmpp import Bind


def _check(session: Session) -> Iterator[Hit]:
    reserved = session.profile.resource
    for iq in session.iqs:
        asked = iq.request.payload
        if isinstance(asked, Bind) and asked.resource == reserved:
            # Strophe, which the desktop is made with, numbers nothing here: the id is fixed.
            if reserved and iq.request.id not in _STROPHE_IDS:
                severity = None if _matters(session) else Severity.INFO
                values: dict[str, Value] = {"resource": reserved, "id": iq.request.id or "?"}
                yield Hit((iq.request.source,), values, severity=severity)
            return


def _matters(session: Session) -> bool:
    """A Finesse is there, whose desktop it would throw out, or it has met one already."""
    refused = any(
        iq.answer is not None
        and iq.answer.error is not None
        and iq.answer.error.condition == "conflict"
        and isinstance(iq.request.payload, Bind)
        for iq in session.iqs
    )
    return refused or session.close.condition == "conflict" or session.peer_presence is not None


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
    "other out if they reconnect. Where no Finesse is (another XMPP server, a test), it is a note.",
    remedy="Give the application a resource of its own (its name will do) and let it always name "
    "one. Its address, and its User-Agent where HTTP carries it, stand in this session's facts.",
    reference="Cisco DevNet, Finesse: Finesse Notifications; RFC 6120 §7.7",
    needs=frozenset({Needs.MESSAGES, Needs.START}),
    check=_check,
    fires_on=(
        """
        @login until=auth
        5.0 C> <iq xmlns='jabber:client' type='set' id='b1'>\
<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>desktop</resource></bind></iq>
        """,
        """
        @login until=auth
        5.0 C> <iq xmlns='jabber:client' type='set' id='b1'>\
<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>desktop</resource></bind></iq>
        5.1 S> <iq xmlns='jabber:client' type='error' id='b1'><error type='cancel'>\
<conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
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
