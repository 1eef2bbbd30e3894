"""What every test may ask for: recordings that are not ours, and tools that are not Python's."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import is_hypothesis_test, settings

from tests.web.postgres import PostgreSQL, running

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# How long an example takes is the machine's affair; benchmarks look at speed.
settings.register_profile("patient", deadline=None, print_blob=True)
settings.load_profile("patient")

# Whoever runs the tests may speak any language; what they hold is English.
os.environ["LC_ALL"] = "C.UTF-8"

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"

UNCOUNTED = tuple(
    f"tests/{place}"
    for place in (
        *("benchmarks/", "golden/", "languages/", "laws/", "web/browser/", "web/endurance/"),
        *("report/test_accessibility.py", "report/test_canaries.py"),
        *("report/test_page.py", "report/test_table_page.py"),
    )
)
"""Where tests are that run far more code than they look at."""

NAMED_OCTETS = 24
"""Octets that stand in the name of a test."""


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of recordings that are not part of the project; skips where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the shared recordings are not beside the project")
    return SHARED


def _tool(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        # CI installs its tools: there, a missing one is a fault and no reason to skip.
        say = pytest.fail if os.environ.get("CI") else pytest.skip
        say(f"{name} is not installed")
    return path


@pytest.fixture(scope="session")
def editcap() -> str:
    """Path of Wireshark's converter of captures."""
    return _tool("editcap")


@pytest.fixture(scope="session")
def tshark() -> str:
    """Path of Wireshark's command-line tool."""
    return _tool("tshark")


@pytest.fixture(scope="session")
def dumpcap() -> str:
    """Path of what records packets for Wireshark."""
    return _tool("dumpcap")


@pytest.fixture(scope="session")
def prosody() -> str:
    """Path of the XMPP server."""
    return _tool("prosody")


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the browser."""
    return _tool("chromium")


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator["Browser"]:
    """A browser that runs; each test opens its own context in it."""
    # Few tests look at pages: the others need not wait for what starts browsers.
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="session")
def soffice() -> str:
    """Path of LibreOffice, which opens spreadsheets."""
    return _tool("soffice")


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgreSQL]:
    """One server for all tests, each of which makes a database in it."""
    with running() as server:
        yield server


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """
    Count the lines only that tests beside the code run.

    A line must not depend on recordings that may be absent, nor on what a property test happens to
    try; and counting takes longer than many of these tests.
    """
    for item in items:
        if (
            item.nodeid.startswith(UNCOUNTED)
            or "shared" in getattr(item, "fixturenames", ())
            or is_hypothesis_test(getattr(item, "obj", None))
        ):
            item.add_marker("no_cover")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """
    Name tests by their octets only where these are short.

    What was packed or drawn while tests were collected may hold the clock, and then the workers of
    one run do not agree on the names.
    """
    return argname if isinstance(val, bytes) and len(val) > NAMED_OCTETS else None
