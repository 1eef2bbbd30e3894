"""Each thing that happens to an agent is a chapter, and only once."""

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from analyzer.model.finesse import SystemInfo
from analyzer.model.history import Chapter, Happening
from analyzer.model.http import Exchange, Request
from analyzer.model.network import Attempt, AttemptEnd
from analyzer.model.session import (
    Carrier,
    CloseKind,
    Session,
    SessionClose,
    Step,
    StepName,
    StepStatus,
)
from analyzer.model.source import Side
from analyzer.model.websocket import Upgrade
from analyzer.session.chapters import Teller
from analyzer.session.nodes import Nodes
from tests.session.episodes import (
    AGENT,
    CONFLICT,
    LEFT,
    OPEN,
    RESET,
    SHUT,
    A,
    B,
    S,
    episode,
    place,
    steps,
)

DONE, FAILED, UNSEEN = StepStatus.DONE, StepStatus.FAILED, StepStatus.NOT_CAPTURED


def chapters(*sessions: Session) -> Sequence[Chapter]:
    teller = Teller(AGENT, Nodes(sessions))
    for one in sessions:
        teller.take(one)
    return teller.chapters()


def what(*sessions: Session) -> list[str]:
    return [chapter.what.value for chapter in chapters(*sessions)]


def second(*sessions: Session) -> Chapter:
    """How the second session began."""
    (found,) = (c for c in chapters(*sessions) if c.session == 2 and c.time_ns == 20 * S)
    return found


def back(**fields: object) -> Session:
    return episode(2, 20, 30, **fields)  # type: ignore[arg-type]


def after(first: Session, **fields: object) -> tuple[str, str | None, int | None]:
    found = second(first, back(**fields))
    return found.what.value, found.detail, found.span_ns


@pytest.mark.parametrize(
    ("first", "fields", "expected"),
    [
        (episode(1, 0, 10, RESET), {}, ("reconnected", None, 10 * S)),
        (episode(1, 0, 10, LEFT), {}, ("refreshed", None, 10 * S)),
        (episode(1, -90, -41, LEFT), {}, ("reconnected", None, 61 * S)),
        (episode(1, 0, 10, RESET), {"node": B}, ("failed over", A, 10 * S)),
        (episode(1, 0, 10, LEFT), {"node": B}, ("failed over", A, 10 * S)),
        (episode(1, 0, 10, RESET), {"carrier": Carrier.BOSH}, ("fell back", "bosh", 10 * S)),
        (episode(1, 0, 10, SHUT, carrier=Carrier.BOSH), {}, ("reconnected", None, 10 * S)),
        (episode(1, 0, 19.5, CONFLICT), {}, ("reconnected", "conflict", S // 2)),
        # It went down a little behind the beginning of the next one.
        (episode(1, 0, 20.5, RESET), {}, ("reconnected", None, 0)),
        # A dead socket, and one in use.
        (episode(1, 0, 90, RESET, idle=80), {}, ("reconnected", None, 10 * S)),
        (episode(1, 0, 90, OPEN, idle=85), {"node": B}, ("failed over", A, 15 * S)),
        (episode(1, 0, 90, LEFT, jid="agent1@example.test/x"), {}, ("beside", None, None)),
        (episode(1, 0, 20.5, CONFLICT), {}, ("beside", None, None)),
        (episode(1, 0, 20.5, CONFLICT, idle=16), {}, ("reconnected", "conflict", 31 * S // 2)),
    ],
)
def test_how_an_agent_came_back(
    first: Session, fields: dict[str, object], expected: tuple[str, str | None, int | None]
) -> None:
    assert after(first, **fields) == expected


HIDDEN = replace(episode(1, 0, 10, SHUT), steps=(Step(name=StepName.AUTH, status=UNSEEN),))


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        (episode(1, 0, 10), ["logged in", "left"]),
        (episode(1, 0, 10, started_late=True), ["already in", "left"]),
        (HIDDEN, ["connected", "ended"]),
        (replace(HIDDEN, started_late=True), ["already in", "ended"]),
        (episode(1, 0, 10, RESET), ["logged in", "lost"]),
        (episode(1, 0, 10, CONFLICT), ["logged in", "replaced"]),
        (episode(1, 0, 10, OPEN), ["logged in", "still in"]),
        (episode(1, 0, 10, SHUT), ["logged in", "ended"]),
        (episode(1, 0, 10, SHUT, steps=steps(StepName.LIVE)), ["logged in", "lost"]),
        (episode(1, 0, 10, SHUT, steps=steps(StepName.PUBSUB)), ["logged in", "ended"]),
        (episode(1, 0, 10, steps=steps(StepName.CONNECT)), ["in vain"]),
        (episode(1, 0, 10, steps=steps(StepName.BIND)), ["refused"]),
        (replace(episode(1, 0, 10), started_ns=None), ["logged in", "left"]),
    ],
)
def test_a_single_session(first: Session, expected: list[str]) -> None:
    assert what(first) == expected


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        (episode(1, 0, 90, RESET, idle=80), ["lost", "reconnected", "left", "lingered"]),
        (episode(1, 0, 90, OPEN, idle=80), ["lost", "reconnected", "left"]),
        (episode(1, 0, 25, CONFLICT, idle=22), ["lost", "reconnected", "replaced", "left"]),
        (episode(1, 0, 25, CONFLICT, idle=6), ["beside", "replaced", "left"]),
        (episode(1, 0, 25, OPEN, jid=None), ["beside", "still in", "left"]),
        # Told once where it is one session seen twice: another recording, or another hop.
        (episode(1, 0, 25, OPEN), ["still in"]),
        (episode(1, 0, 25, LEFT, jid=None, capture=1), ["left"]),
        # The recording ended, and another one began.
        (episode(1, 0, 10, OPEN, capture=1), ["still in", "reconnected", "left"]),
        (episode(1, 0, 20.5, RESET), ["lost", "reconnected", "left"]),
    ],
)
def test_sessions_that_overlap(first: Session, expected: list[str]) -> None:
    assert what(first, back()) == ["logged in", *expected]


def test_what_was_given_up_is_lost_with_its_last_word() -> None:
    found = chapters(episode(1, 0, 90, RESET, idle=85), back())
    assert [(c.what.value, c.detail, c.by, (c.time_ns or 0) // S) for c in found] == [
        ("logged in", None, None, 0),
        ("lost", "silent", Side.CLIENT, 5),
        ("reconnected", None, None, 20),
        ("left", "xmpp close 1005", Side.CLIENT, 30),
        ("lingered", "rst", Side.SERVER, 90),
    ]


def test_how_a_session_ended() -> None:
    lost = chapters(episode(1, 0, 40, RESET, idle=30))[-1]
    assert (lost.what, lost.by, lost.detail, lost.span_ns) == (
        Happening.LOST,
        Side.SERVER,
        "rst",
        30 * S,
    )
    assert lost.evidence == (place(40),)
    assert chapters(episode(1, 0, 40, RESET))[-1].span_ns is None
    bare = SessionClose(kind=CloseKind.RST, orderly=False)
    timeless = replace(episode(1, 0, 40), close=bare)
    assert chapters(timeless)[-1].span_ns is None
    assert chapters(timeless)[-1].evidence == ()
    closes = {
        SessionClose(kind=CloseKind.STREAM_ERROR, condition="system-shutdown", orderly=False),
        SessionClose(kind=CloseKind.WEBSOCKET_CLOSE, code=1012, orderly=False),
        SessionClose(kind=CloseKind.CLOSED),
        SessionClose(kind=CloseKind.FIN),
    }
    assert {chapters(episode(1, 0, 40, close))[-1].detail for close in closes} == {
        "system-shutdown",
        "websocket close 1012",
        "fin",
        None,
    }


def attempt(seconds: float, node: str, end: AttemptEnd = AttemptEnd.REFUSED) -> Attempt:
    connection = episode(9, seconds, seconds + 1, node=node).connection
    assert connection is not None
    return Attempt(connection=connection, end=end)


def test_connections_in_vain_are_told_by_node() -> None:
    detail = AttemptEnd.TLS_FAILED
    tried = (attempt(5, A), attempt(8, A, detail), attempt(9, B))
    found = chapters(episode(1, 20, 30, attempts=tried))
    assert [(c.what.value, c.server, c.count, c.detail, c.span_ns) for c in found[:2]] == [
        ("in vain", A, 2, "refused, tls failed", 3 * S),
        ("in vain", B, 1, "refused", 0),
    ]
    assert found[0].evidence == (place(5), place(8))
    alone = episode(1, 5, 6, steps=steps(StepName.CONNECT, "refused"), attempts=tried[1:])
    (vain,) = chapters(alone)
    assert (vain.count, vain.detail, vain.span_ns) == (3, "refused", 4 * S)
    assert vain.evidence == (place(5),)


def test_a_refusal_names_its_step() -> None:
    failed = replace(
        episode(1, 5, 6, attempts=(attempt(2, A),)),
        steps=(
            Step(name=StepName.OPEN, status=DONE, asked=place(5)),
            Step(name=StepName.AUTH, status=FAILED, asked=place(6), detail="not-authorized"),
        ),
    )
    vain, refused = chapters(failed)
    assert vain.what is Happening.IN_VAIN
    assert (refused.detail, refused.evidence) == ("auth: not-authorized", (place(6),))
    silent = replace(failed, steps=(Step(name=StepName.OPEN, status=StepStatus.MISSING),))
    assert [c.detail for c in chapters(silent)] == ["refused", "open: missing"]
    assert chapters(silent)[1].evidence == (place(5),)


def test_who_is_refused_a_socket_falls_back() -> None:
    refused = episode(1, 0, 1, steps=steps(StepName.UPGRADE, "403"))
    assert what(refused, back(carrier=Carrier.BOSH)) == ["refused", "fell back", "left"]
    assert what(refused, back()) == ["refused", "logged in", "left"]
    first = episode(1, 0, 1, carrier=Carrier.BOSH)
    again = episode(3, 40, 50, carrier=Carrier.BOSH)
    tried = replace(refused, number=2, started_ns=20 * S)
    assert what(first, tried, again) == ["logged in", "left", "refused", "fell back", "left"]


def test_the_beginning_is_proved_by_the_upgrade_where_there_is_one() -> None:
    request = Request(method="GET", url="ws://a.example.test/ws/", source=place(3))
    upgrade = Upgrade(exchange=Exchange(request=request, response=None), accepted=True)
    one = episode(1, 0, 9, upgrade=upgrade)
    assert chapters(one)[0].evidence == (place(3),)
    unseen = replace(upgrade, exchange=Exchange(request=None, response=None))
    assert chapters(replace(one, upgrade=unseen))[0].evidence == (place(0),)
    assert chapters(replace(one, upgrade=None, connection=None))[0].evidence == ()


INFO = SystemInfo(
    url="https://a/finesse/api/SystemInfo",
    status="OUT_OF_SERVICE",
    primary_node=A,
    secondary_node=B,
    source=place(7),
)


def test_system_info_names_the_sides_and_an_outage() -> None:
    first = episode(1, 0, 10, RESET, system_info=INFO)
    found = chapters(first, back(node=B, system_info=INFO))
    assert [(c.what.value, c.side) for c in found] == [
        ("logged in", "A"),
        ("out of service", "A"),
        ("lost", "A"),
        ("failed over", "B"),
        ("left", "B"),
    ]
    well = replace(INFO, status="IN_SERVICE")
    assert "out of service" not in what(replace(first, system_info=well))
    assert "out of service" not in what(replace(first, system_info=replace(INFO, status=None)))
