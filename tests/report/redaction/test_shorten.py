"""Long sessions are shown at their telling places, and every cap holds."""

import pytest
from msgspec.structs import replace

from analyzer.model.http import Exchange
from analyzer.model.limits import (
    PACKED_STANZAS,
    REPORT_STANZA_OCTETS,
    REPORT_STANZAS,
    REPORT_TEXT_OCTETS,
)
from analyzer.model.packed import pack
from analyzer.model.session import Session
from analyzer.model.xmpp import Stanza, StanzaKind
from analyzer.report.redaction import shorten as shortening
from analyzer.report.redaction.shorten import shorten
from tests.report.reports import finding, har_place, har_session, refused, stanza


def long_session(number: int, count: int, text: str = "<a/>") -> Session:
    stanzas = tuple(
        stanza("C>", StanzaKind.OTHER, text, replace(har_place(i, 0), capture=number))
        for i in range(count)
    )
    return har_session(number=number, stanzas=stanzas, stanza_count=count)


def kept(session: Session) -> list[int]:
    return [one.source.message for one in session.stanzas]  # type: ignore[union-attr,misc]


def cite(stanza: Stanza, session: int) -> object:
    return finding("SA-007", session=session, evidence=(stanza.source,))


def test_a_short_session_is_shown_whole() -> None:
    report = refused()
    assert [s.stanzas for s in shorten(report).sessions] == [s.stanzas for s in report.sessions]


def test_beginning_end_and_surroundings_of_findings_come_first() -> None:
    quiet = long_session(1, REPORT_STANZAS)
    loud = long_session(2, 3 * REPORT_STANZAS)
    report = refused(sessions=(quiet, loud), findings=(cite(loud.stanzas[9_000], 2),))
    first, second = shorten(report).sessions
    assert first.stanza_count == REPORT_STANZAS
    # The session with the finding took all the room.
    assert kept(first) == []
    rows = kept(second)
    assert len(rows) == REPORT_STANZAS
    assert rows == sorted(set(rows))
    assert {*range(-1, 59), *range(8_969, 9_030), 3 * REPORT_STANZAS - 2} <= set(rows)


def test_more_citations_than_rows_are_cut_too() -> None:
    session = long_session(1, REPORT_STANZAS + 500)
    cited = tuple(stanza.source for stanza in session.stanzas)
    report = refused(sessions=(session,), findings=(finding("SA-007", evidence=cited),))
    assert len(shorten(report).sessions[0].stanzas) == REPORT_STANZAS


def test_text_is_bounded_for_one_stanza_and_for_all() -> None:
    long = "<a>" + "x" * 2 * REPORT_STANZA_OCTETS
    report = refused(sessions=(long_session(1, 1_200, long),))
    stanzas = shorten(report).sessions[0].stanzas
    assert len(stanzas[0].octets) == REPORT_STANZA_OCTETS
    assert sum(len(one.octets) for one in stanzas) == REPORT_TEXT_OCTETS
    assert len(stanzas) == 1_200
    assert stanzas[-1].octets == b""
    assert stanzas[-1].length == len(long)


def test_what_only_rules_read_goes() -> None:
    session = shorten(refused(sessions=(har_session(peer_presence=har_session().stanzas[0]),)))
    assert session.sessions[0].peer_presence is None


def test_of_a_packed_session_the_telling_stanzas_are_unpacked() -> None:
    whole = long_session(1, 2 * REPORT_STANZAS)
    cited = finding("SA-007", session=1, evidence=(whole.stanzas[7_000].source,))
    packed = replace(whole, stanzas=(), packed=pack(whole.stanzas))
    short = shorten(refused(sessions=(packed,), findings=(cited,))).sessions[0]
    plain = shorten(refused(sessions=(whole,), findings=(cited,))).sessions[0]
    assert short.stanzas == plain.stanzas
    assert short.packed == packed.packed


def test_packs_beyond_what_a_table_can_hold_are_left_out() -> None:
    whole = long_session(1, PACKED_STANZAS // 2 + 1)
    packed = replace(whole, stanzas=(), packed=pack(whole.stanzas))
    sessions = (packed, replace(packed, number=2))
    first, second = shorten(refused(sessions=sessions, findings=())).sessions
    assert first.packed
    assert second.packed == ()


def test_calls_stay_for_an_export_as_far_as_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shortening, "REPORT_EXCHANGES", 2)
    calls = tuple(Exchange(request=None, response=None, interim=(n,)) for n in range(3))
    short = shorten(refused(sessions=(har_session(exchanges=calls),)))
    assert short.sessions[0].exchanges == calls[:2]
