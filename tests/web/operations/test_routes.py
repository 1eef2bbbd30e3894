"""What a monitor asks, through the guard."""

from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from starlette.testclient import TestClient

from analyzer.web.app import create_app, protected
from analyzer.web.guard.token import load_secrets
from analyzer.web.services import Services
from analyzer.web.settings import Settings
from analyzer.web.stores import Stores
from analyzer.web.workers.runner import Runner

TOKEN = "t" * 40
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    with Stores(replace(settings, token=TOKEN, grace_s=1, free_disk=0)) as stores:
        services = Services(stores)
        app = protected(create_app(services), services, load_secrets(settings.data, TOKEN))
        with TestClient(app, base_url="http://127.0.0.1:8480", follow_redirects=False) as opened:
            yield opened


def test_anybody_may_ask_whether_it_lives_and_is_ready(client: TestClient) -> None:
    assert client.get("/health/live").json() == {"status": "live"}
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})


def test_what_is_amiss_is_for_those_with_a_token(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Runner, "is_alive", False)
    answer = client.get("/health/ready", headers=BEARER)
    assert answer.status_code == 503
    assert answer.json() == {
        "status": "not ready",
        "checks": {"database": True, "store": True, "disk": True, "runner": False},
    }
    assert client.get("/health/ready").json() == {"status": "not ready"}


def test_metrics_are_for_those_with_a_token(client: TestClient) -> None:
    answer = client.get("/metrics", headers=BEARER)
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert "stanzascope_cases 0.0" in answer.text
    refused = client.get("/metrics")
    assert refused.status_code in {303, 401}
    assert "stanzascope_cases" not in refused.text


def test_they_are_no_part_of_the_api(client: TestClient) -> None:
    described = client.get("/api/v1/openapi.json", headers=BEARER).json()
    assert all(path.startswith("/api/v1") for path in described["paths"])
