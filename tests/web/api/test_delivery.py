import asyncio
import io

import pytest
from starlette.requests import ClientDisconnect
from starlette.types import Message, Scope

from analyzer.report.formats import COMPARISON_RENDERERS, RENDERERS
from analyzer.web.api.delivery import CHUNK, MEDIA_TYPES, Delivered, report_name

SCOPE: Scope = {"type": "http", "asgi": {"spec_version": "2.3"}, "method": "GET"}


def test_every_format_has_a_media_type() -> None:
    assert set(MEDIA_TYPES) == set(RENDERERS) >= set(COMPARISON_RENDERERS)


def test_it_is_sent_in_pieces_and_closed() -> None:
    content = io.BytesIO(b"x" * (CHUNK + 1))
    sent: list[Message] = []

    async def receive() -> Message:
        return await asyncio.Future()

    async def send(message: Message) -> None:
        sent.append(message)

    answer = Delivered(content, name="a", octets=CHUNK + 1)
    asyncio.run(answer(SCOPE, receive, send))
    assert [len(m["body"]) for m in sent[1:]] == [CHUNK, 1, 0]
    assert content.closed


@pytest.mark.parametrize("spec", ["2.3", "2.4"])
def test_it_is_closed_if_the_client_goes_away(spec: str) -> None:
    content = io.BytesIO(b"x")

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        raise OSError("gone")

    answer = Delivered(content, name="a")
    scope = {**SCOPE, "asgi": {"spec_version": spec}}
    with pytest.raises((OSError, ExceptionGroup, ClientDisconnect)):
        asyncio.run(answer(scope, receive, send))
    assert content.closed


@pytest.mark.parametrize(
    ("kind", "name"), [("html", "r.html"), ("text", "r.txt"), ("sarif", "r.sarif.json")]
)
def test_the_file_of_a_report_has_the_ending_that_tools_know(kind: str, name: str) -> None:
    assert report_name("r", kind) == name
