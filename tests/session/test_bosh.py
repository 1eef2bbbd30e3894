"""Turns become sessions by their session and request ids."""

from analyzer.session.bosh import BoshSessions
from analyzer.session.trace import Room


def test_nothing_gives_nothing() -> None:
    assert BoshSessions(Room()).finish() == []
