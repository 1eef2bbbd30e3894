"""A client that never pings (Cisco: Managing Notifications)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session, StepName
from ...model.source import Direction, Side
from ..progress import seconds, until_end

_LONG_NS = 60_000_000_000
"""Three times the 20 s in which the server expects a ping."""


def _check(session: Session) -> Iterator[Hit]:
    bind = session.step(StepName.BIND)
    if bind is None or bind.answered is None:
        return
    lasted = until_end(session, bind.answered)
    pinged = any(ping.by is Side.CLIENT for ping in session.pings)
    # On TCP white space keeps a connection alive as well (RFC 6120 section 4.6.1).
    pinged = pinged or any(one.direction is Direction.TO_SERVER for one in session.keepalives)
    if not pinged and not session.gaps and lasted is not None and lasted >= _LONG_NS:
        yield Hit((bind.answered,), {"lasted_s": seconds(lasted)})


RULE = Rule(
    id="FI-025",
    severity=Severity.WARNING,
    party=Party.CLIENT,
    title="The client never pinged in {lasted_s} s",
    cause="The Finesse desktop pings every 10 s from the moment it is bound, and the server "
    "expects a ping every 20 s. A client without pings is cut off by the first proxy, firewall or "
    "load balancer that counts idle seconds (nginx: 60 by default), and neither side notices a "
    "dead connection.",
    remedy="1. In a custom client send an XEP-0199 ping to the domain every 10 s (Strophe: the "
    "ping plugin) and treat two unanswered ones as the loss of the connection. Whitespace is no "
    "keepalive on a WebSocket. 2. If this is the desktop, its timer did not run: look at browser "
    "throttling and script errors.",
    reference="XEP-0199 §4.2; RFC 7395 §3.8; "
    "Cisco DevNet, Finesse: Managing Notifications in Third-Party Applications",
    needs=frozenset({Needs.MESSAGES, Needs.START, Needs.TIMES}),
    check=_check,
    fires_on=("@login\n90.0 C> <presence xmlns='jabber:client' type='unavailable'/>",),
    silent_on=(
        "@login",
        "@login until=auth\n90.0 C> [fin]",
        """
        @login
        10.0 C> <iq xmlns='jabber:client' type='get' id='p1'><ping xmlns='urn:xmpp:ping'/></iq>
        90.0 C> <presence xmlns='jabber:client' type='unavailable'/>
        """,
        """
        @tcp
        @login
        30.0 C> [octets 20]
        60.0 C> [octets 20]
        90.0 C> <presence type='unavailable'/>
        """,
    ),
)
