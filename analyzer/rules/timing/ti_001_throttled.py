"""Pings once a minute: a hidden page (Chrome: intensive wake-up throttling)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from ...model.timing import PauseKind
from .stretches import CONSEQUENCES, effect_of, pauses_of, places, told


def _check(session: Session) -> Iterator[Hit]:
    pauses = pauses_of(session, PauseKind.THROTTLED)
    if pauses:
        yield Hit(places(pauses), told(session, pauses), effect=effect_of(pauses))


RULE = Rule(
    id="TI-001",
    severity=Severity.WARNING,
    effect=Effect.DEGRADES,
    party=Party.CLIENT,
    title="The page was throttled: its pings paused for {gap_s} s",
    cause="The desktop pings every {usual_s} s; {count:time|times} it paused for about a minute "
    "or more. Messages of the server that were taken meanwhile: {heard}. These, or pauses of "
    "whole minutes, show that PC and network were well and the browser held the page back: a "
    "hidden tab may run its timers once a minute (Chrome and Edge, five minutes after it was "
    "hidden), a sleeping or frozen tab not at all. An agent who is not heard for 60 s is logged "
    "out with reason 255, and proxies cut an idle connection.",
    remedy="1. At once: the agent keeps the desktop visible, in a window of its own. 2. For all "
    "agents, by group policy, Edge: SleepingTabsBlockedForUrls and "
    "IntensiveWakeUpThrottlingEnabled = 0, or SleepingTabsEnabled = 0; Chrome: "
    "IntensiveWakeUpThrottlingEnabled = 0, TabDiscardingExceptions with the host of the desktop, "
    "HighEfficiencyModeEnabled (Memory Saver) = 0. 3. Check at edge://policy or chrome://policy, "
    "then restart the browser.",
    reference="Chrome Enterprise policy list: IntensiveWakeUpThrottlingEnabled; "
    "Microsoft Edge policies: SleepingTabsBlockedForUrls; "
    "Cisco DevNet, Finesse: Managing Notifications in Third-Party Applications",
    needs=frozenset({Needs.TIMES}),
    explains=CONSEQUENCES,
    check=_check,
    fires_on=(
        """
        @login
        10.0 C> <iq xmlns='jabber:client' type='get' id='p1'><ping xmlns='urn:xmpp:ping'/></iq>
        10.01 S> <iq xmlns='jabber:client' type='result' id='p1'/>
        40.0 S> <message xmlns='jabber:client'/>
        70.0 C> <iq xmlns='jabber:client' type='get' id='p2'><ping xmlns='urn:xmpp:ping'/></iq>
        70.01 S> <iq xmlns='jabber:client' type='result' id='p2'/>
        """,
        """
        @har
        @login
        10.0 C> <iq xmlns='jabber:client' type='get' id='p1'><ping xmlns='urn:xmpp:ping'/></iq>
        10.01 S> <iq xmlns='jabber:client' type='result' id='p1'/>
        130.0 C> <iq xmlns='jabber:client' type='get' id='p2'><ping xmlns='urn:xmpp:ping'/></iq>
        130.01 S> <iq xmlns='jabber:client' type='result' id='p2'/>
        """,
    ),
    silent_on=(
        "@login",
        """
        @login
        10.0 C> <iq xmlns='jabber:client' type='get' id='p1'><ping xmlns='urn:xmpp:ping'/></iq>
        10.01 S> <iq xmlns='jabber:client' type='result' id='p1'/>
        25.0 S> <message xmlns='jabber:client'/>
        35.0 C> <iq xmlns='jabber:client' type='get' id='p2'><ping xmlns='urn:xmpp:ping'/></iq>
        35.01 S> <iq xmlns='jabber:client' type='result' id='p2'/>
        """,
    ),
)
