"""The API keeps to its own description, whatever is sent: by schemathesis."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.python.asgi import shutdown_lifespans
from schemathesis.specs.openapi.checks import positive_data_acceptance

from analyzer.web.api.routes import document
from analyzer.web.app import create_app, protected
from analyzer.web.guard.token import Secrets
from analyzer.web.settings import Settings
from analyzer.web.stores import Stores
from tests.web.doubles import HAR

from .conftest import Api

TOKEN = "a-token-of-the-tests"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
PCAP = bytes.fromhex("d4c3b2a1020004000000000000000000ffff000001000000")

EXAMPLES = 15
"""Of each operation; raise it for a longer run."""

schemathesis.openapi.format("binary", st.sampled_from([HAR, PCAP, b"", b"x", HAR[:20]]))

OPERATIONS = [
    operation["operationId"]
    for operations in document()["paths"].values()
    for operation in operations.values()
]

MORE_THAN_A_SCHEMA = ("createCase", "addFiles", "listCases", "createJob")
"""No schema tells what a recording is, a cursor, or which profiles and languages a server has."""

Ids = dict[str, list[str]]
"""Name of a parameter → values that there are."""


class NoRunner:
    """Does no jobs."""

    async def run(self) -> None:
        pass

    async def stop(self, grace_s: float) -> None:
        pass


class NoSweeper:
    """Deletes nothing."""

    def sweep(self) -> None:
        pass

    def stop(self) -> None:
        pass


@pytest.fixture(scope="module")
def description(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Any, Ids]]:
    """The description, as the guarded application serves it, and ids of what there is."""
    folder = tmp_path_factory.mktemp("conformance")
    told = Settings(
        data=folder / "data",
        token=TOKEN,
        hosts=("testserver",),
        requests_per_minute=10**6,
        sign_ins_per_minute=10**6,
        queue=10**6,
    )
    with Stores(told) as stores:
        api = Api(stores, folder)
        ids = _filled(api)
        # Jobs wait for ever here, and those who follow one would, too.
        api.services.stopping = True
        parts: Any = SimpleNamespace(**vars(api.services), runner=NoRunner(), sweeper=NoSweeper())
        app = protected(create_app(parts), parts, Secrets(token=TOKEN, key=b"k" * 32))
        schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app, headers=BEARER)
        yield schema, ids
        shutdown_lifespans()


def _aim(parameters: dict[str, Any], ids: Ids) -> None:
    """Let two of three requests be about something that there is."""
    for name, value in parameters.items():
        number = sum(value.encode())
        if number % 3:
            parameters[name] = ids[name][number // 3 % len(ids[name])]


def _filled(api: Api) -> Ids:
    """Names of parameters with ids: of cases and jobs that are done, failed and wait."""
    cases = [api.upload(files={"a.har": HAR, "b.har": HAR + b" "}).json() for _ in range(3)]
    api.done()
    api.failed()
    files = [file["id"] for case in cases for file in case["files"]]
    jobs = [case["job"]["id"] for case in cases]
    return {"case_id": [case["id"] for case in cases], "file_id": files, "job_id": jobs}


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("name", OPERATIONS)
def test_every_answer_is_one_that_is_described(
    description: tuple[Any, Ids], name: str, mode: GenerationMode
) -> None:
    """No 5xx; status, media type, headers and schema as described; what is invalid is refused."""
    schema, ids = description
    operation = schema.find_operation_by_id(name)

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def hold(case: Any) -> None:
        # What is deleted is what there is not, lest nothing is left for the others.
        if mode is GenerationMode.POSITIVE and case.method != "DELETE":
            _aim(case.path_parameters, ids)
        skipped = [positive_data_acceptance] if name in MORE_THAN_A_SCHEMA else []
        case.call_and_validate(headers=BEARER, excluded_checks=skipped)

    hold()
