"""A REST call that was accepted and whose event never came (Cisco: requestId)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.http import Request, Response, field
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ..progress import Holes, until_end
from ..violations import PLACES

_WAIT_NS = 10_000_000_000
"""An event follows its call within a second or two."""


def _check(session: Session) -> Iterator[Hit]:
    told = {one.update.request_id for one in session.deliveries if one.update is not None}
    holes = Holes(session)
    lost = [
        one.request
        for one in session.exchanges
        if one.request is not None
        and _expects(one.request, one.response, session, told)
        and not holes.between(one.request.source.time_ns)
    ]
    if lost:
        first = lost[0]
        asked_ns = first.source.time_ns or 0
        events = sum(1 for one in session.deliveries if (one.time_ns or 0) > asked_ns)
        values: dict[str, Value] = {
            "count": len(lost),
            "call": f"{first.method} {first.url.partition('?')[0]}",
            "wait_s": _WAIT_NS // 1_000_000_000,
            "events": events,
        }
        # Where other events come, it is not their way to this client.
        party = Party.SERVER if events else None
        yield Hit(tuple(request.source for request in lost[:PLACES]), values, party=party)


def _expects(
    request: Request, response: Response | None, session: Session, told: set[str | None]
) -> bool:
    """Whether an accepted call names a request that no event answered in time."""
    if response is None or response.status != 202:
        return False
    name, waited = field(request.headers, "requestId"), until_end(session, response.source)
    return bool(name) and name not in told and (waited or 0) >= _WAIT_NS


RULE = Rule(
    id="FI-010",
    severity=Severity.WARNING,
    effect=Effect.DEGRADES,
    title="{call} was accepted, but its event never came",
    cause="Finesse answered 202 and should then tell the result by an event with the same "
    "requestId. {count} calls got none within {wait_s} s though the connection was there. 202 "
    "means accepted only. Other events since the first of them: {events}. Some = the way is fine, "
    "and the CTI side did not carry it out (CTI link lost, PG in failover). 0 = events do not "
    "reach this client: not available, not subscribed, finesse@ gone, a socket that is dead.",
    remedy="Some events: look at CTI: SystemInfo (status, lastCTIHeartbeatStatus) and the "
    "webservices log for this requestId (file get activelog desktop recurs compress). 0: look at "
    "the client's presence (sent, priority 0 or higher), at its subscriptions, at the presence of "
    "finesse@, and at whether pings are answered.",
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
