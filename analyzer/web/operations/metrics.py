"""What Prometheus asks for: requests, jobs, cases, and how much room is left."""

import shutil
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import Metric

from ...version import __version__
from ..records import JobState
from ..stores import Stores

SECONDS = (0.01, 0.05, 0.1, 0.5, 1, 5, 30, 120, 600)
"""Bounds of the buckets of how long answers took."""


class Requests:
    """
    What is counted of requests.

    Attributes:
        registry: Where it is read.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        """Nothing was asked yet."""
        self.registry = registry
        self._requests = Counter(
            "stanzascope_requests",
            "Requests that were answered.",
            ("method", "route", "status"),
            registry=registry,
        )
        self._seconds = Histogram(
            "stanzascope_request_seconds",
            "How long answers took, uploads and downloads included.",
            ("route",),
            buckets=SECONDS,
            registry=registry,
        )
        self._received = Counter(
            "stanzascope_received_octets", "Octets of bodies.", registry=registry
        )

    def over(self, method: str, route: str, status: int, seconds: float, received: int) -> None:
        """A request is over; `route` is a template, so that there are few of them."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)
        self._received.inc(received)


class Metrics:
    """
    The metrics of one server, in a registry of its own.

    Attributes:
        requests: What is counted of them.
    """

    def __init__(self, stores: Stores) -> None:
        """`stores` is asked each time somebody looks."""
        registry = CollectorRegistry()
        self.requests = Requests(registry)
        registry.register(_Kept(stores))
        ProcessCollector(registry=registry)

    def written(self) -> bytes:
        """All of them, in the text format of Prometheus."""
        return generate_latest(self.requests.registry)

    @property
    def content_type(self) -> str:
        """Of what is written."""
        return CONTENT_TYPE_LATEST


class _Kept:
    """What the stores say of themselves when somebody looks."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def describe(self) -> list[Metric]:
        """Nothing is asked before somebody looks."""
        return []

    def collect(self) -> Iterator[Metric]:
        stores, settings = self._stores, self._stores.settings
        jobs = GaugeMetricFamily("stanzascope_jobs", "Jobs of all cases.", labels=["state"])
        counts = stores.jobs.counts()
        for state in JobState:
            jobs.add_metric([state.value], counts.get(state, 0))
        yield jobs
        yield _gauge("queue_room", "Jobs that may wait.", settings.queue)
        yield _gauge("workers", "Jobs done at the same time.", settings.workers)
        yield _gauge("cases", "Cases.", stores.cases.count())
        yield _gauge("kept_octets", "Octets of what is left of files.", stores.cases.octets())
        disk = shutil.disk_usage(settings.data)
        yield _gauge("disk_free_octets", "Octets free where the data are.", disk.free)
        build = GaugeMetricFamily("stanzascope_build", "This program.", labels=["version"])
        build.add_metric([__version__], 1)
        yield build


def _gauge(name: str, told: str, value: float) -> Metric:
    return GaugeMetricFamily(f"stanzascope_{name}", told, value=value)
