"""Ends that lie close together, and which ends count."""

import pytest
from msgspec.structs import replace

from analyzer.model.flow import Endpoint
from analyzer.model.session import CloseKind, Cohort, Session, SessionClose
from analyzer.rules.connection import co_012_all_at_once
from analyzer.rules.connection.crowds import age, agents_of, clusters, how, lost
from tests.rules.climb import climb
from tests.rules.said import session


def groups(*ages: int | None, width: float = 0.1, least: int = 5) -> list[list[int | None]]:
    sessions = [replace(session(), ended_ns=age) for age in ages]
    found = clusters(sessions, lambda s: s.ended_ns, width, least)
    return [[s.ended_ns for s in group] for group in found]


@pytest.mark.parametrize(
    ("ages", "expected"),
    [
        ([], []),
        ([1, 2], []),
        ([3, 1, 2], [[1, 2, 3]]),
        ([1, 2, None, 3], [[1, 2, 3]]),
        ([1, 4, 7, 10], []),
        ([100, 109, 110, 111], [[100, 109, 110]]),
        ([1, 2, 3, 50, 200, 201, 202], [[1, 2, 3], [200, 201, 202]]),
    ],
)
def test_clusters(ages: list[int | None], expected: list[list[int]]) -> None:
    assert groups(*ages) == expected


@pytest.mark.parametrize(
    ("ending", "counts"),
    [
        ("3.0 S> [rst]", True),
        ("3.0 C> [fin]", True),
        ("3.0 S> [close 1012]", True),
        ("3.0 C> [close 1001]", False),
        (
            (
                "3.0 S> <stream:error xmlns:stream='http://etherx.jabber.org/streams'>"
                "<reset xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>"
            ),
            True,
        ),
        ("3.0 S> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>", False),
        ("@until 5", False),
    ],
)
def test_lost(ending: str, counts: bool) -> None:
    sessions: tuple[Session, ...] = climb(f"@login\n{ending}").sessions
    assert len(lost(sessions)) == counts


def test_age() -> None:
    (long,) = climb("@login\n65.0 S> <message xmlns='jabber:client'/>\n90.0 S> [fin]").sessions
    assert age(long) == 90_004_000_000
    assert age(replace(long, started_ns=None)) is None
    assert age(replace(long, ended_ns=None)) is None
    (silent,) = climb("@login\n90.0 S> [fin]").sessions
    assert age(silent) is None
    (short,) = climb("@login\n9.0 S> [fin]").sessions
    assert age(short) is None


def test_the_word_that_tells_most_of_an_end() -> None:
    shutdown = SessionClose(
        kind=CloseKind.STREAM_ERROR, condition="system-shutdown", code=1001, orderly=False
    )
    assert how(shutdown) == "system-shutdown"
    assert how(SessionClose(kind=CloseKind.WEBSOCKET_CLOSE, code=1012)) == "close 1012"
    assert how(SessionClose(kind=CloseKind.RST)) == "rst"


def test_agents_whose_names_tls_hides_are_told_apart_by_address() -> None:
    hidden = "".join(
        f"@connection {n}\n@tls locked=no-keys alpn=http/1.1 cadence=10\n@login\n30.{n} S> [rst]\n"
        for n in (1, 2, 3)
    )
    sessions = climb(hidden).sessions
    check = co_012_all_at_once.RULE.check
    assert list(check(Cohort(sessions=sessions))) == []  # type: ignore[arg-type]

    def moved(session: Session) -> Session:
        assert session.connection is not None
        client = Endpoint(f"10.0.9.{session.number}", 50_000)
        return replace(session, connection=replace(session.connection, client=client))

    found = list(check(Cohort(sessions=tuple(map(moved, sessions)))))  # type: ignore[arg-type]
    assert [hit.values["count"] for hit in found] == [3]


def test_an_agent_is_known_by_name_story_or_address() -> None:
    named = replace(session(), number=1, agent="a@example.test")
    told, nameless = replace(named, number=2, agent=None), replace(named, number=3, agent=None)
    assert agents_of([named, told, nameless], {2: "b@example.test"}) == {
        "a@example.test": named,
        "b@example.test": told,
    }
