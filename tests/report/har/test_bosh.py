"""A session on BOSH is a POST for each of its requests."""

from xml.etree import ElementTree as ET

from analyzer.model.bosh import BoshFacts, TurnFacts
from analyzer.model.session import Carrier, Session
from analyzer.model.source import HarSource
from analyzer.model.xmpp import StanzaKind
from analyzer.report.har.bosh import bosh_entries
from tests.report.reports import START_NS, packet, packet_session, stanza

BODY = "{http://jabber.org/protocol/httpbind}body"


def turn(rid: int | None, number: int, **more: object) -> TurnFacts:
    fields: dict[str, object] = {
        "connection": 3,
        "asked_ns": START_NS + number,
        "answered_ns": START_NS + number + 5_000_000,
        "status": 200,
        "asked": packet(number),
        "answered": packet(number + 1),
    }
    return TurnFacts(rid=rid, **(fields | more))  # type: ignore[arg-type]


def bosh(*turns: TurnFacts, sid: str | None = "s1", **more: object) -> Session:
    facts = BoshFacts(sid=sid, url="http://a.test/http-bind/", turns=turns)
    return packet_session(carrier=Carrier.BOSH, bosh=facts, encrypted=True, **more)


def test_each_stanza_stands_in_its_request_or_its_answer() -> None:
    rows = (
        stanza("C>", StanzaKind.OPEN, "<body/>", packet(10), name=BODY),
        stanza("S>", StanzaKind.FEATURES, "<features/>", packet(11)),
        stanza("C>", StanzaKind.IQ, "<iq id='1'/>", packet(20)),
        stanza("S>", StanzaKind.IQ, "<iq id='2'/>", packet(21)),
        stanza("S>", StanzaKind.IQ, "<iq id='3'/>", packet(22)),
        stanza("S>", StanzaKind.CLOSE, "<body type='terminate'/>", packet(31), name=BODY),
        stanza("C>", StanzaKind.IQ, "<iq id='0'/>", packet(2)),
    )
    session = bosh(
        turn(1, 10, creation=True, request={"to": "a'b"}, response={"wait": "60"}),
        turn(2, 20),
        turn(None, 30, response={"type": "terminate"}),
        stanzas=rows,
        user_agent="Firefox",
    )
    entries = [fields for _, fields in bosh_entries(session)]
    sent = [ET.fromstring(fields["request"]["postData"]["text"]) for fields in entries]
    got = [ET.fromstring(fields["response"]["content"]["text"]) for fields in entries]
    assert [one.attrib for one in sent] == [
        {"to": "a'b", "rid": "1"},
        {"rid": "2", "sid": "s1"},
        {"sid": "s1"},
    ]
    assert [one.attrib for one in got] == [{"wait": "60", "sid": "s1"}, {}, {"type": "terminate"}]
    assert [[inner.get("id") for inner in one] for one in sent] == [[], ["1"], []]
    assert [[inner.get("id") for inner in one] for one in got] == [[None], ["2", "3"], []]
    assert entries[0]["request"]["url"] == "https://a.test/http-bind/"
    assert entries[0]["request"]["headers"][1] == {"name": "User-Agent", "value": "Firefox"}
    assert entries[0]["_packet"] == "10"
    assert entries[0]["connection"] == "3"


def test_a_request_that_nobody_answered() -> None:
    session = bosh(
        turn(5, 10, status=0, answered=None, answered_ns=None, error="net::ERR_X"),
        turn(6, 20, status=404, response={}),
        turn(7, 30, asked=None, asked_ns=None),
        sid=None,
        stanzas=(),
    )
    (_, lost), (_, refused), (_, unseen) = bosh_entries(session)
    assert lost["response"]["_error"] == "net::ERR_X"
    assert "text" not in lost["response"]["content"]
    assert refused["response"]["status"] == "404"
    assert "text" not in refused["response"]["content"]
    assert "postData" not in unseen["request"]
    assert unseen["_packet"] == "31"


def test_entries_of_a_har() -> None:
    row = stanza("S>", StanzaKind.IQ, "<iq/>", HarSource(0, 4, None, None, element=1))
    first = turn(1, 10, asked=HarSource(0, 3, None, None), answered=HarSource(0, 3, None, None))
    second = turn(2, 20, asked=HarSource(0, 4, None, None), answered=HarSource(0, 4, None, None))
    entries = [fields for _, fields in bosh_entries(bosh(first, second, stanzas=(row,)))]
    texts = [fields["response"]["content"]["text"] for fields in entries]
    assert ["<iq/>" in text for text in texts] == [False, True]


def test_no_bosh() -> None:
    assert list(bosh_entries(packet_session(bosh=None))) == []
