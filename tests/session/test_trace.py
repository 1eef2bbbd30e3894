"""What a connection delivers is kept within bounds, and counted beyond them."""

import pytest
from msgspec.structs import replace

from analyzer.model.anomaly import Anomaly, AnomalyCode
from analyzer.model.events import Event
from analyzer.model.flow import Chunk, EndCause, Gap, GapReason, Provenance
from analyzer.model.http import Switched
from analyzer.model.limits import ANOMALIES_PER_CODE
from analyzer.model.source import Direction, HarSource, PacketSource
from analyzer.model.websocket import Opcode
from analyzer.model.xmpp import Event as PubsubEvent
from analyzer.model.xmpp import Stanza, StanzaKind
from analyzer.session import trace as room
from analyzer.session.trace import MASKING_KEYS, Room, Trace, in_time_order
from tests.session.conversation import (
    AVAILABLE,
    error,
    event,
    frame,
    har_end,
    iq,
    login,
    messages,
    ns,
    ping,
    tcp,
    upgrade,
)


def traced(*events: Event, octets: int = 1 << 20) -> Trace:
    one = Trace(Room(octets))
    one.feed(list(events))
    return one


def texts(one: Trace) -> list[bool]:
    return [bool(stanza.octets) for stanza in one.stanzas]


def limits(one: Trace) -> list[object]:
    return [a.values["limit"] for a in one.anomalies() if a.code is AnomalyCode.LIMIT]


def many(text: str, count: int) -> list[Event]:
    return messages([(0.1 * n, "S>", text) for n in range(count)], har=True)


def test_everything_has_its_place() -> None:
    shaken, hole, switched = (
        upgrade(),
        Gap(Direction.TO_SERVER, 0, 1, GapReason.LOST, None),
        Switched(protocol="xmpp"),
    )
    end, _ = har_end(7.0)
    food = Chunk(Direction.TO_SERVER, 0, b"x", Provenance((0,), (1,), (0,)))
    pinged = frame(1.0, "S>", Opcode.PING)
    one = traced(shaken, hole, switched, food, *messages(login()), pinged, end)
    assert one.upgrade is shaken
    assert one.gaps == [hole]
    assert one.protocols == {"xmpp"}
    assert one.stanza_count == len(one.stanzas) == len(login())
    assert one.control_frames == [pinged]
    assert one.socket_end is end
    assert (one.first_ns, one.last_ns) == (ns(-0.01), ns(7.0))
    last = tcp(EndCause.FIN, 9.0)
    one.feed([last])
    assert one.connection is last
    assert (one.first_ns, one.last_ns) == (ns(-0.05), ns(9.0))


def test_the_upgrade_that_was_accepted_counts() -> None:
    refused, accepted = upgrade(401), upgrade(101)
    assert traced(refused, accepted, upgrade(500)).upgrade is accepted
    last = upgrade(403)
    assert traced(refused, last).upgrade is last


def test_frames_are_counted_by_direction() -> None:
    one = traced(
        frame(0, "C>", Opcode.TEXT, b"12345"),
        frame(1, "C>", Opcode.PING),
        frame(2, "S>", Opcode.BINARY, b"123"),
        frame(3, "S>", Opcode.CONTINUATION, b"1"),
    )
    facts = one.frame_facts()
    client, server = facts[Direction.TO_SERVER], facts[Direction.TO_CLIENT]
    assert (client.frames, client.data, client.masked, client.longest) == (2, 1, 2, 5)
    assert (client.masking_keys, client.keyed) == (2, 2)
    assert (server.frames, server.data, server.masked, server.longest) == (2, 2, 0, 3)
    assert traced().frame_facts() == {}


def test_only_the_first_masking_keys_are_compared() -> None:
    one = traced(*[frame(n, "C>", Opcode.TEXT) for n in range(MASKING_KEYS + 10)])
    client = one.frame_facts()[Direction.TO_SERVER]
    assert (client.masked, client.masking_keys, client.keyed) == (74, 64, 64)


def test_binary_messages_are_counted() -> None:
    assert traced(*[Anomaly(code=AnomalyCode.XMPP_BINARY)] * 3).binary_messages == 3


# bounds


def test_without_room_routine_stanzas_lose_their_text() -> None:
    kept = [
        iq("get", "a", "<query xmlns='x:y'/>"),
        iq("error", "a", error("conflict")),
        AVAILABLE,
        "<broken",
    ]
    routine = [event(), ping("a"), iq("result", "a")]
    for text in kept:
        assert texts(traced(*many(text, 2), octets=0)) == [True, True], text
    for text in routine:
        one = traced(*many(text, 2), octets=0)
        assert texts(one) == [False, False], text
        assert one.stanzas[0].length == len(text)
        assert limits(one) == ["OPEN_STANZA_OCTETS"]


def test_a_stanza_that_is_not_whole_keeps_its_text() -> None:
    _, whole = many(event(), 1)
    assert isinstance(whole, Stanza)
    assert texts(traced(replace(whole, complete=False), octets=0)) == [True]


def test_items_take_room_too() -> None:
    items = event().replace("</items>", "<item id='2'/><item id='3'/></items>")
    one = traced(*many(items, 1), octets=len(items) + 599)
    assert texts(one) == [False]
    payload = one.stanzas[0].payload
    assert isinstance(payload, PubsubEvent)
    assert [item.id for item in payload.items] == ["1"]
    whole = traced(*many(items, 1), octets=len(items) + 600)
    assert texts(whole) == [True]


def test_room_is_shared_and_given_back() -> None:
    shared = Room(2 * (len(event()) + 200) + 200)
    first, second = Trace(shared), Trace(shared)
    first.feed(many(event(), 1))
    second.feed(many(event(), 2))
    assert (texts(first), texts(second)) == ([True], [True, False])
    first.release()
    first.release()
    second.feed(many(event(), 1))
    assert texts(second) == [True, False, True]


def test_beyond_a_count_text_goes_and_then_whole_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "SESSION_STANZAS", 2)
    monkeypatch.setattr(room, "SESSION_ROWS", 4)
    one = traced(*many(event(), 10))
    assert texts(one) == [True, True, False, False]
    assert one.stanza_count == 10
    assert limits(one) == ["SESSION_STANZAS", "SESSION_ROWS"]


def test_control_frames_and_gaps_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "CONTROL_FRAMES", 2)
    monkeypatch.setattr(room, "GAPS", 1)
    hole = Gap(Direction.TO_SERVER, 0, 1, GapReason.LOST, None)
    one = traced(*[frame(n, "C>", Opcode.PING) for n in range(5)], hole, hole)
    assert (len(one.control_frames), len(one.gaps)) == (2, 1)
    assert one.last_ns == ns(4)
    assert limits(one) == ["CONTROL_FRAMES", "GAPS"]


def test_anomalies_of_one_code_are_cut_and_counted() -> None:
    flood = [Anomaly(code=AnomalyCode.WS_RSV, values={"rsv": 1})] * (ANOMALIES_PER_CODE + 7)
    found = traced(*flood, Anomaly(code=AnomalyCode.WS_UTF8)).anomalies()
    assert len(found) == ANOMALIES_PER_CODE + 1
    assert found[ANOMALIES_PER_CODE - 2].values == {"rsv": 1}
    assert found[ANOMALIES_PER_CODE - 1].values == {"rsv": 1, "more": 7}
    assert found[-1].code is AnomalyCode.WS_UTF8


# order


def stanza(source: PacketSource | HarSource) -> Stanza:
    return Stanza(direction=Direction.TO_SERVER, kind=StanzaKind.IQ, source=source)


def packets(*pairs: tuple[int, int | None]) -> list[Stanza]:
    return [stanza(PacketSource(0, n, n, time_ns)) for n, time_ns in pairs]


def numbers(stanzas: list[Stanza]) -> list[int]:
    return [s.source.last for s in stanzas if isinstance(s.source, PacketSource)]


def test_stanzas_stand_in_the_order_of_time() -> None:
    in_order = packets((1, 10), (2, 20))
    assert in_time_order(in_order) is in_order
    assert numbers(in_time_order(packets((3, 30), (1, 10), (2, 20)))) == [1, 2, 3]


def test_octets_that_came_out_of_order_were_read_in_order() -> None:
    places = ((3, 30, 0), (1, 10, 50), (4, 40, 60))
    rows = [stanza(PacketSource(0, n, n, time, offset)) for n, time, offset in places]
    between = replace(stanza(PacketSource(0, 2, 2, 20, 7)), direction=Direction.TO_CLIENT)
    assert numbers(in_time_order([*rows, between])) == [2, 3, 1, 4]
    assert numbers(in_time_order([*rows, between], one_flow=False)) == [1, 2, 3, 4]
    # Behind a smaller offset another connection begins.
    assert numbers(in_time_order([rows[2], rows[1]])) == [1, 4]


def test_packets_of_one_time_stand_by_number() -> None:
    assert numbers(in_time_order(packets((2, 10), (1, 10)))) == [1, 2]


def test_what_has_no_time_stays_behind_what_it_followed() -> None:
    assert numbers(in_time_order(packets((3, 30), (9, None), (1, 10)))) == [1, 3, 9]


def test_messages_of_a_har_stand_by_index() -> None:
    rows = [stanza(HarSource(0, 0, n, 10)) for n in (2, 1)]
    rows.append(stanza(HarSource(0, 0, None, 5)))
    found = [s.source.message for s in in_time_order(rows) if isinstance(s.source, HarSource)]
    assert found == [None, 1, 2]


def test_a_request_of_a_har_may_seem_to_precede_what_it_answers() -> None:
    ms = 1_000_000

    def element(entry: int, number: int, time_ns: int, way: Direction) -> Stanza:
        source = HarSource(0, entry, None, time_ns, number)
        return Stanza(direction=way, kind=StanzaKind.IQ, source=source)

    to, back = Direction.TO_SERVER, Direction.TO_CLIENT
    told = [
        element(1, 0, 50 * ms, to),
        element(1, 1, 50 * ms + 200, back),
        element(3, 0, 60 * ms, back),
        element(2, 0, 50 * ms, to),
        element(2, 1, 52 * ms, back),
        element(4, 0, 51 * ms, to),
    ]
    order = [s.source for s in in_time_order(told, one_flow=False)]
    assert [(s.entry, s.element) for s in order if isinstance(s, HarSource)] == [
        (1, 0),
        (1, 1),
        (2, 0),
        (2, 1),
        (4, 0),
        (3, 0),
    ]


def test_what_came_before_the_upgrade_is_no_hole_of_the_session() -> None:
    late = Gap(Direction.TO_SERVER, 0, None, GapReason.LATE_START, None)
    assert traced(late).gaps == [late]
    assert traced(late, upgrade(0)).gaps == [late]
    assert traced(late, upgrade(), late).gaps == []
    assert not traced(late, upgrade()).handshake_cut


def test_a_hole_before_the_upgrade_may_have_cut_it() -> None:
    hole = Gap(Direction.TO_SERVER, 0, 1, GapReason.SNAPLEN, None)
    assert traced(hole, upgrade()).handshake_cut
    assert not traced(upgrade(), hole).handshake_cut
