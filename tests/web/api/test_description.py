import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # has no types
from schemathesis.specs.openapi.definitions import OPENAPI_31

import analyzer.web.api
from analyzer.web.api.routes import document
from analyzer.web.settings import MOST_DAYS

PUBLISHED = Path(analyzer.web.api.__file__).with_name("openapi.json")


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


def test_the_published_copy_is_what_the_server_says() -> None:
    """`python -m tests.web.api` writes it anew."""
    assert json.loads(PUBLISHED.read_text(encoding="utf-8")) == document()


def test_it_is_openapi() -> None:
    """By the meta-schema of OpenAPI 3.1; that of each schema is JSON Schema's own."""
    assert [e.message for e in Draft202012Validator(OPENAPI_31).iter_errors(document())] == []
    for schema in document()["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_bounds_are_told_as_json_schema_has_them() -> None:
    days = document()["components"]["schemas"]["CaseChange"]["properties"]["keep_days"]
    assert days["anyOf"][0] == {"type": "integer", "minimum": 0, "maximum": MOST_DAYS}


def test_every_operation_is_told_in_words() -> None:
    ids = []
    for name, operation in operations():
        assert operation["summary"], name
        assert operation["description"], name
        assert operation["tags"], name
        ids.append(operation["operationId"])
        for parameter in operation.get("parameters", []):
            assert parameter["description"], f"{name} {parameter['name']}"
    assert len(set(ids)) == len(ids)


def test_every_refusal_is_a_problem() -> None:
    for name, operation in operations():
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                assert [*answer["content"]] == ["application/problem+json"], f"{name} {status}"


def test_every_schema_is_used() -> None:
    text = json.dumps(document())
    for name in document()["components"]["schemas"]:
        assert f'"#/components/schemas/{name}"' in text, name


@pytest.mark.parametrize("operation", ["createCase", "addFiles", "createJob"])
def test_what_may_be_sent_again_says_so(operation: str) -> None:
    found = next(each for _, each in operations() if each["operationId"] == operation)
    names = [each["name"] for each in found["parameters"]]
    assert "Idempotency-Key" in names
    assert {"409", "422"} <= set(found["responses"])


def test_links_lead_to_operations_and_their_parameters() -> None:
    known = {each["operationId"]: each for _, each in operations()}
    for _, operation in operations():
        for answer in operation["responses"].values():
            for link in answer.get("links", {}).values():
                names = {each["name"] for each in known[link["operationId"]]["parameters"]}
                assert names >= set(link["parameters"])


def test_a_token_is_asked_for() -> None:
    [[name]] = [[*each] for each in document()["security"]]
    assert document()["components"]["securitySchemes"][name]["scheme"] == "bearer"
