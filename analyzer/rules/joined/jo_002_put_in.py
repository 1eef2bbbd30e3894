"""Seen at one side, and never sent by the other."""

from collections.abc import Iterator
from itertools import islice

from ...model.joined import Disagreement
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from .sides import between, places, told, words


def _check(session: Session) -> Iterator[Hit]:
    for one in islice(told(session, Disagreement.ARRIVED_NOT_LEFT), 1):
        yield Hit(places(one), words(one), party=between(session))


RULE = Rule(
    id="JO-002",
    severity=Severity.WARNING,
    effect=Effect.DEGRADES,
    title="The {receiver!t} got what the {sender!t} did not send ({unit!t}: {amount})",
    cause="Both ends were captured at the same time, and the capture at the {sender!t} has no hole "
    "there. So something in between speaks in the name of the {sender!t}: a proxy that keeps "
    "connections alive by itself, TLS inspection, an application firewall.",
    remedy="Find out what stands between both captures (traceroute, the server's certificate as "
    "the client sees it, the Server and Via header), and take it out of the way for one test: "
    "Finesse supports reverse proxies and load balancers only as documented.",
    reference="RFC 6120 §13.4; Cisco Finesse Reverse Proxy Installer Guide 15.0",
    needs=frozenset({Needs.PACKETS, Needs.MESSAGES}),
    check=_check,
    fires_on=(
        """
        @login
        40.0 C> [fin]
        @also
        @login
        20.0 C> <iq xmlns='jabber:client' type='get' id='x1'><ping xmlns='urn:xmpp:ping'/></iq>
        40.0 C> [fin]
        """,
    ),
    silent_on=("@login", "@login\n40.0 C> [fin]\n@also\n@login\n40.0 C> [fin]"),
)
