import base64
import json
from typing import Any

import pytest

from analyzer.capture import har_messages
from analyzer.capture.har_messages import Messages
from analyzer.capture.har_rows import batches
from analyzer.model.anomaly import Anomaly, AnomalyCode
from analyzer.model.events import Item
from analyzer.model.flow import Gap, GapReason
from analyzer.model.limits import ANOMALIES_PER_CODE
from analyzer.model.recording import TimeBase
from analyzer.model.source import Direction, HarSource
from analyzer.model.websocket import Message, MessageKind
from tests.capture.har_written import STARTED_NS, row


def read(*rows: Any) -> tuple[list[Item], Messages]:
    said = Messages(HarSource(2, 7, None, STARTED_NS))
    items: list[Item] = []
    for batch in batches(memoryview(json.dumps(rows).encode())):
        items += said.items(batch)
    return items, said


def test_a_text_message() -> None:
    items, said = read(row("<a>ž</a>", 1_795_207_478.856393), row("<b/>", kind="receive"))
    assert items[0] == Message(
        direction=Direction.TO_SERVER,
        kind=MessageKind.TEXT,
        payload="<a>ž</a>".encode(),
        source=HarSource(2, 7, 0, 1_795_207_478_856_393_000),
    )
    assert isinstance(items[1], Message)
    assert items[1].direction is Direction.TO_CLIENT
    assert (said.rows, said.messages, said.skipped) == (2, 2, 0)
    assert said.clock.base is TimeBase.SECONDS
    assert said.last_ns == 1_795_207_479_500_000_000


def test_binary_is_base64() -> None:
    (item,), _ = read(row(base64.b64encode(b"\0\1").decode(), opcode=2))
    assert isinstance(item, Message)
    assert (item.kind, item.payload) == (MessageKind.BINARY, b"\0\1")


@pytest.mark.parametrize("opcode", [None, "1", "text"])
def test_text_without_a_proper_opcode(opcode: Any) -> None:
    (item,), _ = read(row("<a/>", opcode=opcode))
    assert isinstance(item, Message)
    assert (item.kind, item.payload) == (MessageKind.TEXT, b"<a/>")


def test_error_rows_are_kept_as_the_sockets_error() -> None:
    items, said = read(row("first", kind="error", opcode=-1), row("", kind="error", opcode=-1))
    assert items == []
    assert (said.error, said.errors, said.rows, said.messages) == ("first", 2, 2, 0)


def test_a_message_sets_the_clock_before_an_error_row() -> None:
    items, said = read(row("late", 5073.7, "error", -1), row("<a/>", 1_795_207_478.5))
    assert said.clock.base is TimeBase.SECONDS
    assert items[0].source.time_ns == 1_795_207_478_500_000_000  # type: ignore[union-attr]


def test_close_frames_tell_code_and_reason() -> None:
    close = base64.b64encode((1012).to_bytes(2, "big") + b"restart").decode()
    items, said = read(
        row(base64.b64encode(b"?").decode(), opcode=9),
        row("", opcode=8),
        row(close, kind="receive", opcode=8),
        row(base64.b64encode(b"\x03\xe8").decode(), opcode=8),
    )
    assert items == []
    assert (said.code, said.reason, said.messages) == (1012, "restart", 0)


@pytest.mark.parametrize(
    ("odd", "reason"),
    [
        (row("x", kind="unknown"), "type"),
        ({"time": 1, "opcode": 1, "data": "x"}, "type"),
        ({"type": "send", "time": 1, "opcode": 1}, "data"),
        (row("not base64!", opcode=2), "base64"),
        (row("ä", opcode=2), "base64"),
        (5, "json"),
    ],
)
def test_rows_that_cannot_be_read(odd: Any, reason: str) -> None:
    items, said = read(row("<a/>"), odd, row("<b/>"))
    assert said.skipped == 1
    assert items[1] == Anomaly(
        code=AnomalyCode.HAR_MESSAGE_SKIPPED,
        values={"message": 1, "reason": reason},
        source=HarSource(2, 7, 1, None),
    )
    assert [type(item) for item in items] == [Message, Anomaly, Message]


def test_oddities_are_bounded() -> None:
    items, said = read(*[5] * (ANOMALIES_PER_CODE + 9))
    assert said.skipped == ANOMALIES_PER_CODE + 9
    assert len(items) == ANOMALIES_PER_CODE


def test_a_long_message_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(har_messages, "MESSAGE_OCTETS", 4)
    items, _ = read(row("<a/>"), row("<long/>"))
    assert [(item.payload, item.complete) for item in items if isinstance(item, Message)] == [
        (b"<a/>", True),
        (b"<lon", False),
    ]


def test_our_own_export_of_a_capture_tells_what_is_missing() -> None:
    hole = {"type": "receive missing", "time": 1_795_207_479.5, "opcode": -1, "data": ""}
    items, said = read(
        {**row("<a>cut"), "_cut": True},
        {**hole, "_missing": "snaplen", "_octets": 67},
        {**hole, "type": "send missing", "_missing": "nobody knows", "time": -1},
    )
    cut, snaplen, unknown = items
    assert isinstance(cut, Message)
    assert (cut.payload, cut.complete) == (b"<a>cut", False)
    place = HarSource(2, 7, 1, 1_795_207_479_500_000_000)
    assert snaplen == Gap(Direction.TO_CLIENT, 0, 67, GapReason.SNAPLEN, place)
    assert unknown == Gap(Direction.TO_SERVER, 0, None, GapReason.LOST, HarSource(2, 7, 2, None))
    assert (said.messages, said.skipped) == (1, 0)
