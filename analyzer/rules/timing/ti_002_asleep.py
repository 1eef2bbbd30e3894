"""Nothing left the PC for a minute, and then it went on: it slept."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Confidence, Effect, Hit, Rule, Severity
from ...model.session import Needs, Session
from ...model.timing import PauseKind
from .stretches import CONSEQUENCES, pauses_of, places, told


def _check(session: Session) -> Iterator[Hit]:
    pauses = pauses_of(session, PauseKind.ASLEEP)
    if pauses:
        yield Hit(places(pauses), told(session, pauses))


RULE = Rule(
    id="TI-002",
    severity=Severity.WARNING,
    confidence=Confidence.MEDIUM,
    effect=Effect.DEGRADES,
    party=Party.CLIENT,
    title="The PC slept: for {gap_s} s nothing at all came from it",
    cause="The desktop pings every {usual_s} s. Here, {count:time|times} (the longest {gap_s} s), "
    "either even its TCP acknowledged nothing, or everything stopped in both directions and then "
    "went on at once, or the socket was found dead. So the lid was closed, the PC went to standby "
    "or hibernation, or a virtual desktop was suspended. Finesse logs the agent out after 60 to "
    "180 s with reason 255, and firewalls and proxies drop the connection meanwhile.",
    remedy="1. On the PC compare the time with the System event log (Kernel-Power 42, 506 and 507, "
    "Power-Troubleshooter 1) or powercfg /sleepstudy. 2. Power plan of agents: no standby and no "
    "hibernation while plugged in (powercfg /change standby-timeout-ac 0, powercfg /change "
    "hibernate-timeout-ac 0), lid: do nothing, and no power saving of the network adapter. 3. On a "
    "virtual desktop look at suspend, migration and disconnect timers.",
    reference="Microsoft: Powercfg command-line options; Cisco DevNet, Finesse: Desktop Presence "
    "and Forced Logout",
    needs=frozenset({Needs.TIMES}),
    explains=(*CONSEQUENCES, "CO-006", "CO-037"),
    check=_check,
    fires_on=(
        """
        @login
        10.0 C> <iq xmlns='jabber:client' type='get' id='p1'><ping xmlns='urn:xmpp:ping'/></iq>
        10.01 S> <iq xmlns='jabber:client' type='result' id='p1'/>
        40.0 S> <message xmlns='jabber:client'/>
        41.0 S> [resent]
        43.0 S> [resent]
        140.0 C> <iq xmlns='jabber:client' type='get' id='p2'><ping xmlns='urn:xmpp:ping'/></iq>
        140.01 S> <iq xmlns='jabber:client' type='result' id='p2'/>
        """,
        """
        @har
        @login
        10.0 C> <iq xmlns='jabber:client' type='get' id='p1'><ping xmlns='urn:xmpp:ping'/></iq>
        10.01 S> <iq xmlns='jabber:client' type='result' id='p1'/>
        155.0 C> <iq xmlns='jabber:client' type='get' id='p2'><ping xmlns='urn:xmpp:ping'/></iq>
        156.0 S> [fin]
        """,
    ),
    silent_on=(
        "@login",
        """
        @login
        10.0 C> <iq xmlns='jabber:client' type='get' id='p1'><ping xmlns='urn:xmpp:ping'/></iq>
        10.01 S> <iq xmlns='jabber:client' type='result' id='p1'/>
        40.0 S> <message xmlns='jabber:client'/>
        140.0 C> <iq xmlns='jabber:client' type='get' id='p2'><ping xmlns='urn:xmpp:ping'/></iq>
        140.01 S> <iq xmlns='jabber:client' type='result' id='p2'/>
        """,
    ),
)
