"""Opens a recording by itself, as a case does."""

from pathlib import Path

from analyzer.capture.formats import OpenedCapture
from analyzer.capture.places import FilePlace, open_recording


def open_capture(path: Path, capture: int) -> OpenedCapture:
    """A file with one recording."""
    return open_recording(FilePlace(path, path.name), capture)
