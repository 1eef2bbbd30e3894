"""Ping frames that no pong answers (RFC 6455 sections 5.5.2 and 5.5.3)."""

from collections.abc import Iterator

from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, PingTrip, Session
from ..consequences import ENDINGS
from ..ping.trips import gone
from ..progress import seconds, until_end
from ..violations import PLACES


def _check(session: Session) -> Iterator[Hit]:
    patience = session.profile.ping_timeout_ms * 1_000_000
    lost = [ping for ping in session.pings if _is_lost(session, ping, patience)]
    if lost and not session.gaps:
        last = lost[-1]
        values: dict[str, Value] = {
            "side": last.by,
            "count": len(lost),
            "waited_s": seconds(until_end(session, last.source)),
        }
        places = tuple(ping.source for ping in lost[-PLACES:])
        if gone(session, last):
            yield Hit(places, values, severity=Severity.ERROR, effect=Effect.BREAKS)
        else:
            yield Hit(places, values)


def _is_lost(session: Session, ping: PingTrip, patience: int) -> bool:
    waited = until_end(session, ping.source)
    unanswered = ping.framed and ping.answered_ns is None
    return unanswered and waited is not None and waited >= patience


RULE = Rule(
    id="WS-017",
    severity=Severity.WARNING,
    title="No pong came for {count:WebSocket ping|WebSocket pings} of the {side!t}",
    cause="A pong has to follow at once; a browser sends it by itself, whatever the page does. "
    "Still {waited_s} s after the first of them there was none. So the other end was gone (PC "
    "asleep, network cut without a RST) or a proxy in between does not pass control frames on. "
    "Openfire sends these pings only after 60 s of silence, so the client's own pings had stopped "
    "before.",
    remedy="1. Look at what the other end sent last, and when: there it went away. 2. In the "
    "packets see whether TCP acknowledged the pings. 3. Acknowledged: the machine lives and the "
    "program hangs, or a proxy answers for it. Only retransmissions: the network or the PC was "
    "gone (Wi-Fi, VPN, sleep).",
    reference="RFC 6455 §5.5.2, §5.5.3",
    needs=frozenset({Needs.FRAMES, Needs.TIMES}),
    explains=ENDINGS,
    check=_check,
    fires_on=(
        """
        @login
        60.0 S> [ping 0a0b]
        75.0 S> [rst]
        """,
        """
        @login
        60.0 S> [ping 0a0b]
        61.0 C> <presence xmlns='jabber:client'/>
        75.0 S> [rst]
        """,
    ),
    silent_on=(
        """
        @login
        60.0 S> [ping 0a0b]
        60.1 C> [pong 0a0b]
        75.0 S> [rst]
        """,
    ),
)
