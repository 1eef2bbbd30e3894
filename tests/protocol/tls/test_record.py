"""Where records begin and end, and where the next one begins behind a hole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.model.flow import Gap, GapReason
from analyzer.protocol.tls.record import LONGEST, Loss, Record, Records
from tests.protocol.tls.made import record
from tests.protocol.wire import C, chunk, source


def gap(offset: int, length: int | None) -> Gap:
    return Gap(C, offset, length, GapReason.LOST, source(1))


def drain(records: Records, *, final: bool = False) -> list[Record]:
    found = []
    while not records.is_damaged() and (one := records.next(final=final)) is not None:
        found.append(one)
        records.consume(one)
    return found


@given(sizes=st.lists(st.integers(0, 400), max_size=8), cut=st.integers(1, 90))
def test_any_cut(sizes: list[int], cut: int) -> None:
    octets = b"".join(record(23, bytes(size)) for size in sizes)
    records = Records(0)
    found = []
    for at in range(0, len(octets), cut):
        records.push(chunk(octets[at : at + cut], C, at))
        found += drain(records)
    assert [len(one.payload) for one in found] == sizes
    assert b"".join(one.header + one.payload for one in found) == octets
    assert [one.begin for one in found] == [sum(sizes[:i]) + 5 * i for i in range(len(sizes))]
    assert records.loss() is None
    assert len(records) == 0


def test_a_hole_within_a_record() -> None:
    octets = record(23, b"a" * 50) + record(22, b"b")
    records = Records(0)
    records.push(chunk(octets[:20], C))
    assert drain(records) == []
    assert records.hole(gap(20, 10)) == (23, 50)
    assert not records.is_searching
    records.push(chunk(octets[30:40], C, 30))
    assert drain(records) == []
    # Another one in the same record.
    assert records.hole(gap(40, 5)) is None
    records.push(chunk(octets[45:], C, 45))
    (found,) = drain(records)
    assert (found.payload, found.begin) == (b"b", 55)
    assert records.loss() == Loss(1, 1, 50)
    assert records.loss() is None


def test_a_hole_beyond_a_record() -> None:
    octets = record(23, b"a" * 50) + record(23, b"b" * 60) + record(23, b"c") + record(23, b"d")
    records = Records(0)
    records.push(chunk(octets[:20], C))
    assert drain(records) == []
    assert records.hole(gap(20, 60)) == (23, 50)
    assert records.is_searching
    records.push(chunk(octets[80:], C, 80))
    found = drain(records) + drain(records, final=True)
    assert [one.payload for one in found] == [b"c", b"d"]
    assert records.loss() == Loss(1, 4, None)  # 65 octets hold three records at most


@pytest.mark.parametrize("held", [0, 3])
def test_a_hole_of_unknown_length(held: int) -> None:
    records = Records(0)
    records.push(chunk(record(23, b"x") + b"\x17\3\3"[:held], C))
    drain(records)
    assert records.hole(gap(20, None)) is None
    records.push(chunk(b"\x17\3\3\0" + record(23, b"y"), C, 500))
    assert drain(records) == []
    (found,) = drain(records, final=True)
    assert found.payload == b"y"
    assert records.loss() == Loss(1 if held else 0, None, None)


def test_a_hole_while_searching() -> None:
    records = Records(0)
    records.hole(gap(0, 10))
    records.push(chunk(b"nonsense", C, 10))
    assert drain(records) == []
    records.hole(gap(18, 10))
    records.push(chunk(record(23, b"x") * 2, C, 28))
    assert len(drain(records) + drain(records, final=True)) == 2
    assert records.loss() == Loss(0, 2, None)


def test_a_beginning_that_is_none() -> None:
    """What looks like a header, and nothing like one where it would end."""
    records = Records(0)
    records.hole(gap(0, None))
    records.push(chunk(b"\x17\3\3\0\5" + bytes(20) + record(23, b"x") * 2, C))
    assert [one.payload for one in drain(records)] == [b"x", b"x"]


def test_the_last_octets_may_begin_one() -> None:
    for held in range(1, 5):
        records = Records(0)
        records.hole(gap(0, None))
        octets = record(23, b"x")
        records.push(chunk(b"?" * 9 + octets[:held], C))
        assert drain(records) == []
        records.push(chunk(octets[held:] * 1 + octets, C, 9 + held))
        assert [one.payload for one in drain(records, final=True)] == [b"x", b"x"]


@pytest.mark.parametrize(
    "octets",
    [b"GET / HTTP/1.1", b"\x19\3\3\0\1x", b"\x17\2\3\0\1x", b"\x17\3\5\0\1x",
     b"\x17\3\3" + (LONGEST + 1).to_bytes(2, "big")],
)  # fmt: skip
def test_damage(octets: bytes) -> None:
    records = Records(0)
    records.push(chunk(octets, C))
    assert records.is_damaged()
    assert not records.is_damaged()  # said once
    assert records.is_searching


@given(st.lists(st.binary(max_size=60) | st.integers(1, 50), max_size=12), st.booleans())
def test_any_octets(parts: list[bytes | int], final: bool) -> None:
    records = Records(0)
    at = 0
    for part in parts:
        if isinstance(part, int):
            records.hole(gap(at, part))
            at += part
        elif part:
            records.push(chunk(part, C, at))
            at += len(part)
        drain(records, final=final)
