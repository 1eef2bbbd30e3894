"""Who takes part in a session, and what did not arrive."""

import pytest
from msgspec.structs import replace

from analyzer.model.flow import Connection, Endpoint
from analyzer.model.history import Chapter, Happening, History
from analyzer.model.joined import Disagreed, Disagreement, Part
from analyzer.model.session import Session
from analyzer.model.source import Direction
from analyzer.report.drawing.lanes import Lane, Scene, node, scene
from analyzer.report.language.words import words
from analyzer.report.view.timeline import Timelines
from tests.report.reports import (
    START_NS,
    entry,
    har_session,
    packet,
    packet_session,
    refused,
    upgrade,
)

WORDS = words("en")
A, B = "finesse-a.example.test", "finesse-b.example.test"


def staged(session: Session, *chapters: Chapter) -> Scene:
    history = History(agent="agent1001", sessions=(session.number, 7), chapters=chapters)
    return scene(session, refused(histories=(history,)), WORDS)


def chapter(what: Happening, session: int | None, server: str, **fields: object) -> Chapter:
    return Chapter(what=what, session=session, time_ns=START_NS, server=server, **fields)  # type: ignore[arg-type]


def test_a_browser_and_its_server() -> None:
    made = staged(har_session())
    assert made.lanes == (
        Lane(role="Browser"),
        Lane(role="Server", name="finesse.example.test:7071"),
    )
    assert (made.onward, made.lost, made.whole) == (None, frozenset(), True)


def test_a_client_that_is_no_browser_with_its_address() -> None:
    made = staged(packet_session(user_agent=None, upgrade=None, stanza_count=9))
    assert made.lanes[0] == Lane(role="Client", name="10.0.0.1:50000")
    assert not made.whole


def test_what_a_node_is_called() -> None:
    made = staged(har_session(), chapter(Happening.LOGGED_IN, 1, A, side="A"))
    assert made.lanes[-1] == Lane(role="Node A", name=A)
    assert node("h" * 300, None, WORDS).name.endswith("…")


def test_a_proxy_that_names_itself() -> None:
    told = upgrade(entry(None))
    response = told.exchange.response
    assert response is not None
    response = replace(response, headers=(*response.headers, ("Via", "1.1 proxy\u202e (squid)")))
    passed = replace(told, exchange=replace(told.exchange, response=response))
    made = staged(har_session(upgrade=passed))
    assert [lane.role for lane in made.lanes] == ["Browser", "Proxy", "Server"]
    assert made.lanes[1].name == r"1.1 proxy\u202e (squid)"


def connection(host: str, sequence: tuple[int, int] | None) -> Connection:
    return Connection(
        capture=0,
        number=0,
        server=Endpoint(host, 8445),
        opened_ns=None,
        closed_ns=None,
        sequence=sequence,
    )


@pytest.mark.parametrize(
    ("near", "far", "proxied"),
    [
        (connection("10.0.0.9", (1, 2)), connection("10.0.0.2", (3, 4)), True),
        (connection("10.0.0.9", (1, 2)), connection("10.0.0.2", (1, 2)), False),  # NAT
        (connection("10.0.0.9", (1, 2)), connection("10.0.0.2", None), False),
        (connection("10.0.0.9", (1, 2)), None, False),
    ],
)
def test_two_connections_for_one_session(
    near: Connection, far: Connection | None, proxied: bool
) -> None:
    parts = (Part(capture=0, connection=near), Part(capture=1, connection=far))
    names = [lane.name for lane in staged(har_session(parts=parts)).lanes]
    assert ("10.0.0.9:8445" in names) == proxied


def test_what_left_and_did_not_arrive() -> None:
    gone = Disagreed(
        kind=Disagreement.LEFT_NOT_ARRIVED,
        direction=Direction.TO_SERVER,
        seen=packet(30, 0.2, 1),
        stanzas=2,
    )
    others = (
        replace(gone, kind=Disagreement.CHANGED),
        replace(gone, stanzas=0, octets=9),
        replace(gone, seen=packet(99, 9, 1)),
    )
    session = packet_session(disagreements=(*others, gone))
    timelines = Timelines(refused(sessions=(session,)), WORDS)
    rows = timelines.rows(session)
    made = scene(session, refused(), WORDS, timelines.anchors)
    assert [row.label.words for row in rows if row.key in made.lost] == [
        "auth PLAIN as agent1001",
        "iq get ping",
    ]
    assert scene(session, refused(), WORDS).lost == frozenset()


def test_the_node_that_the_agent_went_on_to() -> None:
    made = staged(
        har_session(),
        chapter(Happening.LOGGED_IN, 1, A),
        chapter(Happening.LOST, 1, A),
        chapter(Happening.IN_VAIN, None, B),
        chapter(Happening.FAILED_OVER, 7, B, side="B", span_ns=25_300_000_000),
    )
    assert made.onward is not None
    assert made.onward.node == Lane(role="Node B", name=B)
    assert made.onward.text == f"went on at {B} as session 7, 25.3 s later"
    assert (made.onward.session, made.onward.time_ns) == (7, START_NS)


def test_who_comes_back_to_the_same_node_goes_nowhere() -> None:
    there = staged(
        har_session(),
        chapter(Happening.LOGGED_IN, 1, A),
        chapter(Happening.RECONNECTED, 7, A),
        chapter(Happening.FAILED_OVER, 8, B),
    )
    assert there.onward is None
    last = staged(har_session(), chapter(Happening.LOGGED_IN, 1, A))
    assert last.onward is None
