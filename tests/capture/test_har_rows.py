import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.capture import har_rows
from analyzer.capture.har_json import Row
from analyzer.capture.har_rows import batches
from tests.capture.har_written import row

TEXTS = st.lists(
    st.text() | st.sampled_from(['},{"type":', '"}]', "\\", "\n", "<a/>"]), max_size=12
)


def read(octets: bytes) -> list[str | None]:
    """Data of every row, None for one that cannot be read; checks the batches' numbers."""
    found: list[str | None] = []
    for batch in batches(memoryview(octets)):
        assert batch.first == len(found)
        found += [None if said is None else said.data for said in batch.rows]
    return found


@pytest.mark.parametrize("size", [20, 150, 1 << 20])
@given(TEXTS)
def test_rows_come_whole_whatever_the_batch(size: int, texts: list[str]) -> None:
    rows = [row(text) for text in texts]
    written = (
        json.dumps(rows),
        json.dumps(rows, indent=2),
        json.dumps(rows, separators=(",", ":"), ensure_ascii=False),
        "\n".join(json.dumps(said) for said in rows),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(har_rows, "BATCH_OCTETS", size)
        for octets in written:
            assert read(octets.encode("utf-8", "replace")) == texts


def test_every_field_is_read() -> None:
    (batch,) = batches(memoryview(json.dumps([row("<a/>", 5, "receive", 2)]).encode()))
    assert batch.rows == [Row("receive", 5.0, 2.0, "<a/>")]


@pytest.mark.parametrize("octets", [b"", b"null", b"5", b"[]", b"[ ]", b'"x"'])
def test_no_rows(octets: bytes) -> None:
    assert read(octets) == []


@pytest.mark.parametrize("size", [60, 1 << 20])
def test_a_list_that_breaks_off(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(har_rows, "BATCH_OCTETS", size)
    octets = json.dumps([row(f"<{number}/>") for number in range(5)]).encode()
    ends = [octets.index(f"<{number}/>".encode()) + 6 for number in range(5)]
    for cut in range(1, len(octets)):
        whole = sum(end <= cut for end in ends)
        assert [data for data in read(octets[:cut]) if data] == [f"<{n}/>" for n in range(whole)]


@pytest.mark.parametrize(
    ("odd", "expected"),
    [
        (b'{"type":"send","time":1,"opcode":1,"data":"\\ud83d"}', "\ufffd"),
        (b'{"type":"send","time":NaN,"opcode":1,"data":"x"}', "x"),
        (b'{"type":"send","time":1,"opcode":1,"data":"\xff"}', "\ufffd"),
        (b'{"type":"send","time":1,"opcode":1,"data":{"odd":1}}', None),
        (b'{"type":"send" @ "time":1}', None),
        (b"null", None),
        (b'["send",1,1,"x"]', None),
    ],
)
def test_one_odd_row_costs_no_other(odd: bytes, expected: Any) -> None:
    before, behind = json.dumps(row("before")).encode(), json.dumps(row("behind")).encode()
    assert read(b"[" + before + b"," + odd + b", " + behind + b"]") == [
        "before",
        expected,
        "behind",
    ]


def test_a_row_longer_than_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(har_rows, "BATCH_OCTETS", 100)
    rows = [row("a"), row("b" * 5_000), row("c")]
    texts = [said["data"] for said in rows]
    assert read(json.dumps(rows).encode()) == texts
    assert read("\n".join(map(json.dumps, rows)).encode()) == texts


@pytest.mark.parametrize("odd", ["{}", "null", '{"kind":"x"}'])
def test_rows_that_nothing_known_parts(odd: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(har_rows, "BATCH_OCTETS", 200)
    monkeypatch.setattr(har_rows, "GROUP_ROWS", 3)
    rows = [odd] * 100 + [json.dumps(row("last"))]
    octets = f"[ {', '.join(rows)} ]".encode()
    assert read(octets) == [None] * 100 + ["last"]
    assert max(len(batch.rows) for batch in batches(memoryview(octets))) <= 100
    mixed = f"[{json.dumps(row('a'))},{json.dumps(row('b'))},{','.join(rows)}]".encode()
    assert read(mixed) == ["a", "b"] + [None] * 100 + ["last"]


def test_rows_that_all_break_off_are_given_up() -> None:
    hostile = b'[{"type":' * 900 + b'"' + b"x" * 100_000
    assert len(read(hostile)) < 200
