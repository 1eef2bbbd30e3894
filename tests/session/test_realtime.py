"""How a page gets its news, told from what went over the wire."""

import pytest

from analyzer.model.bosh import Body, Turn
from analyzer.model.events import Event
from analyzer.model.flow import Connection, Endpoint
from analyzer.model.http import Exchange, Headers, Request, Response
from analyzer.model.limits import POLLED_URLS
from analyzer.model.network import RealTime, RealTimeUse
from analyzer.model.source import Direction, PacketSource
from analyzer.model.websocket import Upgrade
from analyzer.session.realtime import CALLS, RealTimes

URL = "https://fin.example.test:8445/poll"
S = 1_000_000_000


def at(seconds: float | None) -> PacketSource:
    return PacketSource(0, 1, 1, None if seconds is None else int(seconds * S))


def call(
    asked: float | None, answered: float | None, url: str = URL, headers: Headers = ()
) -> Exchange:
    request = Request(method="GET", url=url, source=at(asked))
    return Exchange(
        request=request, response=Response(status=200, headers=headers, source=at(answered))
    )


def connection(number: int = 1, client: str | None = "10.0.0.1") -> Connection:
    return Connection(
        capture=0,
        number=number,
        client=None if client is None else Endpoint(client, 50_000),
        server=Endpoint("10.0.0.2", 5222),
        opened_ns=0,
        closed_ns=9 * S,
        opened_source=at(0.0),
    )


def uses(*events: Event, client: str | None = "10.0.0.1") -> tuple[RealTimeUse, ...]:
    found = RealTimes()
    found.feed(1, [*events])
    found.end(1, connection(client=client), speaks_xmpp=False)
    return found.uses()


def kinds(*events: Event) -> list[RealTime]:
    return [use.kind for use in uses(*events)]


def test_an_accepted_upgrade_is_a_websocket() -> None:
    asked = Exchange(
        request=Request(method="GET", url="wss://a/ws/?t=x", source=at(1)), response=None
    )
    (use,) = uses(Upgrade(exchange=asked, accepted=True))
    assert (use.kind, use.url, use.client) == (RealTime.WEBSOCKET, "wss://a/ws/", "10.0.0.1")
    (vain,) = uses(Upgrade(exchange=asked, accepted=False))
    assert (vain.requests, vain.refused) == (0, 1)
    (both,) = uses(Upgrade(exchange=asked, accepted=False), Upgrade(exchange=asked, accepted=True))
    assert (both.requests, both.refused) == (1, 1)
    unasked = Exchange(request=None, response=None)
    assert uses(Upgrade(exchange=unasked, accepted=True)) == ()


def test_bosh_is_known_by_its_bodies() -> None:
    body = Body(direction=Direction.TO_SERVER, source=at(2))
    turn = Turn(url="https://a/http-bind/", request=body, asked=at(2))
    (use,) = uses(turn, turn)
    assert (use.kind, use.requests, use.first_ns) == (RealTime.BOSH, 2, 2 * S)
    assert uses(Turn(url="https://a/http-bind/", asked=at(2))) == ()
    held = [call(index * 10.0, index * 10 + 9.9, "https://a/http-bind/") for index in range(5)]
    assert kinds(turn, *held) == [RealTime.BOSH]


def test_an_event_stream_says_so() -> None:
    (use,) = uses(call(1, 61, headers=(("content-type", "text/event-stream;charset=utf-8"),)))
    assert (use.kind, use.first_ns, use.last_ns) == (RealTime.SSE, S, 61 * S)
    assert kinds(call(1, None, headers=(("Content-Type", "text/event-stream"),))) == [RealTime.SSE]


def test_xmpp_without_anything_below() -> None:
    found = RealTimes()
    found.end(1, connection(), speaks_xmpp=True)
    (use,) = found.uses()
    assert (use.kind, use.url, use.last_ns) == (RealTime.XMPP, "10.0.0.2:5222", 9 * S)


@pytest.mark.parametrize(
    ("calls", "expected"),
    [
        pytest.param(
            [(i * 10, i * 10 + 9.5) for i in range(3)], [RealTime.LONG_POLLING], id="held"
        ),
        pytest.param([(i * 60, i * 60 + 9.5) for i in range(3)], [], id="held, asked rarely"),
        pytest.param(
            [(i * 5, i * 5 + 0.1) for i in range(5)], [RealTime.SHORT_POLLING], id="steady"
        ),
        pytest.param([(i * 5, i * 5 + 0.1) for i in range(4)], [], id="too few"),
        pytest.param([(i * i, i * i + 0.1) for i in range(9)], [], id="unsteady"),
        pytest.param([(i * 0.1, i * 0.1 + 0.01) for i in range(9)], [], id="a burst"),
        pytest.param([(0, 9)], [], id="once"),
    ],
)
def test_polling_is_a_rhythm(calls: list[tuple[float, float]], expected: list[RealTime]) -> None:
    assert kinds(*(call(*one) for one in calls)) == expected


def test_what_cannot_be_timed_has_no_rhythm() -> None:
    assert kinds(*(call(None, 1.0) for _ in range(9))) == []
    assert kinds(*(call(1.0, None) for _ in range(9))) == []
    no_answer = Request(method="GET", url=URL, source=at(1))
    assert kinds(Exchange(request=no_answer, response=None)) == []
    assert kinds(Exchange(request=None, response=Response(status=200, source=at(1)))) == []


def test_clients_poll_by_themselves() -> None:
    found = RealTimes()
    for index in range(10):
        found.feed(index % 2, [call(index * 5.0, index * 5 + 0.1)])
    for number in (0, 1):
        found.end(number, connection(number, f"10.0.0.{number}"), speaks_xmpp=False)
    assert [(use.client, use.requests) for use in found.uses()] == [
        ("10.0.0.0", 5),
        ("10.0.0.1", 5),
    ]
    # The same calls of one client, over two connections.
    for number in (0, 1):
        found.end(number, connection(number, "10.0.0.9"), speaks_xmpp=False)
    assert [(use.client, use.requests) for use in found.uses()] == [("10.0.0.9", 10)]


def test_sockets_of_a_har_have_no_client() -> None:
    asked = Exchange(request=Request(method="GET", url="wss://a/ws/", source=at(1)), response=None)
    assert uses(Upgrade(exchange=asked, accepted=True), client=None)[0].client is None


def test_one_transport_over_two_connections_is_told_once() -> None:
    found = RealTimes()
    asked = Exchange(request=Request(method="GET", url="wss://a/ws/", source=at(4)), response=None)
    again = Exchange(request=Request(method="GET", url="wss://a/ws/", source=at(2)), response=None)
    found.feed(1, [Upgrade(exchange=asked, accepted=True)])
    found.feed(2, [Upgrade(exchange=again, accepted=True)])
    (use,) = found.uses()
    assert (use.requests, use.first_ns, use.last_ns) == (2, 2 * S, 4 * S)


def test_what_is_remembered_is_bounded() -> None:
    found = RealTimes()
    found.feed(1, [call(i * 5, i * 5 + 0.1) for i in range(CALLS + 40)])
    found.feed(2, [call(0, 1, f"https://a/{i}") for i in range(2 * POLLED_URLS)])
    events = (("Content-Type", "text/event-stream"),)
    found.feed(3, [call(0, 1, f"https://a/{i}", events) for i in range(2 * POLLED_URLS)])
    told = found.uses()
    assert {use.requests for use in told if use.kind is RealTime.SHORT_POLLING} == {CALLS}
    assert sum(use.kind is RealTime.SSE for use in told) == POLLED_URLS
