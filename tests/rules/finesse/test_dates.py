"""What Date tells of the server's clock."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from analyzer.model.finesse import SystemInfo
from analyzer.model.http import Exchange, Request, Response
from analyzer.model.session import Session
from analyzer.model.source import HarSource
from analyzer.model.websocket import Upgrade
from analyzer.rules.finesse import dates
from analyzer.rules.finesse.dates import date, drift
from tests.rules.said import SECOND, place, session

NOON = 1_767_614_400
"""2026-01-05T12:00:00Z."""


def answer(
    text: str | None, asked: float | None = 0.5, answered: float | None = 0.9, number: int = 0
) -> Exchange:
    """An answer with this Date, asked and given so many seconds behind noon."""
    headers = () if text is None else (("date", text),)
    return Exchange(
        request=Request(method="GET", url="/", source=_place(number, asked)),
        response=Response(status=200, headers=headers, source=_place(number, answered)),
    )


def _place(number: int, second: float | None) -> HarSource:
    return place(number, None if second is None else NOON + second)


def gmt(seconds: int) -> str:
    return f"Mon, 05 Jan 2026 12:{seconds // 60:02d}:{seconds % 60:02d} GMT"


def with_answers(*exchanges: Exchange) -> Session:
    return replace(session(), exchanges=exchanges)


@pytest.mark.parametrize(
    ("text", "asked", "answered", "seconds"),
    [
        (gmt(0), 0.5, 0.9, 0),
        (gmt(5), 0.0, 70.0, 0),  # a socket of a HAR is answered when it ends
        (gmt(10), 0.5, 2.0, 8),
        ("Mon, 05 Jan 2026 11:59:50 GMT", 1.0, 2.0, -10),
        ("Sun, 04 Jan 2026 12:00:00 GMT", 0.0, 2.0, -86_399),
    ],
)
def test_a_server_writes_it_between_request_and_response(
    text: str, asked: float, answered: float, seconds: int
) -> None:
    found = drift(with_answers(answer(text, asked, answered)))
    assert found is not None
    assert found[0] == seconds * SECOND
    assert found[1] == _place(0, answered)


def test_what_a_cache_gave_is_old() -> None:
    found = drift(with_answers(answer("Sun, 04 Jan 2026 12:00:00 GMT"), answer(gmt(3), number=1)))
    assert found == (2_100_000_000, _place(1, 0.9))


def test_the_upgrade_tells_it_too() -> None:
    one = replace(session(), upgrade=Upgrade(exchange=answer(gmt(20)), accepted=True))
    assert drift(one) == (19_100_000_000, _place(0, 0.9))


def test_without_a_date_system_info_tells() -> None:
    info = SystemInfo(url="/", clock_offset_ns=7 * SECOND, source=place(9))
    one = replace(session(), system_info=info)
    assert drift(one) == (7 * SECOND, place(9))
    assert drift(replace(one, exchanges=(answer(gmt(0)),))) == (0, _place(0, 0.9))
    assert drift(replace(one, system_info=replace(info, clock_offset_ns=None))) is None


def test_what_tells_nothing() -> None:
    mute = [
        answer(None),
        answer("yesterday"),
        answer(gmt(0), None),
        answer(gmt(0), 0.5, None),
        replace(answer(gmt(0)), request=None),
        replace(answer(gmt(0)), response=None),
    ]
    assert drift(with_answers(*mute)) is None


def test_some_answers_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dates, "LOOKED_AT", 1)
    found = drift(with_answers(answer(gmt(9)), answer(gmt(0))))
    assert found == (8_100_000_000, _place(0, 0.9))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (gmt(0), NOON),
        ("Monday, 05-Jan-26 12:00:00 GMT", NOON),
        ("Mon Jan  5 12:00:00 2026", NOON),
        (None, None),
        ("", None),
        ("Mon, 32 Jan 99999999999999 12:00:00 GMT", None),
        ("Mon, 05 Jan 2026 12:00:00 +99999999999999999999", None),
        ("Mon, 05 Jan -0001 12:00:00 GMT", None),
        (f"Mon, 05 Jan {'9' * 5_000} 12:00:00 GMT", None),
    ],
)
def test_a_date(text: str | None, seconds: int | None) -> None:
    assert date(text) == (None if seconds is None else seconds * SECOND)


@given(st.text() | st.text(alphabet="MonJa 0123456789,:-+GT()"))
def test_any_text_is_a_date_or_none(text: str) -> None:
    found = date(text)
    assert found is None or 0 <= found < 1 << 63
