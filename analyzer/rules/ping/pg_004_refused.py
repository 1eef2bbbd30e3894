"""Pings of the client that the server refused (XEP-0199 section 4.2)."""

from collections.abc import Iterator

from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from ...model.source import Side
from ..violations import PLACES


def _check(session: Session) -> Iterator[Hit]:
    refused = [ping for ping in session.pings if ping.by is Side.CLIENT and ping.refused]
    if refused:
        places = tuple(ping.answer or ping.source for ping in refused[:PLACES])
        yield Hit(places, {"count": len(refused), "server": session.server})


RULE = Rule(
    id="PG-004",
    severity=Severity.WARNING,
    effect=Effect.DEGRADES,
    title="{server} refused {count:ping|pings} of the client with an error",
    cause="An error, too, shows that the server is there. But the Finesse desktop counts it as an "
    "unanswered ping, and gives the connection up at the second one. Either the ping went to a "
    "wrong address, or the server has no ping support any more.",
    remedy="1. Compare the to of the ping with xmppDomain of GET /finesse/api/SystemInfo: that is "
    "where it belongs. 2. If it is right, read the condition of the error: service-unavailable and "
    "feature-not-implemented mean that ping support is switched off; ask TAC to restore the "
    "notification service to its defaults.",
    reference="XEP-0199 §4.2",
    needs=frozenset({Needs.MESSAGES}),
    explains=("FI-005",),
    check=_check,
    fires_on=(
        """
        @login
        5.0 C> <iq xmlns='jabber:client' type='get' id='1:ping'><ping xmlns='urn:xmpp:ping'/></iq>
        5.1 S> <iq xmlns='jabber:client' type='error' id='1:ping'><error type='cancel'>\
<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
        """,
    ),
    silent_on=(
        """
        @login
        5.0 C> <iq xmlns='jabber:client' type='get' id='1:ping'><ping xmlns='urn:xmpp:ping'/></iq>
        5.1 S> <iq xmlns='jabber:client' type='result' id='1:ping'/>
        """,
    ),
)
