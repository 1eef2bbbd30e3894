"""Directions have an opposite, and a side that speaks."""

from analyzer.model.source import Direction, Side


def test_other() -> None:
    assert Direction.TO_SERVER.other is Direction.TO_CLIENT
    assert Direction.TO_CLIENT.other is Direction.TO_SERVER


def test_sender() -> None:
    assert Direction.TO_SERVER.sender is Side.CLIENT
    assert Direction.TO_CLIENT.sender is Side.SERVER
