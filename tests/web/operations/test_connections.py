"""Over real sockets: what a client does slowly is what they are for."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from analyzer.web.operations import connections
from analyzer.web.operations.connections import Connection

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


Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def connected() -> AsyncIterator[Streams]:
    config = uvicorn.Config(
        echo, http=Connection, ws="none", lifespan="off", log_config=None, timeout_keep_alive=1
    )
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        await server.startup([listener])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            yield reader, writer
        finally:
            writer.close()
            await writer.wait_closed()
            await server.shutdown([listener])


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_S", QUICK)


async def is_closed(reader: asyncio.StreamReader, within: float) -> bool:
    try:
        return await asyncio.wait_for(reader.read(1), within) == b""
    except TimeoutError:
        return False


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
            for _ in range(20):
                writer.write(b"G")
                if await is_closed(reader, QUICK / 5):
                    break
            else:
                pytest.fail("it is still open")

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
