"""REST calls that Finesse accepted, and the events that tell their results."""

from analyzer.model.http import Exchange, Request, Response
from analyzer.model.pubsub import Delivery
from analyzer.model.timing import RestTrip
from analyzer.model.xmpp import Update
from analyzer.session.rest_trips import rest_trips
from tests.session.conversation import at, ns

URL = "https://finesse.example.test:8445/finesse/api/User/agent1?x=1"
PATH = "/finesse/api/User/agent1"


def call(second: float, request_id: str | None, status: int = 202, url: str = URL) -> Exchange:
    headers = () if request_id is None else (("requestid", request_id),)
    return Exchange(
        request=Request(method="PUT", url=url, headers=headers, source=at(second)),
        response=Response(status=status, source=at(second + 0.1)),
    )


def event(second: float | None, request_id: str | None) -> Delivery:
    return Delivery(
        node=None,
        item=None,
        sender=None,
        update=Update(request_id=request_id),
        time_ns=None if second is None else ns(second),
        source=at(second),
    )


def trip(request_id: str, second: float, event_s: float | None, path: str = PATH) -> RestTrip:
    return RestTrip(
        request_id=request_id,
        method="PUT",
        path=path,
        asked_ns=ns(second),
        accepted_ns=ns(second + 0.1),
        event_ns=None if event_s is None else ns(event_s),
        source=at(second),
        event=None if event_s is None else at(event_s),
    )


def test_each_call_has_the_first_event_behind_it() -> None:
    calls = [call(1, "A"), call(5, "b"), call(9, "a")]
    events = [event(0.5, "a"), event(2, "a"), event(3, "A"), event(6, None), event(9.5, "a")]
    assert rest_trips(calls, events) == (
        trip("A", 1, 2),
        trip("b", 5, None),
        trip("a", 9, 9.5),
    )


def test_a_har_may_have_the_event_a_millisecond_early() -> None:
    assert rest_trips([call(1, "a")], [event(0.9995, "a")])[0].event == at(0.9995)
    assert rest_trips([call(1, "a")], [event(0.99, "a")])[0].event is None


def test_an_event_without_a_time_stands_where_it_came() -> None:
    found = rest_trips([call(1, "a")], [event(1.5, "a"), event(None, "a")])
    assert found[0].event == at(1.5)


def test_only_what_was_accepted_and_has_an_id_waits_for_an_event() -> None:
    unread = Delivery(node=None, item=None, sender=None, time_ns=ns(2), source=at(2))
    calls = [
        call(1, "a", 200),
        call(1, None),
        call(1, ""),
        Exchange(request=None, response=Response(status=202, source=at(1))),
        Exchange(request=call(1, "a").request, response=None),
    ]
    assert rest_trips(calls, [event(2, "a"), unread]) == ()
    assert rest_trips([call(1, "a")], [unread]) == (trip("a", 1, None),)


def test_the_path_of_a_call() -> None:
    for url, path in (
        ("/finesse/api/User/b?y", "/finesse/api/User/b"),
        ("http://host", "/"),
        ("http://[::1]:80/a/b#c", "/a/b"),
    ):
        assert rest_trips([call(1, "a", url=url)], ())[0].path == path
