"""Pings of the client that come too seldom (Cisco: Managing Notifications)."""

from collections.abc import Iterator
from itertools import pairwise

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ...model.source import Side
from ..progress import Holes, seconds

_THROTTLED_NS = 58_000_000_000
"""Browsers let timers of hidden tabs run once a minute; a little less for clock jitter."""


def _check(session: Session) -> Iterator[Hit]:
    pings = [p for p in session.pings if p.by is Side.CLIENT and not p.framed]
    allowed = 2 * session.profile.ping_interval_ms * 1_000_000
    gaps = [
        (b.asked_ns - a.asked_ns, a, b) for a, b in pairwise(pings) if a.asked_ns and b.asked_ns
    ]
    holes = Holes(session)
    long = [
        gap
        for gap in gaps
        if gap[0] > allowed and not holes.between(gap[1].asked_ns, gap[2].asked_ns)
    ]
    if long:
        longest, before, after = max(long, key=lambda gap: gap[0])
        values: dict[str, Value] = {
            "gap_s": seconds(longest),
            "count": len(long),
            "usual_s": seconds(session.profile.ping_interval_ms * 1_000_000),
        }
        effect = Effect.DEGRADES if longest >= _THROTTLED_NS else Effect.NONE
        yield Hit((after.source, before.source), values, effect=effect)


RULE = Rule(
    id="FI-004",
    severity=Severity.WARNING,
    party=Party.CLIENT,
    title="The client did not ping for {gap_s} s",
    cause="The desktop pings every {usual_s} s; here {count} pauses were longer than twice that. "
    "Around 20 to 60 s the PC or the browser was busy. A minute or more is the mark of a browser "
    "that throttles a hidden tab (Chrome lets its timers run once a minute, Edge puts it to sleep) "
    "or of a PC that slept. The server expects a ping every 20 s and may count the agent as gone; "
    "an agent who is gone for 60 s is logged out with reason 255.",
    remedy="Take the desktop out of sleeping tabs (Edge: Settings, System and performance, Never "
    "put these sites to sleep) and out of memory saver (Chrome: Settings, Performance, Always keep "
    "these sites active), by group policy for all agents. Keep the PC from sleeping, and let "
    "agents keep the desktop in a window of its own. Compare the pauses with what else the PC did "
    "then (virus scan, VPN change).",
    reference="XEP-0199 §4.2; Cisco DevNet, Finesse: Managing Notifications",
    needs=frozenset({Needs.MESSAGES, Needs.TIMES}),
    explains=("FI-022",),
    check=_check,
    fires_on=(
        """
        @login
        10.0 C> <iq xmlns='jabber:client' type='get' id='p1'><ping xmlns='urn:xmpp:ping'/></iq>
        10.1 S> <iq xmlns='jabber:client' type='result' id='p1'/>
        75.0 C> <iq xmlns='jabber:client' type='get' id='p2'><ping xmlns='urn:xmpp:ping'/></iq>
        75.1 S> <iq xmlns='jabber:client' type='result' id='p2'/>
        """,
    ),
    silent_on=(
        "@login",
        """
        @login
        10.0 C> <iq xmlns='jabber:client' type='get' id='p1'><ping xmlns='urn:xmpp:ping'/></iq>
        30.0 C> [gap 500]
        75.0 C> <iq xmlns='jabber:client' type='get' id='p2'><ping xmlns='urn:xmpp:ping'/></iq>
        """,
        """
        @login
        10.0 C> <iq xmlns='jabber:client' type='get' id='p1'><ping xmlns='urn:xmpp:ping'/></iq>
        20.0 C> <iq xmlns='jabber:client' type='get' id='p2'><ping xmlns='urn:xmpp:ping'/></iq>
        """,
    ),
)
