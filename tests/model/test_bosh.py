"""What a `<body/>` says of its place in the session."""

import pytest

from analyzer.model.bosh import Body
from analyzer.model.source import Direction, HarSource


def body(**attributes: str) -> Body:
    source = HarSource(0, 0, None, None)
    return Body(direction=Direction.TO_SERVER, attributes=attributes, source=source)


def test_the_session_it_belongs_to() -> None:
    assert body(sid="s1").sid == "s1"
    assert body().sid is None


@pytest.mark.parametrize(
    ("rid", "expected"),
    [("1573741820", 1_573_741_820), ("9007199254740991", 2**53 - 1), ("", None), ("-1", None),
     ("one", None), ("1" * 17, None), ("\u0661", None)],
)  # fmt: skip
def test_request_ids_are_numbers(rid: str, expected: int | None) -> None:
    assert body(rid=rid).rid == expected
    assert body().rid is None
