"""Attempts in vain are told from those that succeed elsewhere, and from holes in a capture."""

import pytest
from msgspec.structs import replace

from analyzer.model.flow import Connection, DirectionFacts, EndCause, Endpoint
from analyzer.model.session import CloseKind, SeenIn, StepName, StepStatus
from analyzer.model.source import PacketSource, Side
from analyzer.session.build import Builder
from analyzer.session.trace import Room, Trace
from analyzer.session.unreached import ATTEMPTS, Unreached, is_fruitless
from tests.session.conversation import PROFILE

PORT = 8445
SYN = Connection(
    capture=0,
    number=0,
    server=Endpoint("10.0.0.1", PORT),
    opened_ns=1_000_000_000,
    closed_ns=4_000_000_000,
    syn_seen=True,
    syn_ack_seen=False,
    ended_by=EndCause.CAPTURE_END,
    opened_source=PacketSource(0, 1, 1, 1_000_000_000),
    to_server=DirectionFacts(packets=3),
    to_client=DirectionFacts(),
)
REFUSED = replace(
    SYN,
    ended_by=EndCause.RST,
    ended_side=Side.SERVER,
    end_source=PacketSource(0, 2, 2, 1_001_000_000),
    to_server=DirectionFacts(packets=1),
    to_client=DirectionFacts(packets=1),
)
ANSWERED = replace(SYN, syn_ack_seen=True)


def trace(connection: Connection | None) -> Trace:
    made = Trace(Room())
    if connection is not None:
        made.feed([connection])
    return made


@pytest.mark.parametrize(
    ("connection", "expected"),
    [
        (SYN, True),
        (REFUSED, True),
        (replace(SYN, to_server=DirectionFacts(packets=1)), False),
        (ANSWERED, False),
        (replace(SYN, syn_seen=False), False),
        (replace(SYN, syn_seen=None, to_server=None), False),
        (replace(SYN, to_server=None), False),
        (replace(SYN, to_server=DirectionFacts(packets=3, octets=9)), False),
        (replace(SYN, to_client=DirectionFacts(packets=3, octets=9)), False),
        (replace(SYN, to_client=None), True),
    ],
)
def test_is_fruitless(connection: Connection, expected: bool) -> None:
    assert is_fruitless(connection) is expected


def kept(*connections: Connection | None) -> int:
    unreached = Unreached((PORT,))
    for connection in connections:
        unreached.note(trace(connection))
    return len(unreached.attempts())


def test_what_was_reached_elsewhere_or_later_is_no_fault() -> None:
    assert kept(SYN, REFUSED) == 2
    assert kept(SYN, None) == 1
    assert kept(SYN, ANSWERED) == 0
    assert kept(ANSWERED, SYN) == 0
    assert kept(replace(SYN, server=Endpoint("10.0.0.1", 1))) == 0
    assert kept(SYN, replace(ANSWERED, server=Endpoint("10.0.0.1", 1))) == 1


def test_attempts_are_bounded() -> None:
    assert kept(*[SYN] * (ATTEMPTS + 1)) == ATTEMPTS


@pytest.mark.parametrize(
    ("connection", "detail", "answered", "kind"),
    [
        (SYN, "unanswered", None, CloseKind.OPEN),
        (REFUSED, "refused", REFUSED.end_source, CloseKind.RST),
    ],
)
def test_they_become_sessions_at_the_end(
    connection: Connection, detail: str, answered: PacketSource | None, kind: CloseKind
) -> None:
    builder = Builder(0, SeenIn.PACKETS, replace(PROFILE, ports=(PORT,)))
    assert builder.feed(0, [connection]) == []
    (one,) = builder.finish()
    step = one.step(StepName.CONNECT)
    assert step is not None
    assert (step.status, step.detail, step.answered) == (StepStatus.FAILED, detail, answered)
    assert step.asked == SYN.opened_source
    assert (one.server, one.close.kind) == ("10.0.0.1:8445", kind)
    others = {s.status for s in one.steps if s.name is not StepName.CONNECT}
    assert others == {StepStatus.MISSING}
