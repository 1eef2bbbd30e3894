"""`stanzascope serve`: the page where a team drops its recordings in."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from msgspec import structs

from ..model.errors import UsageError
from ..web.records import Keep
from ..web.settings import MIB, MOST_DAYS, Settings
from .measures import Size, Time
from .options import LEVELS, ProfileName

TOKEN = "STANZASCOPE_TOKEN"  # noqa: S105 - the name of a variable
"""Environment variable with the token: an option would show it to everybody on the machine."""

_EXTRAS = {"psycopg": "postgres", "s3fs": "s3"}
"""Library → the extra that brings it; all others come with `web`."""


def _options(command: Any) -> Any:
    for option in reversed(_ALL):
        command = option(command)
    return command


_ALL = (
    click.option(
        "--host",
        default="127.0.0.1",
        show_default=True,
        metavar="ADDRESS",
        help="Address to listen at. One that others reach wants a token of your own, and "
        "--allow-host or --public-url.",
    ),
    click.option(
        "--port",
        type=click.IntRange(0, 65_535),
        default=8480,
        show_default=True,
        metavar="PORT",
        help="TCP port to listen at; 0 takes any that is free.",
    ),
    click.option(
        "--data",
        type=click.Path(file_okay=False, path_type=Path),
        metavar="FOLDER",
        help="Folder of this server alone: database, recordings, reports, token.  "
        "[default: $XDG_DATA_HOME/stanzascope, else ~/.local/share/stanzascope]",
    ),
    click.option(
        "--database",
        default="",
        metavar="URL",
        help="PostgreSQL, as postgresql://USER@HOST/NAME.  [default: SQLite in the folder]",
    ),
    click.option(
        "--store",
        default="",
        metavar="URL",
        help="Where recordings and reports are kept: a folder, or a bucket as s3://NAME/FOLDER.  "
        "[default: in the folder]",
    ),
    click.option(
        "--keep",
        type=click.Choice([keep.value for keep in Keep]),
        default=Keep.REDACTED.value,
        show_default=True,
        help="What stays of recordings once they are analysed: capture (as they came, with the "
        "secrets in them), redacted (HARs without secrets), or none. Reports stay.",
    ),
    click.option(
        "--redact",
        type=LEVELS,
        default="secrets",
        show_default=True,
        help="What is taken out of reports: secrets (passwords, tokens, cookies), or all: names, "
        "phone numbers and call data too.",
    ),
    click.option(
        "--profile",
        default="finesse",
        show_default=True,
        metavar="NAME|FILE",
        type=ProfileName(),
        help="What is expected of a session: a name of `stanzascope profile list`, or a TOML file.",
    ),
    click.option(
        "--retention",
        type=Time(may_be_never=True, most_days=MOST_DAYS),
        default="30d",
        show_default=True,
        metavar="TIME",
        help="A case is deleted after this time, unless its page says otherwise: 30d, or never.",
    ),
    click.option(
        "--workers",
        type=click.IntRange(1, 64),
        default=2,
        show_default=True,
        metavar="N",
        help="Analyses at the same time, each in a process of its own.",
    ),
    click.option(
        "--memory",
        type=Size(256 * MIB),
        default="2G",
        show_default=True,
        metavar="SIZE",
        help="Address space that one analysis gets.",
    ),
    click.option(
        "--time-limit",
        type=Time(),
        default="10m",
        show_default=True,
        metavar="TIME",
        help="Wall clock that one analysis gets.",
    ),
    click.option(
        "--max-upload",
        type=Size(1),
        default="2G",
        show_default=True,
        metavar="SIZE",
        help="Length of one file.",
    ),
    click.option(
        "--max-case",
        type=Size(1),
        default="4G",
        show_default=True,
        metavar="SIZE",
        help="Length of all files of a case.",
    ),
    click.option(
        "--quota",
        type=Size(0),
        default="0",
        metavar="SIZE",
        help="Length of the files of all cases.  [default: what the disk has room for]",
    ),
    click.option(
        "--queue",
        type=click.IntRange(1, 100_000),
        default=100,
        show_default=True,
        metavar="N",
        help="Analyses that may wait; beyond it uploads are refused for the moment.",
    ),
    click.option(
        "--allow-host",
        "allow_host",
        multiple=True,
        metavar="NAME",
        help="Name by which browsers reach this server; others are refused. Repeatable.",
    ),
    click.option(
        "--public-url",
        default="",
        metavar="URL",
        help="Where people reach this server through a proxy, as https://stanzascope.example.com.",
    ),
    click.option(
        "--trust-proxy",
        multiple=True,
        metavar="ADDRESS",
        help="Address or network of a proxy whose X-Forwarded-For and X-Forwarded-Proto are "
        "believed. Repeatable.",
    ),
    click.option(
        "--token-file",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="File with the token that lets people and programs in, of 32 characters or more.  "
        "[default: $STANZASCOPE_TOKEN, else one that is made and kept in the folder]",
    ),
    click.option(
        "--no-token",
        is_flag=True,
        help="Ask nobody for a token: whoever is on this machine may do everything.",
    ),
)


@click.command(context_settings={"auto_envvar_prefix": "STANZASCOPE"})
@_options
def command(**given: Any) -> int:
    """
    Serve a page where recordings are dropped in and reports come out.

    It listens on this machine only, and prints the address with a token that lets you in; reports
    are kept with their cases. A team reaches it through a proxy with TLS; the README tells how.

    Every option can be set in the environment: --max-upload as STANZASCOPE_MAX_UPLOAD, those that
    are repeatable with blanks between their values. SIGTERM stops it: uploads and analyses under
    way get 20 s, what is not done by then is done at the next start.

    Exit codes: 0 stopped, 2 an argument is wrong or something it needs is not to be had, 101 as of
    `analyze`.
    """
    token = given_token(given["token_file"], open_to_all=given["no_token"])
    settings = settings_of(given, token or "")
    try:
        # Imported late: what they need is an extra, and --help shall not wait for it.
        from ..web.guard.token import load_secrets
        from ..web.operations import startup
        from ..web.serving import serve

        at = startup.reachable(settings, token=token)
        secrets = load_secrets(settings.data, settings.token)
        if token is None:
            settings = structs.replace(settings, token=secrets.token)
        serve(settings, secrets, at, lambda url: _announce(url, settings, token))
    except ModuleNotFoundError as error:
        library = (error.name or "").partition(".")[0]
        if library == __package__.partition(".")[0]:
            raise
        extra = _EXTRAS.get(library, "web")
        raise UsageError(
            f"serve needs {library}, which is not installed: pip install 'stanzascope[{extra}]'"
        ) from error
    return 0


def settings_of(given: Mapping[str, Any], token: str) -> Settings:
    """What the options come to; `given` has their values as click hands them over."""
    profile = Path(given["profile"])
    return Settings(
        host=given["host"],
        port=given["port"],
        data=(given["data"] or default_data()).absolute(),
        database=given["database"],
        store=given["store"],
        keep=Keep(given["keep"]),
        redact=given["redact"],
        profile=str(profile.absolute()) if profile.is_file() else given["profile"],
        retention_s=given["retention"],
        workers=given["workers"],
        job_memory=given["memory"],
        job_s=given["time_limit"],
        queue=given["queue"],
        max_file=given["max_upload"],
        max_case=given["max_case"],
        quota=given["quota"],
        token=token,
        hosts=given["allow_host"],
        public_url=_public(given["public_url"]),
        trusted_proxies=given["trust_proxy"],
    )


def _public(url: str) -> str:
    """A URL without a slash at its end, and its scheme in lower case (RFC 3986 section 3.1)."""
    scheme, colon, rest = url.partition(":")
    return f"{scheme.lower()}{colon}{rest.rstrip('/')}"


def default_data() -> Path:
    """Where the XDG Base Directory Specification has the data of a program."""
    given = Path(os.environ.get("XDG_DATA_HOME") or "")
    return (given if given.is_absolute() else Path.home() / ".local/share") / "stanzascope"


def given_token(file: Path | None, *, open_to_all: bool) -> str | None:
    """
    The token that somebody gave; empty if nobody shall be asked for one, None if nobody gave one.

    Raises:
        UsageError: It cannot be read, or two of them contradict each other.
    """
    named = os.environ.get(TOKEN, "")
    if open_to_all:
        if file is not None or named:
            raise UsageError("--no-token: there is a token; leave out one of them")
        return ""
    if file is not None:
        return token_in(file)
    return named.strip() or None


def token_in(file: Path) -> str:
    """
    The token in a file, without the blanks around it.

    Raises:
        UsageError: The file cannot be read, or is empty.
    """
    try:
        with file.open("rb") as held:
            token = held.read(1 << 12).decode("ascii", "replace").strip()
    except OSError as error:
        reason = os.strerror(error.errno or 0).lower()
        raise UsageError(f"--token-file {file}: {reason}") from None
    if not token:
        raise UsageError(f"--token-file {file}: the file is empty")
    return token


def _announce(url: str, settings: Settings, token: str | None) -> None:
    # A token that somebody gave is known to them, and shall not stand in a journal.
    query = f"?token={settings.token}" if token is None else ""
    behind = f" as {settings.public_url}/" if settings.public_url else ""
    click.echo(f"stanzascope: serving at {url}/{query}{behind}", err=True)
