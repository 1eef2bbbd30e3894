"""Events that come long after the REST call whose result they tell (Cisco: requestId)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ...model.timing import RestTrip
from ..progress import seconds
from ..violations import PLACES

_LATE_NS = 2_000_000_000  # in one site it takes milliseconds, and an agent notices seconds


def _check(session: Session) -> Iterator[Hit]:
    late = sorted((t for t in session.rest_trips if _took(t) > _LATE_NS), key=_took, reverse=True)
    if late:
        held, party = _held_up(session)
        values: dict[str, Value] = {
            "count": len(late),
            "calls": len(session.rest_trips),
            "slowest_s": seconds(_took(late[0])),
            "call": f"{late[0].method} {late[0].path}",
            "held": held,
        }
        places = (place for trip in late for place in (trip.event, trip.source) if place)
        yield Hit(tuple(dict.fromkeys(places))[:PLACES], values, party=party)


def _took(trip: RestTrip) -> int:
    return trip.trip_ns or 0


def _held_up(session: Session) -> tuple[str, Party | None]:
    """What TCP shows, and on whose side it lies."""
    sent = session.connection.to_server if session.connection is not None else None
    got = session.connection.to_client if session.connection is not None else None
    if sent is None or got is None:
        return "unknown", None
    if sent.zero_windows:
        return "zero window", Party.CLIENT
    return ("loss", Party.NETWORK) if got.retransmitted or got.lost else ("no", Party.SERVER)


_EVENT = """
5 C> [http PUT /finesse/api/User/a 202 requestId="R-1"]
@login
9 S> <message xmlns='jabber:client'><event xmlns='http://jabber.org/protocol/pubsub#event'><items \
node='/finesse/api/User/a'><item id='1'><notification>{"Update":{"event":"PUT","source":"/finesse\
/api/User/a","requestId":"r-1"}}</notification></item></items></event></message>
"""

RULE = Rule(
    id="TI-004",
    severity=Severity.WARNING,
    effect=Effect.DEGRADES,
    title="Events come late: up to {slowest_s} s after their call",
    cause="{count} of {calls} REST calls that Finesse accepted waited longer than 2 s for the "
    "event with their requestId, the longest {call}: the agent clicks, and the state changes "
    "seconds later. Did TCP hold them up: {held!t}. no: the events left the server that late (CTI, "
    "Finesse or Openfire under load). loss: octets had to be sent again. zero window: the browser "
    "took no more. unknown: no packets were recorded.",
    remedy="1. no: CPU and garbage collection of the node (RTMT), and the requestId in the "
    "webservices log (file get activelog desktop recurs compress). 2. loss: Wi-Fi, VPN, a full "
    "link; capture on both ends. 3. zero window: the page or the PC hung; look at its CPU and at "
    "gadgets. 4. unknown: capture packets on the PC.",
    reference="Cisco DevNet, Finesse: Notification Parameters; RFC 9293 §3.8.6.1",
    needs=frozenset({Needs.MESSAGES, Needs.TIMES}),
    check=_check,
    fires_on=(
        f"@har{_EVENT}",
        f"@packets{_EVENT}",
        f"{_EVENT}@tcp to_server.zero_windows=3",
        f"{_EVENT}@tcp to_client.retransmitted=1460",
    ),
    silent_on=("@login", f"@har{_EVENT}".replace("9 S>", "6 S>")),
)
