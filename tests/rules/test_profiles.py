"""Profiles say what is expected, and what is wrong with them in one line."""

import os
from pathlib import Path

import pytest
from msgspec.structs import replace

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
        (GOOD + 'carriers = ["websockets"]', "an unknown carrier `websockets`; did you mean `webs"),
        (GOOD + "title2 = 1979-05-27", "unknown key `title2`; did you mean `title`"),
        (GOOD.replace('"Our lab"', "1979-05-27"), "`title` is a date or time; it must be a string"),
        (GOOD.replace('"Our lab"', "1.5"), "`title` is a number with a fraction; it must be a str"),
        (GOOD.replace('"Our lab"', '""'), "`title` must be 1 to 100 printable characters"),
        (GOOD.replace('"lab"', '"l\\u202eab"'), "`name` must be 1 to 100 printable characters"),
        (GOOD.replace("[5280]", "true"), "`ports` is true or false; it must be an array"),
        (GOOD.replace("[5280]", '["x"]'), "`ports[0]` is a string; it must be a whole number"),
        (GOOD.replace("5280", "9" * 90), "`ports[0]` is huge; allowed is 1 to 65535"),
        (GOOD.replace("5280", "9" * 5_000), "no TOML: Exceeds the limit"),
        (GOOD + "minimum_priority = -129", "`minimum_priority` is -129; allowed is -128 to 127"),
        (GOOD + 'release = "twelve"', "`release` is `twelve`; a release is numbers with dots"),
        (GOOD + 'release = "12."', "`release` is `12.`; a release is numbers with dots"),
        (GOOD + '[retired_ports]\n0 = "12.5"', "names the port `0`; allowed is 1 to 65535"),
        (GOOD + '[retired_ports]\n"²" = "1"', "names the port `²`; allowed is 1 to 65535"),
        (GOOD + '[retired_ports]\n7071 = "x"', "`retired_ports.7071` is `x`; a release is numbers"),
        (GOOD + "retired_ports = 3", "`retired_ports` is a whole number; it must be a table"),
        (GOOD + "[absent_nodes]\nUCCX = 3", "`absent_nodes.UCCX` is a whole number; it must be an"),
        (GOOD + '[absent_nodes]\nUCCX = [""]', "`absent_nodes.UCCX` holds ``; a node is not empty"),
        (GOOD + 'auto_nodes = ["/a/b*"]', "`auto_nodes` holds `/a/b*`; a node is not empty, and *"),
        (GOOD + 'expected_nodes = ["**"]', "`expected_nodes` holds `**`; a node is not empty"),
        (GOOD + "x" * 90 + " = 1", f"unknown key `{'x' * 60}…`; known are name, title"),
        (GOOD + '"\\u001b[2J" = 1', "unknown key `?[2J`; known are"),
        (GOOD + "extends = 3", "`extends` must be a string"),
        (GOOD + 'extends = "nobody"', "`extends` names nobody: no profile of that name"),
        (GOOD + 'extends = "."', "`extends` names .: the profile cannot be read: Is a directory"),
        (GOOD + "x = " + "[" * 30_000, "no TOML: nested too deeply"),
        (GOOD + "a." * 30_000 + "a = 1", "no TOML: nested too deeply"),
        ("#" * 65_537, "longer than 65536 octets"),
        (GOOD + "ping_intervall_ms = 3", "unknown key `ping_intervall_ms`; did you mean `ping_in"),
        (GOOD + "zzz = 3", "unknown key `zzz`; known are name, title"),
        (GOOD + "resource = 3", "`resource` is a whole number; it must be a string"),
        ('name = "lab"', "`title` is missing; set it, or name in `extends` a profile that does"),
        ("name =", "no TOML: Invalid value"),
        (
            GOOD.replace('"auth"', '"aut"'),
            "`steps` names an unknown step `aut`; did you mean `auth`",
        ),
        (GOOD + "[late_ms]\nlogin = 1", "`late_ms` names an unknown step `login`; known are conn"),
        (GOOD.replace('"open", "auth"', '"auth", "open"'), "in the order of a login"),
        (GOOD.replace('"open", "auth"', '"open", "open"'), "each once"),
        (GOOD.replace("5280", "70000"), "`ports[0]` is 70000; allowed is 1 to 65535"),
        (GOOD + "iq_timeout_ms = -1", "`iq_timeout_ms` is -1; allowed is 0 to 86400000"),
        (GOOD + "[late_ms]\nauth = -1", "`late_ms.auth` is -1; allowed is 0 to 86400000"),
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
    with pytest.raises(UsageError, match="not UTF-8 at octet 8"):
        profiles.load(str(path))


def test_no_such_profile() -> None:
    with pytest.raises(UsageError, match=r"nobody: no profile .* built in: finesse, .*, xmpp$"):
        profiles.load("nobody")
    with pytest.raises(UsageError, match=r"; did you mean `finesse-12.6`\?$"):
        profiles.load("finesse12.6")


def test_what_others_extend_is_a_regular_file(tmp_path: Path) -> None:
    """A pipe would be waited for; the user's own may be one: `--profile <(...)`."""
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", "/dev/zero"):
        with pytest.raises(UsageError, match=f"`extends` names {name}: .*: no regular file"):
            profiles.load(put(tmp_path, "mine.toml", f'extends = "{name}"'))


@pytest.mark.parametrize("name", ["", ".", "a\0b"])
def test_no_file(name: str) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        profiles.load(name)


def put(folder: Path, name: str, text: str) -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


def test_a_file_says_only_what_differs(tmp_path: Path) -> None:
    path = put(
        tmp_path,
        "far.toml",
        'name = "far"\nextends = "finesse-12.6"\nping_late_ms = 9000\n[late_ms]\nopen = 8000\n',
    )
    loaded = profiles.read(path)
    built_in = profiles.load("finesse-12.6")
    assert loaded.profile == replace(
        built_in, name="far", ping_late_ms=9_000, late_ms=built_in.late_ms | {"open": 8_000}
    )
    assert loaded.chain == (path, "finesse-12.6", "finesse")
    assert loaded.origins["ping_late_ms"] == (path,)
    assert loaded.origins["late_ms"] == (path, "finesse")
    assert loaded.origins["ports"] == ("finesse-12.6",)


def test_a_parent_is_sought_beside_its_child(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    put(tmp_path, "site.toml", GOOD)
    path = put(tmp_path / "deep", "one.toml", 'name = "one"\nextends = "../site.toml"\n')
    assert profiles.load(path).ports == (5280,)


def test_a_fault_is_told_of_the_file_that_has_it(tmp_path: Path) -> None:
    put(tmp_path, "site.toml", GOOD.replace("5280", "0"))
    path = put(tmp_path, "one.toml", 'name = "one"\nextends = "site.toml"\n')
    with pytest.raises(UsageError, match=r"^site.toml: `ports\[0\]` is 0"):
        profiles.load(path)


def test_a_circle(tmp_path: Path) -> None:
    put(tmp_path, "b.toml", GOOD + 'extends = "a.toml"')
    path = put(tmp_path, "a.toml", GOOD + 'extends = "b.toml"')
    with pytest.raises(UsageError, match=r"^b.toml: `extends` leads in a circle: .*a.toml → b.tom"):
        profiles.load(path)


def test_too_many_generations(tmp_path: Path) -> None:
    for number in range(1, 7):
        put(tmp_path, f"{number}.toml", GOOD + f'extends = "{number - 1}.toml"')
    put(tmp_path, "0.toml", GOOD)
    assert profiles.load(str(tmp_path / "4.toml")).ports == (5280,)
    with pytest.raises(UsageError, match=r"5.toml: `extends` leads through more than 5 files$"):
        profiles.load(str(tmp_path / "5.toml"))


def test_each_release_of_finesse() -> None:
    """Where a client connects, and by what (Finesse FAQ, Managing Notifications)."""
    said = {name: profiles.load(name) for name in profiles.names() if name.startswith("finesse-")}
    assert [said[name].ports[0] for name in sorted(said)] == [7443, 7443, 8445, 8445, 8445]
    assert said["finesse-11"].carriers == ("bosh", "tcp")
    assert "bosh" not in said["finesse-12.6"].carriers
    assert said["finesse-12.6"].followed_ports == (8445, 5223, 7071, 5222, 7443)
    assert said["finesse-15"].ports == said["finesse-12.6"].ports
    assert {p.resource for p in said.values()} == {"desktop"}
    expected = set(profiles.load("finesse").expected_nodes)
    assert expected <= set(profiles.load("finesse").auto_nodes)
    assert set(said["finesse-supervisor"].expected_nodes) - expected == {
        "/finesse/api/Team/*/Users"
    }


README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def test_the_readme_names_each() -> None:
    for name in profiles.names():
        assert f"| `{name}` |" in README


def test_the_example_of_the_readme(tmp_path: Path) -> None:
    example = README.partition("```toml\n")[2].partition("```")[0]
    profile = profiles.load(put(tmp_path, "site.toml", example))
    assert (profile.ping_late_ms, profile.late_ms["open"]) == (4_000, 6_000)
