"""Which generation of Openfire the ids of its events tell of (Openfire, PubSubModule)."""

import re
from collections.abc import Iterator

from ...model.rule import Confidence, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ...model.source import Direction
from ...model.xmpp import Event

_OLD = re.compile(r"(?P<node>.+)__[^@\s]+@[^@\s]+__(?P<random>[A-Za-z0-9]{5})")
_NEW = re.compile(r"[A-Za-z0-9]{8}")


def _check(session: Session) -> Iterator[Hit]:
    for stanza in session.stanzas:
        if type(stanza.payload) is not Event or stanza.direction is Direction.TO_SERVER:
            continue
        name = stanza.id or ""
        old = _OLD.fullmatch(name) is not None
        if old or _NEW.fullmatch(name):
            values: dict[str, Value] = {
                "generation": "3.10 or older" if old else "4.0 or newer",
            }
            yield Hit((stanza.source,), values)
        return


RULE = Rule(
    id="FI-014",
    severity=Severity.INFO,
    confidence=Confidence.LOW,
    title="The event ids look like Openfire {generation!t}",
    cause="Openfire up to 3.10 named its events NODE__JID__xxxxx, from 4.0 on with 8 random "
    "characters. So the notification service is probably of that generation. It helps to choose "
    "the right guide and the right list of known defects when nobody remembers the release.",
    remedy="Check the release with show version active on the node, and compare with the Finesse "
    "release notes.",
    reference="Openfire source, PubSubModule.sendNotification",
    needs=frozenset({Needs.MESSAGES}),
    check=_check,
    fires_on=(
        """
        @login until=presence
        5.0 S> <message xmlns='jabber:client' id='/finesse/api/User/a__a@example.test__FyRVw'>\
<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='/finesse/api/User/a'/></event>\
</message>
        """,
        """
        @login until=presence
        5.0 S> <message xmlns='jabber:client' id='aB3dE5g8'>\
<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='/finesse/api/User/a'/></event>\
</message>
        """,
    ),
    silent_on=(
        "@login until=presence",
        """
        @login until=presence
        5.0 S> <message xmlns='jabber:client'>\
<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='/finesse/api/User/a'/></event>\
</message>
        """,
    ),
)
