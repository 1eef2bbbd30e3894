"""The login that `@login` stands for is one that a desktop makes."""

import pytest
from lxml import etree

from analyzer.capture.ladder_login import login
from analyzer.model.session import StepName


@pytest.mark.parametrize(
    ("until", "lines"),
    [
        (StepName.UPGRADE, 0),
        (StepName.OPEN, 3),
        (StepName.AUTH, 5),
        (StepName.BIND, 10),
        (StepName.SESSION, 12),
        (StepName.PRESENCE, 14),
        (StepName.PUBSUB, 18),
        (StepName.LIVE, 19),
    ],
)
def test_it_goes_as_far_as_asked(until: StepName, lines: int) -> None:
    assert len(list(login(until, "a", "desktop", "AGEAYg=="))) == lines


def test_each_line_is_one_element_that_stands_alone() -> None:
    for line in login(StepName.LIVE, "a", "desktop", "AGEAYg=="):
        assert line[:3] in {"C> ", "S> "}
        etree.fromstring(line[3:].encode())


def test_who_logs_in() -> None:
    said = "".join(login(StepName.LIVE, "anna", "phone", "c2VjcmV0"))
    assert "anna@example.test/phone" in said
    assert ">c2VjcmV0<" in said
    assert "$" not in said
