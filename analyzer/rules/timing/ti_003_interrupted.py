"""The way was broken for a while: what the client said waited for it."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from ...model.timing import PauseKind
from .stretches import CONSEQUENCES, pauses_of, places, told


def _check(session: Session) -> Iterator[Hit]:
    pauses = pauses_of(session, PauseKind.OFFLINE)
    if pauses:
        yield Hit(places(pauses), told(session, pauses))


RULE = Rule(
    id="TI-003",
    severity=Severity.WARNING,
    effect=Effect.DEGRADES,
    party=Party.NETWORK,
    title="The way to {server} was broken for {gap_s} s",
    cause="The client went on speaking, and not a packet came back, or all that it had said came "
    "at once afterwards ({count:time|times}). TCP repaired it, so nothing was lost, but events "
    "were late and pings unanswered: the desktop gives up after two of them, 20 s. Usual are a "
    "change of the Wi-Fi access point, a VPN that connects anew, a fail-over of router or "
    "firewall.",
    remedy="1. Compare these times with the Wi-Fi and VPN log of the PC (Windows: netsh wlan show "
    "wlanreport) and with fail-overs of firewalls and routers. 2. Try a cable, and without VPN. 3. "
    "If several agents of one site had it in the same second, it is that site's link.",
    reference="RFC 9293 §3.8.1; RFC 6298 §5",
    needs=frozenset({Needs.TIMES}),
    explains=(*CONSEQUENCES, "CO-006"),
    check=_check,
    fires_on=(
        """
        @login
        10.0 C> <iq xmlns='jabber:client' type='get' id='p1'><ping xmlns='urn:xmpp:ping'/></iq>
        10.01 S> <iq xmlns='jabber:client' type='result' id='p1'/>
        20.0 C> <iq xmlns='jabber:client' type='get' id='p2'><ping xmlns='urn:xmpp:ping'/></iq>
        20.3 C> [resent]
        30.9 C> [resent]
        41.0 C> [resent]
        41.1 S> <iq xmlns='jabber:client' type='result' id='p2'/>
        42.0 C> <iq xmlns='jabber:client' type='get' id='p3'><ping xmlns='urn:xmpp:ping'/></iq>
        42.01 S> <iq xmlns='jabber:client' type='result' id='p3'/>
        """,
    ),
    silent_on=(
        "@login",
        """
        @login
        10.0 C> <iq xmlns='jabber:client' type='get' id='p1'><ping xmlns='urn:xmpp:ping'/></iq>
        10.01 S> <iq xmlns='jabber:client' type='result' id='p1'/>
        40.0 C> <iq xmlns='jabber:client' type='get' id='p2'><ping xmlns='urn:xmpp:ping'/></iq>
        40.01 S> <iq xmlns='jabber:client' type='result' id='p2'/>
        """,
    ),
)
