"""In which recordings a session stands, and where they disagree, in words."""

from msgspec.structs import replace

from analyzer.model.joined import Disagreed, Disagreement, MatchedBy, Part
from analyzer.model.source import Direction
from analyzer.report.facts.connection import connection_facts
from analyzer.report.facts.joined import SHOWN, joined_facts, written_ns
from analyzer.report.language.words import words
from tests.report.reports import (
    START_NS,
    entry,
    har_recording,
    har_session,
    packet,
    packet_recording,
    packet_session,
)

WORDS = words("en")

RECORDINGS = (
    replace(packet_recording(), capture=0, name="client.pcapng"),
    replace(har_recording(), capture=1, name="session.har"),
    replace(packet_recording(), capture=2, name="server.pcapng"),
)

LOST = Disagreed(
    kind=Disagreement.LEFT_NOT_ARRIVED,
    direction=Direction.TO_SERVER,
    seen=packet(7, 9.0),
    other=packet(6, 8.0, capture=2),
    stanzas=2,
)
LOCKED = replace(LOST, stanzas=0, octets=80, other=None)
END = Disagreed(kind=Disagreement.END, direction=None, seen=packet(9, 9.5))
ONE = replace(LOST, stanzas=1)

JOINED = packet_session(
    parts=(
        Part(capture=0, stanzas=9),
        Part(
            capture=1,
            matched_by=MatchedBy.WEBSOCKET_KEY,
            offset_ns=-12_000_000,
            spread_ns=1_000_000,
            compared=9,
            har=True,
            stanzas=9,
        ),
        Part(capture=2, matched_by=MatchedBy.ADDRESSES, stanzas=7),
    ),
    disagreements=(LOST, LOCKED, END, ONE),
)


def test_of_one_recording_nothing_is_told() -> None:
    assert [*joined_facts(har_session(), WORDS, RECORDINGS)] == []
    assert [*joined_facts(JOINED, WORDS, ())] == []


def test_where_it_was_seen() -> None:
    facts = dict(joined_facts(JOINED, WORDS, RECORDINGS))
    assert facts["seen_in"] == (
        "client.pcapng; session.har (clock +0.012 s, by Sec-WebSocket-Key); "
        "server.pcapng (by addresses and time)"
    )
    assert facts["disagreements"] == (
        "left, not arrived C> 2 stanzas (client.pcapng: packet 7, against server.pcapng: packet 6);"
        " left, not arrived C> 80 octets (client.pcapng: packet 7);"
        " end (client.pcapng: packet 9);"
        " left, not arrived C> 1 stanza (client.pcapng: packet 7, against server.pcapng: packet 6)"
    )


def test_they_stand_among_the_facts_of_the_session() -> None:
    facts = dict(connection_facts(JOINED, words("en"), RECORDINGS))
    assert facts["Seen in"].startswith("client.pcapng; session.har")
    assert facts["Disagreements"].startswith("left, not arrived")


def test_of_many_the_first_few() -> None:
    many = replace(JOINED, disagreements=(END,) * (SHOWN + 3))
    assert dict(joined_facts(many, WORDS, RECORDINGS))["disagreements"].endswith("; 3 more")


def test_a_time_is_that_of_its_file() -> None:
    assert written_ns(entry(1, 5.0, capture=1), JOINED) == START_NS + 5_012_000_000
    assert written_ns(packet(1, 5.0), JOINED) == START_NS + 5_000_000_000
    assert written_ns(packet(1, 5.0), None) == START_NS + 5_000_000_000
    assert written_ns(replace(packet(1), time_ns=None), JOINED) is None
