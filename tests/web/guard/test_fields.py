"""Fields of a header."""

import pytest

from analyzer.web.guard.fields import every, single
from analyzer.web.problems import Problem
from tests.web.guard.asking import scope


def test_every_value_in_order_whatever_the_case() -> None:
    asked = scope(headers=[("cookie", "a=1"), ("X-Other", "x"), ("Cookie", "b=2")])
    assert every(asked, b"cookie") == ["a=1", "b=2"]
    assert every(asked, b"origin") == []


def test_one_value_or_none() -> None:
    asked = scope(headers={"Origin": " \thttp://a "})
    assert single(asked, b"origin") == "http://a"
    assert single(asked, b"referer") is None


@pytest.mark.parametrize("second", ["http://a", "http://b"])
def test_twice_is_refused_even_if_equal(second: str) -> None:
    asked = scope(headers=[("origin", "http://a"), ("Origin", second)])
    with pytest.raises(Problem) as refused:
        single(asked, b"origin")
    assert refused.value.status == 400
    assert refused.value.detail == "origin stands there twice"
