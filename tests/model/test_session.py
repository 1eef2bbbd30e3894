import pytest
from msgspec.structs import replace

from analyzer.model.profile import Profile
from analyzer.model.session import (
    Carrier,
    CloseKind,
    PingTrip,
    SeenIn,
    Session,
    SessionClose,
    Step,
    StepName,
    StepStatus,
)
from analyzer.model.source import HarSource, Side


def session(*steps: Step) -> Session:
    return Session(
        capture=0,
        number=1,
        carrier=Carrier.WEBSOCKET,
        seen_in=SeenIn.HAR,
        can_see=frozenset(),
        profile=Profile(name="p", title="P", ports=(), steps=("open",)),
        server="a:1",
        steps=steps,
        close=SessionClose(kind=CloseKind.UNKNOWN),
    )


def test_a_step_is_found_by_its_name() -> None:
    step = Step(name=StepName.OPEN, status=StepStatus.DONE)
    assert session(step).step(StepName.OPEN) is step
    assert session(step).step(StepName.BIND) is None


def test_a_login_is_complete_without_subscriptions() -> None:
    failed = {name: Step(name=name, status=StepStatus.FAILED) for name in StepName}
    done = Step(name=StepName.OPEN, status=StepStatus.DONE)
    whole = session(done, failed[StepName.PUBSUB], failed[StepName.LIVE])
    assert whole.stopped_at() is None
    stopped = session(done, failed[StepName.AUTH], failed[StepName.PUBSUB])
    assert stopped.stopped_at() is failed[StepName.AUTH]


def test_stanzas_that_were_let_go_are_counted_all_the_same() -> None:
    assert session().has_all_stanzas()
    assert not replace(session(), stanza_count=1).has_all_stanzas()


@pytest.mark.parametrize(
    ("asked_ns", "answered_ns", "took"), [(1, 5, 4), (5, 1, 0), (None, 1, None), (1, None, None)]
)
def test_no_ping_takes_less_than_nothing(
    asked_ns: int | None, answered_ns: int | None, took: int | None
) -> None:
    place = HarSource(0, 0, None, None)
    ping = PingTrip(by=Side.CLIENT, id="", asked_ns=asked_ns, answered_ns=answered_ns, source=place)
    assert ping.trip_ns == took
