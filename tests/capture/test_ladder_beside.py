"""DNS and ICMP of a ladder come in front of its connections."""

import pytest

from analyzer.capture.ladder_packets import PacketLadder
from analyzer.capture.ladder_text import parse
from analyzer.model.events import BESIDE, Item
from analyzer.model.flow import Connection
from analyzer.model.network import Resolution, Unreachable
from analyzer.model.source import PacketSource


def read(text: str) -> dict[int, list[Item]]:
    script = parse(text)
    assert script.wrong == []
    items: dict[int, list[Item]] = {}
    for number, some in PacketLadder(script, 1, 0).items():
        items.setdefault(number, []).extend(some)
    return items


def test_questions_have_answers_or_none() -> None:
    text = """
        @dns 1.5 a.test NXDOMAIN ms=300
        @dns 2 b.test 10.0.0.1 2001:db8::1
        @dns 3 c.test none
        @dns 4 d.test
    """
    found = read(text)[BESIDE]
    assert found[0] == Resolution(
        name="a.test",
        kind="A",
        client="192.0.2.10",
        server="192.0.2.53",
        code="NXDOMAIN",
        latency_ns=300_000_000,
        asked=PacketSource(1, 1, 1, 1_500_000_000),
        answered=PacketSource(1, 1, 1, 1_800_000_000),
    )
    told = [(r.name, r.code, r.addresses) for r in found if isinstance(r, Resolution)]
    assert told[1:] == [
        ("b.test", "NOERROR", ("10.0.0.1", "2001:db8::1")),
        ("c.test", None, ()),
        ("d.test", "NOERROR", ()),
    ]
    assert found[2] == Resolution(
        name="c.test",
        kind="A",
        client="192.0.2.10",
        server="192.0.2.53",
        asked=PacketSource(1, 1, 1, 3_000_000_000),
    )


def test_a_router_speaks_of_a_connection() -> None:
    text = """
        @no-connect silent
        @icmp administratively prohibited
        @connection 5
        @icmp fragmentation needed mtu=1400
        @icmp time exceeded
        @login until=open
    """
    found = read(text)
    told = [one for one in found.pop(BESIDE) if isinstance(one, Unreachable)]
    assert [(one.code, one.mtu) for one in told] == [
        ("administratively prohibited", None),
        ("fragmentation needed", 1400),
        ("time exceeded", None),
    ]
    for one, number in zip(told, (0, 1, 1), strict=True):
        connection = found[number][-1]
        assert isinstance(connection, Connection)
        assert (one.client, one.server) == (connection.client, connection.server)
        assert one.reporter == "192.0.2.254"
        assert one.source.time_ns is not None
        assert connection.opened_ns is not None
        assert connection.opened_ns < one.source.time_ns


@pytest.mark.parametrize(
    "line",
    [
        "@dns",
        "@dns x a.test",
        "@dns 1",
        "@dns 1 a.test WHAT",
        "@dns 1 a.test ms=x",
        "@icmp x mtu=y",
    ],
)
def test_what_means_nothing_is_named(line: str) -> None:
    assert parse(line).wrong == [1]
