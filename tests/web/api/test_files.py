from pathlib import Path

import pytest

from analyzer.web.records import FileChange, FileState
from tests.web.database.making import leave
from tests.web.doubles import HAR

from .conftest import Api, refusal


def test_more_files_are_analysed_with_the_others(api: Api) -> None:
    case = api.upload().json()
    api.done()
    answer = api.upload(f"/cases/{case['id']}/files", {"b.har": HAR + b" "}, language="fr")
    assert answer.status_code == 202
    job = answer.json()
    assert answer.headers["location"] == f"/api/v1/jobs/{job['id']}"
    assert (job["case_id"], job["kind"], job["language"]) == (case["id"], "analyze", "fr")
    now = api.get(f"/cases/{case['id']}").json()
    assert [file["name"] for file in now["files"]] == ["a.har", "b.har"]
    assert [each["id"] for each in now["jobs"]] == [job["id"], case["job"]["id"]]


def test_files_are_added_once_with_a_key(api: Api) -> None:
    case = api.upload(key="k").json()
    path = f"/cases/{case['id']}/files"
    refusal(api.upload(path, key="k"), "key-reused")
    first = api.upload(path, key="k2")
    again = api.upload(path, key="k2")
    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert len(api.get(f"/cases/{case['id']}").json()["files"]) == 2


def test_files_need_a_case_and_no_number(api: Api) -> None:
    refusal(api.upload("/cases/nothing/files"), "not-found")
    refusal(api.post("/cases/a.b/files", content=b"no form, and nobody reads it"), "not-found")
    case = api.upload().json()
    refusal(api.upload(f"/cases/{case['id']}/files", number="1"), "bad-value")


def test_a_file_is_saved_and_never_shown(api: Api) -> None:
    case = api.upload(files={"späte Störung.har": HAR}).json()
    answer = api.get(f"/cases/{case['id']}/files/{case['files'][0]['id']}")
    assert answer.content == HAR
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-length"] == str(len(HAR))
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith("attachment;")
    assert disposition.endswith("filename*=UTF-8''sp%C3%A4te%20St%C3%B6rung.har")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("sandbox;")


def test_what_is_left_of_a_file_may_be_shorter(api: Api, tmp_path: Path) -> None:
    case = api.upload().json()
    left = tmp_path / "left"
    left.write_bytes(b"{}")
    key = api.stores.blobs.put(case["id"], left)
    file_id = case["files"][0]["id"]
    leave(
        api.stores.database.engine, FileChange(file_id=file_id, state=FileState.REDACTED, blob=key)
    )
    answer = api.get(f"/cases/{case['id']}/files/{file_id}")
    assert answer.content == b"{}"
    assert "content-length" not in answer.headers
    assert 'filename="redacted-a.har"' in answer.headers["content-disposition"]
    leave(api.stores.database.engine, FileChange(file_id=file_id, state=FileState.GONE))
    told = refusal(api.get(f"/cases/{case['id']}/files/{file_id}"), "not-kept")
    assert told["values"] == {"name": "a.har"}


@pytest.mark.parametrize("file_id", ["nothing", "a.b", "..%2f..%2ftoken"])
def test_there_is_no_such_file(api: Api, file_id: str) -> None:
    case = api.upload().json()
    refusal(api.get(f"/cases/{case['id']}/files/{file_id}"), "not-found")


def test_a_file_is_found_in_its_own_case_only(api: Api) -> None:
    case, other = api.upload().json(), api.upload().json()
    refusal(api.get(f"/cases/{other['id']}/files/{case['files'][0]['id']}"), "not-found")
