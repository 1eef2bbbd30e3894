"""One session: bounds, and its connections as one."""

import pytest
from msgspec.structs import replace

from analyzer.model.anomaly import AnomalyCode
from analyzer.model.bosh import BoshFacts
from analyzer.model.flow import Connection, DirectionFacts, EndCause, Gap, GapReason, Silence
from analyzer.model.source import Direction, Side
from analyzer.session import bosh_life
from analyzer.session.bosh_life import LATEST, Life, facts_of
from analyzer.session.trace import Room, Trace
from tests.session.conversation import at, tcp
from tests.session.posts import URL, Post, body, creation, login

RID = 1_000_000


def life(*posts: Post) -> Life:
    one = Life(Room(), URL)
    for post in posts:
        one.take(0, post.turn())
    return one


def facts(one: Life) -> BoshFacts:
    found = one.done().bosh
    assert found is not None
    return found


def test_turns_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bosh_life, "BOSH_TURNS", 10)
    one = life(*[Post(n, n + 0.5, body(n)) for n in range(100, 300)])
    found = facts(one)
    assert [turn.rid for turn in found.turns] == [*range(100, 110)]
    assert [turn.rid for turn in found.latest] == [*range(300 - LATEST, 300)]
    assert found.turn_count == 200
    assert [a.values["limit"] for a in one.trace.anomalies()] == ["BOSH_TURNS"]


def test_what_ends_it_may_be_behind_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bosh_life, "BOSH_TURNS", 2)
    one = life(*login(), Post(9.0, 9.1, body(RID + 9, "", "type='terminate'")))
    assert facts(one).terminated_by == "client"


def test_two_that_are_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bosh_life, "BOSH_TURNS", 4)
    one, other = life(*login()[2:]), life(*login()[:2])
    one.absorb(other)
    found = facts(one)
    assert [turn.rid for turn in found.turns] == [RID, RID + 2, RID + 3, RID + 4]
    assert found.turn_count == 5
    assert (one.first_rid, one.created, found.wait_s) == (RID, True, 60)
    assert found.sid is None
    nameless = Life(Room(), "")
    nameless.absorb(Life(Room(), ""))
    assert nameless.first_rid is None


def test_holes_and_oddities_of_two_that_are_one() -> None:
    one, other = life(*login()[1:]), Life(Room(), URL)
    other.take(1, creation()._replace(got=None).turn(har=0))
    other.take(1, Post(0.05, 0.06, body(RID + 1, "<a>")).turn())
    one.absorb(other)
    trace = one.done()
    assert [gap.reason for gap in trace.gaps] == [GapReason.NOT_EXPORTED]
    assert [anomaly.code for anomaly in trace.anomalies()] == [AnomalyCode.BOSH_BODY]


def test_the_server_is_learned() -> None:
    one = Life(Room(), "")
    assert one.server == ""
    one.take(0, creation().turn())
    assert one.server == "example.test"


def trace(connection: Connection | None, *gaps: Gap) -> Trace:
    one = Trace(Room())
    one.feed([*gaps, *([connection] if connection is not None else [])])
    return one


def test_connections_as_one() -> None:
    one = Life(Room(), URL)
    one.take(4, login()[0].turn())
    one.take(5, login()[1].turn())
    late = replace(
        tcp(EndCause.RST, 3.0, Side.SERVER, number=5),
        opened_ns=at(2.0).time_ns,
        to_server=DirectionFacts(packets=2, octets=20, last_ns=30),
    )
    # What is no count is the one's that spoke last, and a silence of one is not that of both.
    quiet = DirectionFacts(octets=3, last_ns=90, silences=(Silence(1, 80),))
    early = replace(tcp(EndCause.FIN, 9.0, number=4), to_server=quiet)
    one.end_connection(5, trace(late))
    one.end_connection(4, trace(early))
    found = one.done().connection
    assert found is not None
    assert (found.number, found.opened_ns) == (4, early.opened_ns)
    assert (found.ended_by, found.ended_side) == (EndCause.RST, Side.SERVER)
    assert found.end_source == late.end_source
    assert found.closed_ns == early.closed_ns
    assert found.to_server == DirectionFacts(packets=2, octets=23, last_ns=90)


def test_connections_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bosh_life, "CONNECTIONS", 2)
    one = Life(Room(), URL)
    for number, post in enumerate(login()):
        one.take(number, post.turn())
        end = replace(tcp(EndCause.FIN, number, number=number), to_server=DirectionFacts(octets=1))
        one.end_connection(number, trace(end))
    found = one.done().connection
    assert found is not None
    assert (found.number, found.closed_ns) == (0, at(4.0).time_ns)
    assert found.to_server == DirectionFacts(octets=5)


def test_without_a_connection() -> None:
    one = life(*login())
    one.end_connection(0, trace(None))
    assert one.done().connection is None


def test_holes_before_it_are_not_its() -> None:
    one = life(*[post._replace(at=post.at + 5, until=(post.until or 0) + 5) for post in login()])
    holes = [Gap(Direction.TO_CLIENT, 1, 2, GapReason.LOST, at(seconds)) for seconds in (1.0, 5.2)]
    unplaced = Gap(Direction.TO_CLIENT, 9, 2, GapReason.LOST, None)
    one.end_connection(0, trace(None, *holes, unplaced))
    assert one.done().gaps == [holes[1], unplaced]
    # What is encrypted stays so: with the keys of one side the other is closed from the handshake.
    closed = replace(holes[0], length=None, reason=GapReason.ENCRYPTED)
    one.end_connection(1, trace(None, closed))
    assert one.done().gaps == [holes[1], unplaced, closed]


@pytest.mark.parametrize("wait", ["x", "\N{ARABIC-INDIC DIGIT ONE}", "9999999999", ""])
def test_numbers_that_are_none(wait: str) -> None:
    odd = creation()
    one = life(odd._replace(got=(odd.got or "").replace("wait='60'", f"wait='{wait}'")))
    assert facts(one).wait_s is None
    assert facts(one).hold == 1


def test_twins() -> None:
    one = life(Post(1.0, 2.0, body(5)))
    assert one.has_twin(Post(1.5, 1.6, body(5)).turn())
    assert not one.has_twin(Post(2.5, 2.6, body(5)).turn())
    assert not one.has_twin(Post(1.5, 1.6, body(6)).turn())
    assert not one.has_twin(Post(1.5, None, body(5)).turn())
    assert not one.has_twin(Post(1.5, 1.6, None).turn())


def test_facts_of_what_was_not_captured() -> None:
    found = facts_of(3, replace(Post(1.0, 2.0, None).turn(), asked=None, url="ftp://x"))
    assert (found.rid, found.asked_ns, found.encrypted, found.empty) == (None, None, None, False)
