import logging
import shutil
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from fsspec.implementations.memory import MemoryFileSystem
from msgspec.structs import replace
from sqlalchemy.exc import OperationalError

from analyzer.web.operations.health import FRESH_S, STALE_S, Checker
from analyzer.web.operations.logs import FIELDS
from analyzer.web.services import Services
from analyzer.web.settings import Settings
from analyzer.web.stores import Stores
from analyzer.web.workers.runner import Runner


class Ticks:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def services(settings: Settings) -> Iterator[Services]:
    with Stores(replace(settings, free_disk=0)) as stores:
        yield Services(stores)


@pytest.fixture
def checker(services: Services, ticks: Ticks, monkeypatch: pytest.MonkeyPatch) -> Checker:
    monkeypatch.setattr(Runner, "is_alive", True)
    return Checker(services, ticks)


ALL_WELL = {"database": True, "store": True, "disk": True, "runner": True}


def test_all_is_well(checker: Checker) -> None:
    health = checker.look()
    assert health.checks == ALL_WELL
    assert health.is_ready


def fails(*_: Any, **__: Any) -> Any:
    raise OperationalError("SELECT hunter2", {}, OSError("hunter2"))


def broken(what: str, services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    match what:
        case "database":
            monkeypatch.setattr(services.stores.database, "engine", Broken())
        case "store":
            monkeypatch.setattr(services.stores.blobs, "size", fails)
        case "disk":
            monkeypatch.setattr(shutil, "disk_usage", fails)
        case "runner":
            monkeypatch.setattr(Runner, "is_alive", False)


class Broken:
    connect = staticmethod(fails)


@pytest.mark.parametrize("what", ALL_WELL)
def test_what_does_not_work_is_told(
    what: str,
    checker: Checker,
    services: Services,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with monkeypatch.context() as patch:
        broken(what, services, patch)
        health = checker.look()
    assert health.checks == ALL_WELL | {what: False}
    assert not health.is_ready
    if what != "runner":
        (record,) = caplog.records
        assert vars(record)[FIELDS] == {"check": what, "fault": "OperationalError"}
        assert "hunter2" not in logging.Formatter().format(record)


def test_a_folder_that_is_gone_is_no_store(checker: Checker, services: Services) -> None:
    shutil.rmtree(services.settings.data / "blobs")
    assert checker.look().checks == ALL_WELL | {"store": False}


def test_a_bucket_that_cannot_be_reached_is_no_store(
    settings: Settings, ticks: Ticks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Runner, "is_alive", True)
    with Stores(replace(settings, free_disk=0, store="memory://bucket/prefix")) as stores:
        checker = Checker(Services(stores), ticks)
        assert checker.look().checks == ALL_WELL
        ticks.now += FRESH_S
        monkeypatch.setattr(MemoryFileSystem, "info", fails)
        assert checker.look().checks == ALL_WELL | {"store": False}


def test_a_disk_that_is_full_is_no_place_for_uploads(settings: Settings) -> None:
    with Stores(replace(settings, free_disk=1 << 60)) as stores:
        assert not Checker(Services(stores)).look().checks["disk"]


def test_a_server_that_stops_is_not_ready(checker: Checker, services: Services) -> None:
    services.stopping = True
    assert checker.look().checks == ALL_WELL | {"runner": False}


def test_asking_often_costs_nothing(
    checker: Checker, services: Services, ticks: Ticks, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert checker.look().is_ready
    broken("disk", services, monkeypatch)
    ticks.now += FRESH_S / 2
    assert checker.look().is_ready
    ticks.now += FRESH_S / 2
    assert not checker.look().is_ready


def test_who_asks_while_it_is_looked_waits_for_nothing(
    checker: Checker, services: Services, ticks: Ticks, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks, goes_on = threading.Event(), threading.Event()

    def slow(*_: Any) -> int:
        looks.set()
        return int(goes_on.wait(20))

    assert checker.look().is_ready
    ticks.now += FRESH_S
    monkeypatch.setattr(services.stores.blobs, "size", slow)
    first = threading.Thread(target=checker.look)
    first.start()
    try:
        assert looks.wait(20)
        assert checker.look().is_ready
        # What was so long ago says nothing of now.
        ticks.now += STALE_S
        assert checker.look().checks == {"answer": False}
    finally:
        goes_on.set()
        first.join()
    assert checker.look().is_ready


def test_who_asks_while_it_is_looked_for_the_first_time_is_told_no(
    checker: Checker, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile: list[bool] = []

    def asks(*_: Any) -> int:
        meanwhile.append(checker.look().is_ready)
        return 0

    monkeypatch.setattr(services.stores.blobs, "size", asks)
    assert checker.look().is_ready
    assert meanwhile == [False]
