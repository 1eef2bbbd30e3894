"""The short form of both long runs; `python -m tests.web.endurance` is the long one."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.web.postgres import PostgreSQL
from tests.web.server import Server

from . import kill, load
from .processes import MIB
from .recordings import recordings


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    with ExitStack() as stack:
        options = []
        if request.param == "postgresql":
            postgres: PostgreSQL = request.getfixturevalue("postgres")
            url = stack.enter_context(postgres.database())
            options = ["--database", url]
        yield stack.enter_context(Server(tmp_path / "data", *options))


def test_what_is_uploaded_is_of_every_kind() -> None:
    names = [recording.name for recording in recordings()]
    assert len(names) == len(set(names)) > 50
    assert {name.rpartition(" ")[2] for name in names} == {"HAR", "packets", "both"}


def test_clients_at_once_lose_nothing(server: Server) -> None:
    went = load.run(server, clients=4, seconds=1, ahead=1)
    assert went.is_well, f"{went}\n{server.stderr[-4000:]}"
    assert went.uploads >= 4
    assert went.server < 300 * MIB


def test_whatever_is_killed_every_upload_comes_to_an_end(server: Server) -> None:
    went = kill.run(server, 3, seed=4, clients=2, longest=0.5, ahead=2)
    assert went.is_well, f"{went}\n{server.stderr[-4000:]}"
    assert went.servers
    assert went.uploads
