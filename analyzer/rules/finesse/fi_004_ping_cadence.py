"""Pings of the client that come too seldom, and nothing shows why."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Hit, Rule, Severity
from ...model.session import Needs, Session
from ...model.timing import PauseKind
from ..timing.stretches import CONSEQUENCES, effect_of, pauses_of, places, told

_OWN = frozenset({"FI-004", "FI-005", "CO-005"})
"""Silence for no known reason explains no cut: that a device allows no more of it is known."""


def _check(session: Session) -> Iterator[Hit]:
    pauses = pauses_of(session, PauseKind.BUSY, PauseKind.UNKNOWN)
    if pauses:
        yield Hit(places(pauses), told(session, pauses), effect=effect_of(pauses))


RULE = Rule(
    id="FI-004",
    severity=Severity.WARNING,
    party=Party.CLIENT,
    title="The client did not ping for {gap_s} s",
    cause="It pings every {usual_s} s; here {count:pause was|pauses were} longer than twice that. "
    "Around 20 to 60 s the PC or the browser was busy. A minute or more is a page that the browser "
    "throttled, a PC that slept, or a desktop that was stuck; which of them does not show, because "
    "the server said nothing meanwhile that could have been taken or not ({heard} messages). The "
    "server expects a ping every 20 s; an agent who is not heard for 60 s is logged out with "
    "reason 255, and proxies cut the idle connection.",
    remedy="1. Ask the agent, or look at the System event log of the PC (sleep: Kernel-Power 42, "
    "506, 507) and at its load at this time: virus scan, VPN change, a hanging gadget. 2. Keep the "
    "desktop out of sleeping tabs by policy (Edge: SleepingTabsBlockedForUrls; Chrome: "
    "TabDiscardingExceptions; both: IntensiveWakeUpThrottlingEnabled = 0). 3. A packet capture on "
    "the PC tells: acknowledgements during the pause = page, none = PC.",
    reference="XEP-0199 §4.2; Cisco DevNet, Finesse: Managing Notifications in Third-Party "
    "Applications",
    needs=frozenset({Needs.TIMES}),
    explains=tuple(rule_id for rule_id in CONSEQUENCES if rule_id not in _OWN),
    check=_check,
    fires_on=(
        """
        @login
        10.0 C> <iq xmlns='jabber:client' type='get' id='p1'><ping xmlns='urn:xmpp:ping'/></iq>
        10.1 S> <iq xmlns='jabber:client' type='result' id='p1'/>
        86.0 C> <iq xmlns='jabber:client' type='get' id='p2'><ping xmlns='urn:xmpp:ping'/></iq>
        86.1 S> <iq xmlns='jabber:client' type='result' id='p2'/>
        """,
    ),
    silent_on=(
        "@login",
        """
        @login
        10.0 C> <iq xmlns='jabber:client' type='get' id='p1'><ping xmlns='urn:xmpp:ping'/></iq>
        30.0 C> [gap 500]
        86.0 C> <iq xmlns='jabber:client' type='get' id='p2'><ping xmlns='urn:xmpp:ping'/></iq>
        """,
        """
        @login
        10.0 C> <iq xmlns='jabber:client' type='get' id='p1'><ping xmlns='urn:xmpp:ping'/></iq>
        20.0 C> <iq xmlns='jabber:client' type='get' id='p2'><ping xmlns='urn:xmpp:ping'/></iq>
        """,
    ),
)
