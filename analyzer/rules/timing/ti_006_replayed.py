"""Events that were held back and replayed while the session was live (XEP-0203)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.pubsub import Delivery
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session, StepName
from ..finesse.dates import drift
from ..progress import seconds
from ..violations import PLACES

_LATE_NS = 3_000_000_000  # stamps may be in whole seconds
_UNSURE_NS = 60_000_000_000  # where nothing tells how far the server's clock is off


def _check(session: Session) -> Iterator[Hit]:
    replayed = [one for one in session.deliveries if one.delayed and one.published_ns is not None]
    step = session.step(StepName.PRESENCE) if replayed else None
    if step is None or step.asked is None or step.asked.time_ns is None:
        return
    found = drift(session)
    ahead_ns, least_ns = (0, _UNSURE_NS) if found is None else (found[0], _LATE_NS)
    # What was published before it came is replayed to each client that logs in.
    since_ns = step.asked.time_ns + ahead_ns
    held = [one for one in replayed if (one.published_ns or 0) > since_ns]
    late = [one for one in held if _took(one) + ahead_ns >= least_ns]
    if late:
        worst = max(map(_took, late)) + ahead_ns
        values: dict[str, Value] = {"count": len(late), "held_s": seconds(worst)}
        yield Hit(tuple(one.source for one in late[:PLACES]), values)


def _took(one: Delivery) -> int:
    return (one.time_ns or 0) - (one.published_ns or 0)


_EVENT = """
@login
90 S> <message xmlns='jabber:client'><event xmlns='http://jabber.org/protocol/pubsub#event'>\
<items node='/finesse/api/User/a'><item id='1'/></items></event>\
<delay xmlns='urn:xmpp:delay' stamp='2026-01-05T08:00:05Z'/></message>
"""

RULE = Rule(
    id="TI-006",
    severity=Severity.WARNING,
    effect=Effect.DEGRADES,
    party=Party.SERVER,
    title="{count:event was|events were} held back by the server, up to {held_s} s",
    cause="They carry a <delay/> with the time at which they were published, and came up to "
    "{held_s} s later, though the client was logged in and available by then. The server stores "
    "what it cannot hand over: a connection that it took for dead, a stream that was resumed, or "
    "a queue that was full.",
    remedy="Look at the connection between that time and the arrival: pauses, octets sent again, a "
    "reconnect. If it was well, look at load and queues of Openfire at that time (RTMT; file get "
    "activelog desktop recurs compress).",
    reference="XEP-0203 §2",
    needs=frozenset({Needs.MESSAGES, Needs.TIMES}),
    check=_check,
    fires_on=(
        _EVENT,
        # The Date of an answer tells that the server's clock is right.
        f"""@har
        {_EVENT.replace("90 S>", "20 S>")}
        0.1 C> [http GET /finesse/api/User/a 200 response.Date="Mon, 05 Jan 2026 08:00:00 GMT"]
        """,
    ),
    silent_on=("@login", _EVENT.replace("08:00:05", "07:00:00"), _EVENT.replace("90 S>", "20 S>")),
)
