"""Who did not answer, how long an answer took, and whether a side was gone."""

import pytest
from msgspec.structs import replace

from analyzer.model.diagnosis import Party
from analyzer.model.flow import (
    Connection,
    DirectionFacts,
    Endpoint,
    Gap,
    GapReason,
    Unacknowledged,
)
from analyzer.model.session import PingTrip
from analyzer.model.source import Direction, Side
from analyzer.rules.ping.trips import acknowledged, gone, took, unanswered
from tests.rules.climb import climb
from tests.rules.said import SECOND, place, session

PING = "<iq xmlns='jabber:client' type='get' id='p{0}'><ping xmlns='urn:xmpp:ping'/></iq>"
PONG = "<iq xmlns='jabber:client' type='result' id='p{0}'/>"

LADDER = f"""
@login
5.0 C> {PING.format(1)}
6.0 C> {PING.format(2)}
6.1 S> {PONG.format(2)}
7.0 S> {PING.format(3)}
8.0 C> [ping 01]
25.0 C> {PING.format(4)}
30.0 C> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>
"""


def test_only_pings_that_had_their_time_are_unanswered() -> None:
    (seen,) = climb(LADDER).sessions
    assert [ping.id for ping in unanswered(seen, Side.CLIENT)] == ["p1"]
    assert [ping.id for ping in unanswered(seen, Side.SERVER)] == ["p3"]


def test_with_octets_missing_nobody_knows() -> None:
    (seen,) = climb(LADDER).sessions
    hole = Gap(Direction.TO_CLIENT, 0, 9, GapReason.LOST, None)
    assert unanswered(replace(seen, gaps=(hole,)), Side.CLIENT) == []


@pytest.mark.parametrize(
    ("asked", "answered", "nanoseconds"),
    [(1.0, 2.5, 1.5 * SECOND), (None, 2.0, 0), (1.0, None, 0), (2.0, 1.0, 0)],
)
def test_how_long_an_answer_took(
    asked: float | None, answered: float | None, nanoseconds: int
) -> None:
    trip = PingTrip(
        by=Side.CLIENT,
        id="p",
        asked_ns=None if asked is None else int(asked * SECOND),
        answered_ns=None if answered is None else int(answered * SECOND),
        source=place(0),
    )
    assert took(trip) == nanoseconds


@pytest.mark.parametrize(
    ("lines", "is_gone"),
    [
        ("70.0 S> [close 1000]", True),
        ("70.0 S> [close 1000]\n70.0 C> [close 1000]", True),
        ("70.0 S> [rst]", True),
        ("60.0 C> <presence xmlns='jabber:client'/>\n70.0 S> [close 1000]", False),
        ("60.0 C> [pong 01]\n70.0 S> [close 1000]", False),
        ("70.0 C> [close 1000]", False),
        ("70.0 C> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>", False),
        ("", False),
    ],
)
def test_a_side_is_gone_that_says_nothing_until_the_other_ends_it(
    lines: str, is_gone: bool
) -> None:
    (seen,) = climb(f"@login\n10.0 S> {PING.format(1)}\n{lines}").sessions
    assert gone(seen, seen.pings[0]) is is_gone


def test_the_server_may_be_gone_too() -> None:
    (seen,) = climb(f"@login\n10.0 C> {PING.format(1)}\n40.0 C> [close 1001]").sessions
    assert gone(seen, seen.pings[0])


def test_without_times_nobody_is_gone() -> None:
    trip = PingTrip(by=Side.SERVER, id="p", asked_ns=None, answered_ns=None, source=place(0))
    assert not gone(session(), trip)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (None, ("unknown", None)),
        (DirectionFacts(), ("unknown", None)),
        (DirectionFacts(packets=3), ("yes", Party.SERVER)),
        (DirectionFacts(packets=3, retransmitted=9, resent_ns=50), ("no", Party.NETWORK)),
        (DirectionFacts(packets=3, retransmitted=9, resent_ns=49), ("yes", Party.SERVER)),
        (
            DirectionFacts(packets=3, unacknowledged=Unacknowledged(9, 0, place(0), place(0))),
            ("no", Party.NETWORK),
        ),
    ],
)
def test_tcp_tells_a_server_that_stands_still_from_a_network_that_lost_the_way(
    sent: DirectionFacts | None, said: tuple[str, Party | None]
) -> None:
    known = None
    if sent is not None:
        server = Endpoint("192.0.2.1", 8445)
        known = Connection(
            capture=0, number=0, server=server, opened_ns=0, closed_ns=None, to_server=sent
        )
    assert acknowledged(replace(session(), connection=known), 50) == said
