"""A client for every test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.intake.forms import Client, client


@pytest.fixture
def sender(tmp_path: Path) -> Iterator[Client]:
    with client(tmp_path) as one:
        yield one
