"""What tells a session from all others."""

import pytest
from msgspec.structs import replace

from analyzer.model.joined import MatchedBy
from analyzer.model.session import Session
from analyzer.session.signs import (
    Identity,
    accepts,
    differ,
    ends,
    identity_of,
    randoms,
    sequences,
    streams,
)
from tests.rules.climb import climb

NONE: frozenset[tuple[object, ...]] = frozenset()
A, B = frozenset([("a",)]), frozenset([("b",)])


def seen(text: str) -> Session:
    (session,) = climb(text).sessions
    return session


def test_the_accept_follows_from_the_key() -> None:
    """The example of RFC 6455 section 1.3."""
    assert [*accepts(seen("@login"))] == [("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",)]
    assert [*accepts(seen("@request Sec-WebSocket-Key:\n@login"))] == [
        ("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",)
    ]
    assert [*accepts(seen("@no-connect silent"))] == []


def test_a_stream_has_an_id_for_each_time_it_was_opened() -> None:
    opened = [*streams(seen("@login"))]
    assert len(opened) == 2
    assert all(key[0] for key in opened)
    assert [*streams(seen("@no-connect silent"))] == []
    assert [*streams(seen("@bosh sid=x\n@login"))] == [("x",)]


def test_numbers_and_ends_of_its_connection() -> None:
    session = seen("@login")
    assert [*ends(session)] == [("192.0.2.10:50000", "192.0.2.1:8445")]
    assert [*ends(seen("@har\n@login"))] == []
    assert [*sequences(session)] == []
    assert session.connection is not None
    known = replace(session, connection=replace(session.connection, sequence=(1, 2)))
    assert [*sequences(known)] == [(1, 2)]


def test_the_random_of_tls() -> None:
    session = seen("@tls version=1.3\n@login")
    assert session.tls is not None
    assert [*randoms(session)] == []
    known = replace(session, tls=replace(session.tls, client_random="aa"))
    assert [*randoms(known)] == [("aa",)]
    assert identity_of(known).random == {("aa",)}


@pytest.mark.parametrize(
    ("name", "differs"),
    [
        ("streams", {*MatchedBy}),
        ("jid", {*MatchedBy}),
        ("socket", {MatchedBy.TLS_RANDOM, MatchedBy.SEQUENCE, MatchedBy.ADDRESSES}),
        ("random", {MatchedBy.SEQUENCE, MatchedBy.ADDRESSES}),
    ],
)
def test_what_may_be_another_on_the_other_side_of_a_proxy(
    name: str, differs: set[MatchedBy]
) -> None:
    bare = Identity(NONE, NONE, NONE, NONE)
    one, other = bare._replace(**{name: A}), bare._replace(**{name: B})
    assert {by for by in MatchedBy if differ(one, other, by)} == differs
    assert not any(differ(one, one, by) or differ(one, bare, by) for by in MatchedBy)
