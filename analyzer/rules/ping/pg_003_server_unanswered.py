"""Pings of the server that the client did not answer (XEP-0199 section 4.1)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ...model.source import Side
from ..consequences import ENDINGS
from ..violations import PLACES
from .trips import gone, unanswered


def _check(session: Session) -> Iterator[Hit]:
    lost = unanswered(session, Side.SERVER)
    if lost:
        values: dict[str, Value] = {"count": len(lost), "server": session.server}
        places = tuple(ping.source for ping in lost[-PLACES:])
        if gone(session, lost[-1]):
            yield Hit(places, values, severity=Severity.ERROR, effect=Effect.BREAKS)
        else:
            yield Hit(places, values)


RULE = Rule(
    id="PG-003",
    severity=Severity.INFO,
    party=Party.CLIENT,
    title="The client did not answer {count:ping|pings} of the server",
    cause="The Finesse desktop has no answer to a server's ping (its own pings keep the connection "
    "alive), so an unanswered one means nothing while the client still sends. But if the client "
    "sent nothing more and {server} ended the session, the client was gone: PC asleep or switched "
    "off, network lost, browser tab frozen.",
    remedy="1. If the client went on sending: nothing; a custom client should answer pings with an "
    "iq of type result and the same id. 2. If it fell silent: look what happened on the PC at its "
    "last stanza (sleep and Wi-Fi in the system log, the browser's settings for sleeping tabs, the "
    "VPN client's log).",
    reference="XEP-0199 §4.1",
    needs=frozenset({Needs.MESSAGES, Needs.TIMES}),
    explains=ENDINGS,
    check=_check,
    fires_on=(
        """
        @login
        5.0 S> <iq xmlns='jabber:client' type='get' id='p' from='example.test'>\
<ping xmlns='urn:xmpp:ping'/></iq>
        70.0 S> [close 1000]
        """,
        """
        @login
        5.0 S> <iq xmlns='jabber:client' type='get' id='p' from='example.test'>\
<ping xmlns='urn:xmpp:ping'/></iq>
        70.0 C> <presence xmlns='jabber:client'/>
        """,
    ),
    silent_on=(
        """
        @login
        5.0 S> <iq xmlns='jabber:client' type='get' id='p' from='example.test'>\
<ping xmlns='urn:xmpp:ping'/></iq>
        5.1 C> <iq xmlns='jabber:client' type='result' id='p' to='example.test'/>
        70.0 S> [close 1000]
        """,
    ),
)
