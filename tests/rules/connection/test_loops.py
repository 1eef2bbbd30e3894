"""Three short sessions in a row are a loop; less, longer or slower ones are not."""

import pytest
from msgspec.structs import replace

from analyzer.model.flow import Endpoint
from analyzer.model.session import Session
from analyzer.rules.connection.loops import loops
from tests.rules.climb import climb


def login(begin: float, end: float, how: str = "[fin]", user: str = "a") -> str:
    return f"@connection {begin}\n@login user={user}\n{end} C> {how}\n"


def lengths(text: str) -> list[int]:
    return [len(loop) for loop in loops(climb(text).sessions)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (login(1, 3) + login(4, 6), []),
        (login(1, 3) + login(4, 6) + login(7, 9), [3]),
        (login(1, 3) + login(4, 6) + login(7, 9) + login(10, 12), [4]),
        # one of them is long, or came after a pause
        (login(1, 3) + login(4, 80) + login(81, 83), []),
        (login(1, 3) + login(4, 6) + login(30, 32), []),
        # a good-bye ends it
        (login(1, 3) + login(4, 6, "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>")
         + login(7, 9), []),
        # two agents
        (login(1, 3) + login(4, 6, user="b") + login(7, 9), []),
        # two loops of one agent
        ("".join(login(n, n + 2) for n in (1, 4, 7, 100, 103, 106)), [3, 3]),
        # two tabs
        (login(1, 50) + login(2, 51) + login(3, 52), []),
    ],
)  # fmt: skip
def test_loops(text: str, expected: list[int]) -> None:
    assert lengths(text) == expected


def test_without_times_nothing_follows() -> None:
    sessions = climb(login(1, 3) + login(4, 6) + login(7, 9)).sessions
    timeless = [replace(session, started_ns=None) for session in sessions]
    assert list(loops(timeless)) == []


def test_clients_whose_names_cannot_be_read_are_told_apart_by_address() -> None:
    hidden = "".join(
        f"@connection {n}\n@tls locked=no-keys alpn=http/1.1\n@login\n{n + 2}.0 C> [fin]\n"
        for n in (1, 4, 7)
    )
    sessions = climb(hidden).sessions
    assert [len(loop) for loop in loops(sessions)] == [3]

    def moved(session: Session, host: str) -> Session:
        assert session.connection is not None
        connection = replace(session.connection, client=Endpoint(host, 50_000))
        return replace(session, connection=connection)

    others = [moved(session, f"10.0.0.{n}") for n, session in enumerate(sessions)]
    assert list(loops(others)) == []
    bare = [replace(session, connection=None) for session in sessions]
    assert [len(loop) for loop in loops(bare)] == [3]


def test_sessions_that_name_nobody_are_counted_with_those_of_their_agent() -> None:
    sessions = climb(login(1, 3) + login(4, 6) + login(7, 9)).sessions
    mute = [sessions[0], replace(sessions[1], agent=None), sessions[2]]
    assert list(loops(mute)) == []
    known = {session.number: sessions[0].agent or "" for session in sessions}
    assert [len(loop) for loop in loops(mute, known)] == [3]


def test_connections_in_vain_are_no_loop() -> None:
    refused = "".join(f"@connection {n}\n@no-connect refused\n" for n in (1, 4, 7, 10))
    sessions = climb(refused).sessions
    assert len(sessions) == 1
    assert list(loops(sessions * 3)) == []
