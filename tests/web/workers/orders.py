"""Orders with their files laid out, for the tests that carry them out in this process."""

import io
import zipfile
from pathlib import Path
from typing import Any

from analyzer.web.records import FileKind, Keep, Progress
from analyzer.web.workers.order import AnalyzeOrder, Given
from tests.web.workers.desk import KINDS

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"


def fixture(name: str) -> bytes:
    return (FIXTURES / name).read_bytes()


def ordered(folder: Path, files: dict[str, bytes], **changes: Any) -> AnalyzeOrder:
    """An order to analyse these files by name; `clean` names those that are so already."""
    clean: tuple[str, ...] = changes.pop("clean", ())
    (folder / "case").mkdir()
    (folder / "out").mkdir()
    given = []
    for number, (name, octets) in enumerate(files.items()):
        (folder / "case" / name).write_bytes(octets)
        kind = KINDS.get(Path(name).suffix, FileKind.OTHER)
        given.append(Given(file_id=f"f{number}", name=name, kind=kind, clean=name in clean))
    wanted: dict[str, Any] = {
        "profile": "finesse",
        "redact": "secrets",
        "keep": Keep.REDACTED,
        "language": "en",
        **changes,
    }
    return AnalyzeOrder(
        folder=str(folder / "case"), files=tuple(given), out=str(folder / "out"), **wanted
    )


def written(folder: Path) -> dict[str, bytes]:
    """Files that a process wrote, by name."""
    return {path.name: path.read_bytes() for path in (folder / "out").iterdir()}


def zipped(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, octets in members.items():
            archive.writestr(name, octets)
    return file.getvalue()


class Ear:
    """Hears how far it is."""

    def __init__(self) -> None:
        self.heard: list[Progress] = []

    def __call__(self, progress: Progress) -> None:
        self.heard.append(progress)
