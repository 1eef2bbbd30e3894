"""REST calls find their session: same client, same server, same time."""

import pytest
from msgspec.structs import replace

from analyzer.model.finesse import SystemInfo
from analyzer.model.flow import EndCause, Endpoint
from analyzer.model.http import Exchange, Request, Response
from analyzer.model.limits import EXCHANGE_BODY_OCTETS
from analyzer.model.session import Session
from analyzer.session import calls as room
from analyzer.session.calls import Calls
from tests.session.conversation import at, login, session, tcp

ONE = session(login())
HERE = "http://10.0.0.2:8082/finesse/api/User/1"


def call(
    seconds: float | None = 0.5,
    *,
    method: str = "PUT",
    url: str = HERE,
    body: int = 0,
    answer: int | None = 0,
) -> Exchange:
    request = Request(method=method, url=url, body=b"x" * body, source=at(seconds))
    if answer is None:
        return Exchange(request=request, response=None)
    response = Response(status=202, body=b"y" * answer, source=at(seconds))
    return Exchange(request=request, response=response)


def beside(*exchanges: Exchange, one: Session = ONE, client: str = "10.0.0.1") -> list[Exchange]:
    found = Calls()
    for exchange in exchanges:
        found.take(5, exchange)
    found.end(5, replace(tcp(EndCause.FIN, 9.0), client=Endpoint(client, 1)))
    return list(found.beside(one))


def test_calls_while_the_session_lasted_in_order_of_time() -> None:
    first, second = call(0.1), call(0.2)
    assert beside(second, first) == [first, second]
    assert beside(call(-1.0), call(9.0)) == []


def test_reads_shortly_before_belong_to_it_too() -> None:
    read = call(-30.0, method="GET")
    assert beside(read, call(-61.0, method="GET"), call(9.0, method="GET")) == [read]


@pytest.mark.parametrize("url", [HERE, "https://EXAMPLE.test/finesse/api/SystemInfo?x=1"])
def test_the_server_by_its_address_or_its_name(url: str) -> None:
    assert beside(call(url=url)) == [call(url=url)]


@pytest.mark.parametrize(
    "url",
    [
        "http://other.test/finesse/api/User/1",
        "http://[10.0.0.2/finesse/api/User/1",
        "/finesse/api/User/1",
        "http://10.0.0.2/desktop/script.js?next=/api/",
    ],
)
def test_what_goes_elsewhere_or_is_no_call(url: str) -> None:
    assert beside(call(url=url)) == []


def test_calls_of_another_client_or_of_one_not_known_yet() -> None:
    assert beside(call(), client="10.0.0.9") == []
    found = Calls()
    found.take(5, call())
    assert found.beside(ONE) == ()
    found.end(5, replace(tcp(EndCause.FIN, 9.0), client=None))
    assert found.beside(ONE) == ()
    assert found.beside(replace(ONE, connection=None)) == (call(),)


def test_calls_on_a_connection_that_outlives_the_session() -> None:
    found = Calls({5: "10.0.0.1", 6: "10.0.0.9"}.get)
    found.take(5, call())
    found.take(6, call())
    assert found.beside(ONE) == (call(),)


def test_without_times_nothing_belongs_to_anything() -> None:
    assert beside(call(None)) == []
    assert beside(call(), one=replace(ONE, started_ns=None)) == []
    assert beside(call(), one=replace(ONE, ended_ns=None)) == []
    assert beside() == []


def test_a_response_whose_request_was_not_captured() -> None:
    assert beside(Exchange(request=None, response=None)) == []
    assert beside(call(answer=None)) == [call(answer=None)]


def test_long_bodies_are_let_go() -> None:
    most = EXCHANGE_BODY_OCTETS
    (kept,) = beside(call(body=most, answer=most + 1))
    assert kept.request is not None
    assert kept.response is not None
    assert (len(kept.request.body), len(kept.response.body)) == (most, 0)


def test_the_latest_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "EXCHANGES", 2)
    assert beside(call(0.1), call(0.2), call(0.3)) == [call(0.2), call(0.3)]
    elsewhere = call(0.1, url="http://elsewhere/finesse/api/User/1")
    assert beside(elsewhere, call(0.2), call(0.3)) == [call(0.2), call(0.3)]
    monkeypatch.setattr(room, "OPEN_STANZA_OCTETS", 100)
    assert beside(call(0.1, body=60), call(0.2, answer=60)) == [call(0.2, answer=60)]


def test_what_the_server_said_last_to_this_client() -> None:
    found = Calls()
    url = "http://10.0.0.2:8082/finesse/api/SystemInfo"
    for number, seconds, status in (
        (5, 0.1, "OUT_OF_SERVICE"),
        (5, 0.2, "IN_SERVICE"),
        (6, 0.3, "PARTIAL"),
        (5, 99.0, "LATER"),
    ):
        found.take_info(number, SystemInfo(url=url, status=status, source=at(seconds)))
    found.take_info(5, SystemInfo(url="http://elsewhere/", status="OTHER", source=at(0.2)))
    assert found.info_of(ONE) == SystemInfo(url=url, status="PARTIAL", source=at(0.3))
    found.end(5, replace(tcp(EndCause.FIN, 9.0), client=Endpoint("10.0.0.1", 1)))
    assert found.info_of(ONE) == SystemInfo(url=url, status="IN_SERVICE", source=at(0.2))
    assert Calls().info_of(ONE) is None


def test_what_another_server_said_of_a_node_that_was_never_reached() -> None:
    found = Calls()
    url = "http://proxy.test/finesse/api/SystemInfo"
    info = SystemInfo(url=url, primary_node="A.test", secondary_node="10.0.0.2", source=at(0.2))
    found.take_info(5, info)
    unreached = replace(ONE, stanza_count=0)
    # Whose it was is not known yet.
    assert found.info_of(unreached) is None
    found.end(5, replace(tcp(EndCause.FIN, 9.0), client=Endpoint("10.0.0.1", 1)))
    assert found.info_of(unreached) == info
    assert found.info_of(replace(unreached, server="a.test:8445", url=None)) == info
    assert found.info_of(replace(unreached, server="b.test:8445", url=None)) is None
    assert found.info_of(ONE) is None


def test_many_sessions_find_their_calls_in_little_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Growth, not seconds: how many calls are looked at for a session that has none."""
    looked = 0

    def early(_: object) -> int:
        nonlocal looked
        looked += 1
        return 0

    monkeypatch.setattr(room, "_early", early)
    found = Calls()
    for index in range(1_000):
        found.take(5, call(1_000.0 + index))
    found.end(5, replace(tcp(EndCause.FIN, 9.0), client=Endpoint("10.0.0.1", 1)))
    assert found.beside(ONE) == ()
    assert looked == 0
