import json
from typing import Any

import pytest

from analyzer.web.casebook import NOTES_LENGTH, NUMBER_LENGTH
from analyzer.web.records import CaseQuery, JobKind
from analyzer.web.settings import MOST_DAYS
from tests.web.doubles import HAR

from .conftest import Api, refusal, sha256

ALL = CaseQuery()


def as_json(body: object) -> dict[str, Any]:
    """A body that httpx itself would not write: half a surrogate pair has no UTF-8."""
    return {"content": json.dumps(body), "headers": {"content-type": "application/json"}}


def test_an_upload_is_a_case(api: Api) -> None:
    answer = api.upload(number="CAS-1", notes="red banner", language="nl", profile="xmpp")
    assert answer.status_code == 201
    case = answer.json()
    assert answer.headers["location"] == f"/api/v1/cases/{case['id']}"
    assert "idempotent-replayed" not in answer.headers
    assert (case["number"], case["notes"], case["summary"]) == ("CAS-1", "red banner", None)
    assert case["created"] == "2027-01-15T08:00:00.000002Z"
    assert [(f["name"], f["sha256"], f["state"], f["derived"]) for f in case["files"]] == [
        ("a.har", sha256(HAR), "present", False)
    ]
    assert "blob" not in case["files"][0]
    assert case["job"] == case["jobs"][0]
    assert {key: case["job"][key] for key in ("kind", "state", "profile", "language")} == {
        "kind": "analyze",
        "state": "queued",
        "profile": "xmpp",
        "language": "nl",
    }
    assert api.get(answer.headers["location"]).json() == case


def test_nothing_of_a_refused_upload_is_left(api: Api) -> None:
    refusal(api.upload(profile="/etc/passwd"), "bad-value")
    assert api.stores.cases.count() == 0
    assert [*api.stores.incoming.folder.rglob("*.har")] == []


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"nubmer": "1"}, "bad-value"),
        ({"number": "x" * (NUMBER_LENGTH + 1)}, "bad-value"),
        ({"number": "a\0b"}, "bad-form"),
        ({"number": "a\nb"}, "bad-value"),
        ({"notes": "x" * (NOTES_LENGTH + 1)}, "bad-value"),
        ({"notes": "\x1b[2J"}, "bad-value"),
        ({"language": "tlh"}, "bad-value"),
    ],
    ids=["misspelt", "long-number", "nul", "two-lines", "long-notes", "escape", "language"],
)
def test_a_field_that_is_wrong_is_refused(api: Api, fields: dict[str, str], code: str) -> None:
    refusal(api.upload(files=None, key=None, **fields), code)


def test_an_upload_takes_the_longest_notes_of_any_script(api: Api) -> None:
    notes = "\U0001f600" * NOTES_LENGTH
    made = api.upload(number="\U0001f600" * NUMBER_LENGTH, notes=notes)
    assert (made.status_code, made.json()["notes"]) == (201, notes)
    changed = api.ask("PATCH", made.headers["location"], json={"notes": f"x{notes[1:]}"})
    assert changed.json()["notes"] == f"x{notes[1:]}"


def test_fields_behind_the_files_are_looked_at_too(api: Api) -> None:
    body = (
        b'--b\r\ncontent-disposition: form-data; name="file"; filename="a.har"\r\n\r\n'
        + HAR
        + b'\r\n--b\r\ncontent-disposition: form-data; name="%b"\r\n\r\n7\r\n--b--\r\n'
    )
    headers = {"content-type": "multipart/form-data; boundary=b"}
    refusal(api.post("/cases", content=body % b"nubmer", headers=headers), "bad-value")
    assert api.post("/cases", content=body % b"number", headers=headers).json()["number"] == "7"


def test_a_form_without_files_is_refused(api: Api) -> None:
    refusal(api.post("/cases", data={"number": "1"}, files={"x": (None, b"y")}), "bad-value")
    refusal(api.post("/cases", files={"number": (None, b"1")}), "no-file")
    refusal(api.post("/cases", content=b"{}"), "bad-form")


def test_a_full_queue_takes_no_upload(api: Api) -> None:
    for _ in range(api.services.settings.queue):
        api.stores.jobs.add(
            api.upload().json()["id"] if _ == 0 else api.stores.cases.page(ALL).cases[0].id,
            JobKind.ANALYZE,
            profile="finesse",
            language="en",
            room=1000,
        )
    answer = api.upload()
    refusal(answer, "queue-full")
    assert answer.headers["retry-after"] == "30"


def test_the_same_key_makes_one_case(api: Api) -> None:
    first = api.upload(key="k1", number="1")
    again = api.upload(key="k1", number="1")
    assert again.status_code == 201
    assert again.json() == first.json()
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["idempotent-replayed"] == "true"
    assert api.stores.cases.count() == 1
    assert api.upload(key="k2", number="1").json()["id"] != first.json()["id"]


@pytest.mark.parametrize(
    ("files", "number"), [({"a.har": HAR + b" "}, "1"), ({"b.har": HAR}, "1"), (None, "2")]
)
def test_a_key_is_for_one_content(api: Api, files: dict[str, bytes] | None, number: str) -> None:
    api.upload(key="k", number="1")
    refusal(api.upload(files=files, key="k", number=number), "key-reused")
    assert api.stores.cases.count() == 1


def test_a_key_of_a_request_under_way_waits(api: Api) -> None:
    case = api.upload(key="k").json()
    api.stores.answers.begin("other", "fingerprint")
    refusal(api.upload(key="other"), "key-reused")
    assert api.get(f"/cases/{case['id']}").status_code == 200


def test_a_refused_request_leaves_its_key_free(api: Api) -> None:
    refusal(api.upload(key="k", profile="none"), "bad-value")
    assert api.upload(key="k").status_code == 201


def test_the_case_of_a_key_may_be_deleted(api: Api) -> None:
    case = api.upload(key="k").json()
    api.ask("DELETE", f"/cases/{case['id']}")
    refusal(api.upload(key="k"), "not-found")


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "a b"])
def test_a_key_is_one_word(api: Api, key: str) -> None:
    told = refusal(api.upload(key=key), "bad-value")
    assert (told["errors"][0]["in"], told["errors"][0]["name"]) == ("header", "Idempotency-Key")


def test_cases_come_in_pages(api: Api) -> None:
    made = [api.upload(number=f"CAS-{n}").json()["id"] for n in range(5)]
    seen = []
    path: str | None = "/cases?limit=2&search=CAS"
    while path:
        answer = api.get(path)
        page = answer.json()
        seen += [case["id"] for case in page["cases"]]
        path = page["next"]
        link = f'<{path}>; rel="next"' if path else None
        assert answer.headers.get("link") == link
        assert path is None or path.startswith("/api/v1/cases?limit=2&search=CAS&cursor=")
    assert seen == made[::-1]
    assert "files" not in page["cases"][0]


def test_cases_are_found(api: Api) -> None:
    api.upload(number="first")
    api.done()
    api.upload(number="second")

    def found(**query: str) -> list[str]:
        return [case["number"] for case in api.get("/cases", params=query).json()["cases"]]

    assert found(outcome="broken") == ["first"]
    assert found(outcome="working") == ["second"]
    assert found(agent="agent1") == ["first"]
    assert found(server="nowhere") == []
    assert found(since="2027-01-15", before="2027-01-16T00:00:00+01:00") == ["second", "first"]
    assert found(since="9999-12-31T00:00:00Z") == []
    assert found(before="0001-01-01T00:00:00Z") == []


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=x", "limit"),
        ("since=yesterday", "since"),
        ("since=2027-01-15T08:00:00", "since"),
        ("search=a%00b", "search"),
        (f"agent={'x' * 201}", "agent"),
        ("sort=date", "sort"),
    ],
)
def test_a_query_that_is_wrong_is_refused(api: Api, query: str, name: str) -> None:
    told = refusal(api.get(f"/cases?{query}"), "bad-value")
    assert [(each["in"], each["name"]) for each in told["errors"]] == [("query", name)]


def test_a_wrong_cursor_is_refused(api: Api) -> None:
    refusal(api.get("/cases?cursor=nonsense"), "bad-value")


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
@pytest.mark.parametrize("case_id", ["nothing", "a.b", "x" * 65, "%00", "..%2f..", "%F0%9F%92%A9"])
def test_there_is_no_such_case(api: Api, method: str, case_id: str) -> None:
    more: dict[str, Any] = {"json": {}} if method == "PATCH" else {}
    refusal(api.ask(method, f"/cases/{case_id}", **more), "not-found")


def test_a_case_is_changed(api: Api) -> None:
    path = api.upload(number="1", notes="old").headers["location"]
    assert api.ask("PATCH", path, json={"number": "2"}).json()["number"] == "2"
    changed = api.ask("PATCH", path, json={"notes": "a\nb\t☃", "keep_days": 1}).json()
    assert (changed["number"], changed["notes"]) == ("2", "a\nb\t☃")
    assert changed["expires"].startswith("2027-01-16T08:00:00")
    assert api.ask("PATCH", path, json={"keep_days": 0.0, "number": None}).json()["expires"] is None
    assert api.get(path).json()["number"] == "2"


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"state": "done"}, "state"),
        ({"number": 7}, "number"),
        ({"number": "x" * (NUMBER_LENGTH + 1)}, "number"),
        ({"number": "a\nb"}, "number"),
        ({"notes": "a\0"}, "notes"),
        ({"notes": "\ud800"}, "notes"),
        ({"\ud800": 1}, ""),
        ({"keep_days": -1}, "keep_days"),
        ({"keep_days": MOST_DAYS + 1}, "keep_days"),
        ({"keep_days": "7"}, "keep_days"),
        ({"keep_days": 0.5}, "keep_days"),
        ({"keep_days": float("nan")}, "keep_days"),
        ({"keep_days": True}, "keep_days"),
        ([], ""),
    ],
    ids=[
        *("unknown", "type", "length", "lines", "nul", "surrogate", "surrogate-name", "negative"),
        *("long", "words", "half", "no-number", "truth", "list"),
    ],
)
def test_a_change_that_is_wrong_is_refused(api: Api, body: object, name: str) -> None:
    path = api.upload(number="1").headers["location"]
    before = api.get(path).json()
    told = refusal(api.ask("PATCH", path, **as_json(body)), "bad-value")
    assert [(each["in"], each["name"]) for each in told["errors"]] == [("body", name)]
    assert api.get(path).json() == before


@pytest.mark.parametrize("body", [b"{", b"", b"\xff", b"[" * 100_000, b"9" * 5000])
def test_a_body_that_is_no_json_is_refused(api: Api, body: bytes) -> None:
    path = api.upload().headers["location"]
    answer = api.ask("PATCH", path, content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422)
    refusal(answer, "bad-form" if answer.status_code == 400 else "bad-value")


def test_a_deleted_case_is_gone(api: Api) -> None:
    case = api.upload().json()
    api.done()
    answer = api.ask("DELETE", f"/cases/{case['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert [*api.stores.blobs.cases()] == []
    for path in (f"/cases/{case['id']}", f"/jobs/{case['job']['id']}"):
        refusal(api.get(path), "not-found")
    refusal(api.ask("DELETE", f"/cases/{case['id']}"), "not-found")
