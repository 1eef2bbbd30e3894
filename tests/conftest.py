"""What every test may ask for: where the recordings are."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of recordings that are not part of the project; skips where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the shared recordings are not beside the project")
    return SHARED
