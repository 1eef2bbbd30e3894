"""Pings that were answered late (XEP-0199 section 4.2)."""

from collections.abc import Iterator

from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ...model.source import Side
from ..progress import seconds
from ..violations import PLACES
from .trips import took


def _check(session: Session) -> Iterator[Hit]:
    limit_ms = session.profile.ping_late_ms
    mine = [ping for ping in session.pings if ping.by is Side.CLIENT]
    late = [ping for ping in mine if took(ping) > limit_ms * 1_000_000]
    if late:
        slowest = max(late, key=took)
        values: dict[str, Value] = {
            "count": len(late),
            "of": len(mine),
            "took_s": seconds(took(slowest)),
            "limit_s": limit_ms / 1000,
        }
        others = [one.source for one in late if one is not slowest]
        yield Hit((slowest.source, *others[: PLACES - 1]), values)


RULE = Rule(
    id="PG-002",
    severity=Severity.WARNING,
    effect=Effect.DEGRADES,
    title="Pings answered late: {count} of {of}, the slowest after {took_s} s",
    cause="An answer takes milliseconds; more than {limit_s} s means that the line or the server "
    "stood still for that long. Events are late by the same time, so the agent's screen lags "
    "behind the phone. The Finesse desktop waits 10 s: two pings in a row that take longer make it "
    "drop the connection.",
    remedy="1. If several agents have it in the same second, it is the server: CPU, memory, "
    "garbage collection (show process load, RTMT), snapshots of the virtual machine. 2. For one "
    "agent look at the packets between ping and answer: retransmissions are loss on the way "
    "(Wi-Fi, VPN, full line), a window of zero is a client that does not read (busy browser, "
    "sleeping tab). 3. Neither of them: the server again.",
    reference="XEP-0199 §4.2; "
    "Cisco DevNet, Finesse: Managing Notifications in Third-Party Applications",
    needs=frozenset({Needs.MESSAGES, Needs.TIMES}),
    check=_check,
    fires_on=(
        """
        @login
        5.0 C> <iq xmlns='jabber:client' type='get' id='1:ping'><ping xmlns='urn:xmpp:ping'/></iq>
        9.0 S> <iq xmlns='jabber:client' type='result' id='1:ping'/>
        """,
    ),
    silent_on=(
        """
        @login
        5.0 C> <iq xmlns='jabber:client' type='get' id='1:ping'><ping xmlns='urn:xmpp:ping'/></iq>
        5.1 S> <iq xmlns='jabber:client' type='result' id='1:ping'/>
        """,
    ),
)
