"""Attempts in vain are told from those that succeed elsewhere, and from holes in a capture."""

from typing import Any

import pytest
from msgspec.structs import replace

from analyzer.model.events import BESIDE
from analyzer.model.flow import Connection, DirectionFacts, EndCause, Endpoint
from analyzer.model.http import Exchange, Request
from analyzer.model.limits import ATTEMPTS, RESOLUTIONS
from analyzer.model.network import AttemptEnd, Resolution, Unreachable
from analyzer.model.session import CloseKind, SeenIn, Session, StepName, StepStatus
from analyzer.model.source import Direction, PacketSource, Side
from analyzer.model.tls import RecordFacts, TlsAlert, TlsFacts
from analyzer.model.websocket import Upgrade
from analyzer.session.attempts import ATTEMPTS_SHOWN, SESSIONS, Attempts, is_fruitless
from analyzer.session.build import Builder
from analyzer.session.trace import Room, Trace
from tests.session.conversation import PROFILE

S = 1_000_000_000
PORT = 8445
CLIENT = Endpoint("10.0.0.9", 50_000)
SERVER = Endpoint("10.0.0.1", PORT)
SYN = Connection(
    capture=0,
    number=0,
    client=CLIENT,
    server=SERVER,
    opened_ns=S,
    closed_ns=4 * S,
    syn_seen=True,
    syn_ack_seen=False,
    ended_by=EndCause.CAPTURE_END,
    opened_source=PacketSource(0, 1, 1, S),
    to_server=DirectionFacts(packets=3),
    to_client=DirectionFacts(),
)
REFUSED = replace(
    SYN,
    ended_by=EndCause.RST,
    ended_side=Side.SERVER,
    end_source=PacketSource(0, 2, 2, 1_001_000_000),
    to_server=DirectionFacts(packets=1),
    to_client=DirectionFacts(packets=1),
)
ANSWERED = replace(SYN, syn_ack_seen=True)
RESET = replace(REFUSED, syn_ack_seen=True)
PROHIBITED = Unreachable(
    reporter="10.9.9.9",
    code="administratively prohibited",
    client=CLIENT,
    server=SERVER,
    source=PacketSource(0, 3, 3, S + 1),
)
HELLO = PacketSource(0, 4, 4, S + 2)
REJECTED = TlsFacts(
    client_hello=HELLO,
    completed=False,
    alerts=(
        TlsAlert(direction=Direction.TO_SERVER, fatal=True, description="unknown_ca", source=HELLO),
    ),
    to_server=RecordFacts(),
    to_client=RecordFacts(),
)


def at(seconds: float, connection: Connection = SYN, **fields: Any) -> Connection:
    """A connection that begins at another time."""
    opened = round(seconds * S)
    return replace(connection, opened_ns=opened, closed_ns=opened + S, **fields)


def trace(connection: Connection | None, tls: TlsFacts | None = None) -> Trace:
    made = Trace(Room())
    if connection is not None:
        made.feed([connection] if tls is None else [tls, connection])
    return made


@pytest.mark.parametrize(
    ("connection", "expected"),
    [
        (SYN, True),
        (REFUSED, True),
        (replace(SYN, to_server=DirectionFacts(packets=1)), False),
        (replace(SYN, to_server=DirectionFacts(packets=2, duplicates=1)), False),
        (ANSWERED, False),
        (replace(SYN, syn_seen=False), False),
        (replace(SYN, syn_seen=None, to_server=None), False),
        (replace(SYN, to_server=None), False),
        (replace(SYN, to_server=DirectionFacts(packets=3, octets=9)), False),
        (replace(SYN, to_client=DirectionFacts(packets=3, octets=9)), False),
        (replace(SYN, to_client=None), True),
    ],
)
def test_is_fruitless(connection: Connection, expected: bool) -> None:
    assert is_fruitless(connection) is expected


def test_a_single_syn_is_fruitless_if_a_router_says_so() -> None:
    assert is_fruitless(replace(SYN, to_server=DirectionFacts(packets=1)), unreachable=True)
    assert not is_fruitless(ANSWERED, unreachable=True)


def kept(*connections: Connection | None) -> list[int]:
    attempts = Attempts((PORT,))
    for connection in connections:
        attempts.note(trace(connection), used=False)
    return [1 + len(others) for _, others in attempts.alone()]


def test_what_lived_meanwhile_or_later_is_no_fault() -> None:
    assert kept(SYN, REFUSED) == [2]
    assert kept(SYN, None) == [1]
    assert kept(SYN, ANSWERED) == []
    assert kept(ANSWERED, SYN) == []
    assert kept(ANSWERED, at(3)) == []
    assert kept(ANSWERED, at(9)) == [1]
    assert kept(at(9), replace(ANSWERED, server=Endpoint("10.0.0.2", PORT))) == [1]
    assert kept(SYN, at(9, ANSWERED, server=Endpoint("10.0.0.2", PORT))) == []
    assert kept(SYN, replace(ANSWERED, client=Endpoint("10.0.0.8", 1))) == [1]
    assert kept(replace(SYN, server=Endpoint("10.0.0.1", 1))) == []
    assert kept(replace(SYN, client=None)) == []
    assert kept(SYN, replace(ANSWERED, server=Endpoint("10.0.0.1", 1))) == [1]


def test_attempts_are_bounded() -> None:
    assert kept(*[SYN] * (ATTEMPTS + 1)) == [ATTEMPTS_SHOWN]
    servers = [replace(SYN, server=Endpoint(f"10.0.1.{n}", PORT)) for n in range(SESSIONS + 1)]
    assert kept(*servers) == [1] * SESSIONS


@pytest.mark.parametrize(
    ("connection", "detail", "answered", "kind"),
    [
        (SYN, "unanswered", None, CloseKind.OPEN),
        (REFUSED, "refused", REFUSED.end_source, CloseKind.RST),
    ],
)
def test_they_become_sessions_at_the_end(
    connection: Connection, detail: str, answered: PacketSource | None, kind: CloseKind
) -> None:
    builder = Builder(0, SeenIn.PACKETS, replace(PROFILE, ports=(PORT,)))
    assert builder.feed(0, [connection]) == []
    (one,) = builder.finish()
    step = one.step(StepName.CONNECT)
    assert step is not None
    assert (step.status, step.detail, step.answered) == (StepStatus.FAILED, detail, answered)
    assert step.asked == SYN.opened_source
    assert (one.server, one.close.kind) == ("10.0.0.1:8445", kind)
    others = {s.status for s in one.steps if s.name is not StepName.CONNECT}
    assert others == {StepStatus.MISSING}


def test_icmp_says_why_a_connection_did_not_come_about() -> None:
    builder = Builder(0, SeenIn.PACKETS, replace(PROFILE, ports=(PORT,)))
    assert builder.feed(BESIDE, [PROHIBITED]) == []
    builder.feed(0, [replace(SYN, to_server=DirectionFacts(packets=1))])
    builder.feed(1, [at(9, number=1)])
    (one,) = builder.finish()
    step = one.step(StepName.CONNECT)
    assert step is not None
    assert (step.detail, step.answered) == (PROHIBITED.code, PROHIBITED.source)
    assert one.unreachables == (PROHIBITED,)
    assert [(a.connection.number, a.end) for a in one.attempts] == [(1, AttemptEnd.UNANSWERED)]


def session(seconds: float, until: float = 30, **fields: Any) -> Session:
    """A session that began then."""
    connection = at(seconds, ANSWERED, client=replace(CLIENT, port=50_999))
    builder = Builder(0, SeenIn.PACKETS, replace(PROFILE, ports=(PORT,)))
    request = Request(method="GET", url="https://Finesse.example.test:8445/ws/", source=HELLO)
    exchange = Exchange(request=request, response=None)
    upgrade = Upgrade(exchange=exchange, accepted=True, offered=("xmpp",))
    (one,) = builder.feed(1, [upgrade, connection])
    return replace(one, started_ns=round(seconds * S), ended_ns=round(until * S), **fields)


Tried = tuple[Connection, TlsFacts | None]


def ends(*tried: Tried, told: tuple[Unreachable, ...] = ()) -> list[tuple[AttemptEnd, str | None]]:
    """What became of the attempts before a session that begins at 20 s."""
    attempts = Attempts((PORT, 7443))
    attempts.tell(told)
    for connection, tls in tried:
        attempts.note(trace(connection, tls), used=False)
    found = attempts.explained(attempts.preceded(session(20)))
    assert list(attempts.alone()) == []
    return [(one.end, one.detail) for one in found.attempts]


def test_a_session_tells_what_became_of_the_attempts_before_it() -> None:
    assert ends((SYN, None)) == [(AttemptEnd.UNANSWERED, None)]
    assert ends((SYN, None), told=(PROHIBITED,)) == [(AttemptEnd.UNREACHABLE, PROHIBITED.code)]
    assert ends((REFUSED, None)) == [(AttemptEnd.REFUSED, None)]
    assert ends((RESET, None)) == [(AttemptEnd.RESET, None)]
    assert ends((ANSWERED, REJECTED)) == [(AttemptEnd.TLS_FAILED, "alert unknown_ca")]
    assert ends((at(2), None), (at(1, REFUSED), None)) == [
        (AttemptEnd.REFUSED, None),
        (AttemptEnd.UNANSWERED, None),
    ]


@pytest.mark.parametrize(
    "connection",
    [
        ANSWERED,
        replace(RESET, ended_side=Side.CLIENT),
        replace(RESET, syn_seen=False),
        replace(RESET, to_client=DirectionFacts(packets=3, octets=9)),
        replace(RESET, ended_by=EndCause.FIN),
    ],
)
def test_what_said_something_was_no_attempt(connection: Connection) -> None:
    assert ends((connection, None)) == []


def test_a_handshake_that_succeeded_was_no_attempt() -> None:
    through = replace(REJECTED, completed=True, alerts=())
    assert ends((ANSWERED, through)) == []
    assert ends((SYN, replace(REJECTED, client_hello=None))) == [(AttemptEnd.UNANSWERED, None)]


def before(*tried: Connection, sessions: tuple[Session, ...]) -> list[list[int | None]]:
    """When the attempts began that each session follows, seconds."""
    attempts = Attempts((PORT, 7443))
    for connection in tried:
        attempts.note(trace(connection), used=False)
    return [
        [round((one.connection.opened_ns or 0) / S) for one in attempts.preceded(each).attempts]
        for each in sessions
    ]


def test_attempts_belong_to_the_session_that_follows() -> None:
    tried = [at(5), at(40), at(41), at(90)]
    assert before(*tried, sessions=(session(20), session(50, 80))) == [[5], [40, 41]]
    # At another port of the same host, or another host's same port; not another client's.
    assert before(at(5, server=replace(SERVER, port=7443)), sessions=(session(20),)) == [[5]]
    assert before(at(5, server=Endpoint("10.0.0.2", PORT)), sessions=(session(20),)) == [[5]]
    assert before(at(5, server=Endpoint("10.0.0.2", 7443)), sessions=(session(20),)) == [[]]
    assert before(at(5, client=Endpoint("10.0.0.8", 1)), sessions=(session(20),)) == [[]]


def test_attempts_reach_back_as_far_as_they_follow_each_other_or_to_the_session_before() -> None:
    assert before(at(100), at(155), at(210), sessions=(session(260, 300),)) == [[100, 155, 210]]
    assert before(at(100), at(161), at(210), sessions=(session(260, 300),)) == [[161, 210]]
    both = (session(20), session(260, 300))
    assert before(at(100), at(161), at(210), sessions=both) == [[], [100, 161, 210]]
    assert before(at(25), at(210), sessions=both) == [[], [210]]


NODE_B = Endpoint("10.0.0.2", PORT)
URL_B = "wss://b.example.test:8445/ws/"


def followed(*steps: Connection | Session | Resolution) -> tuple[list[list[int]], list[str]]:
    """When the attempts of each session began, seconds; and where those went that are of none."""
    attempts = Attempts((PORT,))
    found: list[list[int]] = []
    for step in steps:
        if isinstance(step, Session):
            told = attempts.preceded(step).attempts
            found.append([round((one.connection.opened_ns or 0) / S) for one in told])
        elif isinstance(step, Resolution):
            attempts.tell([step])
        else:
            attempts.note(trace(step), used=False)
    return found, [
        str(first.connection.server) for first, _ in attempts.alone() if first.connection
    ]


def on_b(seconds: float, until: float = 30) -> Session:
    """A session on the other node."""
    made = session(seconds, until, url=URL_B)
    assert made.connection is not None
    connection = replace(made.connection, server=NODE_B)
    return replace(made, connection=connection, server=str(NODE_B))


def test_attempts_at_another_node_are_not_those_of_the_session() -> None:
    # In on A and lost, in vain at A, in on B, back on A.
    first, second, third = session(5, 10), on_b(40, 80), session(300, 400)
    assert followed(first, at(20), at(30), second) == ([[], []], ["10.0.0.1:8445"])
    assert followed(first, at(20), at(30), second, third) == ([[], [], []], ["10.0.0.1:8445"])
    # In vain at B right before the return to A, and at A itself.
    tried = at(290, server=NODE_B), at(295)
    assert followed(first, second, *tried, third) == ([[], [], [295]], ["10.0.0.2:8445"])
    # Another address of the same name is the same node; so is one nobody knows.
    same = replace(second, url=first.url)
    assert followed(first, at(20), same) == ([[], [20]], [])
    assert followed(at(20), second) == ([[20]], [])
    asked = question(1, "a.example.test", addresses=(SERVER.host,))
    assert followed(asked, at(20), second) == ([[]], ["10.0.0.1:8445"])
    alias = question(1, "a.example.test", addresses=(SERVER.host,), aliases=("b.example.test",))
    assert followed(alias, at(20), second) == ([[20]], [])


def test_a_port_that_xmpp_was_spoken_at_is_one_of_the_service() -> None:
    away = replace(SERVER, port=9443)
    first, second = session(5, 10), session(40, 80)
    assert first.connection is not None
    assert second.connection is not None
    spoken = [
        replace(one, connection=replace(connection, server=away), server=str(away))
        for one, connection in ((first, first.connection), (second, second.connection))
    ]
    tried = at(20, server=away)
    assert followed(tried, spoken[1]) == ([[]], [])
    assert followed(spoken[0], tried, spoken[1]) == ([[], [20]], [])
    assert followed(spoken[0], tried) == ([[]], [str(away)])


def test_a_session_of_a_har_has_neither_attempts_nor_names() -> None:
    attempts = Attempts((PORT,))
    bare = session(20, connection=None)
    assert attempts.explained(attempts.preceded(bare)) is bare


def question(seconds: float | None, name: str, **fields: Any) -> Resolution:
    place = None if seconds is None else PacketSource(0, 9, 9, round(seconds * S))
    told = {"kind": "A", "client": CLIENT.host, "server": "10.0.0.53", "asked": place} | fields
    return Resolution(name=name, **told)


def test_a_session_knows_the_questions_for_its_server() -> None:
    tls = replace(REJECTED, server_name="SNI.example.test")
    mine = [
        question(701, "finesse.example.test", code="NXDOMAIN"),
        question(702, "other.example.test", addresses=(SERVER.host, "10.0.0.2")),
        question(703, "sni.example.test"),
        question(None, "finesse.example.test", answered=None),
    ]
    others = [
        question(600, "finesse.example.test"),
        question(2001, "finesse.example.test"),
        question(702, "another.example.test", addresses=("10.0.0.2",)),
        question(702, "finesse.example.test", client="10.0.0.8"),
    ]
    attempts = Attempts((PORT,))
    attempts.tell([*others, *mine])
    found = attempts.explained(session(1_000, 2_000, tls=tls))
    assert found.resolutions == tuple(mine)
    assert attempts.explained(session(1_000, 2_000, url="http://[")).resolutions == (mine[1],)
    assert attempts.resolutions == [*others, *mine]


def test_an_answer_tells_when_a_question_was_asked_that_was_not_captured() -> None:
    attempts = Attempts((PORT,))
    late = question(None, "finesse.example.test", answered=PacketSource(0, 1, 1, 0))
    attempts.tell([late])
    assert attempts.explained(session(1_000)).resolutions == ()
    assert attempts.explained(session(10)).resolutions == (late,)


def test_questions_are_bounded() -> None:
    attempts = Attempts((PORT,))
    attempts.tell([question(1, "finesse.example.test")] * (RESOLUTIONS + 1))
    assert len(attempts.resolutions) == RESOLUTIONS
    assert len(attempts.explained(session(10)).resolutions) == 1


def test_icmp_is_told_of_the_connection_it_is_about() -> None:
    attempts = Attempts((PORT,))
    back = replace(PROHIBITED, client=SERVER, server=CLIENT)
    late = replace(PROHIBITED, source=PacketSource(0, 9, 9, 70 * S))
    early = replace(PROHIBITED, source=PacketSource(0, 9, 9, -S))
    timeless = replace(PROHIBITED, source=PacketSource(0, 9, 9, None))
    attempts.tell([PROHIBITED, back, late, early, timeless, SYN])
    assert attempts.about(SYN) == (PROHIBITED, back, timeless)
    assert attempts.about(replace(SYN, client=Endpoint("10.0.0.9", 1))) == ()
    assert attempts.about(replace(SYN, client=None)) == ()
    assert attempts.about(None) == ()
