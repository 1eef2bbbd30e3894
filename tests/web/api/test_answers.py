import pytest
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from analyzer.web.api.answers import (
    TITLES,
    of_problem,
    of_validation_error,
    problem_of,
)
from analyzer.web.problems import STATUS, Problem, ProblemCode

from .conftest import Api, refusal


def test_every_refusal_has_a_title_of_its_own() -> None:
    assert set(TITLES) == set(ProblemCode) == set(STATUS)
    assert len(set(TITLES.values())) == len(TITLES)


def test_a_refusal_says_what_it_knows() -> None:
    problem = Problem(ProblemCode.TOO_LARGE, "a file", limit=7)
    answer = of_problem(problem, {"X-More": "1"})
    assert answer.body == (
        b'{"type":"/problems#too-large","title":"This is larger than the server takes",'
        b'"status":413,"code":"too-large","detail":"a file","values":{"limit":7}}'
    )
    assert answer.status_code == 413
    assert answer.headers["x-more"] == "1"
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_refusal_says_when_to_come_again() -> None:
    answer = of_problem(Problem(ProblemCode.TOO_OFTEN, retry_s=9))
    assert answer.headers["retry-after"] == "9"
    assert b"detail" not in answer.body
    assert b"values" not in answer.body


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, ProblemCode.BAD_FORM),
        (404, ProblemCode.NOT_FOUND),
        (405, ProblemCode.METHOD),
        (413, ProblemCode.TOO_LARGE),
        (418, ProblemCode.BAD_VALUE),
        (503, ProblemCode.FAULT),
    ],
)
def test_what_the_framework_refuses_is_a_problem(status: int, code: ProblemCode) -> None:
    problem = problem_of(HTTPException(status, "words of the framework"))
    assert (problem.code, problem.detail, problem.status) == (code, "", STATUS[code])


def test_a_path_or_method_that_there_is_not(api: Api) -> None:
    refusal(api.get("/nothing"), "not-found")
    answer = api.ask("PUT", "/cases")
    refusal(answer, "method")
    assert answer.headers["allow"] == "GET, POST"
    assert api.post("/cases/x").headers["allow"] == "DELETE, GET, PATCH"
    assert api.post("/openapi.json").headers["allow"] == "GET"


def test_a_name_that_a_client_made_up_is_shortened() -> None:
    error = {"type": "x", "loc": ("body", "\ud800" + "x" * 500), "msg": "no", "input": "secret"}
    answer = of_validation_error(RequestValidationError([error], body="secret"))
    assert b"secret" not in answer.body
    assert b'"name":"?' + b"x" * 99 + b'"' in answer.body


CANARY = "zQ7-secret"


@pytest.mark.parametrize(
    "body",
    [
        {"kind": CANARY},
        {"kind": [CANARY]},
        {"kind": {CANARY: CANARY}},
        {"kind": "compare", "good": f"{CANARY}!", "bad": [CANARY]},
        {"kind": "analyze", "profile": CANARY * 100, "language": {"en": CANARY}},
        {"kind": "analyze", "profile": CANARY},
        {"kind": "analyze", "language": CANARY},
        [CANARY],
        CANARY,
    ],
)
def test_what_was_sent_is_not_repeated(api: Api, body: object) -> None:
    case = api.upload().json()["id"]
    told = api.post(f"/cases/{case}/jobs", json=body)
    refusal(told, "bad-value")
    assert CANARY not in told.text


@pytest.mark.parametrize("text", [f'{{"kind": {CANARY}', f'"{CANARY}', f"{CANARY}"])
def test_a_body_that_is_no_json_is_not_repeated(api: Api, text: str) -> None:
    told = api.post("/cases/x/jobs", content=text, headers={"Content-Type": "application/json"})
    refusal(told, "bad-value")
    assert CANARY not in told.text


@pytest.mark.parametrize(
    "query", ["since", "before", "limit", "cursor", "search=\0", "outcome=\x7f"]
)
def test_nor_is_a_value_of_a_query(api: Api, query: str) -> None:
    name, _, value = query.partition("=")
    told = api.get("/cases", params={name: f"{value}{CANARY}"})
    refusal(told, "bad-value")
    assert CANARY not in told.text


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"kind": "else"}, "not one of the values that there are"),
        ({}, "Field required"),
    ],
)
def test_a_kind_of_job_that_there_is_not_is_told(
    api: Api, body: dict[str, str], detail: str
) -> None:
    told = refusal(api.post("/cases/x/jobs", json=body), "bad-value")
    assert told["errors"] == [{"in": "body", "name": "kind", "detail": detail}]
    assert told["detail"] == f"kind: {detail}"


def test_no_error_at_all_is_a_bad_value() -> None:
    assert of_validation_error(RequestValidationError([])).status_code == 422
