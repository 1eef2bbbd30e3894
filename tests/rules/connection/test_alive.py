"""Which servers had a session that was up, or began, about a given time."""

import pytest
from msgspec.structs import replace

from analyzer.model.session import Session
from analyzer.rules.connection.alive import NEAR_NS, Alive
from tests.rules.said import session

S_NS = 1_000_000_000


def up(begin: int, end: int | None, server: str = "a", stanzas: int = 9) -> Session:
    ended = None if end is None else end * S_NS
    return replace(
        session(), server=server, started_ns=begin * S_NS, ended_ns=ended, stanza_count=stanzas
    )


def alive(*sessions: Session) -> Alive:
    return Alive(sessions, lambda one: one.server or None)


@pytest.mark.parametrize(
    ("time_s", "expected"), [(5, False), (10, False), (11, True), (89, True), (90, False)]
)
def test_a_long_session_spans_short_ones(time_s: int, expected: bool) -> None:
    found = alive(up(10, 90), up(20, 30), up(12, 13))
    assert found.at("a", time_s * S_NS) is expected
    assert not found.at("b", time_s * S_NS)


def test_one_that_never_came_about_was_not_up() -> None:
    unknown = replace(up(0, 90), started_ns=None)
    assert not alive(up(0, 90, stanzas=0), unknown, up(0, 90, server="")).at("a", 50 * S_NS)
    assert not alive(up(0, None)).at("a", 50 * S_NS)


def test_sessions_that_began_before_and_behind() -> None:
    near = NEAR_NS // S_NS
    assert alive(up(100 - near, 99), up(100 + near, 130)).around("a", 100 * S_NS)
    assert not alive(up(99 - near, 99), up(101, 130)).around("a", 100 * S_NS)
    assert not alive(up(99, 99), up(101 + near, 130)).around("a", 100 * S_NS)
    assert not alive(up(99, 99)).around("a", 100 * S_NS)
    assert not alive(up(101, 130)).around("a", 100 * S_NS)
    assert not alive().around("a", 100 * S_NS)
