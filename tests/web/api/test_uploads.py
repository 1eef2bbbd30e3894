from msgspec.structs import replace

from analyzer.report.language.words import LANGUAGES
from analyzer.web.api.uploads import OF_CASE, OF_FILES, fingerprint, fingerprint_of, form
from analyzer.web.casebook import NOTES_LENGTH, NUMBER_LENGTH
from analyzer.web.database.queue import RETRY_S
from analyzer.web.records import FileKind, JobKind, Received, Upload
from tests.web.database.making import a_case

from .conftest import Api, refusal

FILE = Received(path="/in/1", name="a.har", kind=FileKind.HAR, octets=1, sha256="aa")
UPLOAD = Upload(fields={"number": "1", "notes": "n"}, files=(FILE,))


def test_the_same_content_has_the_same_fingerprint() -> None:
    elsewhere = replace(FILE, path="/in/2")
    same = Upload(fields={"notes": "n", "number": "1"}, files=(elsewhere,))
    assert fingerprint(same, "case") == fingerprint(UPLOAD, "case")


def test_any_other_content_has_another() -> None:
    others = [
        fingerprint(UPLOAD, "files of c"),
        fingerprint(replace(UPLOAD, fields={"number": "1"}), "case"),
        fingerprint(replace(UPLOAD, fields={"number": "n", "notes": "1"}), "case"),
        fingerprint(replace(UPLOAD, files=()), "case"),
        fingerprint(replace(UPLOAD, files=(FILE, FILE)), "case"),
        fingerprint(replace(UPLOAD, files=(replace(FILE, sha256="bb"),)), "case"),
        fingerprint(replace(UPLOAD, files=(replace(FILE, name="b.har"),)), "case"),
        fingerprint(UPLOAD, "case"),
    ]
    assert len(set(others)) == len(others)


def test_parts_are_told_apart() -> None:
    assert fingerprint_of("ab", "c") != fingerprint_of("a", "bc")
    assert fingerprint_of("a\ud800") != fingerprint_of("a")


def test_the_form_is_described() -> None:
    body = form(OF_CASE)["requestBody"]["content"]["multipart/form-data"]
    fields = body["schema"]["properties"]
    assert [*fields] == [*OF_CASE, "file"]
    assert fields["number"]["maxLength"] == NUMBER_LENGTH
    assert fields["notes"]["maxLength"] == NOTES_LENGTH
    assert fields["language"]["enum"] == [*LANGUAGES, ""]
    assert all(field["description"] for field in fields.values())
    assert body["schema"]["required"] == ["file"]
    assert "number" not in form(OF_FILES)["requestBody"]["content"]["multipart/form-data"]


def filled(api: Api) -> str:
    """Id of a case, once the queue takes one more job and no other."""
    case = a_case(api.stores.cases)
    room = api.services.settings.queue
    for _ in range(room - 2):
        api.stores.jobs.add(case.id, JobKind.ANALYZE, profile="finesse", language="en", room=room)
    return case.id


def test_who_took_the_last_place_gets_the_same_answer_again(api: Api) -> None:
    filled(api)
    first = api.upload(key="k")
    assert first.status_code == 201
    again = api.upload(key="k")
    assert (again.status_code, again.json()["id"]) == (201, first.json()["id"])
    assert again.headers["idempotent-replayed"] == "true"
    refusal(api.upload(key="other"), "queue-full")


def test_files_that_took_the_last_place_get_the_same_answer_again(api: Api) -> None:
    path = f"/cases/{filled(api)}/files"
    first = api.upload(path, key="k")
    assert first.status_code == 202
    assert api.upload(path, key="k").json()["id"] == first.json()["id"]
    refusal(api.upload(path, key="other"), "queue-full")


def test_a_full_queue_is_told_before_anything_is_read(api: Api) -> None:
    filled(api)
    api.upload()
    answer = api.post("/cases", content=b"no form, and nobody reads it")
    refusal(answer, "queue-full")
    assert answer.headers["retry-after"] == str(RETRY_S)


def test_a_case_that_there_is_not_is_told_before_anything_is_read(api: Api) -> None:
    for headers in ({}, {"Idempotency-Key": "k"}):
        told = api.post("/cases/none/files", content=b"no form", headers=headers)
        refusal(told, "not-found")
