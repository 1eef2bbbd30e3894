"""What a body holds: the examples of XEP-0124 and XEP-0206, and what goes wrong with them."""

import gzip
import time

import pytest
from msgspec.structs import replace

from analyzer.model.anomaly import AnomalyCode
from analyzer.model.limits import MESSAGE_ELEMENTS
from analyzer.model.source import HarSource, PacketSource
from analyzer.model.xmpp import (
    NS_STREAMS,
    Auth,
    Bind,
    Close,
    Features,
    Open,
    Stanza,
    StanzaKind,
    StreamError,
)
from tests.protocol.posted import AT, BODY, HAR, got, request, response, sent, turn

NS = "xmlns='http://jabber.org/protocol/httpbind'"
XBOSH = "xmlns:xmpp='urn:xmpp:xbosh'"
STREAM = "xmlns:stream='http://etherx.jabber.org/streams'"
ERROR = "urn:ietf:params:xml:ns:xmpp-streams"


def kinds(stanzas: list[Stanza]) -> list[StanzaKind]:
    return [stanza.kind for stanza in stanzas]


def test_a_creation() -> None:
    body = f"""<body content='text/xml; charset=utf-8'
      from='user@example.com'
      hold='1' rid='1573741820' to='example.com' route='xmpp:example.com:9999'
      ver='1.6' wait='60' xml:lang='en' xmpp:version='1.0' {NS} {XBOSH}/>"""
    (stanza,), anomalies = sent(body)
    assert anomalies == []
    assert stanza.kind is StanzaKind.OPEN
    assert stanza.payload == Open(
        to="example.com", sender="user@example.com", version="1.0", language="en"
    )
    assert stanza.octets == body.encode()
    found = turn(request(body.encode())).request
    assert found is not None
    assert found.attributes["xmpp:version"] == "1.0"
    assert found.attributes["xml:lang"] == "en"
    assert "xmlns" not in found.attributes
    assert (found.rid, found.sid, found.octets) == (1573741820, None, len(body))


def test_its_answer() -> None:
    stanzas, anomalies = got(f"""<body wait='60' inactivity='30' polling='5' requests='2' hold='1'
      accept='deflate,gzip' sid='SomeSID' secure='true' charsets='ISO_8859-1 ISO-2022-JP'
      from='example.com' xmpp:restartlogic='true' xmpp:version='1.0' authid='ServerStreamID'
      {NS} {XBOSH} {STREAM}>
  <stream:features>
    <mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>
      <mechanism>SCRAM-SHA-1</mechanism>
      <mechanism>PLAIN</mechanism>
    </mechanisms>
  </stream:features>
</body>""")
    assert anomalies == []
    opened, features = stanzas
    assert opened.payload == Open(sender="example.com", stream_id="ServerStreamID", version="1.0")
    assert opened.octets.endswith(b">")
    assert b"features" not in opened.octets
    assert features.payload == Features(mechanisms=("SCRAM-SHA-1", "PLAIN"))
    assert features.octets.startswith(b"<stream:features>")
    assert features.octets.endswith(b"</stream:features>")


def test_payloads_of_several_namespaces() -> None:
    stanzas, anomalies = got(f"""<body {NS} xmlns:json='http://json.org/'>
  <message from='contact@example.com' to='user@example.com' xmlns='jabber:client'>
    <body>Good morning &lt;to&gt; you!</body>
  </message>
  <message from='friend@example.com' to='user@example.com' xmlns='jabber:client'>
    <body>Not much</body>
  </message>
  <json:json>[{{"precision": "zip"}}]</json:json>
</body>""")
    assert kinds(stanzas) == [StanzaKind.MESSAGE, StanzaKind.MESSAGE, StanzaKind.OTHER]
    assert anomalies == []
    assert [stanza.sender for stanza in stanzas] == [
        "contact@example.com",
        "friend@example.com",
        None,
    ]
    assert stanzas[1].octets.startswith(b"<message from='friend@")


def test_authentication_and_restart() -> None:
    (auth,), _ = sent(
        f"{BODY} rid='2' sid='a'><auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' "
        "mechanism='PLAIN'>AGp1bGlldAByMG0zMG15cjBtMzA=</auth></body>"
    )
    assert isinstance(auth.payload, Auth)
    assert (auth.payload.authcid, auth.payload.secret_octets) == ("juliet", 12)
    (again,), anomalies = sent(
        f"<body rid='3' sid='a' to='jabber.org' xml:lang='en' xmpp:restart='true' {NS} {XBOSH}/>"
    )
    assert anomalies == []
    assert again.payload == Open(to="jabber.org", language="en")
    (features,), _ = got(f"<body {NS} {STREAM}><stream:features/></body>")
    assert features.kind is StanzaKind.FEATURES


def test_binding() -> None:
    (stanza,), _ = got(
        f"{BODY}><iq id='bind_1' type='result' xmlns='jabber:client'>"
        "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>a@b/c</jid></bind></iq></body>"
    )
    assert stanza.payload == Bind(jid="a@b/c")


def test_a_termination_by_the_client() -> None:
    stanzas, _ = sent(
        f"{BODY} rid='9' sid='a' type='terminate'>"
        "<presence type='unavailable' xmlns='jabber:client'/></body>"
    )
    assert kinds(stanzas) == [StanzaKind.PRESENCE, StanzaKind.CLOSE]
    assert (stanzas[1].payload, stanzas[1].type) == (Close(), "terminate")


def test_a_stream_error_in_a_termination() -> None:
    stanzas, anomalies = got(f"""<body condition='remote-stream-error' type='terminate' {NS}
      {STREAM}>
  <message from='contact@example.com' to='user@example.com' xmlns='jabber:client'>
    <body>I said "Hi!"</body>
  </message>
  <stream:error>
    <xml-not-well-formed xmlns='{ERROR}'/>
    <text xmlns='{ERROR}' xml:lang='en'>Some information</text>
    <escape-your-data xmlns='application-ns'/>
  </stream:error>
</body>""")
    assert anomalies == []
    assert kinds(stanzas) == [StanzaKind.MESSAGE, StanzaKind.STREAM_ERROR, StanzaKind.CLOSE]
    assert stanzas[1].payload == StreamError(
        condition="xml-not-well-formed", text="Some information", application="escape-your-data"
    )


def test_a_stream_error_without_its_element() -> None:
    stanzas, _ = got(f"""<body condition='remote-stream-error' type='terminate' {NS}>
  <xml-not-well-formed xmlns='{ERROR}'/>
  <text xmlns='{ERROR}' xml:lang='en'>Some information</text>
  <escape-your-data xmlns='application-ns'/>
</body>""")
    error, close = stanzas
    assert (error.kind, error.name) == (StanzaKind.STREAM_ERROR, f"{{{NS_STREAMS}}}error")
    assert error.payload == StreamError(
        condition="xml-not-well-formed", text="Some information", application="escape-your-data"
    )
    assert close.kind is StanzaKind.CLOSE
    bare, _ = got(f"{BODY} condition='remote-stream-error' type='terminate'/>")
    assert kinds(bare) == [StanzaKind.CLOSE]


def test_children_without_a_namespace_of_their_own() -> None:
    (stanza,), anomalies = sent(f"{BODY} rid='4' sid='a'><presence/></body>")
    assert stanza.kind is StanzaKind.PRESENCE
    assert [anomaly.code for anomaly in anomalies] == [AnomalyCode.XMPP_NAMESPACE]


def test_a_prefix_that_is_not_declared() -> None:
    (stanza,), anomalies = got(f"{BODY}><stream:features/></body>")
    assert stanza.kind is StanzaKind.FEATURES
    assert [anomaly.code for anomaly in anomalies] == [AnomalyCode.XMPP_NAMESPACE]
    (other,), anomalies = got(f"{BODY}><foreign:thing/></body>")
    assert other.kind is StanzaKind.MALFORMED
    assert anomalies[0].code is AnomalyCode.BOSH_BODY


def test_a_body_of_another_namespace() -> None:
    _, anomalies = sent("<body rid='4' sid='a'/>")
    assert [anomaly.values for anomaly in anomalies] == [{"problem": "namespace"}]


def test_a_damaged_body_is_read_as_far_as_it_goes() -> None:
    stanzas, anomalies = got(
        f"<body {NS} {STREAM} type='terminate'><stream:features/>\n"
        "<message xmlns='jabber:client'>&nothing;</message><iq type='get' id='1'></body>"
    )
    assert kinds(stanzas) == [
        StanzaKind.FEATURES,
        StanzaKind.MESSAGE,
        StanzaKind.IQ,
        StanzaKind.CLOSE,
    ]
    assert [stanza.complete for stanza in stanzas] == [True, False, False, True]
    assert anomalies[0].code is AnomalyCode.BOSH_BODY
    assert anomalies[0].values["problem"] == "not well-formed"


def test_what_xml_may_not_hold() -> None:
    stanzas, anomalies = got(f"{BODY}><presence xmlns='jabber:client'/><!-- a --><iq/></body>")
    assert stanzas[0].kind is StanzaKind.PRESENCE
    assert AnomalyCode.XML_FORBIDDEN in {anomaly.code for anomaly in anomalies}


WHOLE = (
    f"<body rid='7' sid='a' {NS}><presence xmlns='jabber:client'/>"
    "<iq xmlns='jabber:client' type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq></body>"
).encode()


@pytest.mark.parametrize("cut", range(len("<body "), len(WHOLE)))
def test_a_cut_body(cut: int) -> None:
    found = turn(request(WHOLE[:cut], length=len(WHOLE)))
    assert found.anomalies == ()  # HTTP has said that it is cut
    body = found.request
    assert body is not None
    assert body.octets == len(WHOLE)
    if cut > WHOLE.index(b" xmlns"):
        assert (body.rid, body.sid) == (7, "a")
    if cut >= WHOLE.index(b"<iq"):
        assert body.stanzas[0].complete
        assert body.stanzas[0].kind is StanzaKind.PRESENCE


def test_nothing_but_the_beginning_of_a_tag() -> None:
    found = turn(request(b"<body '", length=100))
    assert found.request is not None
    assert (found.request.attributes, found.request.stanzas) == ({}, ())


def test_places_are_told_apart() -> None:
    body = f"{BODY} rid='1' sid='a'>\n<a/>\n<b/></body>".encode()
    source = replace(AT, offset=50)
    found = turn(request(b"\n" + body, body_source=source)).request
    assert found is not None
    assert found.source == source
    for stanza in found.stanzas:
        place = stanza.source
        assert isinstance(place, PacketSource)
        assert place.offset is not None
        assert (b"\n" + body)[place.offset - 50 :].startswith(stanza.octets)
    packed = gzip.compress(body, mtime=0)
    inflated = turn(request(packed, headers=(("Content-Encoding", "gzip"),))).request
    assert inflated is not None
    offsets = [getattr(stanza.source, "offset", None) for stanza in inflated.stanzas]
    assert offsets == [100, 101]


def test_places_in_a_har() -> None:
    sent_, got_ = (f"{BODY} rid='1' sid='a'><a/><b/></body>", f"{BODY}><c/><d/></body>")
    found = turn(request(sent_.encode(), source=HAR), response(got_.encode(), source=HAR))
    assert found.request is not None
    assert found.response is not None
    stanzas = [*found.request.stanzas, *found.response.stanzas]
    assert [s.source for s in stanzas] == [HarSource(0, 3, None, 1_000, n) for n in range(4)]


def test_elements_are_bounded() -> None:
    many = "<a/>" * (MESSAGE_ELEMENTS + 5)
    stanzas, anomalies = sent(f"{BODY} rid='1' sid='a'>{many}</body>")
    assert len(stanzas) == MESSAGE_ELEMENTS
    (limit,) = anomalies
    assert limit.values == {"limit": "MESSAGE_ELEMENTS", "value": MESSAGE_ELEMENTS}
    assert limit.length == 5 * len("<a/>")
    broken, _ = sent(f"{BODY} rid='1' sid='a'>{many}<b></body>")
    assert len(broken) == MESSAGE_ELEMENTS


def test_attributes_are_bounded() -> None:
    attributes = " ".join(f"a{n}='{'x' * 2_000}'" for n in range(100))
    found = turn(request(f"{BODY} rid='1' {attributes}/>".encode())).request
    assert found is not None
    assert len(found.attributes) == 64
    assert {len(value) for value in found.attributes.values()} == {1, 1_024}


@pytest.mark.parametrize("piece", ["<a>", "<a/>", "<a", "<", "a='", "<![CDATA[", "</a>"])
def test_hostile_bodies_take_no_time(piece: str) -> None:
    begun = time.process_time()
    sent(f"{BODY} rid='1'>{piece * (1_000_000 // len(piece))}")
    assert time.process_time() - begun < 5
