"""Sessions of agents as their stories see them, put together by hand."""

from typing import Any

from msgspec.structs import replace

from analyzer.model.flow import Connection, Endpoint
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
from analyzer.model.source import PacketSource, Side
from tests.session.conversation import PROFILE

S = 1_000_000_000
AGENT = "agent1@example.test"
A, B = "10.0.0.1", "10.0.0.2"
CLIENT = "10.0.9.9"

LEFT = SessionClose(kind=CloseKind.XMPP_CLOSE, by=Side.CLIENT, orderly=True, code=1005)
RESET = SessionClose(kind=CloseKind.RST, by=Side.SERVER, orderly=False)
SHUT = SessionClose(kind=CloseKind.CLOSED)
OPEN = SessionClose(kind=CloseKind.OPEN)
CONFLICT = SessionClose(
    kind=CloseKind.STREAM_ERROR, by=Side.SERVER, orderly=False, condition="conflict"
)


def place(second: float, capture: int = 0) -> PacketSource:
    """A packet at a second."""
    number = round(second * 1000) + 1
    return PacketSource(capture, number, number, round(second * S))


def steps(stop: StepName | None = None, detail: str | None = None) -> tuple[Step, ...]:
    """A login that came through, or that stopped at a step."""
    found: list[Step] = []
    status = StepStatus.DONE
    for name in StepName:
        if name is stop:
            status = StepStatus.FAILED
        found.append(Step(name=name, status=status, detail=detail if name is stop else None))
        if status is StepStatus.FAILED:
            status = StepStatus.MISSING
    return tuple(found)


def episode(
    number: int,
    begin: float,
    end: float,
    close: SessionClose = LEFT,
    *,
    node: str = A,
    idle: float = 0.5,
    client: str = CLIENT,
    **fields: Any,
) -> Session:
    """A session of an agent; `idle`: seconds of silence before its end."""
    capture = fields.pop("capture", 0)
    connection = Connection(
        capture=capture,
        number=number,
        client=Endpoint(client, 50_000 + number),
        server=Endpoint(node, 8445),
        opened_ns=round(begin * S),
        closed_ns=round(end * S),
        opened_source=place(begin, capture),
    )
    made = Session(
        capture=capture,
        number=number,
        carrier=Carrier.WEBSOCKET,
        seen_in=SeenIn.PACKETS,
        can_see=frozenset(),
        profile=PROFILE,
        agent=AGENT,
        jid=f"{AGENT}/desktop",
        server=f"{node}:8445",
        started_ns=round(begin * S),
        ended_ns=round(end * S),
        recorded_until_ns=1_000 * S,
        connection=connection,
        steps=steps(),
        close=replace(
            close, time_ns=round(end * S), idle_ns=round(idle * S), source=place(end, capture)
        ),
    )
    return replace(made, **fields)
