"""
Laws of XMPP over TCP: any octets give events, and none of them is lost unsaid.

Every octet is of a stanza, of a hole that is named, or of an anomaly; what is left over is white
space between elements or an XML declaration.
"""

import re
import time

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from analyzer.model.anomaly import Anomaly
from analyzer.model.events import Event
from analyzer.model.flow import Gap, GapReason
from analyzer.model.http import Switched
from analyzer.model.source import Direction, PacketSource
from analyzer.model.xmpp import Stanza, StanzaKind
from analyzer.protocol.tower import Tower
from analyzer.protocol.xmpp_stream import XmppStream
from tests.protocol.wire import CONNECTION, C, S, chunk, end, run_of, source

HEADER = (
    b"<?xml version='1.0'?><stream:stream to='a.test' version='1.0' xmlns='jabber:client' "
    b"xmlns:stream='http://etherx.jabber.org/streams'>"
)
TLS_MAJOR = b"\x03"
"""Second octet of each record (RFC 8446 section 5.1)."""

SAID = st.sampled_from(
    (
        *(HEADER, b"</stream:stream>", b" ", b"\n", b"<presence/>"),
        b"<iq type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq>",
        b"<message from='a'><body>1 &lt; 2 <![CDATA[</body>]]></body></message>",
        b"<r xmlns='urn:xmpp:sm:3'/>",
        b"<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></stream:features>",
        *(b"<message <iq/>", b"<a></b>", b"text", b"<!-- c -->", b"<?x y?>", b"<!DOCTYPE a>"),
        *(b"<x:y/>", b"<iq a='<'/>", b"</iq>", b"<", b"\xff\xfe", b"\x17\x01"),
    )
)
PACKETS = st.lists(
    st.tuples(
        st.sampled_from(Direction), st.one_of(SAID, st.binary(max_size=8)), st.integers(0, 9)
    ),
    max_size=20,
)
UNSAID = re.compile(rb"[ \t\r\n]+|<\?xml\s[^>]*\?>")


@settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(PACKETS)
def test_no_octet_is_lost_unsaid(packets: list[tuple[Direction, bytes, int]]) -> None:
    stream = XmppStream(0)
    sent = {C: b"", S: b""}
    events: list[Event] = []
    for number, (way, octets, dice) in enumerate(packets, 1):
        begin = len(sent[way])
        sent[way] += octets
        if dice == 0:
            gap = Gap(way, begin, len(octets), GapReason.LOST, source(number))
            events += stream.feed(gap)
        elif octets:
            events += stream.feed(chunk(octets, way, begin, number))
        if any(isinstance(event, Switched) for event in events):
            return
    for item in (end(C), end(S), CONNECTION):
        events += stream.feed(item)
    for way in Direction:
        left = bytearray(sent[way])
        for begin, length in spans(events, way):
            left[begin : begin + length] = b" " * length
        assert UNSAID.sub(b"", left) == b""


def spans(events: list[Event], way: Direction) -> list[tuple[int, int]]:
    """What is named of a direction: offset and length."""
    found: list[tuple[int, int]] = []
    for event in events:
        if isinstance(event, Gap) and event.direction is way and event.length is not None:
            found.append((event.offset, event.length))
        elif isinstance(event, Stanza | Anomaly) and event.direction is way:
            assert isinstance(event.source, PacketSource)
            assert event.source.offset is not None
            found.append((event.source.offset, event.length))
    return found


@settings(max_examples=300, deadline=None)
@given(PACKETS, st.lists(SAID, max_size=5))
def test_nothing_raises_and_what_follows_a_hole_is_found(
    packets: list[tuple[Direction, bytes, int]], before: list[bytes]
) -> None:
    # What begins like a record of TLS is taken for one: a STARTTLS that was not captured.
    assume(not any(TLS_MAJOR in octets for _, octets, _ in packets))
    tower = Tower(0)
    offsets = {C: 0, S: 0}
    packets = [(C, HEADER, 1), *((C, octets, 1) for octets in before), *packets]
    for number, (way, octets, dice) in enumerate(packets, 1):
        if dice == 0:
            gap = Gap(way, offsets[way], len(octets), GapReason.LOST, source(number))
            tower.feed([gap])
        elif octets:
            tower.feed([chunk(octets, way, offsets[way], number)])
        offsets[way] += len(octets)
    last = chunk(b"<iq type='get' id='last'/>", S, offsets[S] + 5, 9_000)
    events = tower.feed([Gap(S, offsets[S], 5, GapReason.LOST, source(8_999)), last])
    stanzas = [event for event in events if isinstance(event, Stanza) and event.id == "last"]
    assert [stanza.kind for stanza in stanzas] == [StanzaKind.IQ]
    tower.feed([CONNECTION])


def test_time_grows_with_the_octets() -> None:
    def lasts(stanzas: int) -> float:
        element = b"<message><event><items node='a'><item>x</item></items></event></message>"
        octets = HEADER + element * stanzas
        pieces = [octets[at : at + 7] for at in range(0, len(octets), 7)]
        begin = time.process_time()
        events = XmppStream(0).feed(run_of(pieces, C))
        assert len(events) == stanzas + 1
        return time.process_time() - begin

    lasts(100)
    assert lasts(4_000) < 12 * lasts(1_000) + 0.2
