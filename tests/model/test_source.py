"""Directions have an opposite."""

from analyzer.model.source import Direction


def test_other() -> None:
    assert Direction.TO_SERVER.other is Direction.TO_CLIENT
    assert Direction.TO_CLIENT.other is Direction.TO_SERVER
