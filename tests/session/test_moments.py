"""Of thousands of stanzas a story needs a few."""

from typing import Any

import pytest

from analyzer.model.history import Happening, Moment
from analyzer.model.pubsub import Delivery
from analyzer.model.source import Direction
from analyzer.model.xmpp import Stanza, StanzaKind, Update
from analyzer.session.moments import MOST, moments_of
from tests.session.episodes import S, place

NODE = "/finesse/api/User/Agent1"


def delivery(second: float, update: Update | None, node: str | None = NODE) -> Delivery:
    return Delivery(
        node=node,
        item="i",
        sender=None,
        update=update,
        time_ns=round(second * S),
        source=place(second),
    )


def service(second: float, state: str | None) -> Delivery:
    return delivery(second, Update(subject="systeminfo", state=state))


def user(second: float, state: str | None, code: str | None, **fields: Any) -> Delivery:
    return delivery(second, Update(subject="user", state=state, reason_code=code, **fields))


def told(*deliveries: Delivery) -> list[tuple[str, str | None, str | None]]:
    return [(m.what.value, m.user, m.detail) for m in moments_of(None, deliveries)]


def test_an_outage_has_a_beginning_and_an_end() -> None:
    states = ["IN_SERVICE", "out_of_service", "OUT_OF_SERVICE", "OTHER", None, "IN_SERVICE"]
    found = moments_of(None, [service(n, state) for n, state in enumerate(states)])
    assert found == (
        Moment(what=Happening.OUT_OF_SERVICE, time_ns=S, source=place(1)),
        Moment(what=Happening.IN_SERVICE, time_ns=5 * S, source=place(5)),
    )


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (user(1, "LOGOUT", "255"), ("agent1", "LOGOUT 255")),
        (user(1, "not_ready", "32765"), ("agent1", "NOT_READY 32765")),
        (user(1, "LOGOUT", "255", user="B"), ("b", "LOGOUT 255")),
        (user(1, "LOGOUT", "255", source="/finesse/api/User/C/x"), ("c", "LOGOUT 255")),
        (user(1, "LOGOUT", "255", source="/finesse/api/Team/1"), (None, "LOGOUT 255")),
    ],
)
def test_a_forced_logout_says_whose(one: Delivery, expected: tuple[str | None, str]) -> None:
    assert told(one) == [("forced logout", *expected)]
    assert told(one, one) == [("forced logout", *expected)]


@pytest.mark.parametrize(
    "one",
    [
        delivery(1, None),
        user(1, "READY", "255"),
        user(1, None, "255"),
        user(1, "LOGOUT", "1"),
        user(1, "LOGOUT", None),
    ],
)
def test_other_events_are_none(one: Delivery) -> None:
    assert told(one) == []


def test_who_is_meant_may_be_unknown() -> None:
    update = Update(subject="user", state="LOGOUT", reason_code="255")
    assert told(delivery(1, update, node=None)) == [("forced logout", None, "LOGOUT 255")]


def test_finesse_going_away_stands_in_order_of_time() -> None:
    gone = Stanza(
        direction=Direction.TO_CLIENT,
        kind=StanzaKind.PRESENCE,
        type="unavailable",
        sender="finesse@example.test/x",
        source=place(3),
    )
    found = moments_of(gone, [service(1, "OUT_OF_SERVICE"), service(9, "IN_SERVICE")])
    assert [(m.what.value, m.detail) for m in found] == [
        ("out of service", None),
        ("finesse gone", "finesse@example.test/x"),
        ("in service", None),
    ]


def test_they_are_bounded() -> None:
    states = ["OUT_OF_SERVICE", "IN_SERVICE"] * MOST
    assert len(told(*(service(n, state) for n, state in enumerate(states)))) == MOST
