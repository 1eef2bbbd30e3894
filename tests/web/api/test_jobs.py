import asyncio
import json
from typing import Any

import httpx
import pytest
from starlette.types import Message

from analyzer.web.records import Phase, Progress
from tests.web.doubles import HAR

from .conftest import Api, refusal


def test_a_job_is_looked_at(api: Api) -> None:
    job = api.upload().json()["job"]
    path = f"/jobs/{job['id']}"
    assert api.get(path).json() == job
    api.claimed()
    progress = Progress(phase=Phase.READING, name="a.har", delivered=3)
    assert api.stores.jobs.renew(job["id"], "tests", 30, progress)
    running = api.get(path).json()
    assert running["state"] == "running"
    assert running["started"] > running["queued"]
    assert running["progress"] == {"phase": "reading", "name": "a.har", "delivered": 3}
    assert "result" not in running


def test_a_failed_job_says_why(api: Api) -> None:
    job = api.upload().json()["job"]
    api.failed()
    told = api.get(f"/jobs/{job['id']}").json()
    assert told["state"] == "failed"
    assert told["finished"]
    assert told["failure"] == {"code": "input", "detail": "no entries"}


@pytest.mark.parametrize("path", ["/jobs/nothing", "/jobs/a.b", "/jobs/nothing/events"])
def test_there_is_no_such_job(api: Api, path: str) -> None:
    refusal(api.get(path), "not-found")


def test_a_case_is_analysed_again(api: Api) -> None:
    case = api.upload().json()
    api.done()
    body = {"kind": "analyze", "profile": "xmpp", "language": "it"}
    answer = api.post(f"/cases/{case['id']}/jobs", json=body)
    assert answer.status_code == 202
    job = answer.json()
    assert answer.headers["location"] == f"/api/v1/jobs/{job['id']}"
    assert (job["kind"], job["profile"], job["language"]) == ("analyze", "xmpp", "it")
    assert job["state"] == "queued"


def test_two_files_are_compared(api: Api) -> None:
    case = api.upload(files={"a.har": HAR, "b.har": HAR + b" "}).json()
    good, bad = (file["id"] for file in case["files"])
    body = {"kind": "compare", "good": good, "bad": bad}
    job = api.post(f"/cases/{case['id']}/jobs", json=body).json()
    assert (job["kind"], job["good"], job["bad"]) == ("compare", good, bad)
    assert job["profile"] == "finesse"
    refusal(api.post(f"/cases/{case['id']}/jobs", json={**body, "bad": good}), "bad-value")
    refusal(api.post(f"/cases/{case['id']}/jobs", json={**body, "bad": "other"}), "not-found")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "bad-value"),
        ({"kind": "delete"}, "bad-value"),
        ({"kind": "compare"}, "bad-value"),
        ({"kind": "compare", "good": "a/b", "bad": "c"}, "bad-value"),
        ({"kind": "analyze", "good": "a"}, "bad-value"),
        ({"kind": "analyze", "profile": "../../etc/passwd"}, "bad-value"),
        ({"kind": "analyze", "language": "tlh"}, "bad-value"),
        ({"kind": "analyze", "language": None}, "bad-value"),
        ([], "bad-value"),
    ],
    ids=[
        *("nothing", "kind", "no-files", "path", "file-of-an-analysis", "profile", "language"),
        *("null", "list"),
    ],
)
def test_a_job_that_is_wrong_is_refused(api: Api, body: Any, code: str) -> None:
    case = api.upload().json()
    refusal(api.post(f"/cases/{case['id']}/jobs", json=body), code)
    assert len(api.get(f"/cases/{case['id']}").json()["jobs"]) == 1


def test_a_job_is_made_once_with_a_key(api: Api) -> None:
    case = api.upload().json()

    def ask(body: dict[str, str]) -> httpx.Response:
        headers = {"Idempotency-Key": "k"}
        return api.post(f"/cases/{case['id']}/jobs", json=body, headers=headers)

    first, again = ask({"kind": "analyze"}), ask({"language": "en", "kind": "analyze"})
    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
    refusal(ask({"kind": "analyze", "language": "fr"}), "key-reused")
    assert len(api.get(f"/cases/{case['id']}").json()["jobs"]) == 2


def test_a_job_of_no_case_is_refused(api: Api) -> None:
    refusal(api.post("/cases/nothing/jobs", json={"kind": "analyze"}), "not-found")


def test_a_job_is_followed_to_its_end(api: Api) -> None:
    case = api.upload().json()
    api.done()
    answer = api.get(f"/jobs/{case['job']['id']}/events")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["x-accel-buffering"] == "no"
    name, data = answer.text.strip().split("\n")
    assert name == "event: job"
    assert json.loads(data.removeprefix("data: ")) == api.get(f"/jobs/{case['job']['id']}").json()


def test_a_server_that_stops_lets_listeners_go(api: Api) -> None:
    case = api.upload().json()
    api.services.stopping = True
    assert api.get(f"/jobs/{case['job']['id']}/events").text.count("event: job") == 1


def test_a_listener_that_vanishes_leaves_nothing_running(api: Api) -> None:
    job = api.upload().json()["job"]
    path = f"/api/v1/jobs/{job['id']}/events"

    async def listen() -> None:
        heard = asyncio.Event()
        messages = iter([{"type": "http.request", "body": b""}])

        async def receive() -> Message:
            if (message := next(messages, None)) is not None:
                return message
            await heard.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            if message.get("body"):
                heard.set()

        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [],
        }
        await asyncio.wait_for(api.app(scope, receive, send), 30)
        assert heard.is_set()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(listen())
