"""Pings of the client that no answer follows (XEP-0199 section 4.2)."""

from collections.abc import Iterator

from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ...model.source import Side
from ..progress import seconds, until_end
from ..violations import PLACES
from .trips import acknowledged, unanswered


def _check(session: Session) -> Iterator[Hit]:
    lost = unanswered(session, Side.CLIENT)
    if lost:
        values: dict[str, Value] = {
            "count": len(lost),
            "waited_s": seconds(until_end(session, lost[0].source)),
            "server": session.server,
        }
        values["acknowledged"], party = acknowledged(session, lost[0].asked_ns)
        yield Hit(tuple(ping.source for ping in lost[:PLACES]), values, party=party)


RULE = Rule(
    id="PG-001",
    severity=Severity.WARNING,
    effect=Effect.DEGRADES,
    title="{count:ping of the client was|pings of the client were} never answered",
    cause="There was no answer within {waited_s} s (acknowledged by TCP: {acknowledged!t}). Either "
    "nothing reached {server} any more (Wi-Fi, VPN, firewall or proxy dropped the connection "
    "without a RST; the browser does not notice that), or it received the pings and stood still "
    "(long garbage collection of Openfire, frozen virtual machine). At the second unanswered one "
    "the Finesse desktop gives the connection up.",
    remedy="1. In a packet capture look at the packets of these pings: were they acknowledged? 2. "
    "Acknowledged: the network is fine and the server stood still; look at CPU, memory and CPU "
    "ready time of the host at this second (show process load, RTMT). 3. Sent again without an "
    "acknowledgement: follow the path (Wi-Fi log, VPN client, session tables of firewall and "
    "proxy).",
    reference="XEP-0199 §4.2; "
    "Cisco DevNet, Finesse: Managing Notifications in Third-Party Applications",
    needs=frozenset({Needs.MESSAGES, Needs.TIMES}),
    check=_check,
    fires_on=(
        """
        @login
        5.0 C> <iq xmlns='jabber:client' type='get' id='1:ping'><ping xmlns='urn:xmpp:ping'/></iq>
        30.0 C> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>
        """,
    ),
    silent_on=(
        """
        @login
        5.0 C> <iq xmlns='jabber:client' type='get' id='1:ping'><ping xmlns='urn:xmpp:ping'/></iq>
        5.1 S> <iq xmlns='jabber:client' type='result' id='1:ping'/>
        14.0 C> <iq xmlns='jabber:client' type='get' id='2:ping'><ping xmlns='urn:xmpp:ping'/></iq>
        14.1 C> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>
        """,
    ),
)
