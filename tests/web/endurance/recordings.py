"""What clients upload: one real recording each, of every kind there is."""

from pathlib import Path

from msgspec import Struct

FIXTURES = Path(__file__).parents[3] / "fixtures"


class Recording(Struct, frozen=True):
    """
    Files that are uploaded together.

    Attributes:
        name: Of the case.
        files: Name and octets of each.
    """

    name: str
    files: tuple[tuple[str, bytes], ...]

    @property
    def octets(self) -> int:
        return sum(len(octets) for _, octets in self.files)


def recordings() -> list[Recording]:
    """HARs, captures, captures with their keys, and both together, in a steady order."""
    found = []
    for folder in sorted(path for path in FIXTURES.iterdir() if path.is_dir()):
        files = [
            (name, (folder / name).read_bytes())
            for name in ("session.har", "capture.pcapng", "keys.log")
            if (folder / name).exists()
        ]
        packets = tuple(each for each in files if each[0] != "session.har")
        if files and files[0][0] == "session.har":
            found.append(Recording(f"{folder.name} HAR", (files[0],)))
        if packets:
            found.append(Recording(f"{folder.name} packets", packets))
        if packets and len(packets) < len(files):
            found.append(Recording(f"{folder.name} both", tuple(files)))
    return found
