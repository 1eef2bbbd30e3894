"""What becomes of streams: exchanges, tunnels, resets, bounds."""

import pytest

from analyzer.model.anomaly import AnomalyCode
from analyzer.model.events import Streamed
from analyzer.model.flow import Chunk, EndCause, GapReason
from analyzer.model.http import Exchange
from analyzer.protocol import http2_table
from analyzer.protocol.http2_streams import HELD_OCTETS
from tests.protocol.h2_wire import (
    SOCKET,
    Talk,
    asked,
    data,
    ends,
    food,
    frame,
    holes,
    reset,
    told,
)
from tests.protocol.wire import KEY, C, S, codes, end, source
from tests.protocol.wire import frame as ws_frame

URL = "https://a:1/x"
WS_URL = "wss://a:1/x"


def test_an_exchange() -> None:
    talk = Talk().ask(last=False).say(C, data(1, b"ab")).say(C, data(1, b"c", last=True))
    talk.answer(last=False).say(S, data(1, b"xyz", last=True))
    exchange = talk.one()
    request, response = exchange.request, exchange.response
    assert request is not None
    assert response is not None
    assert (request.method, request.url, request.version) == ("GET", URL, "HTTP/2")
    assert (request.body, request.body_length, request.body_source) == (
        b"abc",
        3,
        source(4, 5, offset=62),
    )
    assert (response.status, response.body) == (200, b"xyz")
    assert talk.anomalies() == []


def test_an_exchange_is_told_once_both_sides_have_ended() -> None:
    talk = Talk().ask(last=False).answer()
    assert talk.told() == []
    talk.say(C, data(1, b"", last=True))
    assert talk.told() == [(URL, 200)]


def test_trailers_and_interim_answers() -> None:
    talk = Talk().ask().answer(status=100, last=False).answer(last=False)
    talk.say(S, data(1, b"x"), talk.head(S, 1, [("x-sum", "1")], last=True))
    exchange = talk.one()
    assert exchange.interim == (100,)
    assert exchange.response is not None
    assert (exchange.response.headers, exchange.response.body) == ((("x-sum", "1"),), b"x")


def test_streams_beside_each_other() -> None:
    talk = Talk().ask(1, path="/1").ask(3, path="/3")
    talk.answer(3).answer(1, 404)
    assert talk.told() == [("https://a:1/3", 200), ("https://a:1/1", 404)]


def test_answers_that_are_read_first_find_their_request() -> None:
    talk = Talk(preface=False)
    talk.answer(1, last=False).say(S, data(1, b"abc", last=True))
    talk.say(C, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").ask(1)
    exchange = talk.one()
    assert talk.told() == [(URL, 200)]
    assert exchange.response is not None
    assert exchange.response.body == b"abc"


def test_no_answer() -> None:
    talk = Talk().ask(1).ask(3, last=False).close()
    assert talk.told() == [(URL, None), (URL, None)]
    assert codes(talk.events) == [AnomalyCode.HTTP_BODY_INCOMPLETE]


def test_no_request() -> None:
    talk = Talk().lose(C, None).answer(1, last=False).say(S, data(1, b"ab", last=True))
    assert talk.close().told() == [(None, 200)]


def test_nothing_but_data() -> None:
    talk = Talk().lose(C, None).lose(S, None)
    talk.say(S, data(5, b"abc"), data(5, b"d", last=True), data(7, b"", last=True)).close()
    assert talk.told() == []
    (anomaly,) = talk.anomalies()
    assert (anomaly.values["problem"], anomaly.length) == ("missing", 4)


def test_a_push() -> None:
    talk = Talk().ask(1)
    promise = talk.block(S, asked({":path": "/style"}))
    talk.say(S, frame(5, b"\0\0\0\2" + promise, flags=4, stream=1))
    talk.answer(2, last=False).say(S, data(2, b"x", last=True)).answer(1)
    assert talk.told() == [("https://a:1/style", 200), (URL, 200)]


# Resets


def test_a_reset() -> None:
    talk = Talk().ask(1).answer(1, last=False).say(S, data(1, b"ab"), reset(1, 2))
    (anomaly,) = talk.anomalies()
    assert anomaly.code is AnomalyCode.H2_RESET
    assert anomaly.values == {"error": "INTERNAL_ERROR", "stream": 1}
    assert talk.told() == [(URL, 200)]


def test_a_reset_without_an_error() -> None:
    talk = Talk().ask(1, last=False).answer(1).say(S, reset(1, 0))
    assert talk.told() == [(URL, 200)]
    assert talk.anomalies() == []


def test_a_reset_of_an_unknown_kind() -> None:
    (anomaly,) = Talk().ask(1).say(C, reset(1, 99)).anomalies()
    assert anomaly.values["error"] == 99


def test_a_reset_of_a_stream_that_never_was() -> None:
    talk = Talk().say(C, reset(9)).ask(1).answer(1)
    assert codes(talk.events) == [AnomalyCode.H2_RESET]
    assert talk.told() == [(URL, 200)]


def test_frames_under_way_when_a_stream_is_reset() -> None:
    talk = Talk().ask(1).answer(1, last=False).say(C, reset(1)).say(S, data(1, b"late"))
    assert codes(talk.events) == [AnomalyCode.H2_RESET]
    assert talk.told() == [(URL, 200)]


def test_frames_behind_the_end() -> None:
    talk = Talk().ask(1).say(C, data(1, b"late")).answer(1).answer(1).say(C, data(0, b"x"))
    assert talk.problems() == ["closed stream", "closed stream", "no stream"]
    assert talk.told() == [(URL, 200)]


def test_no_stream_at_all() -> None:
    talk = Talk().say(C, frame(1, b"\x82", flags=5, stream=0)).close()
    assert talk.problems() == ["no stream", "gap", "closed stream"]
    assert talk.told() == []


def test_few_closed_streams_are_remembered() -> None:
    talk = Talk()
    for number in range(http2_table.CLOSED + 1):
        talk.ask(2 * number + 1).answer(2 * number + 1)
    assert len(talk.http._streams._closed) == http2_table.CLOSED


# WebSocket


def test_a_websocket() -> None:
    talk = Talk().connect().answer(last=False, lines=[("sec-websocket-protocol", "xmpp")])
    talk.say(C, data(1, b"abc")).say(S, data(1, b"xyz"), data(1, b"!"))
    talk.say(C, data(1, b"de", last=True)).say(S, data(1, b"", last=True))
    (upgrade,) = talk.upgrades()
    request, response = upgrade.exchange.request, upgrade.exchange.response
    assert request is not None
    assert response is not None
    assert (request.method, request.url) == ("CONNECT", WS_URL)
    assert (upgrade.accepted, upgrade.accept_valid, response.status) == (True, None, 200)
    assert (upgrade.subprotocol, upgrade.offered) == ("xmpp", ("xmpp",))
    assert food(talk.streamed(), C) == [(0, b"abcde")]
    assert food(talk.streamed(), S) == [(0, b"xyz!")]
    assert ends(talk.streamed()) == [(C, 5, EndCause.FIN), (S, 4, EndCause.FIN)]
    assert talk.anomalies() == []
    assert talk.told() == []


def test_octets_of_a_websocket_know_their_packet() -> None:
    talk = Talk().connect().answer(last=False).say(C, data(1, b"abc"))
    octets = data(1, b"defg")
    talk.say(C, octets[:11]).say(C, octets[11:])
    chunks = [event for event in talk.streamed() if isinstance(event, Chunk)]
    assert [list(c.provenance.packets) for c in chunks] == [[5], [6], [7]]
    assert [list(c.provenance.offsets) for c in chunks] == [[0], [3], [5]]


def test_octets_behind_the_answer_are_no_body() -> None:
    talk = Talk().connect().say(C, data(1, b"early")).answer(last=False)
    request = talk.upgrades()[0].exchange.request
    assert request is not None
    assert request.body == b""
    assert food(talk.streamed(), C) == [(0, b"early")]


def test_lanes_of_a_websocket_in_any_order() -> None:
    talk = Talk(preface=False).answer(last=False).say(S, data(1, b"xyz", last=True))
    talk.say(C, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").connect()
    assert food(talk.streamed(), S) == [(0, b"xyz")]
    assert ends(talk.streamed()) == [(S, 3, EndCause.FIN)]


def test_a_refused_websocket() -> None:
    talk = Talk().connect().say(C, data(1, b"early")).answer(status=403, last=False)
    talk.say(S, data(1, b"no", last=True), reset(1, 0))
    (upgrade,) = talk.upgrades()
    assert not upgrade.accepted
    assert upgrade.exchange.response is not None
    assert (upgrade.exchange.response.status, upgrade.exchange.response.body) == (403, b"no")
    assert upgrade.exchange.request is not None
    assert upgrade.exchange.request.body == b"early"


def test_a_websocket_without_an_answer() -> None:
    (upgrade,) = Talk().connect().close().upgrades()
    assert not upgrade.accepted
    assert upgrade.exchange.response is None


@pytest.mark.parametrize("octets", [5, HELD_OCTETS + 1])
def test_who_sends_was_answered(octets: int) -> None:
    talk = Talk().connect().lose(S, None)
    for at in range(0, octets, 16_384):
        talk.say(C, data(1, bytes(min(16_384, octets - at))))
    (upgrade,) = talk.close().upgrades()
    assert upgrade.accepted
    assert upgrade.exchange.response is None
    assert sum(len(piece) for _, piece in food(talk.streamed(), C)) == octets


def test_who_is_sent_data_was_answered() -> None:
    talk = Talk().connect().lose(S, 40).say(S, frame(6, bytes(8)) * 2, data(1, b"xyz"))
    (upgrade,) = talk.upgrades()
    assert upgrade.accepted
    assert food(talk.streamed(), S) == [(0, b"xyz")]


def test_a_reset_websocket() -> None:
    talk = Talk().connect().answer(last=False).say(S, data(1, b"xy"), reset(1, 2))
    assert codes(talk.streamed()) == [AnomalyCode.H2_RESET]
    assert ends(talk.streamed()) == [(C, 0, EndCause.RST), (S, 2, EndCause.RST)]
    assert talk.anomalies() == []
    talk.say(C, data(1, b"late")).close()
    assert len(ends(talk.streamed())) == 2


def test_the_connection_ends_before_a_websocket() -> None:
    talk = Talk().connect().answer(last=False).say(C, data(1, b"abc"))
    talk.take(end(S)).take(end(C, EndCause.RST)).take(end(C)).close()
    assert ends(talk.streamed()) == [(S, 0, EndCause.FIN), (C, 3, EndCause.RST)]
    talk = Talk().connect().answer(last=False).close()
    assert [cause for _, _, cause in ends(talk.streamed())] == [EndCause.UNKNOWN] * 2


def test_a_hole_in_a_websocket() -> None:
    talk = Talk().connect().answer(last=False)
    octets = data(1, b"abcdefgh")
    talk.say(S, octets[:11]).lose(S, 3).say(S, octets[14:])
    assert food(talk.streamed(), S) == [(0, b"ab"), (5, b"fgh")]
    assert holes(talk.streamed()) == [(S, 2, 3)]


def test_a_hole_over_frames_of_a_websocket() -> None:
    talk = Talk().connect().answer(last=False).say(S, data(1, b"abc"))
    talk.lose(S, 100).say(S, data(1, b"xyz") * 3)
    assert holes(talk.streamed()) == [(S, 3, None)]
    assert food(talk.streamed(), S)[0][0] == 0
    assert b"".join(piece for _, piece in food(talk.streamed(), S)) == b"abc" + b"xyz" * 3


def test_damage_over_frames_of_a_websocket() -> None:
    talk = Talk().connect().answer(last=False).say(S, data(1, b"abc"), b"\xff" * 9).close()
    (hole,) = [e for e in talk.streamed() if getattr(e, "reason", None) is GapReason.OPAQUE]
    assert hole.offset == 3  # type: ignore[union-attr]


def test_a_section_within_a_websocket() -> None:
    talk = Talk().connect().answer(last=False).say(C, data(1, b"abc"))
    talk.say(C, talk.head(C, 1, [("x-sum", "1")], last=True))
    assert ends(talk.streamed()) == [(C, 3, EndCause.FIN)]


def test_a_tunnel() -> None:
    talk = Talk().say(C, b"")
    talk.say(C, talk.head(C, 1, [(":method", "CONNECT"), (":authority", "b:443")]))
    talk.answer(last=False).say(C, data(1, b"abc"))
    assert talk.told() == [("b:443", 200)]
    assert food(talk.streamed(), C) == [(0, b"abc")]


def test_another_protocol() -> None:
    talk = Talk().say(C, b"")
    lines = asked(SOCKET | {":protocol": "connect-udp"})
    talk.say(C, talk.head(C, 1, lines), data(1, b"ab", last=True)).answer()
    assert talk.told() == [(URL, 200)]
    assert talk.one().request is not None


# Holes in bodies


def test_a_hole_in_a_body() -> None:
    talk = Talk().ask().answer(last=False)
    octets = data(1, b"abcdefgh", last=True)
    talk.say(S, octets[:11]).lose(S, 3).say(S, octets[14:])
    (anomaly,) = talk.anomalies()
    assert anomaly.code is AnomalyCode.HTTP_BODY_INCOMPLETE
    assert anomaly.values == {"part": "body", "octets": 2, "length": 8}
    assert talk.told() == [(URL, 200)]


def test_a_hole_over_frames_of_a_body() -> None:
    talk = Talk().ask().answer(last=False).say(S, data(1, b"ab")).lose(S, 30)
    talk.say(S, data(1, b"c") * 3, data(1, b"d", last=True))
    assert codes(talk.events) == [AnomalyCode.HTTP_BODY_INCOMPLETE]
    assert talk.told() == [(URL, 200)]


def test_a_hole_in_what_is_held() -> None:
    talk = Talk(preface=False).answer(last=False)
    octets = data(1, b"abcdefgh")
    talk.say(S, octets[:11]).lose(S, 3).say(S, octets[14:]).close()
    assert talk.told() == [(None, 200)]
    assert codes(talk.events) == [AnomalyCode.HTTP_BODY_INCOMPLETE]


# Bounds


def test_too_many_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http2_table, "H2_STREAMS", 3)
    talk = Talk()
    for number in (1, 3, 5, 7):
        talk.ask(number, path=f"/{number}")
    assert talk.told() == [("https://a:1/1", None)]
    assert codes(talk.events) == [AnomalyCode.LIMIT]


def test_too_many_tunnels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http2_table, "H2_STREAMS", 2)
    talk = Talk()
    for number in (1, 3, 5):
        talk.connect(number).answer(number, last=False).say(C, reset(number))
    assert [bool(talk.upgrades(n)) for n in (1, 3, 5)] == [True, True, False]
    assert talk.told() == [(WS_URL, 200)]
    assert AnomalyCode.LIMIT in codes(talk.events)


def test_bodies_that_are_too_long_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http2_table, "H2_OPEN_OCTETS", 2_000)
    talk = Talk().ask(1, last=False).ask(3, last=False)
    talk.say(C, data(1, bytes(900))).say(C, data(3, bytes(900)))
    assert talk.told() == [(URL, None)]
    talk.say(C, data(3, bytes(2_000)))
    assert talk.told() == [(URL, None)] * 2
    assert talk.http._streams._kept == 0
    assert codes(talk.events).count(AnomalyCode.LIMIT) == 2


def test_what_is_held_is_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http2_table, "H2_OPEN_OCTETS", 1_000)
    talk = Talk().connect().say(C, data(1, bytes(2_000)))
    assert talk.upgrades()[0].accepted
    talk = Talk(preface=False).answer(last=False).say(S, data(1, bytes(2_000), last=True))
    assert talk.told() == [(None, 200)]


def test_a_head_that_is_too_long_to_keep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http2_table, "H2_OPEN_OCTETS", 1_000)
    talk = Talk().ask(1, path="/x" + "x" * 2_000)
    assert talk.told() == [(URL + "x" * 2_000, None)]


def test_an_answer_without_a_request_is_held_up_to_a_bound() -> None:
    talk = Talk(preface=False).answer(last=False)
    for _ in range(6):
        talk.say(S, data(1, bytes(16_000)))
    talk.say(C, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").ask().say(S, data(1, b"", last=True))
    exchange = talk.one()
    assert exchange.response is not None
    assert exchange.response.body_length == 96_000
    assert talk.told() == [(URL, 200)]


def test_counts_return_to_nothing() -> None:
    talk = Talk().ask(1, last=False).say(C, data(1, b"abc")).connect(3)
    talk.say(C, data(3, b"abc")).connect(5).say(C, data(5, b"x")).answer(5, 403)
    talk.answer(3, last=False).say(C, reset(5))
    talk.answer(1).say(C, data(1, b"", last=True)).close()
    assert talk.http._streams._kept == 0
    assert not talk.http._streams._streams
    assert not talk.http._streams._tunnels


def test_events_name_their_stream() -> None:
    talk = Talk().connect(5).answer(5, last=False)
    assert [e.stream for e in talk.events if isinstance(e, Streamed)] == [5]
    assert not [e for e in talk.events if isinstance(e, Exchange)]
    assert told(talk.streamed(5)) == []


# A request that was missed


def test_a_websocket_whose_request_was_missed() -> None:
    talk = Talk().lose(C, None)
    talk.answer(7, last=False, lines=[("sec-websocket-protocol", "xmpp")])
    (upgrade,) = talk.upgrades(7)
    assert (upgrade.accepted, upgrade.exchange.request) == (True, None)
    assert upgrade.subprotocol == "xmpp"


@pytest.mark.parametrize("cut", [1, 3, 9, 10, 14, 40])
def test_a_websocket_whose_handshake_was_missed(cut: int) -> None:
    talk = Talk().lose(C, None).lose(S, None)
    octets = frame(6, bytes(8)) * 3 + b"".join(data(7, ws_frame(b"<a/>")) for _ in range(4))
    for at in range(0, len(octets), cut):
        talk.say(S, octets[at : at + cut])
    talk.say(C, frame(6, bytes(8)) * 3, data(7, ws_frame(b"hi", key=KEY)))
    assert holes(talk.streamed(7)) == [(C, 0, None), (S, 0, None)]
    assert food(talk.streamed(7), S) == [(0, ws_frame(b"<a/>") * 4)]
    assert food(talk.streamed(7), C) == [(0, ws_frame(b"hi", key=KEY))]
    assert talk.close().told() == []
    assert codes(talk.events) == []


def test_one_frame_is_enough_at_the_end() -> None:
    talk = Talk().lose(C, None).lose(S, None).say(S, frame(6, bytes(8)) * 3)
    talk.say(S, data(7, ws_frame(b"hello"), last=True)).close()
    assert food(talk.streamed(7), S) == [(0, ws_frame(b"hello"))]
    assert ends(talk.streamed(7))[0] == (S, 7, EndCause.FIN)


def test_a_body_whose_request_was_missed() -> None:
    talk = Talk().lose(C, None).lose(S, None).say(S, frame(6, bytes(8)) * 3)
    talk.say(S, data(7, b"<html>"), data(7, b"</html>", last=True))
    talk.say(S, data(9, b"\x81")).close()
    assert talk.streamed(7) == []
    assert [(a.values["stream"], a.length) for a in talk.anomalies()] == [(7, 13), (9, 1)]


def test_an_answer_with_a_body_whose_request_was_missed() -> None:
    talk = Talk().lose(C, None).answer(7, last=False).say(S, data(7, ws_frame(b"x"), last=True))
    assert talk.close().told() == [(None, 200)]
    assert talk.streamed(7) == []


def test_the_answer_of_a_websocket_is_read_before_its_request() -> None:
    lines = [("sec-websocket-protocol", "xmpp")]
    talk = Talk(preface=False).answer(last=False, lines=lines).say(S, data(1, b"xyz"))
    talk.say(C, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").connect()
    (upgrade,) = talk.upgrades()
    assert upgrade.exchange.request is not None
    assert food(talk.streamed(), S) == [(0, b"xyz")]
