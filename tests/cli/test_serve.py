import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from analyzer.cli import serve as door
from analyzer.cli.serve import command, default_data
from analyzer.model.errors import UsageError
from analyzer.web import serving
from analyzer.web.guard.token import Secrets
from analyzer.web.operations.startup import Address
from analyzer.web.records import Keep
from analyzer.web.settings import GIB, MIB, Settings

TOKEN = "0123456789abcdef0123456789abcdef"

Run = Callable[..., Settings]


class Served:
    """What the server was started with; it says at once that it answers."""

    def __init__(self) -> None:
        self.settings: Settings | None = None
        self.secrets: Secrets | None = None

    def __call__(
        self, settings: Settings, secrets: Secrets, at: Address, announce: Callable[[str], None]
    ) -> None:
        self.settings, self.secrets = settings, secrets
        announce(f"http://{at[1][0]}:{at[1][1]}")


@pytest.fixture(autouse=True)
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    monkeypatch.delenv(door.TOKEN, raising=False)


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Served:
    made = Served()
    monkeypatch.setattr(serving, "serve", made)
    return made


@pytest.fixture
def run(served: Served) -> Run:
    def ran(*args: str) -> Settings:
        assert command.main([*args], prog_name="serve", standalone_mode=False) == 0
        assert served.settings is not None
        return served.settings

    return ran


def test_without_options_the_settings_have_their_own_defaults(run: Run, tmp_path: Path) -> None:
    settings = run()
    data = tmp_path / "share/stanzascope"
    assert settings == Settings(data=data, token=settings.token)
    assert (data / "token").read_text().strip() == settings.token


def test_every_option_is_a_setting(run: Run, tmp_path: Path) -> None:
    data, token = tmp_path / "x", tmp_path / "token"
    token.write_text(f"{TOKEN}\n")
    settings = run(
        *("--host", "127.0.0.2", "--port", "0", "--data", str(data)),
        *("--database", "postgresql://u@h/n", "--store", "s3://b/f", "--keep", "none"),
        *("--redact", "all", "--profile", "finesse-15", "--retention", "7d", "--workers", "5"),
        *("--memory", "3G", "--time-limit", "90", "--max-upload", "300M", "--max-case", "1G"),
        *("--quota", "10G", "--queue", "7", "--allow-host", "a", "--allow-host", "b"),
        *("--public-url", "https://x.example/", "--trust-proxy", "10.0.0.0/8"),
        *("--token-file", str(token)),
    )
    assert settings == Settings(
        host="127.0.0.2",
        port=0,
        data=data,
        database="postgresql://u@h/n",
        store="s3://b/f",
        keep=Keep.NONE,
        redact="all",
        profile="finesse-15",
        retention_s=7 * 86_400,
        workers=5,
        job_memory=3 * GIB,
        job_s=90,
        max_file=300 * MIB,
        max_case=GIB,
        quota=10 * GIB,
        queue=7,
        hosts=("a", "b"),
        public_url="https://x.example",
        trusted_proxies=("10.0.0.0/8",),
        token=TOKEN,
    )


def test_every_option_can_stand_in_the_environment(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    values = {
        "MAX_UPLOAD": "300M",
        "ALLOW_HOST": "a b",
        "RETENTION": "never",
        "DATA": str(tmp_path / "y"),
        "KEEP": "capture",
        "NO_TOKEN": "1",
    }
    for name, value in values.items():
        monkeypatch.setenv(f"STANZASCOPE_{name}", value)
    settings = run()
    assert settings == Settings(
        max_file=300 * MIB,
        hosts=("a", "b"),
        retention_s=None,
        data=tmp_path / "y",
        keep=Keep.CAPTURE,
        token="",
    )
    assert run("--max-upload", "1G").max_file == GIB


def test_the_address_is_told_with_the_token_that_was_made(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    token = run().token
    assert capsys.readouterr().err == (
        f"stanzascope: serving at http://127.0.0.1:8480/?token={token}\n"
    )
    assert run().token == token


def test_the_token_is_kept_from_others(run: Run, tmp_path: Path) -> None:
    run("--data", str(tmp_path / "z"))
    assert stat.S_IMODE((tmp_path / "z").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "z/token").stat().st_mode) == 0o600


def test_a_token_that_was_given_is_not_told(
    run: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(door.TOKEN, f" {TOKEN}\n")
    assert run("--public-url", "https://x.example").token == TOKEN
    assert capsys.readouterr().err == (
        "stanzascope: serving at http://127.0.0.1:8480/ as https://x.example/\n"
    )


@pytest.mark.parametrize("url", ["HTTPS://x.example", "https://x.example//", "Https://x.example/"])
def test_a_public_url_is_kept_in_one_form(run: Run, url: str) -> None:
    assert run("--public-url", url).public_url == "https://x.example"


def test_nobody_is_asked_where_that_is_wanted(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--no-token").token == ""
    assert capsys.readouterr().err == "stanzascope: serving at http://127.0.0.1:8480/\n"


def test_a_profile_of_a_file_is_found_from_anywhere(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "site.toml").write_text('name = "site"\n')
    monkeypatch.chdir(tmp_path)
    assert run("--profile", "site.toml").profile == str(tmp_path / "site.toml")


def refused(*args: str) -> str:
    with pytest.raises((UsageError, click.UsageError)) as caught:
        command.main([*args], prog_name="serve", standalone_mode=False)
    error = caught.value
    told = error.format_message() if isinstance(error, click.UsageError) else str(error)
    assert len(told.splitlines()) == 1
    return told


@pytest.mark.usefixtures("served")
def test_two_tokens_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = "--no-token: there is a token; leave out one of them"
    assert refused("--no-token", "--token-file", str(tmp_path / "none")) == told
    monkeypatch.setenv(door.TOKEN, TOKEN)
    assert refused("--no-token") == told


@pytest.mark.usefixtures("served")
def test_a_file_without_a_token_lets_nobody_in(tmp_path: Path) -> None:
    path = tmp_path / "token"
    assert refused("--token-file", str(path)) == f"--token-file {path}: no such file or directory"
    path.write_text(" \n")
    assert refused("--token-file", str(path)) == f"--token-file {path}: the file is empty"
    path.write_bytes(b"\xff" * 40)
    assert "a token is made of letters" in refused("--token-file", str(path))


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["--host", "0.0.0.0"], "others reach 0.0.0.0: give a token of your own"),
        (["--host", "0.0.0.0", "--no-token"], "--no-token: others reach 0.0.0.0"),
        (["--port", "65536"], "65536 is not in the range"),
        (["--memory", "1M"], "'--memory': 1M is too small; give at least 256M"),
        (["--retention", "soon"], "'--retention': 'soon' is no time"),
        (["--retention", "3651d"], "'--retention': 3651d is not in the range x<=3650d."),
        (["--keep", "all"], "'all' is not one of 'capture', 'redacted', 'none'"),
        (["--public-url", "x.example"], "--public-url x.example: give it as https://NAME"),
        (["--public-url", "https://[x"], "--public-url https://[x: give it as https://NAME"),
        (["--allow-host", "https://x"], "--allow-host https://x: give a name or an address"),
    ],
)
def test_wrong_arguments_are_told_in_one_line(args: list[str], told: str) -> None:
    assert told in refused(*args)


@pytest.mark.usefixtures("served")
def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "file" in refused("--data", str(tmp_path / "file/below"))


@pytest.mark.parametrize(
    ("library", "extra"),
    [("fastapi", "web"), ("uvicorn.config", "web"), ("psycopg", "postgres"), ("s3fs", "s3")],
)
def test_a_library_that_is_missing_is_named_with_what_brings_it(
    library: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def serve(*_: Any) -> None:
        raise ModuleNotFoundError(f"No module named {library!r}", name=library)

    monkeypatch.setattr(serving, "serve", serve)
    assert refused() == (
        f"serve needs {library.partition('.')[0]}, which is not installed: "
        f"pip install 'stanzascope[{extra}]'"
    )


def test_a_module_of_ours_that_is_missing_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def serve(*_: Any) -> None:
        raise ModuleNotFoundError(name="analyzer.web.x")

    monkeypatch.setattr(serving, "serve", serve)
    with pytest.raises(ModuleNotFoundError):
        command.main([], prog_name="serve", standalone_mode=False)


def test_data_lie_at_home_where_no_folder_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for given in ("", "not/absolute"):
        monkeypatch.setenv("XDG_DATA_HOME", given)
        assert default_data() == Path.home() / ".local/share/stanzascope"


def test_the_help_names_every_option() -> None:
    told = CliRunner().invoke(command, ["--help"]).output
    for param in command.params:
        for name in param.opts:
            assert re.search(rf"^  {re.escape(name)}\b", told, re.MULTILINE), name
