"""What packets show of a session and the browser did not record."""

from collections.abc import Iterator

from ...model.joined import Disagreement
from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from .sides import places, told


def _check(session: Session) -> Iterator[Hit]:
    missing = [*told(session, Disagreement.NOT_IN_HAR)]
    if missing:
        har = next((part.stanzas for part in session.parts if part.har), 0)
        values: dict[str, Value] = {
            "count": sum(one.stanzas for one in missing),
            "har": har,
            "packets": session.stanza_count,
        }
        yield Hit(tuple(place for one in missing for place in places(one)), values)


RULE = Rule(
    id="JO-005",
    severity=Severity.INFO,
    title="The HAR lacks {count:message|messages} that the packets show",
    cause="The HAR holds {har} messages of this session, the packets {packets}. A browser records "
    "only while DevTools is open, drops messages when a page is left or the list is full, and a "
    "HAR may have been saved before the session ended. This report goes by the packets.",
    remedy="Nothing needs to be done. Do not conclude from this HAR alone that something did not "
    "come; to have it whole, open DevTools before the login, tick Preserve log, and save the HAR "
    "when all is over.",
    reference="HAR 1.2; Chrome DevTools, _webSocketMessages",
    needs=frozenset({Needs.HAR, Needs.PACKETS, Needs.MESSAGES}),
    check=_check,
    fires_on=(
        """
        @har
        @login
        @also
        @login
        20.0 S> <message xmlns='jabber:client' id='m1'><body>one</body></message>
        40.0 C> [fin]
        """,
    ),
    silent_on=(
        "@har\n@login\n@also\n@login",
        """
        @har
        @login
        30.0 C> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>
        @also
        @login
        30.0 C> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>
        30.1 S> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>
        """,
    ),
)
