"""An endpoint is written as a URL would; a connection tells which end fell silent."""

import pytest

from analyzer.model.flow import (
    CROSSING_NS,
    DEAD_NS,
    RESENT,
    Connection,
    DirectionFacts,
    Endpoint,
    Unacknowledged,
)
from analyzer.model.source import PacketSource, Side


def test_an_ipv6_address_stands_in_brackets() -> None:
    assert str(Endpoint("10.0.0.1", 8445)) == "10.0.0.1:8445"
    assert str(Endpoint("::1", 8445)) == "[::1]:8445"


def connection(to_server: DirectionFacts, to_client: DirectionFacts | None) -> Connection:
    return Connection(
        capture=0,
        number=0,
        server=Endpoint("h", 1),
        opened_ns=0,
        closed_ns=9,
        to_server=to_server,
        to_client=to_client,
    )


def sent_again(times: int) -> DirectionFacts:
    places = (PacketSource(0, 1, 1, 10 * DEAD_NS), PacketSource(0, 2, 2, 11 * DEAD_NS))
    return DirectionFacts(unacknowledged=Unacknowledged(5, times, *places), last_ns=11 * DEAD_NS)


@pytest.mark.parametrize(
    ("times", "heard_ns", "silent"),
    [
        (RESENT, 10 * DEAD_NS, Side.SERVER),
        (RESENT, 10 * DEAD_NS + CROSSING_NS, Side.SERVER),
        (RESENT, 10 * DEAD_NS + CROSSING_NS + 1, None),
        (RESENT - 1, 10 * DEAD_NS, None),
        (RESENT, None, None),
    ],
)
def test_who_fell_silent(times: int, heard_ns: int | None, silent: Side | None) -> None:
    facts = DirectionFacts(last_ns=heard_ns)
    found = connection(sent_again(times), facts).silent_side()
    assert (found and found[0]) == silent
    turned = connection(facts, sent_again(times)).silent_side()
    assert (turned and turned[0]) == (silent and Side.CLIENT)


def test_a_har_knows_of_no_packets() -> None:
    assert connection(sent_again(9), None).silent_side() is None
