"""Questions find their answers."""

import pytest

from analyzer.model.session import Iq, PingTrip
from analyzer.model.source import Side
from analyzer.model.websocket import Frame, Opcode
from analyzer.model.xmpp import Stanza
from analyzer.session.pair import between, deliveries, pair_iqs, pings, subscriptions
from tests.session.conversation import (
    JID,
    NODE,
    Line,
    at,
    error,
    event,
    frame,
    iq,
    messages,
    ns,
    ping,
    pubsub,
)


def stanzas(*lines: Line) -> list[Stanza]:
    return [s for s in messages(lines, har=True) if isinstance(s, Stanza)]


def paired(*lines: Line) -> tuple[list[tuple[str | None, int | None]], int]:
    iqs, unmatched = pair_iqs(stanzas(*lines))
    return [(one.request.id, one.latency_ns) for one in iqs], len(unmatched)


# iqs


def test_an_answer_has_the_id_and_goes_the_other_way() -> None:
    assert paired((0, "C>", iq("get", "a")), (1, "S>", iq("result", "a"))) == (
        [("a", 1_000_000_000)],
        0,
    )
    assert paired((0, "C>", iq("get", "a")), (1, "S>", iq("result", "b"))) == ([("a", None)], 1)
    assert paired((0, "C>", iq("get", "a")), (1, "C>", iq("result", "a"))) == ([("a", None)], 1)


def test_both_sides_may_ask_with_one_id() -> None:
    found = paired(
        (0, "C>", iq("get", "a")),
        (1, "S>", iq("get", "a")),
        (3, "C>", iq("result", "a")),
        (4, "S>", iq("error", "a")),
    )
    assert found == ([("a", 4_000_000_000), ("a", 2_000_000_000)], 0)


def test_an_id_used_again_answers_the_older_request_first() -> None:
    found = paired(
        (0, "C>", iq("get", "a")),
        (1, "C>", iq("get", "a")),
        (2, "S>", iq("result", "a")),
        (5, "S>", iq("result", "a")),
        (6, "S>", iq("result", "a")),
    )
    assert found == ([("a", 2_000_000_000), ("a", 4_000_000_000)], 1)


def test_requests_without_id_wait_for_nobody() -> None:
    nameless = "<iq xmlns='jabber:client' type='get'/>"
    answer = "<iq xmlns='jabber:client' type='result'/>"
    assert paired((0, "C>", nameless), (1, "S>", answer)) == ([(None, None)], 1)


def test_only_iqs_of_the_four_types_count() -> None:
    odd = "<iq xmlns='jabber:client' type='push' id='a'/>"
    assert paired((0, "C>", odd), (1, "S>", "<message xmlns='jabber:client' id='a'/>")) == ([], 0)


def test_times_that_are_not_known_or_run_backwards() -> None:
    assert between(at(1.0), at(3.0)) == 2_000_000_000
    assert between(at(3.0), at(1.0)) == 0
    assert between(at(None), at(1.0)) is None
    assert between(at(1.0), at(None)) is None
    assert between(None, at(1.0)) is None
    assert between(at(1.0), None) is None


# pings


def trips(lines: list[Line], *frames: Frame) -> list[tuple[str, Side, bool, bool, bool]]:
    iqs, _ = pair_iqs(stanzas(*lines))
    return [_short(trip) for trip in pings(iqs, frames)]


def _short(trip: PingTrip) -> tuple[str, Side, bool, bool, bool]:
    return (trip.id, trip.by, trip.framed, trip.answered_ns is not None, trip.refused)


def test_pings_of_xmpp() -> None:
    lines: list[Line] = [
        (0, "C>", ping("a")),
        (1, "S>", iq("result", "a")),
        (2, "S>", ping("b")),
        (3, "C>", iq("error", "b", error("service-unavailable"))),
        (4, "C>", ping("c")),
    ]
    assert trips(lines) == [
        ("a", Side.CLIENT, False, True, False),
        ("b", Side.SERVER, False, True, True),
        ("c", Side.CLIENT, False, False, False),
    ]


def test_pings_of_websocket_stand_among_them_by_time() -> None:
    found = trips(
        [(1, "C>", ping("a")), (2, "S>", iq("result", "a"))],
        frame(0, "S>", Opcode.PING, b"\x01"),
        frame(1.5, "C>", Opcode.PONG, b"\x01"),
        frame(3, "C>", Opcode.PING, b"\x02"),
        frame(3.1, "C>", Opcode.CLOSE),
    )
    assert found == [
        ("01", Side.SERVER, True, True, False),
        ("a", Side.CLIENT, False, True, False),
        ("02", Side.CLIENT, True, False, False),
    ]


def test_a_pong_may_answer_all_pings_before_it() -> None:
    found = trips(
        [],
        frame(0, "S>", Opcode.PING, b"1"),
        frame(1, "S>", Opcode.PING, b"2"),
        frame(2, "S>", Opcode.PING, b"3"),
        frame(3, "C>", Opcode.PONG, b"2"),
    )
    assert [(name, answered) for name, _, _, answered, _ in found] == [
        ("31", True),
        ("32", True),
        ("33", False),
    ]


@pytest.mark.parametrize(
    "pong",
    [frame(1, "C>", Opcode.PONG, b"other"), frame(1, "S>", Opcode.PONG, b"1")],
)
def test_a_pong_nobody_asked_for_answers_nothing(pong: Frame) -> None:
    found = trips([], frame(0, "S>", Opcode.PING, b"1"), pong)
    assert [answered for _, _, _, answered, _ in found] == [False]


def test_many_pings_of_one_payload() -> None:
    frames = [frame(n, "S>", Opcode.PING, b"x") for n in range(3)]
    frames += [frame(3, "C>", Opcode.PONG, b"x"), frame(4, "C>", Opcode.PONG, b"x")]
    assert [one[3] for one in trips([], *frames)] == [True, True, False]


def test_a_ping_without_id() -> None:
    nameless = "<iq xmlns='jabber:client' type='get'><ping xmlns='urn:xmpp:ping'/></iq>"
    assert trips([(0, "C>", nameless)])[0][0] == ""


# subscriptions


def subscribed(*lines: Line) -> list[Iq]:
    return pair_iqs(stanzas(*lines))[0]


def test_a_subscription_with_its_result() -> None:
    (found,) = subscriptions(
        subscribed(
            (0, "C>", pubsub("subscribe", "a")), (1, "S>", pubsub("subscription", "a", "result"))
        )
    )
    assert (found.node, found.jid, found.service) == (NODE, JID, "pubsub.example.test")
    assert (found.unsubscribe, found.state, found.error) == (False, "subscribed", None)
    assert (found.answered, found.latency_ns) == (True, 1_000_000_000)
    assert (found.source, found.answer) == (at(0, har=True), at(1, har=True))


def test_a_subscription_with_its_error() -> None:
    refused = iq("error", "a", error("item-not-found"))
    (found,) = subscriptions(subscribed((0, "C>", pubsub("subscribe", "a")), (1, "S>", refused)))
    assert found.error is not None
    assert (found.state, found.error.condition) == (None, "item-not-found")


def test_an_empty_result_and_no_answer() -> None:
    (found,) = subscriptions(
        subscribed((0, "C>", pubsub("subscribe", "a")), (1, "S>", iq("result", "a")))
    )
    assert (found.answered, found.state, found.error) == (True, None, None)
    (found,) = subscriptions(subscribed((0, "C>", pubsub("unsubscribe", "a"))))
    assert (found.unsubscribe, found.answered, found.answer) == (True, False, None)


def test_what_is_no_subscription_of_the_client() -> None:
    lines = subscribed(
        (0, "S>", pubsub("subscribe", "a")),
        (1, "C>", pubsub("items", "b", "get")),
        (2, "C>", ping("c")),
    )
    assert subscriptions(lines) == ()


# deliveries


def test_every_item_is_a_delivery() -> None:
    two = event("1").replace("</items>", "<retract id='2'/></items>")
    found = deliveries(stanzas((0, "S>", two)))
    assert [(one.item, one.retracted, one.node) for one in found] == [
        ("1", False, NODE),
        ("2", True, NODE),
    ]
    assert found[0].sender == "pubsub.example.test"
    assert found[0].time_ns == ns(0)


def test_a_delivery_carries_what_it_says() -> None:
    update = (
        "<notification xmlns='http://jabber.org/protocol/pubsub'>"
        "&lt;Update&gt;&lt;event&gt;PUT&lt;/event&gt;&lt;/Update&gt;</notification>"
    )
    delayed = event("1", update).replace(
        "</message>",
        "<headers xmlns='http://jabber.org/protocol/shim'><header name='SubID'>s</header></headers>"
        "<delay xmlns='urn:xmpp:delay' stamp='x'/></message>",
    )
    (found,) = deliveries(stanzas((0, "S>", delayed)))
    assert found.update is not None
    assert (found.update.event, found.delayed, found.subids) == ("PUT", True, ("s",))
    (broken,) = deliveries(stanzas((0, "S>", event("1", update.replace("Update", "Up&amp;")))))
    assert broken.problem == "not XML or JSON"


def test_only_events_to_the_client_deliver() -> None:
    lines = stanzas(
        (0, "C>", event()), (1, "S>", "<message xmlns='jabber:client'/>"), (2, "S>", ping("a"))
    )
    assert deliveries(lines) == ()
