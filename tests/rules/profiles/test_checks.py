"""What is checked is what the model says: no key without a meaning, no limit told twice."""

import pytest
from msgspec.structs import fields

from analyzer.model.profile import Profile
from analyzer.rules.profiles.checks import HINTS, allowed, flaw, is_release, suggest

GOOD = {"name": "lab", "title": "Lab", "ports": [5280], "steps": ["open"]}


def test_each_key_has_a_meaning() -> None:
    assert list(HINTS) == [info.name for info in fields(Profile)]
    for hint in HINTS.values():
        assert any(meta.description for meta in hint.__metadata__)


def test_the_first_flaw_is_told() -> None:
    assert flaw(GOOD) is None
    assert flaw({**GOOD, "zz": 1, "ports": 3}) == "`ports` is a whole number; it must be an array"


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("carriers", "Known: websocket, bosh, tcp."),
        ("ping_late_ms", "Allowed: 0 to 86400000."),
        ("minimum_priority", "Allowed: -128 to 127."),
        ("ports", "Allowed: 1 to 65535."),
        ("retired_ports", ""),
        ("title", ""),
    ],
)
def test_what_is_allowed_is_told(key: str, told: str) -> None:
    assert allowed(key) == told


@pytest.mark.parametrize("text", ["11", "12.6", "15.0.1"])
def test_a_release(text: str) -> None:
    assert is_release(text)


@pytest.mark.parametrize("text", ["", "12.", ".5", "x", "12.6(1)", "99999", "²"])
def test_no_release(text: str) -> None:
    assert not is_release(text)


def test_a_word_that_may_be_meant() -> None:
    assert suggest("opne", ("open", "auth")) == "`opne`; did you mean `open`?"
    assert suggest("zz", ("open", "auth")) == "`zz`; known are open, auth"
