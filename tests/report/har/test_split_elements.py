"""Messages that hold one element together are told from those that do not."""

import pytest

from analyzer.model.har import Numeral, Tree
from analyzer.report.har.split_elements import Joined


def row(data: object, kind: object = "send", opcode: object = Numeral("1")) -> Tree:
    return {"type": kind, "time": Numeral("1"), "opcode": opcode, "data": data}


def runs(*rows: Tree) -> list[list[int]]:
    """Numbers of the messages of each run."""
    joined = Joined()
    found = [run for one in rows for run in joined.add(one)]
    return [[number for number, _ in run] for run in [*found, *joined.rest()]]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (["<a/>", "<b>x</b>", " ", "<c/>"], [[0], [1], [2], [3]]),
        (["<auth>AG", "Fn", "Zw==</auth>", "<x/>"], [[0, 1, 2], [3]]),
        (["<auth>", "AGFn", "</auth>"], [[0, 1, 2]]),
        (["<message><bo", "dy>x</body></message>"], [[0, 1]]),
        (["<stream:stream>", "<features/>", "</stream:stream>"], [[0], [1], [2]]),
        (["<auth>AG", " ", "Fn</auth>"], [[0, 2], [1]]),
        (["hello", "there", "{}"], [[0], [1], [2]]),
        (["", "<a/>"], [[0], [1]]),
    ],
)
def test_one_direction(rows: list[str], expected: list[list[int]]) -> None:
    assert runs(*map(row, rows)) == expected


def test_two_directions() -> None:
    rows = [row("<auth>AG"), row("<iq/>", "receive"), row("Fn</auth>"), row("<x/>", "receive")]
    assert runs(*rows) == [[0, 2], [1], [3]]


def test_what_is_no_text_stands_by_itself() -> None:
    rows = [
        row("<auth>AG"),
        row("AAAA", opcode=Numeral("2")),
        row("gone", "error", Numeral("-1")),
        row(None),
        row("x", ["send"]),
        row(Numeral("5")),
        row("Fn</auth>", opcode=None),
    ]
    assert runs(*rows) == [[0, 6], [1], [2], [3], [4], [5]]


def test_nobody_waits_for_ever() -> None:
    joined = Joined()
    told = sum(len(joined.add(row("<a>"))) for _ in range(1_000))
    assert told > 700
    long = Joined()
    assert len(long.add(row("<a>" + "x" * (1 << 21)))) == 1
