"""A server's parts on a folder of their own, without a server."""

import hashlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from analyzer.web.database.engine import open_database
from analyzer.web.records import FileKind, Received, Upload
from analyzer.web.settings import Settings
from analyzer.web.stores import Stores

Uploaded = Callable[..., Upload]


class Clock:
    """Time as a test wants it: nanoseconds since 1970 UTC."""

    def __init__(self) -> None:
        self.now = 1_800_000_000 * 10**9

    def __call__(self) -> int:
        self.now += 1_000  # no two things happen at once
        return self.now

    def forward(self, seconds: float) -> None:
        """Let time pass."""
        self.now += int(seconds * 10**9)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data")


@pytest.fixture(scope="session")
def database_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of an empty SQLite with all tables: to copy it takes half the time of making it."""
    path = tmp_path_factory.mktemp("empty") / "cases.sqlite"
    opened = open_database(f"sqlite:///{path}")
    opened.migrate()
    opened.close()
    return path


@pytest.fixture
def stores(settings: Settings, clock: Clock, database_file: Path) -> Iterator[Stores]:
    settings.data.mkdir(mode=0o700)
    shutil.copy(database_file, settings.database_url.removeprefix("sqlite:///"))
    with Stores(settings, clock) as opened:
        yield opened


@pytest.fixture
def uploaded(tmp_path: Path) -> Uploaded:
    """Makes an upload of names with octets, and of fields."""

    def make(files: dict[str, bytes], **fields: str) -> Upload:
        received = []
        for number, (name, octets) in enumerate(files.items()):
            path = tmp_path / f"received-{len(list(tmp_path.iterdir()))}-{number}"
            path.write_bytes(octets)
            kind = FileKind.KEYS if name.endswith(".log") else FileKind.HAR
            digest = hashlib.sha256(octets).hexdigest()
            received.append(
                Received(path=str(path), name=name, kind=kind, octets=len(octets), sha256=digest)
            )
        return Upload(fields=fields, files=tuple(received))

    return make
