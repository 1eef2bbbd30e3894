"""A resource unlike the one asked for (RFC 6120 section 7.7.1)."""

from collections.abc import Iterator

from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from ...model.xmpp import Bind, resource_part


def _check(session: Session) -> Iterator[Hit]:
    for iq in session.iqs:
        asked = iq.request.payload
        given = iq.answer.payload if iq.answer is not None else None
        if isinstance(asked, Bind) and isinstance(given, Bind) and asked.resource and given.jid:
            bound = resource_part(given.jid)
            if bound and bound != asked.resource and iq.answer is not None:
                yield Hit((iq.answer.source,), {"asked": asked.resource, "bound": bound})
                return


RULE = Rule(
    id="BI-006",
    severity=Severity.INFO,
    title="The client asked for the resource {asked} and got {bound}",
    cause="The server may choose another resource; some do so when the one asked for is in use by "
    "an older session. A client that then subscribes with user@domain/{asked} instead of the JID "
    "it was given uses an address that is not its own.",
    remedy="Check that what follows uses the bound JID (jid of each subscribe). If the old session "
    "should not be there, find the second desktop or tab of this agent and close it.",
    reference="RFC 6120 §7.7.1, §7.7.2.2",
    needs=frozenset({Needs.MESSAGES}),
    check=_check,
    fires_on=(
        """
        @login until=auth
        5.0 C> <iq xmlns='jabber:client' type='set' id='b'>\
<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>desktop</resource></bind></iq>
        5.1 S> <iq xmlns='jabber:client' type='result' id='b'>\
<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>a@example.test/desktop-2</jid></bind></iq>
        """,
    ),
    silent_on=("@login",),
)
