from analyzer.model.profile import Profile
from analyzer.model.session import (
    Carrier,
    CloseKind,
    SeenIn,
    Session,
    SessionClose,
    Step,
    StepName,
    StepStatus,
)


def test_a_step_is_found_by_its_name() -> None:
    step = Step(name=StepName.OPEN, status=StepStatus.DONE)
    session = Session(
        capture=0,
        number=1,
        carrier=Carrier.WEBSOCKET,
        seen_in=SeenIn.HAR,
        can_see=frozenset(),
        profile=Profile(name="p", title="P", ports=(), steps=("open",)),
        server="a:1",
        steps=(step,),
        close=SessionClose(kind=CloseKind.UNKNOWN),
    )
    assert session.step(StepName.OPEN) is step
    assert session.step(StepName.BIND) is None
