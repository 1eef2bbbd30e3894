"""Over real sockets: what a client does slowly is what they are for."""

import asyncio
import errno
import resource
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from analyzer.web.operations import connections
from analyzer.web.operations.connections import (
    MOST,
    OUT_OF_S,
    Connection,
    OnceInAWhile,
    most_connections,
    raise_descriptors,
)

QUICK = 0.3


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    octets, more = b"", True
    while more:
        message = await receive()
        octets += message.get("body", b"")
        more = message.get("more_body", False)
    length = str(len(octets)).encode()
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]}
    )
    await send({"type": "http.response.body", "body": octets})


async def refuse(_: Scope, __: Receive, send: Send) -> None:
    await send(
        {"type": "http.response.start", "status": 401, "headers": [(b"content-length", b"0")]}
    )
    await send({"type": "http.response.body"})


Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def listening(app: Any = echo) -> AsyncIterator[int]:
    config = uvicorn.Config(
        app, http=Connection, ws="none", lifespan="off", log_config=None, timeout_keep_alive=1
    )
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        await server.startup([listener])
        try:
            yield listener.getsockname()[1]
        finally:
            await server.shutdown([listener])


@asynccontextmanager
async def to(port: int) -> AsyncIterator[Streams]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()
        await writer.wait_closed()


@asynccontextmanager
async def connected(app: Any = echo) -> AsyncIterator[Streams]:
    async with listening(app) as port, to(port) as streams:
        yield streams


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_S", QUICK)


async def is_closed(reader: asyncio.StreamReader, within: float) -> bool:
    try:
        return await asyncio.wait_for(reader.read(1), within) == b""
    except TimeoutError:
        return False


async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, octet: bytes) -> None:
    """Send an octet again and again, until the connection is closed."""
    for _ in range(20):
        writer.write(octet)
        if await is_closed(reader, QUICK / 5):
            return
    pytest.fail("it is still open")


REQUEST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n"


@pytest.mark.parametrize("first", [b"", b"POST / HT", REQUEST[:-2]], ids=["none", "line", "head"])
def test_a_head_that_never_ends_ends_the_connection(first: bytes) -> None:
    async def run() -> None:
        async with connected() as (reader, writer):
            writer.write(first)
            assert await is_closed(reader, 3)

    asyncio.run(run())


def test_octets_one_by_one_do_not_put_it_off() -> None:
    async def run() -> None:
        async with connected() as (reader, writer):
            await trickle(reader, writer, b"G")

    asyncio.run(run())


def test_a_body_has_all_the_time_it_wants() -> None:
    async def run() -> None:
        async with connected() as (reader, writer):
            writer.write(REQUEST + b"ab")
            assert not await is_closed(reader, QUICK * 2)
            writer.write(b"cd")
            assert (await reader.readuntil(b"abcd")).startswith(b"HTTP/1.1 200 ")

    asyncio.run(run())


def test_the_second_head_has_its_time_too_and_in_between_is_keep_alive() -> None:
    async def run() -> None:
        async with connected() as (reader, writer):
            writer.write(REQUEST + b"abcd")
            await reader.readuntil(b"abcd")
            assert not await is_closed(reader, QUICK * 2)
            writer.write(REQUEST + b"efgh")
            await reader.readuntil(b"efgh")
            writer.write(b"POST / HT")
            assert await is_closed(reader, 3)

    asyncio.run(run())


def test_what_is_no_http_is_refused_at_once() -> None:
    async def run() -> None:
        async with connected() as (reader, writer):
            writer.write(b"\x16\x03\x01\x02\x00\r\n\r\n")
            assert (await reader.read()).startswith(b"HTTP/1.1 400 ")

    asyncio.run(run())


def test_the_rest_of_a_refused_body_is_not_waited_for_for_ever() -> None:
    async def run() -> None:
        async with connected(refuse) as (reader, writer):
            writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n")
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 401 ")
            await trickle(reader, writer, b"x")

    asyncio.run(run())


def test_who_was_refused_and_sends_the_rest_is_heard_again() -> None:
    async def run() -> None:
        async with connected(refuse) as (reader, writer):
            for _ in range(2):
                writer.write(REQUEST)
                assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 401 ")
                writer.write(b"ab")
                await asyncio.sleep(QUICK / 10)
                writer.write(b"cd")

    asyncio.run(run())


def test_connections_beyond_the_bound_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "MOST", 2)

    async def run() -> None:
        async with listening() as port, AsyncExitStack() as stack:
            held = [await stack.enter_async_context(to(port)) for _ in range(3)]
            assert await is_closed(held[2][0], QUICK / 2)
            held[0][1].write(REQUEST + b"abcd")
            assert (await held[0][0].readuntil(b"abcd")).startswith(b"HTTP/1.1 200 ")
            assert await is_closed(held[1][0], 3)
            reader, writer = await stack.enter_async_context(to(port))
            writer.write(REQUEST + b"abcd")
            assert (await reader.readuntil(b"abcd")).startswith(b"HTTP/1.1 200 ")

    asyncio.run(run())


@pytest.mark.parametrize(
    ("soft", "most"),
    [(1_024, 448), (4_096, MOST), (resource.RLIM_INFINITY, MOST), (16, 1)],
)
def test_the_bound_leaves_descriptors_for_files(
    soft: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (soft, soft))
    assert most_connections() == most


@pytest.mark.parametrize(
    ("soft", "hard", "then"),
    [
        (1_024, 1_024, []),
        (1_024, 4_096, [(4_096, 4_096)]),
        (1_024, 1 << 20, [(65_536, 1 << 20)]),
        (1_024, resource.RLIM_INFINITY, [(65_536, resource.RLIM_INFINITY)]),
        (1 << 20, 1 << 20, []),
        (resource.RLIM_INFINITY, resource.RLIM_INFINITY, []),
    ],
)
def test_descriptors_are_raised_as_far_as_they_may(
    soft: int, hard: int, then: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (soft, hard))
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: told.append(limits))
    raise_descriptors()
    assert told == then


class Loop(asyncio.SelectorEventLoop):
    """Remembers what it was told, and says nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[dict[str, Any]] = []

    def default_exception_handler(self, context: dict[str, Any]) -> None:
        self.told.append(context)


def test_descriptors_that_ran_out_are_told_once_in_a_while() -> None:
    now = 100.0
    handler = OnceInAWhile(lambda: now)
    out_of = {"message": "accept()", "exception": OSError(errno.EMFILE, "too many open files")}
    others: list[dict[str, Any]] = [
        {"message": "a fault", "exception": ValueError()},
        {"message": "a fault", "exception": OSError(errno.EPIPE, "broken pipe")},
        {"message": "a word"},
    ]
    loop = Loop()
    try:
        for _ in range(1_000):
            handler(loop, out_of)
        for other in others * 2:
            handler(loop, other)
        now += OUT_OF_S
        handler(loop, out_of)
    finally:
        loop.close()
    assert loop.told == [out_of, *others, *others, out_of]
