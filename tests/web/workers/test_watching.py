"""Whatever a process does, the server reads its answer, or says why there is none."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from analyzer.web.records import Failure, FailureCode, Phase, Progress
from analyzer.web.workers import watching
from analyzer.web.workers.order import (
    Bounds,
    Failed,
    Finished,
    Outcome,
    RenderOrder,
    fault,
    unreadable,
)
from analyzer.web.workers.watching import CHILD, HOUSE, carry_out
from tests.web.workers.desk import run, until

GOOD = 'print(\'{"type":"finished","written":[]}\', flush=True)'
TOLD = 'print(\'{"type":"told","progress":{"phase":"writing"}}\', flush=True)'
SLEEP = "import time; time.sleep(60)"
CRASHED = Failed(failure=Failure(code=FailureCode.CRASH), died=True)
LATE = Failed(failure=Failure(code=FailureCode.TIME))


def order(out: Path) -> RenderOrder:
    return RenderOrder(saved="x", format="html", language="en", out=str(out))


def bounds(seconds: float = 30, memory: int = 1 << 31) -> Bounds:
    return Bounds(memory=memory, seconds=seconds, file_octets=1 << 20)


def carried(
    out: Path, *lines: str, seconds: float = 30, told: list[Progress] | None = None
) -> Outcome:
    """What comes of a process that does as these lines say."""
    said: list[Progress] = [] if told is None else told
    command = (sys.executable, "-S", "-E", "-c", "\n".join(lines))
    return run(carry_out(order(out), bounds(seconds), said.append, command))


def is_alive(pid: int) -> bool:
    """It runs; a zombie does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


def is_gone(pid: int) -> bool:
    """Within a few seconds."""
    end = time.monotonic() + 10
    while is_alive(pid) and time.monotonic() < end:
        time.sleep(0.02)
    return not is_alive(pid)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "LINGER_S", 0.3)


def test_an_answer_is_read_and_progress_told(tmp_path: Path) -> None:
    told: list[Progress] = []
    assert carried(tmp_path, TOLD, TOLD, GOOD, told=told) == Finished(written=())
    assert told == [Progress(phase=Phase.WRITING)] * 2


def test_a_process_that_nobody_can_wait_for_does_not_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no more threads are given."""
    started: list[subprocess.Popen[bytes]] = []

    class Popen(subprocess.Popen[bytes]):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            started.append(self)

    class Thread:
        def __init__(self, **_: object) -> None:
            pass

        def start(self) -> None:
            raise RuntimeError("can't start new thread")

    monkeypatch.setattr("analyzer.web.workers.watching.subprocess.Popen", Popen)
    monkeypatch.setattr("analyzer.web.workers.watching.threading.Thread", Thread)
    outcome = carried(tmp_path, SLEEP)
    assert outcome == unreadable(OSError(0, "no thread can be started"))
    (process,) = started
    assert process.returncode == -signal.SIGKILL
    assert process.stdout is not None
    assert process.stdout.closed


def test_what_has_said_its_last_may_not_stay(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    note = f"import os; open({str(pid)!r}, 'w').write(str(os.getpid()))"
    began = time.monotonic()
    assert carried(tmp_path, note, GOOD, SLEEP) == Finished(written=())
    assert time.monotonic() - began < 5
    assert not is_alive(int(pid.read_text()))


def test_an_answer_that_ended_with_its_process_is_read(tmp_path: Path) -> None:
    assert carried(tmp_path, *[TOLD] * 50, GOOD, "import os; os._exit(3)") == Finished(written=())


def test_noise_is_a_fault(tmp_path: Path) -> None:
    assert carried(tmp_path, "print('what?')") == fault("an answer that cannot be read")


def test_an_endless_line_is_a_fault(tmp_path: Path) -> None:
    lines = ["import sys", "while True: sys.stdout.write('x' * 65536)"]
    assert carried(tmp_path, *lines) == fault("an answer with a line that is too long")


def test_endless_lines_are_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "ANSWER_OCTETS", 5_000)
    told: list[Progress] = []
    lines = ["while True:", f"    {TOLD}"]
    assert carried(tmp_path, *lines, told=told) == fault("an answer that is too long")
    assert len(told) < 200


def test_silence_is_a_fault(tmp_path: Path) -> None:
    fell = fault("the process ended with 7 and said nothing")
    assert carried(tmp_path, TOLD, "raise SystemExit(7)") == fell


@pytest.mark.parametrize("name", ["SIGKILL", "SIGSEGV", "SIGABRT"])
def test_a_process_that_dies_may_be_tried_again(tmp_path: Path, name: str) -> None:
    lines = ["import os, signal", f"os.kill(os.getpid(), signal.{name})", SLEEP]
    assert carried(tmp_path, TOLD, *lines) == CRASHED


def test_too_much_of_the_processor_is_too_much_time(tmp_path: Path) -> None:
    lines = ["import os, signal", "os.kill(os.getpid(), signal.SIGXCPU)", SLEEP]
    assert carried(tmp_path, *lines) == LATE


def test_a_process_that_closes_its_output_is_not_waited_for(tmp_path: Path) -> None:
    began = time.monotonic()
    assert carried(tmp_path, TOLD, "import os; os.close(1)", SLEEP) == CRASHED
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("stubborn", [False, True])
def test_the_wall_clock_ends_it(tmp_path: Path, stubborn: bool) -> None:
    pid = tmp_path / "pid"
    lines = [f"import os; open({str(pid)!r}, 'w').write(str(os.getpid()))"]
    if stubborn:
        lines += [
            "import signal",
            "for each in {*signal.valid_signals()} - {signal.SIGKILL, signal.SIGSTOP}:",
            "    signal.signal(each, signal.SIG_IGN)",
        ]
    began = time.monotonic()
    assert carried(tmp_path, *lines, TOLD, SLEEP, seconds=1) == LATE
    assert 1 <= time.monotonic() - began < 5
    assert not is_alive(int(pid.read_text()))


@pytest.mark.parametrize("leaves", [True, False], ids=["left alone", "with its parent"])
def test_what_it_started_ends_with_it(tmp_path: Path, leaves: bool) -> None:
    pid = tmp_path / "pid"
    lines = [
        "import os, time",
        "child = os.fork()",
        "if not child:",
        "    time.sleep(60)",
        f"open({str(pid)!r}, 'w').write(str(child))",
        "os._exit(0)" if leaves else SLEEP,
    ]
    began = time.monotonic()
    outcome = carried(tmp_path, *lines, seconds=1.5)
    assert outcome == (fault("the process ended with 0 and said nothing") if leaves else LATE)
    assert time.monotonic() - began < 5
    assert is_gone(int(pid.read_text()))


def test_output_that_another_holds_open_is_not_waited_for(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    lines = [
        "import os, time",
        "child = os.fork()",
        "if not child:",
        "    os.setsid()",  # out of the reach of a signal to the group
        "    time.sleep(60)",
        f"open({str(pid)!r}, 'w').write(str(child))",
        "os._exit(0)",
    ]
    began = time.monotonic()
    fell = fault("the process ended with 0 and said nothing")
    try:
        assert carried(tmp_path, *lines) == fell
        assert time.monotonic() - began < 5
    finally:
        os.kill(int(pid.read_text()), signal.SIGKILL)


def test_nobody_waits_for_it_any_more(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    note = f"import os; open({str(pid)!r}, 'w').write(str(os.getpid()))"
    command = (sys.executable, "-S", "-E", "-c", f"{note}\n{SLEEP}")

    async def work() -> None:
        carrying = asyncio.create_task(
            carry_out(order(tmp_path), bounds(), lambda _: None, command)
        )
        await until(lambda: pid.exists() and pid.read_text())
        carrying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await carrying
        assert not is_alive(int(pid.read_text()))

    run(work())


@pytest.mark.parametrize("steps", range(5))
def test_nobody_waits_for_it_from_the_start(tmp_path: Path, steps: int) -> None:
    command = (sys.executable, "-S", "-E", "-c", SLEEP)

    async def work() -> None:
        carrying = asyncio.create_task(
            carry_out(order(tmp_path), bounds(), lambda _: None, command)
        )
        for _ in range(steps):
            await asyncio.sleep(0)
        carrying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await carrying

    run(work())


def test_a_loop_that_ends_first_takes_it_along(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    note = f"import os; open({str(pid)!r}, 'w').write(str(os.getpid()))"
    command = (sys.executable, "-S", "-E", "-c", f"{note}\n{SLEEP}")

    async def work() -> asyncio.Task[Outcome]:
        carrying = asyncio.create_task(
            carry_out(order(tmp_path), bounds(), lambda _: None, command)
        )
        await until(lambda: pid.exists() and pid.read_text())
        return carrying

    assert run(work()).cancelled()
    assert not is_alive(int(pid.read_text()))


def test_what_cannot_be_started_is_told(tmp_path: Path) -> None:
    nothing = ("/nowhere/python",)
    outcome = run(carry_out(order(tmp_path), bounds(), lambda _: None, nothing))
    assert outcome == Failed(
        failure=Failure(code=FailureCode.STORAGE, detail="No such file or directory")
    )
    outcome = run(carry_out(order(tmp_path / "gone"), bounds(), lambda _: None))
    assert isinstance(outcome, Failed)
    assert outcome.failure.code is FailureCode.STORAGE


def test_it_is_told_nothing_of_the_servers_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STANZASCOPE_TOKEN", "canary")
    note = tmp_path / "note"
    script = f"import os; open({str(note)!r}, 'wb').write(open('/proc/self/environ','rb').read())"
    assert carried(tmp_path, script, GOOD) == Finished(written=())
    names = {pair.partition(b"=")[0] for pair in note.read_bytes().split(b"\0") if pair}
    assert names == {b"PYTHONPATH", b"PYTHONUTF8", b"LC_ALL", b"TMPDIR", b"OPENBLAS_NUM_THREADS"}


def test_the_task_leaves_no_file(tmp_path: Path) -> None:
    carried(tmp_path, GOOD)
    assert [*tmp_path.iterdir()] == []


def test_the_process_ends_with_the_server(tmp_path: Path) -> None:
    """Killed, a server can tell nobody; its processes must not go on for hours."""
    pid = tmp_path / "pid"
    hang = (
        f"import os, time; open({str(pid)!r}, 'w').write(str(os.getpid()))\n"
        "from analyzer.web.workers import analysis, child\n"
        "import sys\n"
        "analysis.done = lambda *_: time.sleep(60)\n"
        "child.main(sys.stdin.buffer, sys.stdout.buffer)\n"
    )
    server = (
        "import asyncio, sys\n"
        "from analyzer.web.workers.order import Bounds, RenderOrder\n"
        "from analyzer.web.workers.watching import carry_out\n"
        f"order = RenderOrder(saved='x', format='html', language='en', out={str(tmp_path)!r})\n"
        "bounds = Bounds(memory=1 << 31, seconds=60, file_octets=1 << 20)\n"
        f"asyncio.run(carry_out(order, bounds, print, (sys.executable, '-c', {hang!r})))\n"
    )
    with subprocess.Popen([sys.executable, "-c", server], cwd=HOUSE) as process:
        try:
            run(until(lambda: pid.exists() and pid.read_text()))
            time.sleep(0.5)  # the process asks to be killed only once it has begun
            assert is_alive(int(pid.read_text()))
        finally:
            process.kill()
    assert is_gone(int(pid.read_text()))


@pytest.mark.parametrize(
    ("eats", "code"),
    [
        ("bytearray(1 << 32)", FailureCode.MEMORY),
        ("[bytearray(1 << 20) for _ in range(1 << 14)]", FailureCode.MEMORY),
        ("open('big', 'wb').write(bytes(1 << 21))", FailureCode.STORAGE),
        ("[open('/dev/null') for _ in range(1000)]", FailureCode.STORAGE),
        ("(_ for _ in ()).throw(ValueError('a secret'))", FailureCode.FAULT),
    ],
    ids=["memory", "much memory", "disk", "files", "fault"],
)
def test_a_process_gets_no_more_than_it_may(tmp_path: Path, eats: str, code: FailureCode) -> None:
    script = (
        "import sys\n"
        "from analyzer.web.workers import analysis, child\n"
        f"analysis.done = lambda *_: {eats}\n"
        "child.main(sys.stdin.buffer, sys.stdout.buffer)\n"
    )
    outcome = run(
        carry_out(
            order(tmp_path), bounds(memory=1 << 30), lambda _: None, (sys.executable, "-c", script)
        )
    )
    assert isinstance(outcome, Failed)
    assert outcome.failure.code is code
    assert "secret" not in outcome.failure.detail
    assert not outcome.died


def test_the_process_runs_as_it_is_installed(tmp_path: Path) -> None:
    """What is there of a saved report is none: said by the real process, within its bounds."""
    saved = tmp_path / "saved"
    saved.write_text("{}")
    (tmp_path / "out").mkdir()
    wanted = RenderOrder(saved=str(saved), format="html", language="en", out=str(tmp_path / "out"))
    outcome = run(carry_out(wanted, bounds(), lambda _: None, CHILD))
    assert isinstance(outcome, Failed)
    assert outcome.failure.code is FailureCode.INPUT
    assert "no JSON report of Stanzascope" in outcome.failure.detail
