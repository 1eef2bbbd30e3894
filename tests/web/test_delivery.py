import asyncio
import io

import pytest
from starlette.requests import ClientDisconnect
from starlette.types import Message, Scope

from analyzer.web.delivery import CHUNK, Delivered, report_name, saved_file
from analyzer.web.guard.headers import REPORT
from analyzer.web.records import File, FileKind, FileState

SCOPE: Scope = {"type": "http", "asgi": {"spec_version": "2.3"}, "method": "GET"}


def test_it_is_sent_in_pieces_and_closed() -> None:
    content = io.BytesIO(b"x" * (CHUNK + 1))
    sent: list[Message] = []

    async def receive() -> Message:
        return await asyncio.Future()

    async def send(message: Message) -> None:
        sent.append(message)

    answer = Delivered(content, REPORT, octets=CHUNK + 1)
    asyncio.run(answer(SCOPE, receive, send))
    assert [len(m["body"]) for m in sent[1:]] == [CHUNK, 1, 0]
    assert content.closed
    assert answer.headers["content-length"] == str(CHUNK + 1)
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    assert "content-type" not in answer.headers


@pytest.mark.parametrize("spec", ["2.3", "2.4"])
def test_it_is_closed_if_the_client_goes_away(spec: str) -> None:
    content = io.BytesIO(b"x")

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        raise OSError("gone")

    answer = Delivered(content, {})
    scope = {**SCOPE, "asgi": {"spec_version": spec}}
    with pytest.raises((OSError, ExceptionGroup, ClientDisconnect)):
        asyncio.run(answer(scope, receive, send))
    assert content.closed


@pytest.mark.parametrize(
    ("kind", "name"), [("html", "r.html"), ("text", "r.txt"), ("sarif", "r.sarif.json")]
)
def test_the_file_of_a_report_has_the_ending_that_tools_know(kind: str, name: str) -> None:
    assert report_name("r", kind) == name


@pytest.mark.parametrize(
    ("state", "derived", "name", "octets"),
    [
        (FileState.PRESENT, False, "a.har", "9"),
        (FileState.REDACTED, False, "redacted-a.har", None),
        (FileState.REDACTED, True, "a.har", None),
    ],
)
def test_the_name_of_a_file_tells_what_is_left_of_it(
    state: FileState, derived: bool, name: str, octets: str | None
) -> None:
    file = File(
        id="f",
        case_id="c",
        name="a.har",
        kind=FileKind.HAR,
        octets=9,
        sha256="ab" * 32,
        state=state,
        blob="b",
        received_ns=0,
        derived=derived,
    )
    with io.BytesIO(b"x" * 9) as content:
        headers = saved_file(file, content).headers
    assert f'filename="{name}"' in headers["content-disposition"]
    assert headers["content-type"] == "application/octet-stream"
    assert headers.get("content-length") == octets
