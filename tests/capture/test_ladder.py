"""A ladder reads like any other recording."""

import pytest

from analyzer.capture.ladder import ORIGIN_NS, LadderReader
from analyzer.model.anomaly import Anomaly, AnomalyCode
from analyzer.model.flow import Connection
from analyzer.model.recording import HarFacts, Secret
from analyzer.model.websocket import Message, MessageKind
from analyzer.model.xmpp import Stanza
from analyzer.protocol.tower import Tower


def stanzas(text: str) -> list[tuple[str, bytes, int | None]]:
    tower = Tower(0)
    reader = LadderReader(text, 0)
    assert reader.anomalies == []
    events = [event for _, items in reader.items() for event in tower.feed(items)]
    return [
        (event.direction.value, event.octets, event.source.time_ns)
        for event in events
        if isinstance(event, Stanza)
    ]


def test_both_ends_tell_one_story() -> None:
    talk = "@login\n5 C> [text fin=0] <presence\n6 C> [continuation]  type='unavailable'/>"
    from_packets, from_har = stanzas(talk), stanzas(f"@har\n{talk}")
    assert len(from_packets) == 20
    assert from_packets == from_har
    assert from_har[0][2] == ORIGIN_NS


def test_a_har() -> None:
    reader = LadderReader("@har\n@recording producer=Firefox records_messages=false\n@login", 0)
    assert reader.is_har
    assert reader.packet_facts() is None
    facts = reader.facts()
    assert (facts.producer, facts.records_messages, facts.entries) == ("Firefox", False, 1)
    assert facts.sockets[0].messages is None
    ((_, items),) = reader.items()
    assert not any(isinstance(item, Message) for item in items)


def test_a_packet_capture() -> None:
    reader = LadderReader("@recording snaplen=96 cut=4 dropped=null\n@login until=open", 0)
    assert not reader.is_har
    assert reader.facts() == HarFacts()
    facts = reader.packet_facts()
    assert facts is not None
    assert (facts.snaplen, facts.cut, facts.dropped, facts.connections) == (96, 4, None, 1)


def test_what_is_said_of_the_recording() -> None:
    reader = LadderReader(
        "@recording anomaly=har.entry.skipped secret.cookie=2 secret.sasl-password=1\nnonsense", 0
    )
    assert reader.secrets == {Secret.COOKIE: 2, Secret.SASL_PASSWORD: 1}
    assert reader.anomalies == [
        Anomaly(code=AnomalyCode.DAMAGED, values={"line": 2}),
        Anomaly(code=AnomalyCode.HAR_ENTRY_SKIPPED),
    ]


@pytest.mark.parametrize(
    "fact", ["nothing=1", "snaplen=x", "anomaly=x", "secret.x=1", "secret.cookie=x"]
)
def test_a_fact_that_means_nothing(fact: str) -> None:
    reader = LadderReader(f"@recording {fact}\n@login", 0)
    name = fact.partition("=")[0]
    assert reader.anomalies == [Anomaly(code=AnomalyCode.DAMAGED, values={"fact": name})]
    assert any(isinstance(items[-1], Connection) for _, items in reader.items())


def test_a_binary_message() -> None:
    reader = LadderReader("@har\n0 C> [binary 00]", 0)
    ((_, items),) = reader.items()
    assert [i.kind for i in items if isinstance(i, Message)] == [MessageKind.BINARY]
