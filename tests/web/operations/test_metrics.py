from collections.abc import Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families

from analyzer.version import __version__
from analyzer.web.operations.metrics import Metrics
from analyzer.web.services import Services
from analyzer.web.settings import Settings
from analyzer.web.stores import Stores
from tests.web.conftest import Uploaded


@pytest.fixture
def services(settings: Settings) -> Iterator[Services]:
    with Stores(settings) as stores:
        yield Services(stores)


def values(metrics: Metrics) -> dict[tuple[str, ...], float]:
    """Name and values of labels → value."""
    families = text_string_to_metric_families(metrics.written().decode())
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def test_what_is_kept_is_counted_when_somebody_looks(
    services: Services, uploaded: Uploaded
) -> None:
    metrics = Metrics(services.stores)
    before = values(metrics)
    assert before["stanzascope_cases",] == before["stanzascope_kept_octets",] == 0
    services.casebook.open(uploaded({"a.har": b"x" * 1_000}))
    services.casebook.open(uploaded({"a.har": b"x" * 500}))
    after = values(metrics)
    assert after["stanzascope_cases",] == 2
    assert after["stanzascope_kept_octets",] == 1_500
    assert after["stanzascope_jobs", "queued"] == 2
    assert [after["stanzascope_jobs", state] for state in ("running", "done", "failed")] == [0] * 3
    assert after["stanzascope_queue_room",] == services.settings.queue
    assert after["stanzascope_workers",] == services.settings.workers
    assert after["stanzascope_build", __version__] == 1
    assert after["stanzascope_disk_free_octets",] > 0
    assert after["process_resident_memory_bytes",] > 0


def test_requests_are_counted_by_route(services: Services) -> None:
    metrics = Metrics(services.stores)
    for seconds in (0.02, 0.2):
        metrics.requests.over("POST", "/cases", 201, seconds, 7)
    told = values(metrics)
    assert told["stanzascope_requests_total", "POST", "/cases", "201"] == 2
    assert told["stanzascope_received_octets_total",] == 14
    assert told["stanzascope_request_seconds_bucket", "0.05", "/cases"] == 1
    assert told["stanzascope_request_seconds_count", "/cases"] == 2


def test_two_servers_in_one_process_count_for_themselves(services: Services) -> None:
    one, other = Metrics(services.stores), Metrics(services.stores)
    one.requests.over("GET", "/", 200, 0.1, 0)
    assert ("stanzascope_requests_total", "GET", "/", "200") not in values(other)
    assert one.content_type.startswith("text/plain; version=")
