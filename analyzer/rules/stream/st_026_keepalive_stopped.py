"""White space that kept a connection alive, and stopped (RFC 6120 section 4.6.1)."""

from collections.abc import Iterator
from itertools import pairwise
from statistics import median_low

from ...model.diagnosis import Party
from ...model.rule import Confidence, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ...model.source import Direction
from ..progress import seconds, until_end

_ENOUGH = 3
"""Fewer have no interval."""


def _check(session: Session) -> Iterator[Hit]:
    kept = [one.source for one in session.keepalives if one.direction is Direction.TO_SERVER]
    if len(kept) < _ENOUGH or session.gaps:
        return
    times = [source.time_ns or 0 for source in kept]
    interval = median_low([later - earlier for earlier, later in pairwise(times)])
    spoke = [s.source for s in session.stanzas if s.direction is Direction.TO_SERVER]
    last = max(kept[-1], *spoke[-1:], key=lambda source: source.time_ns or 0)
    silence = until_end(session, last)
    if silence is not None and silence > 3 * interval and not session.close.orderly:
        values: dict[str, Value] = {"interval_s": seconds(interval), "silence_s": seconds(silence)}
        yield Hit((last,), values)


RULE = Rule(
    id="ST-026",
    severity=Severity.WARNING,
    confidence=Confidence.MEDIUM,
    party=Party.CLIENT,
    title="The client stopped keeping its connection alive {silence_s} s before the end",
    cause="It had sent white space every {interval_s} s, which is how XMPP clients on TCP keep "
    "firewalls and the server from cutting them off. Then nothing of it came any more: the "
    "computer went to sleep, the program hangs or crashed, or the network lost it. Server and "
    "firewalls drop such a connection a little later without a word to the client.",
    remedy="Look at the client's machine at this second: sleep and power saving, network changes "
    "(WLAN, VPN), the program's own log. If the machine was up, capture there at the same time: "
    "white space that leaves it and does not arrive is lost on the way.",
    reference="RFC 6120 §4.6.1, §4.6.2",
    needs=frozenset({Needs.MESSAGES, Needs.TCP, Needs.TIMES}),
    explains=("ST-014", "CO-004", "CO-005", "FI-005"),
    check=_check,
    fires_on=(
        """
        @tcp
        @login
        20.0 C> [octets 20]
        40.0 C> [octets 20]
        60.0 C> [octets 20]
        200.0 S> [fin]
        """,
    ),
    silent_on=(
        "@tcp\n@login",
        """
        @tcp
        @login
        20.0 C> [octets 20]
        40.0 C> [octets 20]
        60.0 C> [octets 20]
        90.0 S> [fin]
        """,
    ),
)
