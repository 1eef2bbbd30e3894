"""A name was not resolved if its client never got an address."""

import pytest

from analyzer.model.network import Resolution
from analyzer.rules.connection.lookups import in_words, is_failed, never_resolved


def asked(
    name: str = "a.test",
    code: str | None = "NXDOMAIN",
    *addresses: str,
    kind: str = "A",
    client: str = "10.0.0.9",
) -> Resolution:
    return Resolution(
        name=name, kind=kind, client=client, server="10.0.0.53", code=code, addresses=addresses
    )


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (asked(), True),
        (asked(code="SERVFAIL"), True),
        (asked(code="REFUSED", kind="AAAA"), True),
        (asked(code=None), True),
        (asked(code="NOERROR"), False),
        (asked(kind="HTTPS"), False),
    ],
)
def test_is_failed(one: Resolution, expected: bool) -> None:
    assert is_failed(one) is expected


def test_in_words() -> None:
    assert in_words(asked()) == "NXDOMAIN"
    assert in_words(asked(code=None)) == "no answer"


def test_what_was_resolved_by_another_question_was_resolved() -> None:
    six = asked(code="SERVFAIL", kind="AAAA")
    four = asked("a.test", "NOERROR", "10.0.0.1")
    assert never_resolved([six, four]) == []
    assert never_resolved([four, six]) == []
    other = asked("a.test", "NOERROR", "10.0.0.1", client="10.0.0.8")
    assert never_resolved([six, asked(), other]) == [six]
    assert never_resolved([asked(code="NOERROR")]) == []
