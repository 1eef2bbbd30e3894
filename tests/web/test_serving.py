"""A server from start to stop, in this process; a thread asks it and sends the signals."""

import asyncio
import contextlib
import json
import logging
import os
import resource
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from msgspec.structs import replace

from analyzer.model.errors import UsageError
from analyzer.web.guard.token import load_secrets
from analyzer.web.operations.connections import most_connections
from analyzer.web.operations.startup import reachable
from analyzer.web.serving import HEAD_OCTETS, serve
from analyzer.web.settings import Settings
from analyzer.web.workers.runner import Runner

from .server import Server

TOKEN = "t" * 40
HAR = Path(__file__).parents[2] / "fixtures/wrong-password/session.har"
BEARER = {"Authorization": f"Bearer {TOKEN}"}

Ask = Callable[[str], Any]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data", port=0, token=TOKEN, grace_s=5, free_disk=0)


@pytest.fixture(autouse=True)
def logged() -> Iterator[None]:
    """What a server does to the log is undone; a signal too many does no harm."""
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = [signal.signal(number, lambda *_: None) for number in numbers]
    root, ours = logging.getLogger(), logging.getLogger("analyzer")
    handlers, level, mine = root.handlers, root.level, ours.level
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)
    root.handlers = handlers
    root.setLevel(level)
    ours.setLevel(mine)
    logging.getLogger("stanzascope").setLevel(logging.NOTSET)
    logging.getLogger("uvicorn.access").disabled = False


def served(settings: Settings, ask: Ask, *, ends: bool = False) -> Any:
    """Serve until `ask`, in a thread, is done with the URL, or `ends` it; give what it gave."""
    given: list[Any] = []
    threads: list[threading.Thread] = []

    def asking(url: str) -> None:
        try:
            given.append(ask(url))
        except BaseException as error:  # noqa: BLE001 - told in the test
            given.append(error)
        if not ends or isinstance(given[0], BaseException):
            end()

    def announced(url: str) -> None:
        threads.append(threading.Thread(target=asking, args=(url,)))
        threads[0].start()

    secrets = load_secrets(settings.data, settings.token)
    serve(settings, secrets, reachable(settings, token=settings.token), announced)
    threads[0].join(10)
    (result,) = given
    if isinstance(result, BaseException):
        raise result
    return result


def end(number: int = signal.SIGTERM) -> None:
    os.kill(os.getpid(), number)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Every line of the log, each of which is JSON."""
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_it_answers_with_little_of_itself(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = served(settings, lambda url: httpx.get(f"{url}/health/live"))
    assert answer.status_code == 200
    assert "server" not in answer.headers
    (told,) = lines(capsys)
    assert told["request"] == answer.headers["x-request-id"]
    assert (told["route"], told["status"]) == ("/health/live", 200)


def test_nothing_that_a_client_says_gets_into_the_log(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    def ask(url: str) -> list[int]:
        with httpx.Client(base_url=url, headers={"Cookie": "x=hunter2"}) as client:
            return [
                client.get("/hunter2%0a%7b%22level%22%3a%22forged%22%7d").status_code,
                client.get(f"/?token={TOKEN}&hunter2").status_code,
                client.get("/cases/hunter2", headers=BEARER).status_code,
                client.post("/api/v1/cases", headers=BEARER, content=b"hunter2").status_code,
                client.get("/", headers={"Host": "hunter2"}).status_code,
            ]

    assert served(settings, ask) == [404, 303, 404, 400, 421]
    told = capsys.readouterr().err
    assert [json.loads(line)["event"] for line in told.splitlines()] == ["request"] * 5
    assert "hunter2" not in told
    assert TOKEN not in told
    assert "forged" not in told


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it(settings: Settings, number: int) -> None:
    served(settings, lambda _: end(number), ends=True)
    assert signal.getsignal(number) is not signal.SIG_DFL


def upload(url: str, meanwhile: Callable[[], None]) -> httpx.Response:
    """An upload in two halves."""
    octets = HAR.read_bytes()

    class Halves:
        def __iter__(self) -> Iterator[bytes]:
            yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.har"\r\n\r\n'
            yield octets[:1_000]
            meanwhile()
            yield octets[1_000:] + b"\r\n--b--\r\n"

    return httpx.post(
        f"{url}/api/v1/cases",
        headers=BEARER | {"Content-Type": "multipart/form-data; boundary=b"},
        content=Halves(),
        timeout=20,
    )


def test_an_upload_under_way_is_taken_and_new_ones_are_not(settings: Settings) -> None:
    def ask(url: str) -> tuple[int, bool]:
        refused = False

        def meanwhile() -> None:
            nonlocal refused
            end()
            address = urlsplit(url)
            for _ in range(50):
                try:
                    socket.create_connection((address.hostname, address.port), 1).close()
                except OSError:
                    refused = True
                    return
                time.sleep(0.05)

        return upload(url, meanwhile).status_code, refused

    assert served(settings, ask, ends=True) == (201, True)


def test_what_is_asked_twice_is_done_at_once(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    began = time.monotonic()

    def ask(url: str) -> int:
        def meanwhile() -> None:
            end()
            time.sleep(0.3)
            end()
            time.sleep(1)

        return upload(url, meanwhile).status_code

    assert served(replace(settings, grace_s=30), ask, ends=True) == 500
    assert time.monotonic() - began < 15
    assert not any("Traceback" in told["event"] for told in lines(capsys))


def test_those_who_listen_are_let_go(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    async def idle(_: Runner) -> bool:
        await asyncio.sleep(0)
        return False

    monkeypatch.setattr(Runner, "_take", idle)

    def ask(url: str) -> float:
        job = upload(url, lambda: None).json()["job"]["id"]
        with httpx.stream(
            "GET", f"{url}/api/v1/jobs/{job}/events", headers=BEARER, timeout=20
        ) as answer:
            pieces = answer.iter_text()
            assert "queued" in next(pieces)
            end()
            began = time.monotonic()
            for _ in pieces:
                pass
            return time.monotonic() - began

    assert served(replace(settings, grace_s=15), ask, ends=True) < 5


def raw(url: str, octets: bytes) -> bytes:
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port), 5) as connection:
        connection.sendall(octets)
        return connection.makefile("rb").readline()


def test_a_head_has_its_bounds(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    head = b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\nX: "
    too_long = head + b"x" * (HEAD_OCTETS + 70_000)
    answer = served(settings, lambda url: raw(url, too_long))
    assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 431"))
    assert {told["event"] for told in lines(capsys)} == {"Invalid HTTP request received."}


def test_as_many_connections_as_may_be_get_answers_of_ours(settings: Settings) -> None:
    def ask(url: str) -> httpx.Response:
        address = urlsplit(url)
        with contextlib.ExitStack() as stack:
            for _ in range(most_connections() - 1):
                at = (address.hostname, address.port)
                stack.enter_context(socket.create_connection(at, 5))
            return httpx.get(f"{url}/health/live")

    answer = served(settings, ask)
    assert answer.status_code == 200
    assert "x-request-id" in answer.headers


def test_more_connections_than_descriptors_end_nothing_and_fill_no_log(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    monkeypatch.setattr("analyzer.web.serving.raise_descriptors", lambda: None)

    def ask(url: str) -> list[int]:
        address = urlsplit(url)
        at = (address.hostname, address.port)
        used = len(list(Path("/proc/self/fd").iterdir()))
        with contextlib.ExitStack() as stack:
            # Both ends are of this process: there are descriptors for a few of the other ends.
            resource.setrlimit(resource.RLIMIT_NOFILE, (used + 40, limits[1]))
            stack.callback(resource.setrlimit, resource.RLIMIT_NOFILE, limits)
            with contextlib.suppress(OSError):
                while True:
                    stack.enter_context(socket.create_connection(at, 1))
            time.sleep(1.5)
        time.sleep(1.2)
        return [httpx.get(f"{url}/health/live").status_code]

    assert served(settings, ask) == [200]
    assert [told["event"].startswith("socket.accept") for told in lines(capsys)].count(True) == 1


def test_it_has_all_the_descriptors_it_may_have(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1_024, 4_096))
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: asked.append(limits))
    served(settings, lambda _: None)
    assert asked == [(4_096, 4_096)]


def refused(settings: Settings) -> str:
    with pytest.raises(UsageError) as caught:
        served(settings, lambda _: pytest.fail("it answers"))
    told = str(caught.value)
    assert len(told.splitlines()) == 1
    return told


def test_what_it_needs_and_is_not_to_be_had_is_told(settings: Settings) -> None:
    assert "no profile of that name" in refused(replace(settings, profile="none"))
    told = refused(replace(settings, database="postgresql://me:hunter2@127.0.0.1:1/none"))
    assert "hunter2" not in told
    assert refused(replace(settings, store="s4://x"))
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert f"port {port}: address already in use" in refused(replace(settings, port=port))


def test_a_folder_has_one_server(settings: Settings) -> None:
    def ask(_: str) -> str:
        secrets = load_secrets(settings.data, TOKEN)
        with pytest.raises(UsageError) as caught:
            serve(settings, secrets, reachable(settings, token=TOKEN), lambda _: None)
        return str(caught.value)

    assert str(settings.data) in served(settings, ask)


def test_as_a_process_it_ends_with_0_and_keeps_its_folder_to_itself(tmp_path: Path) -> None:
    with Server(tmp_path / "data") as server:
        with pytest.raises(RuntimeError, match="another server works with"):
            Server(tmp_path / "data").start()
        assert server.stop() == 0
        first = server.stderr.splitlines()[0]
        server.start()
    assert first == f"stanzascope: serving at {server.url}/?token={server.token}"
    assert all(line.startswith(("{", "stanzascope: ")) for line in server.stderr.splitlines())
