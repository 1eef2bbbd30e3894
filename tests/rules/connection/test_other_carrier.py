"""A fall-back is told only where the order of things is known."""

import pytest

from analyzer.model.network import RealTime, RealTimeUse
from analyzer.model.recording import Kind, Recording
from analyzer.model.source import HarSource
from analyzer.rules.connection.co_009_other_carrier import RULE

S = 1_000_000_000
PLACE = HarSource(0, 1, None, None)


def recording(*uses: RealTimeUse) -> Recording:
    return Recording(
        capture=0, name="a", sha256="", octets=1, format="HAR", kind=Kind.HAR, realtime=uses
    )


def use(
    kind: RealTime, second: float | None, *, refused: int = 0, client: str = "a"
) -> RealTimeUse:
    time_ns = None if second is None else int(second * S)
    return RealTimeUse(
        kind=kind,
        url="https://a/",
        client=client,
        requests=0 if refused else 1,
        refused=refused,
        first_ns=time_ns,
        last_ns=time_ns,
        source=PLACE,
    )


@pytest.mark.parametrize(
    ("vain", "other", "fires"),
    [
        (use(RealTime.WEBSOCKET, 1, refused=2), use(RealTime.LONG_POLLING, 3), True),
        (use(RealTime.WEBSOCKET, None, refused=2), use(RealTime.LONG_POLLING, 3), False),
        (use(RealTime.WEBSOCKET, 1, refused=2), use(RealTime.LONG_POLLING, None), False),
        (use(RealTime.WEBSOCKET, 1, refused=2), use(RealTime.LONG_POLLING, 62), False),
        (use(RealTime.WEBSOCKET, 3, refused=2), use(RealTime.LONG_POLLING, 1), False),
        (use(RealTime.WEBSOCKET, 1), use(RealTime.BOSH, 3), False),
        (use(RealTime.WEBSOCKET, 1, refused=2), use(RealTime.BOSH, 3, client="b"), False),
        (use(RealTime.SSE, 1), use(RealTime.BOSH, 3), False),
    ],
)
def test_who_falls_back(vain: RealTimeUse, other: RealTimeUse, *, fires: bool) -> None:
    assert bool([*RULE.check(recording(vain, other))]) is fires  # type: ignore[arg-type]
