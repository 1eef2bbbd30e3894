"""The parts of a server know each other."""

from analyzer.web.services import Services
from analyzer.web.stores import Stores

from .conftest import Uploaded


def test_the_casebook_wakes_the_runner(stores: Stores, uploaded: Uploaded) -> None:
    services = Services(stores)
    case, job = services.casebook.open(uploaded({"a.har": b"{}"}))
    assert stores.jobs.counts()[job.state] == 1
    services.sweeper.sweep()
    assert services.casebook.case(case.id).id == case.id
    assert services.settings is stores.settings
