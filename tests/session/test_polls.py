"""A desktop in recovery is known by its pace."""

import pytest

from analyzer.model.finesse import SystemInfo
from analyzer.model.http import Exchange, Request, Response
from analyzer.model.limits import SYSTEM_INFO_POLLS
from analyzer.session.polls import Polls
from tests.session.episodes import S, place

HOST = "fin-a.example.test"
URL = f"https://{HOST}/finesse/api/SystemInfo"


def call(second: float | None, status: int | None = 503) -> Exchange:
    source = place(second or 0)
    if second is None:
        source = type(source)(0, 1, 1, None)
    request = Request(method="GET", url=URL, source=source)
    answer = None if status is None else Response(status=status, source=place((second or 0) + 0.1))
    return Exchange(request=request, response=answer)


def info(second: float, status: str | None) -> SystemInfo:
    return SystemInfo(url=URL, status=status, source=place(second + 0.1))


def runs(*seconds: float) -> list[tuple[int, float, float]]:
    polls = Polls()
    for number, second in enumerate(seconds):
        polls.asked(number, HOST, call(second))
    return [(one.count, one.first_ns / S, one.last_ns / S) for one in polls.runs(0, {})]


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        ((0, 20, 40), [(3, 0, 40)]),
        ((40, 0, 20), [(3, 0, 40)]),
        ((0, 15, 40), [(3, 0, 40)]),
        ((0, 20), []),
        ((0, 14, 34), []),
        ((0, 26, 46), []),
        ((0, 20, 40, 41, 61, 81, 101), [(3, 0, 40), (4, 41, 101)]),
        ((0, 20, 40, 41), [(3, 0, 40)]),
    ],
)
def test_every_twenty_seconds(
    seconds: tuple[float, ...], expected: list[tuple[int, float, float]]
) -> None:
    assert runs(*seconds) == expected


def test_clients_and_nodes_are_told_apart() -> None:
    polls = Polls()
    for n in range(6):
        polls.asked(n, HOST, call(20 * n))
        polls.asked(10 + n, "fin-b.example.test", call(20 * n + 1))
    clients = {n: f"10.0.9.{n % 2}" for n in range(6)}
    found = polls.runs(7, clients)
    assert [(one.capture, one.client, one.host, one.count) for one in found] == [
        (7, None, "fin-b.example.test", 6)
    ]
    assert [one.host for one in polls.runs(7, {})] == [HOST, "fin-b.example.test"]


def test_answers_are_told_once_each() -> None:
    polls = Polls()
    for n, status in enumerate((None, 0, 503, 200, 200, 200)):
        polls.asked(n, HOST, call(20 * n, status))
        if n > 3:
            polls.told(info(20 * n, "in_service" if n == 4 else None))
    polls.told(info(999, "OUT_OF_SERVICE"))
    (one,) = polls.runs(0, {})
    assert one.answers == ("no answer", "503", "IN_SERVICE")
    assert one.sources == tuple(place(20 * n) for n in range(6))


def test_what_has_no_time_or_no_question_is_left_out() -> None:
    polls = Polls()
    polls.told(info(0, "IN_SERVICE"))
    for n in range(3):
        polls.asked(n, HOST, call(None))
        polls.asked(n, HOST, Exchange(request=None, response=None))
    assert polls.runs(0, {}) == ()


def test_they_are_bounded() -> None:
    polls = Polls()
    for n in range(SYSTEM_INFO_POLLS + 2):
        polls.asked(n, HOST, call(20 * n))
    assert [one.values for one in polls.anomalies] == [
        {"limit": "SYSTEM_INFO_POLLS", "value": SYSTEM_INFO_POLLS}
    ]
    (one,) = polls.runs(0, {})
    assert one.count == SYSTEM_INFO_POLLS
    assert len(one.sources) == 20
