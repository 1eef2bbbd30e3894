"""The process gives up its rights first, and whatever happens then is an outcome."""

import ctypes
import io
import os
import resource
import signal
import time
from typing import Any

import pytest

from analyzer.model.errors import CaptureError
from analyzer.web.records import Failure, FailureCode, Phase, Progress
from analyzer.web.workers import analysis, child
from analyzer.web.workers.order import (
    Bounds,
    Failed,
    Finished,
    RenderOrder,
    Task,
    Told,
    answer_of,
    as_line,
)

BOUNDS = Bounds(memory=1 << 40, seconds=1.5, file_octets=1 << 33)
ORDER = RenderOrder(saved="x", format="html", language="en", out="/nowhere")
NOTHING = Finished(written=())


class Rights:
    """Notes what is given up instead of giving it up."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.limits: dict[int, tuple[int, int]] = {}
        self.calls: list[tuple[int, int]] = []
        self.nice = 0
        monkeypatch.setattr(resource, "setrlimit", self.limits.__setitem__)
        monkeypatch.setattr(os, "nice", self._nice)
        monkeypatch.setattr(ctypes, "CDLL", lambda _: self)

    def _nice(self, by: int) -> None:
        self.nice += by

    def prctl(self, what: int, value: int) -> None:
        self.calls.append((what, value))


@pytest.fixture
def rights(monkeypatch: pytest.MonkeyPatch) -> Rights:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (0, resource.RLIM_INFINITY))
    return Rights(monkeypatch)


def test_rights_are_given_up(rights: Rights) -> None:
    child.confine(BOUNDS, os.getppid())
    assert rights.limits == {
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_NOFILE: (256, 256),
        resource.RLIMIT_CPU: (3, 8),
        resource.RLIMIT_FSIZE: (1 << 33, 1 << 33),
        resource.RLIMIT_AS: (1 << 40, 1 << 40),
    }
    assert rights.nice == 5
    assert rights.calls == [(1, signal.SIGKILL)]


def test_stricter_limits_stay(rights: Rights, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (2, 2))
    child.confine(BOUNDS, os.getppid())
    assert max(rights.limits.values()) == (2, 2)


def test_without_its_server_it_does_nothing(rights: Rights) -> None:
    with pytest.raises(SystemExit):
        child.confine(BOUNDS, os.getpid())
    assert rights.limits == {}


def test_another_system_has_no_such_signal(rights: Rights, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())
    child.confine(BOUNDS, os.getppid())
    assert rights.limits


def answers(out: io.BytesIO) -> list[Any]:
    return [answer_of(line) for line in out.getvalue().splitlines(keepends=True)]


def test_a_task_is_read_and_answered(rights: Rights, monkeypatch: pytest.MonkeyPatch) -> None:
    def done(order: object, tell: child.Teller) -> Finished:
        assert order == ORDER
        assert rights.limits
        tell(Progress(phase=Phase.WRITING))
        return NOTHING

    monkeypatch.setattr(analysis, "done", done)
    out = io.BytesIO()
    task = Task(order=ORDER, bounds=BOUNDS, parent=os.getppid())
    child.main(io.BytesIO(as_line(task)), out)
    assert answers(out) == [Told(progress=Progress(phase=Phase.WRITING)), NOTHING]


def test_progress_is_told_four_times_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    out = io.BytesIO()
    tell = child.Teller(out)
    for delivered in range(1000):
        tell(Progress(phase=Phase.READING, delivered=delivered))
        now[0] += 1 / 512
    tell(Progress(phase=Phase.WRITING))  # told at once
    told = [answer.progress for answer in answers(out)]
    assert [one.delivered for one in told] == [0, 128, 256, 384, 512, 640, 768, 896, 0]


def hidden(cause: Exception) -> Exception:
    """An error that was raised where another was being handled."""
    error = SystemError("error return without exception set")
    error.__context__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "code", "detail"),
    [
        (CaptureError("x.har", "no JSON"), FailureCode.INPUT, "x.har: no JSON"),
        (MemoryError(), FailureCode.MEMORY, ""),
        (hidden(hidden(MemoryError())), FailureCode.MEMORY, ""),
        (hidden(OSError(12, "Cannot allocate memory")), FailureCode.MEMORY, ""),
        (
            hidden(ImportError("a.so: failed to map segment from shared object")),
            FailureCode.MEMORY,
            "",
        ),
        (ImportError("no a"), FailureCode.FAULT, "ImportError in carried.<locals>.done"),
        (OSError(28, "No space left on device"), FailureCode.STORAGE, "No space left on device"),
        (OSError("a secret"), FailureCode.STORAGE, "OSError"),
        (KeyError("a secret"), FailureCode.FAULT, "KeyError in carried.<locals>.done"),
        (RecursionError("x"), FailureCode.FAULT, "RecursionError in carried.<locals>.done"),
    ],
    ids=[
        "input",
        "memory",
        "hidden",
        "system",
        "library",
        "import",
        "disk",
        "odd",
        "fault",
        "recursion",
    ],
)
def test_each_error_is_an_outcome(
    monkeypatch: pytest.MonkeyPatch, error: Exception, code: FailureCode, detail: str
) -> None:
    assert carried(monkeypatch, error) == Failed(failure=Failure(code=code, detail=detail))


def carried(monkeypatch: pytest.MonkeyPatch, error: Exception) -> object:
    def done(*_: object) -> None:
        raise error

    monkeypatch.setattr(analysis, "done", done)
    return child.carried_out(ORDER, child.Teller(io.BytesIO()))


@pytest.mark.parametrize(
    "name", ["password=correct-horse&x=1.har", "\x1b[2J\u202e\ud800.har", "x" * 5_000]
)
def test_what_an_error_says_is_fit_to_be_stored(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    outcome = carried(monkeypatch, CaptureError(f"a.zip/{name}", "no JSON"))
    assert isinstance(outcome, Failed)
    detail = outcome.failure.detail
    assert "correct-horse" not in detail
    assert detail.isprintable()
    assert len(detail.encode()) <= 1_010
    assert detail.startswith("a.zip/")
