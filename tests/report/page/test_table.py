"""The table of stanzas: what stands in HTML, and what is left to the script."""

import base64
import gzip
import json
from typing import Any

from msgspec.structs import replace

from analyzer.model.packed import pack
from analyzer.model.session import Session
from analyzer.model.xmpp import StanzaKind
from analyzer.report.language.words import words
from analyzer.report.page.table import STATIC, Table, Tables
from analyzer.report.view.timeline import Timelines
from tests.report.reports import finding, har_place, har_session, healthy, refused, stanza

ENGLISH = words("en")


def long_session(count: int, text: str = "<a>{n}</a>") -> Session:
    stanzas = tuple(
        stanza("C>", StanzaKind.OTHER, text.format(n=n), har_place(n, n / 10)) for n in range(count)
    )
    return har_session(stanzas=stanzas, stanza_count=count)


def table_of(session: Session, cited: int | None = None, room: int = 1 << 20) -> Table:
    report = healthy(sessions=(session,))
    if cited is not None:
        told = finding("SA-007", evidence=(session.stanzas[cited].source,))
        report = refused(sessions=(session,), findings=(told,))
    timelines = Timelines(report, ENGLISH)
    return Tables(timelines, room).of(session, timelines.rows(session), ())


def opened(chunk: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(gzip.decompress(base64.b64decode(chunk)))
    return found


def test_a_short_session_stands_in_html_whole() -> None:
    table = table_of(long_session(20))
    assert table.chunks == ()
    assert table.opened == {row.key for row in table.rows}
    assert (table.count, table.stanzas) == (len(table.rows), 20)


def test_of_a_long_one_the_telling_rows_do_and_all_are_in_chunks() -> None:
    session = long_session(4_500)
    table = table_of(session, cited=4_000)
    cited = next(row for row in table.rows if row.cited)
    assert cited.key in table.opened
    assert len(table.rows) < STATIC
    chunks = [opened(chunk) for chunk in table.chunks]
    assert [len(chunk["key"]) for chunk in chunks] == [2_000, 2_000, table.count - 4_000]
    assert table.stanzas == 4_500
    texts = [text for chunk in chunks for text in chunk["text"] if text]
    assert texts == [f"<a>{n}</a>" for n in range(4_500)]
    last = chunks[2]
    at = last["key"].index(cited.key)
    assert last["cited"] == {str(at): ["SA-007"]}
    assert (last["side"][at], last["time"][at]) == ("c", 400_000)
    assert last["find"][at] == cited.look_up
    assert last["side"][-1] == "-", "the end belongs to neither side"


def test_a_packed_session_is_written_from_its_packs() -> None:
    whole = long_session(3_000)
    packed = replace(whole, stanzas=whole.stanzas[:5], packed=pack(whole.stanzas))
    table = table_of(packed)
    assert table.stanzas == 3_000
    assert table.chunks == table_of(whole).chunks


def test_the_same_report_gives_the_same_octets() -> None:
    assert table_of(long_session(2_500)) == table_of(long_session(2_500))


def test_where_there_is_no_room_rows_come_without_their_text() -> None:
    session = long_session(2_200, "<a>{n}</a>" * 40)
    full, bare = table_of(session), table_of(session, room=30_000)
    assert not full.cut
    assert bare.cut
    assert (bare.count, bare.stanzas) == (full.count, full.stanzas)
    assert set(opened(bare.chunks[0])["text"]) == {""}


def test_control_characters_are_written_as_escapes() -> None:
    chunk = opened(table_of(long_session(200, "<a>\x1b[31m{n}\u202e\nx</a>")).chunks[0])
    assert next(text for text in chunk["text"] if text) == "<a>\\x1b[31m0\\u202e\nx</a>"
