"""Octets of TCP become stanzas; what is broken, cut or switched to TLS is told."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.model.anomaly import Anomaly, AnomalyCode
from analyzer.model.events import Event, Item
from analyzer.model.flow import Chunk, Connection, End, Gap, GapReason
from analyzer.model.http import Switched
from analyzer.model.limits import TLS_WAITING_OCTETS
from analyzer.model.source import Direction
from analyzer.model.stream import Keepalive
from analyzer.model.xmpp import (
    NS_CLIENT,
    NS_STREAMS,
    Close,
    Features,
    Open,
    Ping,
    Stanza,
    StanzaKind,
)
from analyzer.protocol.xmpp_stream import XmppStream
from tests.protocol.wire import CONNECTION, C, S, chunk, end, gap, run_of, source

HEADER = (
    "<stream:stream to='example.test' version='1.0' xmlns='jabber:client' "
    "xmlns:stream='http://etherx.jabber.org/streams'>"
)
FEATURES = "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>"
STARTTLS = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
PROCEED = "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
FAILURE = "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
HELLO = b"\x16\x03\x01\x00\x05hello"


class Talk:
    """A decoder fed one packet after the other."""

    def __init__(self) -> None:
        self.stream = XmppStream(0)
        self.offsets = {C: 0, S: 0}
        self.packet = 0
        self.events: list[Event] = []

    def say(self, direction: Direction, *packets: str | bytes) -> "Talk":
        for packet in packets:
            octets = packet.encode() if isinstance(packet, str) else packet
            self.packet += 1
            self.take(chunk(octets, direction, self.offsets[direction], self.packet))
            self.offsets[direction] += len(octets)
        return self

    def ask(self, *packets: str | bytes) -> "Talk":
        return self.say(C, *packets)

    def answer(self, *packets: str | bytes) -> "Talk":
        return self.say(S, *packets)

    def lose(self, direction: Direction, length: int | None = 10) -> "Talk":
        self.take(gap(direction, self.offsets[direction], length))
        self.offsets[direction] += length or 0
        return self

    def take(self, item: Item) -> "Talk":
        self.events += self.stream.feed(item)
        return self

    @property
    def stanzas(self) -> list[Stanza]:
        return [event for event in self.events if isinstance(event, Stanza)]

    @property
    def kinds(self) -> list[StanzaKind]:
        return [stanza.kind for stanza in self.stanzas]

    @property
    def codes(self) -> list[AnomalyCode]:
        return [event.code for event in self.events if isinstance(event, Anomaly)]

    @property
    def switches(self) -> list[str]:
        return [event.protocol for event in self.events if isinstance(event, Switched)]


def test_a_stream_is_opened_and_closed() -> None:
    talk = Talk().ask("<?xml version='1.0'?>" + HEADER).ask("</stream:stream>")
    opened, closed = talk.stanzas
    assert opened.kind is StanzaKind.OPEN
    assert opened.name == f"{{{NS_STREAMS}}}stream"
    assert opened.payload == Open(to="example.test", version="1.0")
    assert opened.receiver == "example.test"
    assert opened.octets.decode() == HEADER
    assert opened.source == source(1, offset=21)
    assert closed.kind is StanzaKind.CLOSE
    assert closed.payload == Close()
    assert talk.codes == []


def test_the_server_says_who_it_is() -> None:
    header = (
        "<stream:stream from='example.test' id='x1' xml:lang='en' version='1.0' "
        "xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>"
    )
    opened, features = Talk().answer(header + FEATURES).stanzas
    assert opened.payload == Open(
        sender="example.test", stream_id="x1", language="en", version="1.0"
    )
    assert (opened.id, opened.sender) == ("x1", "example.test")
    assert features.payload == Features(starttls=True)
    assert features.name == f"{{{NS_STREAMS}}}features"


def test_a_restart_is_another_opening() -> None:
    talk = Talk().ask(HEADER, "<iq id='a' type='get'/>", HEADER, "<iq id='b' type='get'/>")
    assert talk.kinds == [StanzaKind.OPEN, StanzaKind.IQ] * 2
    assert talk.codes == []


def test_several_streams_one_after_the_other() -> None:
    talk = Talk().ask(HEADER + "<presence/></stream:stream>", HEADER + "</stream:stream>")
    assert talk.kinds == [
        StanzaKind.OPEN,
        StanzaKind.PRESENCE,
        StanzaKind.CLOSE,
        StanzaKind.OPEN,
        StanzaKind.CLOSE,
    ]


def test_an_element_has_the_namespaces_of_its_header() -> None:
    header = (
        '<s:stream xmlns:s="http://etherx.jabber.org/streams" xmlns = "jabber:client" '
        "xmlns:p='urn:xmpp:ping'>"
    )
    talk = Talk().ask(header, "<iq type='get' id='1'><p:ping/></iq>", "<s:features/>")
    assert [stanza.name for stanza in talk.stanzas[1:]] == [
        f"{{{NS_CLIENT}}}iq",
        f"{{{NS_STREAMS}}}features",
    ]
    assert talk.stanzas[1].payload == Ping()
    assert talk.codes == []


@pytest.mark.parametrize("content", ["jabber:server", "jabber:component:accept"])
def test_servers_and_components_have_a_content_namespace_of_their_own(content: str) -> None:
    talk = Talk().ask(HEADER.replace("jabber:client", content), "<iq type='get' id='1'/>")
    opened, iq = talk.stanzas
    assert opened.payload == Open(to="example.test", version="1.0", content=content)
    assert (iq.kind, iq.name) == (StanzaKind.IQ, f"{{{content}}}iq")
    assert talk.codes == []


def test_a_header_without_declarations_gets_those_of_the_standard() -> None:
    talk = Talk().ask("<stream:stream to='a'>", "<iq type='get' id='1'/>", "<stream:error/>")
    assert talk.codes == [AnomalyCode.XMPP_NAMESPACE]
    assert [stanza.name for stanza in talk.stanzas] == [
        f"{{{NS_STREAMS}}}stream",
        f"{{{NS_CLIENT}}}iq",
        f"{{{NS_STREAMS}}}error",
    ]


def test_a_header_of_another_namespace() -> None:
    talk = Talk().ask("<stream xmlns='urn:x'>")
    assert talk.codes == [AnomalyCode.XMPP_NAMESPACE]
    assert talk.kinds == [StanzaKind.OPEN]


def test_a_header_that_is_no_xml() -> None:
    talk = Talk().ask("<stream:stream to='a' to='b' id=c>")
    assert talk.codes == [AnomalyCode.XML_MALFORMED]
    (opened,) = talk.stanzas
    assert (opened.kind, opened.complete) == (StanzaKind.MALFORMED, True)


def test_a_header_that_is_empty_at_once() -> None:
    header = HEADER.replace(">", "/>")
    talk = Talk().ask(header)
    assert talk.kinds == [StanzaKind.OPEN]
    assert talk.codes == [AnomalyCode.XMPP_STREAM_TAG]


def test_an_element_with_an_undeclared_prefix() -> None:
    header = "<stream:stream xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:client'>"
    bare = "<s:stream xmlns:s='http://etherx.jabber.org/streams'>"
    talk = Talk().ask(header, "<iq><x:y/></iq>")
    assert talk.kinds == [StanzaKind.OPEN, StanzaKind.MALFORMED]
    assert talk.codes == [AnomalyCode.XMPP_NAMESPACE]
    talk = Talk().ask(bare, "<stream:features/>")
    assert talk.kinds == [StanzaKind.OPEN, StanzaKind.FEATURES]
    assert talk.codes == [AnomalyCode.XMPP_NAMESPACE]


def test_a_tag_of_broken_xml_costs_one_element() -> None:
    talk = Talk().ask(HEADER + "<iq><a></b></iq><presence/>")
    assert talk.kinds == [StanzaKind.OPEN, StanzaKind.MALFORMED, StanzaKind.PRESENCE]
    assert talk.codes == [AnomalyCode.XML_MALFORMED]
    (hole,) = (event for event in talk.events if isinstance(event, Gap))
    assert (hole.offset, hole.length, hole.reason) == (
        len(HEADER) + len("<iq><a>"),
        len("</b></iq>"),
        GapReason.OPAQUE,
    )


def test_what_the_parser_does_not_take() -> None:
    talk = Talk().ask(HEADER + "<iq a='1' a='2'/><presence/>")
    assert talk.kinds == [StanzaKind.OPEN, StanzaKind.MALFORMED, StanzaKind.PRESENCE]
    assert talk.codes == [AnomalyCode.XML_MALFORMED]
    assert talk.stanzas[1].octets == b"<iq a='1' a='2'/>"


def test_what_is_forbidden() -> None:
    talk = Talk().ask(HEADER + "<!-- a --><?xsl b?><?xml version='1.0'?><iq><!-- c --></iq>")
    assert talk.codes == [AnomalyCode.XML_FORBIDDEN] * 4
    values = [e.values["found"] for e in talk.events if isinstance(e, Anomaly)]
    assert values == ["<!--", "<?", "<?", "<!--"]
    talk = Talk().ask(HEADER + "<!DOCTYPE x><iq/>")
    assert talk.codes == [AnomalyCode.XML_FORBIDDEN]
    assert talk.kinds == [StanzaKind.OPEN, StanzaKind.IQ]


def test_text_between_elements() -> None:
    talk = Talk().ask(HEADER + "hello<iq/>")
    assert talk.codes == [AnomalyCode.XML_MALFORMED]
    assert talk.kinds == [StanzaKind.OPEN, StanzaKind.IQ]


def test_an_element_that_is_too_deep_says_what_its_start_tag_says() -> None:
    talk = Talk().ask(HEADER + "<message from='a'>" + "<a>" * 300, "<iq/>")
    assert talk.codes == [AnomalyCode.LIMIT]
    assert talk.kinds == [StanzaKind.OPEN, StanzaKind.MESSAGE, StanzaKind.IQ]
    assert (talk.stanzas[1].sender, talk.stanzas[1].complete) == ("a", False)


def test_white_space_that_a_packet_begins_with_is_a_keepalive() -> None:
    talk = Talk().ask("<?xml version='1.0'?>\n" + HEADER + "\n", " ", "\n\n<presence/>\n", " ")
    kept = [event for event in talk.events if isinstance(event, Keepalive)]
    begin = len("<?xml version='1.0'?>\n" + HEADER + "\n")
    assert kept == [
        Keepalive(C, source(2, offset=begin)),
        Keepalive(C, source(3, offset=begin + 1)),
        Keepalive(C, source(4, offset=begin + 1 + len("\n\n<presence/>\n"))),
    ]
    assert talk.codes == []


def test_several_keepalives_in_one_chunk() -> None:
    events = XmppStream(0).feed(run_of([b" ", b" ", b"<iq/>"], C))
    assert [type(event) for event in events] == [Keepalive, Keepalive, Stanza]


def test_a_capture_that_began_late() -> None:
    talk = Talk().lose(S, None).answer("ody></message><iq type='result' id='a'/>")
    assert talk.kinds == [StanzaKind.IQ]
    assert talk.stanzas[0].name == f"{{{NS_CLIENT}}}iq"
    assert talk.codes == []
    reasons = [event.reason for event in talk.events if isinstance(event, Gap)]
    assert reasons == [GapReason.LATE_START, GapReason.OPAQUE]


def test_a_hole_cuts_one_element() -> None:
    talk = Talk().ask(HEADER, "<message to='a' id='m'><bo").lose(C).ask("dy/></message><iq/>")
    assert talk.kinds == [StanzaKind.OPEN, StanzaKind.MESSAGE, StanzaKind.IQ]
    cut = talk.stanzas[1]
    assert (cut.id, cut.receiver, cut.complete) == ("m", "a", False)
    assert talk.codes == []


def test_the_end_cuts_an_element() -> None:
    talk = Talk().ask("<iq type='get'><a>").take(end(C))
    assert (talk.stanzas[0].complete, talk.stanzas[0].type) == (False, "get")
    assert isinstance(talk.events[-1], End)
    talk = Talk().answer("<iq>").take(CONNECTION)
    assert not talk.stanzas[0].complete
    assert isinstance(talk.events[-1], Connection)


def test_starttls() -> None:
    talk = Talk().ask(HEADER).answer(HEADER + FEATURES).ask(STARTTLS).answer(PROCEED)
    assert talk.kinds[-2:] == [StanzaKind.STARTTLS] * 2
    assert talk.switches == ["tls"]
    assert isinstance(talk.events[-1], Switched)


def test_what_follows_starttls_is_handed_on() -> None:
    talk = Talk().ask(HEADER, STARTTLS + " ", HELLO).answer(HEADER, PROCEED.encode() + HELLO)
    assert talk.switches == ["tls"]
    rest = [event for event in talk.events if isinstance(event, Chunk)]
    assert [(one.direction, one.octets) for one in rest] == [(C, HELLO), (S, HELLO)]
    assert rest[0].offset == len(HEADER + STARTTLS) + 1
    assert list(rest[0].provenance.packets) == [3]
    before = len(talk.events)
    talk.take(end(C)).take(CONNECTION)
    assert len(talk.events) == before + 2


def test_starttls_refused() -> None:
    talk = Talk().ask(HEADER, STARTTLS).answer(HEADER, FAILURE + "</stream:stream>")
    assert talk.switches == []
    assert talk.kinds[-2:] == [StanzaKind.STARTTLS, StanzaKind.CLOSE]


def test_tls_all_the_same_when_it_was_refused() -> None:
    talk = Talk().ask(STARTTLS, HELLO).answer(FAILURE)
    assert talk.switches == ["tls"]


@pytest.mark.parametrize("way", [C, S])
def test_tls_without_the_word_for_it(way: Direction) -> None:
    talk = Talk().say(way, HEADER).lose(way).say(way, HELLO)
    assert talk.switches == ["tls"]


def test_a_client_whose_server_was_not_captured_is_not_held_for_ever() -> None:
    talk = Talk().ask(STARTTLS, HELLO)
    assert talk.switches == []
    talk.ask(bytes(TLS_WAITING_OCTETS))
    assert talk.switches == ["tls"]
    talk = Talk().ask(STARTTLS, HELLO).take(end(C))
    assert talk.switches == ["tls"]
    assert isinstance(talk.events[-1], End)


def test_what_it_does_not_know_goes_on() -> None:
    anomaly = Anomaly(code=AnomalyCode.TCP_GAP)
    assert Talk().take(anomaly).events == [anomaly]


def test_compression_is_not_read() -> None:
    compressed = "<compressed xmlns='http://jabber.org/protocol/compress'/>"
    assert Talk().ask(HEADER).answer(compressed).switches == ["zlib"]
    assert Talk().ask(compressed).switches == []


ELEMENTS = st.sampled_from(
    [
        *(HEADER, "</stream:stream>", "<?xml version='1.0'?>", " ", "\n", STARTTLS, FAILURE),
        *("<iq type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq>", "<presence/>", FEATURES),
        *("<message><body>a &lt; b</body></message>", "<r xmlns='urn:xmpp:sm:3'/>", PROCEED),
        *("<iq", "<x:y/>", "<a></b>", "text", "<!-- c -->", "<!DOCTYPE a>", "<a b='<'/>", "\x16"),
        *("<message><![CDATA[</message>]]></message>", "<presence xmlns='jabber:server'/>"),
    ]
)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(Direction), ELEMENTS), max_size=12),
    st.lists(st.binary(max_size=6), max_size=2),
    st.integers(1, 20),
)
def test_any_cut_tells_the_same_story(
    said: list[tuple[Direction, str]], noise: list[bytes], size: int
) -> None:
    packets = [(way, text.encode()) for way, text in said] + [(C, octets) for octets in noise]
    assert story(packets, size) == story(packets, 10_000)


def story(packets: list[tuple[Direction, bytes]], size: int) -> dict[object, list[Event]]:
    """Events of each direction, and those of both, up to a switch."""
    stream = XmppStream(0)
    told: dict[object, list[Event]] = {}
    for item in items_of(packets, size):
        for event in stream.feed(item):
            if isinstance(event, Switched):
                return told
            told.setdefault(getattr(event, "direction", None), []).append(event)
    return told


def items_of(packets: list[tuple[Direction, bytes]], size: int) -> Iterator[Item]:
    """Packets cut into pieces of so many octets, and the ends."""
    offsets = {C: 0, S: 0}
    for number, (way, octets) in enumerate(packets, 1):
        for at in range(0, len(octets), size):
            yield chunk(octets[at : at + size], way, offsets[way], number)
            offsets[way] += len(octets[at : at + size])
    yield from (end(C), end(S), CONNECTION)
