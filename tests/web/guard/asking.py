"""Requests as a server hands them over, and what comes back."""

import asyncio
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, structs
from starlette.types import ASGIApp, Message, Scope

from analyzer.web.guard.doorkeeper import Doorkeeper
from analyzer.web.guard.token import Secrets
from analyzer.web.settings import Settings

TOKEN = "the-token-of-these-tests"
KEY = b"k" * 43
HOST = "127.0.0.1:8480"
ORIGIN = f"http://{HOST}"
BEARER = {"authorization": f"Bearer {TOKEN}"}

SECOND = 1_000_000_000
DAY = 86_400 * SECOND

SECRETS = Secrets(token=TOKEN, key=KEY)


class Clock:
    """A clock that stands still until it is told otherwise."""

    def __init__(self) -> None:
        self.now = 1_800_000_000 * SECOND

    def __call__(self) -> int:
        return self.now


def settings(**changes: Any) -> Settings:
    return structs.replace(Settings(data=Path("nowhere"), token=TOKEN), **changes)


def doorkeeper(clock: Clock | None = None, **changes: Any) -> Doorkeeper:
    clock = clock or Clock()
    return Doorkeeper(settings(**changes), SECRETS, clock, clock)


def scope(
    method: str = "GET",
    path: str = "/",
    headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
    *,
    query: str = "",
    host: str | None = HOST,
    **changes: Any,
) -> Scope:
    """As uvicorn gives it, with the state that the guard puts in."""
    pairs = list(headers.items() if isinstance(headers, Mapping) else headers)
    if host is not None:
        pairs = [("host", host), *pairs]
    return {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": path,
        "query_string": query.encode("latin-1"),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in pairs],
        "scheme": "http",
        "client": ("203.0.113.9", 40_000),
        "server": ("127.0.0.1", 8480),
        "state": {},
        **changes,
    }


def seen_by(keeper: Doorkeeper, asked: Scope, **state: Any) -> Scope:
    """The scope with a doorkeeper in it."""
    asked["state"] = {"doorkeeper": keeper, **state}
    return asked


class Answered(Struct, frozen=True):
    """What came back."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def __getitem__(self, name: str) -> str:
        (value,) = (value for key, value in self.headers if key == name)
        return value

    def __contains__(self, name: str) -> bool:
        return any(key == name for key, _ in self.headers)


def messages(*chunks: bytes) -> list[Message]:
    """A body in so many pieces."""
    return [
        {"type": "http.request", "body": chunk, "more_body": number < len(chunks)}
        for number, chunk in enumerate(chunks, 1)
    ]


def ask(app: ASGIApp, asked: Scope, *chunks: bytes, then: Message | None = None) -> Answered:
    """Send a request with a body in pieces; `then` comes after them, else the client leaves."""
    waiting = messages(*(chunks or (b"",)))
    if then is not None:
        waiting = [{**one, "more_body": True} for one in waiting] + [then]
    sent: list[Message] = []

    async def receive() -> Message:
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(app(asked, receive, send))  # type: ignore[arg-type]
    if not sent:
        return Answered(0, [], b"")
    return Answered(
        sent[0]["status"],
        [(name.decode(), value.decode()) for name, value in sent[0]["headers"]],
        b"".join(message["body"] for message in sent[1:]),
    )
