"""Memory stays bounded, and what the reader wants to see stays."""

import pytest
from msgspec.structs import replace

from analyzer.model.bosh import BoshFacts, TurnFacts
from analyzer.model.flow import Connection, DirectionFacts, Endpoint, Silence
from analyzer.model.history import Happening, Moment
from analyzer.model.limits import LONG_SESSION, PACKED_STANZAS
from analyzer.model.packed import unpack
from analyzer.model.profile import Profile
from analyzer.model.rule import Confidence, Effect, Finding, Severity
from analyzer.model.session import (
    Carrier,
    CloseKind,
    SeenIn,
    Session,
    SessionClose,
    Step,
    StepName,
    StepStatus,
)
from analyzer.model.source import Direction, HarSource
from analyzer.model.xmpp import Stanza, StanzaKind
from analyzer.session import retain
from analyzer.session.retain import ROW_OCTETS, Retention, weight_of

PROFILE = Profile(name="p", title="p", ports=(), steps=())


def source(message: int) -> HarSource:
    return HarSource(0, 0, message, None)


def session(stanzas: int = 4, octets: int = 1000) -> Session:
    return Session(
        capture=0,
        number=1,
        carrier=Carrier.WEBSOCKET,
        seen_in=SeenIn.HAR,
        can_see=frozenset(),
        profile=PROFILE,
        server="h:1",
        close=SessionClose(kind=CloseKind.OPEN),
        steps=(Step(name=StepName.OPEN, status=StepStatus.DONE, asked=source(0)),),
        stanzas=tuple(
            Stanza(
                direction=Direction.TO_SERVER,
                kind=StanzaKind.IQ,
                octets=b"x" * octets,
                source=source(n),
            )
            for n in range(stanzas)
        ),
        stanza_count=stanzas,
    )


def finding(effect: Effect, message: int) -> Finding:
    return Finding(
        rule_id="XX-001",
        severity=Severity.WARNING,
        confidence=Confidence.HIGH,
        effect=effect,
        capture=0,
        session=1,
        evidence=(source(message),),
    )


def test_what_fits_is_kept_whole() -> None:
    whole = session()
    assert Retention(20_000).retain(whole, []) == whole


def test_beyond_the_room_the_login_and_what_is_cited_stay() -> None:
    cut = Retention(100).retain(session(), [finding(Effect.BREAKS, 2)])
    assert [stanza.source.message for stanza in cut.stanzas] == [0, 2]  # type: ignore[union-attr]
    assert cut.stanza_count == 4


def test_sessions_that_went_wrong_find_room_when_others_do_not() -> None:
    retention = Retention(20_000)
    assert len(retention.retain(session(), [finding(Effect.NONE, 1)]).stanzas) == 4
    assert retention.retain(session(), [finding(Effect.NONE, 1)]).stanzas == ()
    assert len(retention.retain(session(), [finding(Effect.DEGRADES, 3)]).stanzas) == 4


def test_requests_of_bosh_stay_as_far_as_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retain, "RETAINED_TURNS", 5)
    turns = tuple(
        TurnFacts(rid=rid, connection=0, asked_ns=0, answered_ns=1, status=200) for rid in range(3)
    )
    facts = BoshFacts(sid="1", url="https://a/http-bind/", turns=turns, latest=turns, turn_count=3)
    retention = Retention(0)
    kept = []
    for _ in range(3):
        bosh = retention.retain(replace(session(), bosh=facts), [finding(Effect.BREAKS, 2)]).bosh
        assert bosh is not None
        assert (bosh.latest, bosh.turn_count) == ((), 3)
        kept.append(len(bosh.turns))
    assert kept == [3, 2, 0]


def test_times_of_silence_have_told_all_they_can() -> None:
    silent = DirectionFacts(packets=3, silences=(Silence(1, 2),))
    connection = Connection(
        capture=0,
        number=0,
        server=Endpoint("h", 1),
        opened_ns=None,
        closed_ns=None,
        to_server=silent,
        to_client=DirectionFacts(packets=4),
    )
    for room in (1 << 20, 0):
        kept = Retention(room).retain(replace(session(), connection=connection), ()).connection
        assert kept is not None
        assert (kept.to_server, kept.to_client) == (
            DirectionFacts(packets=3),
            DirectionFacts(packets=4),
        )
    half = replace(connection, to_server=None, to_client=silent)
    kept = Retention().retain(replace(session(), connection=half), ()).connection
    assert kept == replace(half, to_client=DirectionFacts(packets=3))
    bare = replace(connection, to_server=None)
    assert Retention().retain(replace(session(), connection=bare), ()).connection is bare


def test_what_a_story_needs_stays_when_its_stanzas_go() -> None:
    moment = Moment(what=Happening.FINESSE_GONE, time_ns=None, source=source(1))
    kept = Retention(0).retain(replace(session(), moments=(moment,)), [])
    assert (kept.stanzas, kept.moments) == ((), (moment,))


def test_a_stanza_weighs_more_than_its_text() -> None:
    assert weight_of(session(stanzas=4, octets=500)) == 4 * (ROW_OCTETS + 500)
    assert weight_of(session(stanzas=0)) == 0


def test_a_long_session_beyond_the_room_is_packed() -> None:
    long = session(LONG_SESSION)
    kept = Retention(0).retain(long, ())
    assert kept.stanzas == (long.stanzas[0],), "what its steps are made of"
    assert tuple(unpack(kept.packed)) == long.stanzas
    assert Retention(0).retain(session(LONG_SESSION - 1), ()).packed == ()


def test_of_a_session_that_is_too_long_to_pack_both_ends_are() -> None:
    long = session(PACKED_STANZAS + 10, 1)
    shelf = Retention(0)
    kept = tuple(unpack(shelf.retain(long, ()).packed))
    half = PACKED_STANZAS // 2
    assert kept == long.stanzas[:half] + long.stanzas[-half:]
    assert shelf.retain(session(LONG_SESSION), ()).packed == ()
    broken = [finding(Effect.BREAKS, 3)]
    assert shelf.retain(session(LONG_SESSION), broken).packed != (), "room is left for it"
