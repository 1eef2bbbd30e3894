"""Oddities become hits, one for each side, that weigh as much as the end of the session tells."""

import pytest
from msgspec.structs import replace

from analyzer.model.anomaly import Anomaly, AnomalyCode
from analyzer.model.diagnosis import Party
from analyzer.model.rule import Effect, Hit, Severity, Value
from analyzer.model.session import CloseKind, Session, SessionClose
from analyzer.model.source import Direction, HarSource, Side
from analyzer.model.xmpp import StanzaKind
from analyzer.rules.violations import PLACES, blamed, died_of, merged, violations, weighed
from tests.rules.said import SECOND, place, session, stanza

RSV, OPCODE = AnomalyCode.WS_RSV, AnomalyCode.WS_OPCODE


def odd(
    code: AnomalyCode, way: Direction | None, at: HarSource | None, **values: str | int
) -> Anomaly:
    return Anomaly(code=code, values=values, direction=way, source=at)


def test_each_side_gets_a_hit_with_its_own_places() -> None:
    seen = replace(
        session(),
        anomalies=(
            odd(RSV, Direction.TO_CLIENT, place(1), rsv=2),
            odd(RSV, Direction.TO_SERVER, place(2), rsv=1),
            odd(OPCODE, Direction.TO_CLIENT, place(3), opcode=3),
            odd(RSV, Direction.TO_CLIENT, place(4), rsv=1),
            odd(RSV, None, place(5)),
        ),
    )
    client, server = violations(seen, RSV)
    values: dict[str, Value] = {"rsv": 1, "side": "client", "peer": "server", "count": 1}
    assert client == Hit((place(2),), values, party=Party.CLIENT)
    assert server.evidence == (place(1), place(4))
    assert server.values == {"rsv": 2, "side": "server", "peer": "client", "count": 2}
    assert len(list(violations(seen, RSV, OPCODE))) == 2


BROWSER = "Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0"


@pytest.mark.parametrize(
    ("code", "way", "agent", "party"),
    [
        # Frames: a library of its own, a browser's changed on the way, and who knows.
        (RSV, Direction.TO_SERVER, None, Party.CLIENT),
        (RSV, Direction.TO_SERVER, BROWSER, Party.PROXY),
        (RSV, Direction.TO_CLIENT, BROWSER, None),
        # What a message holds is its sender's.
        (AnomalyCode.XMPP_WHITESPACE, Direction.TO_SERVER, BROWSER, Party.CLIENT),
        (AnomalyCode.WS_UTF8, Direction.TO_CLIENT, BROWSER, Party.SERVER),
    ],
)
def test_whose_fault_an_oddity_is(
    code: AnomalyCode, way: Direction, agent: str | None, party: Party | None
) -> None:
    seen = replace(session(), anomalies=(odd(code, way, place(1)),), user_agent=agent)
    assert [hit.party for hit in violations(seen, code)] == [party]


def test_who_spoke_is_to_blame_if_anybody_did() -> None:
    assert [blamed(side) for side in (Side.CLIENT, Side.SERVER, None)] == [
        Party.CLIENT,
        Party.SERVER,
        None,
    ]


def test_places_are_bounded_and_all_are_counted() -> None:
    many = [odd(RSV, Direction.TO_SERVER, place(n)) for n in range(PLACES + 5)]
    many[-1] = replace(many[-1], values={"more": 7})
    (hit,) = violations(replace(session(), anomalies=tuple(many)), RSV)
    assert len(hit.evidence) == PLACES
    assert hit.values["count"] == PLACES + 5 + 7


def test_an_oddity_without_a_place_points_at_the_beginning() -> None:
    seen = session(stanza(Side.CLIENT, StanzaKind.OPEN, at=place(9)))
    (hit,) = violations(replace(seen, anomalies=(odd(RSV, Direction.TO_SERVER, None),)), RSV)
    assert hit.evidence == (place(9),)


def ended(kind: CloseKind, orderly: bool | None) -> Session:
    close = SessionClose(kind=kind, orderly=orderly)
    return replace(session(), close=close, ended_ns=10 * SECOND)


@pytest.mark.parametrize(
    ("kind", "orderly", "second", "effect"),
    [
        (CloseKind.RST, False, 9.0, Effect.BREAKS),
        (CloseKind.WEBSOCKET_CLOSE, None, 9.0, Effect.BREAKS),
        (CloseKind.RST, False, 2.0, Effect.NONE),
        (CloseKind.RST, False, None, Effect.NONE),
        (CloseKind.XMPP_CLOSE, True, 9.0, Effect.NONE),
        (CloseKind.OPEN, None, 9.0, Effect.NONE),
    ],
)
def test_a_session_died_of_what_came_right_before_a_bad_end(
    kind: CloseKind, orderly: bool | None, second: float | None, effect: Effect
) -> None:
    seen, where = ended(kind, orderly), place(1, second)
    assert died_of(seen, where) is effect
    (hit,) = weighed(seen, [Hit((place(0, 0.0), where), {"count": 2})])
    assert hit.effect is effect
    assert hit.severity is (Severity.ERROR if effect is Effect.BREAKS else None)
    assert hit.values == {"count": 2}


def test_hits_that_agree_become_one() -> None:
    hits = [
        Hit((place(1), place(2)), {"side": "client", "id": "a"}),
        Hit((place(3),), {"side": "server", "id": "b"}),
        Hit((place(4), place(5)), {"side": "client", "id": "c"}, effect=Effect.BREAKS),
    ]
    client, server = merged(hits, "side")
    assert client.evidence == (place(1), place(2), place(4), place(5))
    assert client.values == {"side": "client", "id": "a", "count": 2}
    assert client.effect is Effect.BREAKS
    assert server == Hit((place(3),), {"side": "server", "id": "b", "count": 1})
    (everything,) = merged(hits)
    assert everything.values["count"] == 3
    assert list(merged([])) == []


def test_what_is_repeated_for_ever_does_not_fill_the_report() -> None:
    hits = [Hit((place(n), place(n)), {"id": n}) for n in range(3 * PLACES)]
    found = list(merged(hits, "id"))
    assert len(found) == PLACES
    assert [hit.values["count"] for hit in found] == [1] * (PLACES - 1) + [2 * PLACES + 1]
    assert len(found[-1].evidence) == PLACES
