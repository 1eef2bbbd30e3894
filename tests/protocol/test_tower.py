"""One decoder's delivery is another's food: from octets, and from the middle, to stanzas."""

from pathlib import Path

import pytest

from analyzer.model.anomaly import Anomaly, AnomalyCode
from analyzer.model.events import Event, Item, Streamed
from analyzer.model.flow import Chunk, Connection, Gap, GapReason
from analyzer.model.http import Exchange, Switched
from analyzer.model.limits import TOWER_DEPTH
from analyzer.model.network import Resolution
from analyzer.model.source import Direction, HarSource
from analyzer.model.tls import TlsFacts
from analyzer.model.websocket import Message, MessageKind, SocketEnd, Upgrade
from analyzer.model.xmpp import Stanza, StanzaKind
from analyzer.protocol import tower as tower_module
from analyzer.protocol.tls.decoder import Tls
from analyzer.protocol.tls.keyring import KeyRing
from analyzer.protocol.tower import Tower
from tests.protocol.recordings import events_of
from tests.protocol.wire import (
    CONNECTION,
    KEY,
    C,
    S,
    chunk,
    chunks,
    codes,
    end,
    frame,
    frames,
    gap,
    gaps,
    run_of,
    source,
    upgrade,
)

ASKED = (
    b"GET /ws/ HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: xmpp\r\n\r\n"
)
ACCEPTED = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: %s\r\nSec-WebSocket-Protocol: %s\r\n\r\n"
)
OPEN = b"<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='a' version='1.0'/>"
ANSWER = b"<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' from='a' id='1' version='1.0'/>"


def accepted(
    subprotocol: bytes = b"xmpp", accept: bytes = b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
) -> bytes:
    return ACCEPTED % (accept, subprotocol)


def names(events: list[Event]) -> list[str]:
    return [
        event.protocol if isinstance(event, Switched) else type(event).__name__ for event in events
    ]


def conversation(subprotocol: bytes = b"xmpp") -> list[Item]:
    """As the transport delivers a window: one direction, then the other."""
    asked = run_of([ASKED, frame(OPEN, key=KEY), frame(b"<iq/>", key=KEY)], C, 1, 2)
    answered = run_of([accepted(subprotocol), frame(ANSWER)], S, 2, 2)
    return [asked, end(C), answered, end(S, packet=91), CONNECTION]


WHOLE = [
    "Upgrade", "websocket",
    "Frame", "Message", "xmpp", "Stanza",
    "Frame", "Message", "Stanza",
    "Frame", "Message", "Stanza",
    "End", "End", "Connection",
]  # fmt: skip


def test_from_octets_to_stanzas_in_the_order_of_time() -> None:
    events = Tower(0).feed(conversation())
    assert [name for name in names(events) if name != "Anomaly"] == WHOLE
    stanzas = [e for e in events if isinstance(e, Stanza)]
    assert [(s.direction, s.kind) for s in stanzas] == [
        (C, StanzaKind.OPEN),
        (S, StanzaKind.OPEN),
        (C, StanzaKind.IQ),
    ]


def test_packet_by_packet() -> None:
    frames_up = [frame(OPEN, key=KEY), frame(b"<iq/>", key=KEY)]
    items: list[Item] = [
        chunk(ASKED, C, packet=1),
        chunk(accepted(), S, packet=2),
        chunk(frames_up[0], C, len(ASKED), 3),
        chunk(frame(ANSWER), S, len(accepted()), 4),
        chunk(frames_up[1], C, len(ASKED) + len(frames_up[0]), 5),
        end(C),
        end(S, packet=91),
        CONNECTION,
    ]
    tower = Tower(0)
    events = [event for item in items for event in tower.feed([item])]
    assert events == Tower(0).feed(conversation())


def test_many_octets_are_decoded_in_portions() -> None:
    items = conversation()
    assert list(Tower(0).decode(items)) == [Tower(0).feed(items)]
    large = frame(b"<iq>" + b" " * 50_000 + b"</iq>")
    answered = run_of([large] * 20, S, 1)
    items = [upgrade(), run_of([frame(b"<iq/>", key=KEY)] * 20, C, 1), answered, CONNECTION]
    whole = Tower(0).feed(items)
    tower = Tower(0)
    tower.feed(items[:1])
    portions = list(tower.decode(items[1:]))
    assert [len(frames(events)) for events in portions] == [12, 12, 12, 4, 0]
    assert [event for events in portions for event in events] == whole[1:]


def test_a_subprotocol_that_nobody_named() -> None:
    assert "xmpp" in names(Tower(0).feed(conversation(b"")))
    items: list[Item] = [upgrade(subprotocol="chat"), chunk(frame(b"hello") + frame(b"<iq/>"), S)]
    assert names(Tower(0).feed(items))[1:] == [
        "Frame", "Message", "Frame", "Message", "xmpp", "Anomaly", "Stanza",
    ]  # fmt: skip


def test_messages_that_are_not_xmpp() -> None:
    events = Tower(0).feed([upgrade(), chunk(frame(b"hello"), S)])
    assert names(events) == ["Upgrade", "Frame", "Message"]


def test_a_wrong_accept_is_said_behind_the_upgrade() -> None:
    items: list[Item] = [chunk(ASKED, C, packet=1), chunk(accepted(accept=b"x"), S, packet=2)]
    events = Tower(0).feed(items)
    assert names(events) == ["Upgrade", "websocket", "Anomaly"]
    assert codes(events) == [AnomalyCode.WS_ACCEPT]


def test_plain_http() -> None:
    items: list[Item] = [
        chunk(b"POST /http-bind HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi", C, packet=1),
        chunk(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nho", S, packet=2),
        CONNECTION,
    ]
    events = Tower(0).feed(items)
    assert names(events) == ["Exchange", "Connection"]


def test_a_refused_upgrade_stays_http() -> None:
    refused = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
    again = b"GET / HTTP/1.1\r\n\r\n"
    items: list[Item] = [
        run_of([ASKED, again], C, 1, 2),
        run_of([refused, refused], S, 2, 2),
        CONNECTION,
    ]
    assert names(Tower(0).feed(items)) == ["Upgrade", "Exchange", "Connection"]


def test_what_no_key_opens_is_named_and_passed_over() -> None:
    tower = Tower(0)
    record = b"\x17\x03\x03\x00\x20" + bytes(32)
    events = tower.feed([chunk(record, C), end(C)])
    events += tower.feed([chunk(record, S), CONNECTION])
    assert names(events) == ["tls", "TlsFacts", "Gap", "Gap", "End", "Connection"]
    assert gaps(events) == [(C, 0, None, GapReason.ENCRYPTED), (S, 0, None, GapReason.ENCRYPTED)]


def test_a_websocket_in_a_tunnel() -> None:
    asked = run_of([b"CONNECT a:80 HTTP/1.1\r\n\r\n", ASKED, frame(OPEN, key=KEY)], C, 1, 2)
    answered = run_of([b"HTTP/1.1 200 OK\r\n\r\n", accepted()], S, 2, 2)
    events = Tower(0).feed([asked, answered, CONNECTION])
    assert [n for n in names(events) if n != "Anomaly"] == [
        "Exchange", "tunnel", "Upgrade", "websocket", "Frame", "Message", "xmpp", "Stanza",
        "Connection",
    ]  # fmt: skip


def test_a_handshake_whose_answer_is_missing_is_settled_by_the_end() -> None:
    items: list[Item] = [
        chunk(ASKED, C, packet=1),
        chunk(frame(OPEN, key=KEY), C, len(ASKED), 3),
        end(C),
        CONNECTION,
    ]
    assert names(Tower(0).feed(items)) == [
        "Upgrade", "websocket", "Frame", "Message", "xmpp", "Stanza", "End", "Connection",
    ]  # fmt: skip


def test_gaps_come_out_once() -> None:
    items: list[Item] = [chunk(frame(b"<iq/>")[:3], S, packet=1), gap(S, 3, 100, packet=2)]
    events = Tower(0).feed([upgrade(), *items])
    assert gaps(events) == [(S, 3, 100, GapReason.LOST)]
    assert len(frames(events)) == 1


def test_frames_behind_a_request_that_was_cut_are_looked_for() -> None:
    cut = ASKED[:30]
    behind = frame(b"hello there, all of you", key=KEY)[9:] + frame(OPEN, key=KEY)
    items: list[Item] = [
        chunk(cut, C, packet=1),
        gap(C, 30, 300, packet=2),
        chunk(accepted(), S, packet=3),
        chunk(behind, C, 330, 4),
        end(C),
    ]
    events = Tower(0).feed(items)
    assert [f.offset for f in frames(events)] == [330 + len(behind) - len(frame(OPEN, key=KEY))]
    assert gaps(events) == [
        (C, 30, 300, GapReason.LOST),
        (C, 330, frames(events)[0].offset - 330, GapReason.OPAQUE),
    ]


def test_anomalies_of_the_transport_stand_in_order() -> None:
    def conflict(packet: int) -> Anomaly:
        return Anomaly(code=AnomalyCode.TCP_CONFLICT, direction=C, source=source(packet))

    items: list[Item] = [
        chunk(ASKED, C, packet=1),
        conflict(2),
        chunk(frame(b"1", key=KEY), C, len(ASKED), 5),
        conflict(6),
        run_of([accepted(b"chat"), frame(b"2")], S, 4, 5),
    ]
    assert names(Tower(0).feed(items)) == [
        "Anomaly", "Upgrade", "websocket", "Frame", "Message", "Anomaly", "Frame", "Message",
    ]  # fmt: skip


# A HAR comes in half-way


PLACE = HarSource(0, 0, 0, None)


def har_message(payload: bytes) -> Message:
    return Message(direction=S, kind=MessageKind.TEXT, payload=payload, source=PLACE)


def test_a_har() -> None:
    exchange = Exchange(request=None, response=None)
    ended = SocketEnd(time_ns=None, open_at_export=True, source=PLACE)
    odd = Anomaly(code=AnomalyCode.HAR_MESSAGE_SKIPPED)
    items: list[Item] = [upgrade(subprotocol="xmpp"), odd, har_message(OPEN), odd, exchange, ended]
    events = Tower(0).feed([*items, CONNECTION])
    assert names(events) == [
        "Upgrade", "Anomaly", "Message", "xmpp", "Stanza", "Anomaly", "Exchange", "SocketEnd",
        "Connection",
    ]  # fmt: skip


def test_a_har_without_a_handshake() -> None:
    assert names(Tower(0).feed([har_message(OPEN), CONNECTION])) == [
        "Message", "xmpp", "Stanza", "Connection",
    ]  # fmt: skip
    refused = Upgrade(exchange=Exchange(request=None, response=None), accepted=False)
    assert names(Tower(0).feed([refused, har_message(b"?")])) == ["Upgrade", "Message"]


# Recordings

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"


def said(path: Path, direction: Direction) -> list[list[tuple[object, ...]]]:
    """Stanzas of one direction of each connection that has any."""
    told: list[list[tuple[object, ...]]] = [
        [
            (e.kind, e.id, e.octets)
            for e in events
            if isinstance(e, Stanza) and e.direction is direction
        ]
        for events in events_of(path).values()
    ]
    return [stanzas for stanzas in told if stanzas]


@pytest.mark.parametrize("case", ["good-ws", "good-deflate-context-takeover", "p-ipv6-ws"])
@pytest.mark.parametrize("direction", Direction)
def test_packets_tell_the_stanzas_that_the_har_tells(case: str, direction: Direction) -> None:
    packets = said(FIXTURES / case / "capture.pcapng", direction)
    har = said(FIXTURES / case / "session.har", direction)
    assert len(har[0]) > 8
    # Chrome does not record what comes behind a Close frame; packets may hold both hops of a proxy.
    assert all(any(stanzas[: len(told)] == told for stanzas in packets) for told in har)


class Opened(Tls):
    """TLS that opens everything, and tells its facts at the end."""

    def __init__(self) -> None:
        super().__init__(0, KeyRing())

    def feed(self, item: Item) -> list[Event]:
        return [TlsFacts(version="TLS 1.3"), item] if isinstance(item, Connection) else [item]


class OneStream:
    """HTTP/2 in which all octets are those of stream 5, behind an upgrade."""

    def __init__(self) -> None:
        self.upgraded = False

    def feed(self, item: Item) -> list[Event]:
        if isinstance(item, Connection):
            return [item]
        asked = () if self.upgraded else (upgrade(subprotocol="xmpp"),)
        self.upgraded = True
        return [Streamed(5, (*asked, item))]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(tower_module.DECODERS, "tls", lambda _: Opened())
    monkeypatch.setitem(tower_module.DECODERS, "h2", lambda _: OneStream())


@pytest.mark.usefixtures("opened")
def test_what_tls_opens_has_a_tower_of_its_own() -> None:
    tower = Tower(0)
    tower._switch("tls", [])
    events = tower.feed(conversation())
    assert [name for name in names(events) if name not in {"Anomaly", "TlsFacts"}] == WHOLE
    assert names(events)[-2:] == ["TlsFacts", "Connection"]
    (found,) = [event for event in events if isinstance(event, Upgrade)]
    assert found.exchange.request is not None
    assert found.exchange.request.url.startswith("wss://")


@pytest.mark.usefixtures("opened")
def test_each_stream_has_a_tower_of_its_own() -> None:
    tower = Tower(0)
    tower._switch("h2", [])
    items: list[Item] = [chunk(frame(OPEN, key=KEY), C), chunk(frame(ANSWER), S), CONNECTION]
    events = tower.feed(items)
    assert names(events) == ["Streamed", "Streamed", "Streamed", "Connection"]
    told = [one for event in events if isinstance(event, Streamed) for one in event.events]
    assert [name for name in names(told) if name not in {"Frame", "Message"}] == [
        "Upgrade", "xmpp", "Stanza", "Stanza", "Connection",
    ]  # fmt: skip


@pytest.mark.usefixtures("opened")
def test_towers_are_not_built_for_ever() -> None:
    tower = Tower(0)
    tower._place = tower._place._replace(depth=TOWER_DEPTH)
    tower._switch("tls", [])
    assert gaps(tower.feed([chunk(b"TLS:", C)])) == [(C, 0, None, GapReason.OPAQUE)]


def test_a_request_of_bosh_is_told_as_one() -> None:
    body = b"<body xmlns='http://jabber.org/protocol/httpbind' rid='1' sid='s'/>"
    asked = b"POST /http-bind/ HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body)
    answered = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
    items: list[Item] = [chunk(asked + body, C), chunk(answered + body, S, packet=2), CONNECTION]
    assert names(Tower(0).feed(items)) == ["Exchange", "Turn", "Connection"]


def test_what_the_server_says_of_itself_is_told() -> None:
    body = b"<SystemInfo><status>IN_SERVICE</status></SystemInfo>"
    asked = b"GET /finesse/api/SystemInfo HTTP/1.1\r\nHost: a\r\n\r\n"
    answered = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
    items: list[Item] = [chunk(asked, C), chunk(answered + body, S, packet=2), CONNECTION]
    assert names(Tower(0).feed(items)) == ["Exchange", "SystemInfo", "Connection"]


def test_what_belongs_to_no_connection_passes() -> None:
    name = Resolution(name="a.test", kind="A", client="10.0.0.1", server="10.0.0.53")
    assert Tower(0).feed([name]) == [name]


def test_what_tls_opens_late_keeps_its_place() -> None:
    """A packet of one side may open what the other side sent before, and sends on behind."""
    answer = [b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", b"hello"]
    first, second = chunks(answer, S, 2, 2)
    hole = gap(C, 0, None, 9)

    class Late(Tls):
        def feed(self, item: Item) -> list[Event]:
            if item is second:
                return [item]
            return [hole, first] if isinstance(item, Chunk) else [item]

    tower = Tower(0)
    tower._bottom, tower._opened = Late(0, KeyRing()), tower._above(secure=True)
    events = tower.feed([chunk(b"?", C, packet=9), second, CONNECTION])
    (exchange,) = (event for event in events if isinstance(event, Exchange))
    assert exchange.response is not None
    assert exchange.response.body == b"hello"


def test_holes_between_messages_of_a_har_are_told_as_they_are() -> None:
    hole = Gap(Direction.TO_CLIENT, 0, None, GapReason.LOST, HarSource(0, 1, 2, None))
    assert Tower(0, KeyRing()).feed([hole]) == [hole]
