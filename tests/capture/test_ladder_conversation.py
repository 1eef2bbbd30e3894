"""Which packets a conversation stands for; what they hold is told in test_ladder_packets.py."""

import pytest

from analyzer.capture import ladder_packets
from analyzer.capture.ladder import LadderReader
from analyzer.capture.ladder_conversation import Packet, packets_of
from analyzer.capture.ladder_text import parse
from analyzer.model.anomaly import AnomalyCode
from analyzer.model.source import Direction

C, S = Direction.TO_SERVER, Direction.TO_CLIENT

HEADER = (
    b"<?xml version='1.0'?><stream:stream to='a.test' version='1.0' xmlns='jabber:client' "
    b"xmlns:stream='http://etherx.jabber.org/streams'>"
)


def packets(text: str) -> list[Packet]:
    script = parse(text)
    assert script.wrong == []
    (talk,) = script.conversations
    return [*packets_of(talk)]


def octets(text: str) -> list[tuple[Direction, bytes]]:
    return [(packet.direction, packet.octets) for packet in packets(text) if packet.octets]


@pytest.mark.parametrize("directive", ["@tcp", "@stream"])
def test_a_stream_on_tcp(directive: str) -> None:
    text = f"""
        {directive}
        1.0 C> <open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='a.test' version='1.0'/>
        2.0 S> <stream:stream id='as written'>
        3.0 C> <iq/>
        4.0 C> [octets 20]
        5.0 C> <close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>
        """
    assert octets(text) == [
        (C, HEADER),
        (S, b"<stream:stream id='as written'>"),
        (C, b"<iq/>"),
        (C, b" "),
        (C, b"</stream:stream>"),
    ]
    assert [packet.word for packet in packets(text)][:2] == ["syn", "syn"]


def test_facts_of_tcp_have_their_directive_still() -> None:
    (talk,) = parse("@tcp to_server.retransmitted=3\n1 C> a").conversations
    assert talk.tcp == {"to_server.retransmitted": 3}
    assert talk.url.startswith("wss:")


@pytest.mark.parametrize(
    ("directive", "url"),
    [
        ("@tcp", "xmpp://finesse.example.test:5222"),
        ("@bosh", "https://finesse.example.test:7443/http-bind/"),
        ("@url xmpp://a.test:5223\n@tcp", "xmpp://a.test:5223"),
    ],
)
def test_where_it_goes(directive: str, url: str) -> None:
    (talk,) = parse(f"{directive}\n1 C> a").conversations
    assert talk.url == url


def test_behind_proceed_all_is_tls() -> None:
    said = octets("@tcp\n1 C> <a/>\n2 S> <proceed/>\n3 C> <b/>\n4 C> [fin]")
    assert [way for way, _ in said] == [C, S, C, S, C]
    assert [content[:3] for _, content in said[2:]] == [
        b"\x16\x03\x01",
        b"\x16\x03\x03",
        b"\x17\x03\x03",
    ]


def test_a_stream_that_was_begun_before() -> None:
    assert octets("@late\n@tcp\n1 C> <iq/>") == [(C, b"<iq/>")]
    assert [packet.word for packet in packets("@late\n@tcp\n1 C> <iq/>")] == [""]


def test_tls_that_cannot_be_read() -> None:
    assert [content[:1] for _, content in octets("@tls\n1 C> <a/>")] == [b"\x16", b"\x16", b"\x17"]


def test_a_ladder_is_not_endless(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "1 C> a\n2 C> b\n3 C> c"
    assert LadderReader(text, 0).anomalies == []
    monkeypatch.setattr(ladder_packets, "LADDER_PACKETS", 4)
    (anomaly,) = LadderReader(text, 0).anomalies
    assert anomaly.code is AnomalyCode.LIMIT
