"""Profiles say what is expected, and what is wrong with them in one line."""

from pathlib import Path

import pytest

from analyzer.model.errors import UsageError
from analyzer.model.session import StepName
from analyzer.rules import profiles

GOOD = 'name = "lab"\ntitle = "Our lab"\nports = [5280]\nsteps = ["open", "auth"]\n'


@pytest.mark.parametrize("name", profiles.names())
def test_built_in(name: str) -> None:
    profile = profiles.load(name)
    assert profile.name == name
    assert profile.title
    assert set(profile.late_ms) <= set(profile.steps)


def test_finesse_waits_for_finesse() -> None:
    profile = profiles.load("finesse")
    assert profile.steps == tuple(step.value for step in StepName)
    assert profile.presence_peers == ("finesse", "cuic.", "ccx.")
    assert (profile.ping_interval_ms, profile.minimum_priority) == (10_000, 0)
    assert profile.resource == "desktop"


def test_plain_xmpp_waits_for_nobody() -> None:
    profile = profiles.load("xmpp")
    assert profile.presence_peers == ()
    assert "pubsub" not in profile.steps


def test_own_file(tmp_path: Path) -> None:
    path = tmp_path / "lab.toml"
    path.write_text(GOOD + "[late_ms]\nauth = 7000\n", encoding="utf-8")
    profile = profiles.load(str(path))
    assert profile.name == "lab"
    assert profile.late_ms == {"auth": 7000}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (GOOD + "ping_intervall_ms = 3", "unknown key `ping_intervall_ms`; did you mean `ping_in"),
        (GOOD + "zzz = 3", "unknown key `zzz`; known are name, title"),
        (GOOD + "resource = 3", "Expected `str`, got `int` - at `resource`"),
        ('name = "lab"', "missing required field `title`"),
        ("name =", "Invalid value"),
        (
            GOOD.replace('"auth"', '"aut"'),
            "`steps` names an unknown step `aut`; did you mean `auth`",
        ),
        (GOOD + "[late_ms]\nlogin = 1", "`late_ms` names an unknown step `login`; known are conn"),
        (GOOD.replace('"open", "auth"', '"auth", "open"'), "in the order of a login"),
        (GOOD.replace('"open", "auth"', '"open", "open"'), "each once"),
        (GOOD.replace("5280", "70000"), "`ports` holds 70000"),
        (GOOD + "iq_timeout_ms = -1", "`iq_timeout_ms` is less than 0"),
        (GOOD + "[late_ms]\nauth = -1", "`auth` is less than 0"),
    ],
)
def test_what_is_wrong(text: str, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as raised:
        profiles.load(str(path))
    said = str(raised.value)
    assert said.startswith(f"{path}: ")
    assert reason in said
    assert "\n" not in said


def test_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(b'name = "\xff"')
    with pytest.raises(UsageError, match="utf-8"):
        profiles.load(str(path))


def test_no_such_profile() -> None:
    with pytest.raises(UsageError, match=r"nobody: no profile .* built in: finesse, xmpp"):
        profiles.load("nobody")


@pytest.mark.parametrize("name", ["", ".", "a\0b"])
def test_no_file(name: str) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        profiles.load(name)
