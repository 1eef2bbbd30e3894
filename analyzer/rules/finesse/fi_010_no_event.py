"""A REST call that was accepted and whose event never came (Cisco: requestId)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ..progress import Holes
from ..violations import PLACES

_WAIT_NS = 10_000_000_000  # an event follows its call within a second or two


def _check(session: Session) -> Iterator[Hit]:
    if not session.rest_trips:
        return
    holes, until_ns = Holes(session), session.ended_ns or 0
    lost = [
        trip
        for trip in session.rest_trips
        if trip.event is None
        and until_ns - (trip.accepted_ns or until_ns) >= _WAIT_NS
        and not holes.between(trip.asked_ns)
    ]
    if lost:
        first = lost[0]
        events = sum((one.time_ns or 0) > (first.asked_ns or 0) for one in session.deliveries)
        values: dict[str, Value] = {
            "count": len(lost),
            "call": f"{first.method} {first.path}",
            "wait_s": _WAIT_NS // 1_000_000_000,
            "events": events,
        }
        # Where other events come, it is not their way to this client.
        party = Party.SERVER if events else None
        yield Hit(tuple(trip.source for trip in lost[:PLACES]), values, party=party)


RULE = Rule(
    id="FI-010",
    severity=Severity.WARNING,
    effect=Effect.DEGRADES,
    title="{call} was accepted, but its event never came",
    cause="Finesse answered 202, which means accepted only, and should tell the result by an "
    "event with the same requestId. {count:call|calls} got none within {wait_s} s. Other events "
    "that came after the first of them: {events}. If some came, the way is fine, and the CTI side "
    "did not carry the call out (CTI link lost, PG in failover). If none came, events do not "
    "reach this client.",
    remedy="1. Other events came: look at SystemInfo (status, lastCTIHeartbeatStatus), and for "
    "this requestId in the webservices log (file get activelog desktop recurs compress). 2. None "
    "came: look at the client's presence (sent, priority 0 or higher), its subscriptions, the "
    "presence of finesse@, and its pings.",
    reference="Cisco DevNet, Finesse: Notification Parameters",
    needs=frozenset({Needs.MESSAGES, Needs.TIMES}),
    check=_check,
    fires_on=(
        """
        @har
        @login
        5.0 C> [http PUT /finesse/api/User/a 202 requestId="r-1"]
        30.0 C> <presence xmlns='jabber:client' type='unavailable'/>
        """,
    ),
    silent_on=(
        "@login",
        """
        @har
        @login
        5.0 C> [http GET /finesse/api/User/a 200]
        6.0 C> [http PUT /finesse/api/User/a 202 requestId="r-2"]
        7.0 S> <presence xmlns='jabber:client' from='a@example.test/x'/>
        """,
    ),
)
