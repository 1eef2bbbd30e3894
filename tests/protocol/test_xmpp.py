"""Messages become stanzas: RFC 7395's framing, and what does not keep to it."""

import pytest

from analyzer.model.anomaly import Anomaly, AnomalyCode
from analyzer.model.flow import End, EndCause
from analyzer.model.limits import MESSAGE_ELEMENTS, XML_OCTETS
from analyzer.model.source import Direction, PacketSource
from analyzer.model.stream import StreamManagement
from analyzer.model.websocket import Message, MessageKind
from analyzer.model.xmpp import (
    Auth,
    Bind,
    Close,
    Event,
    Features,
    Open,
    Ping,
    PresenceInfo,
    SaslFailure,
    Stanza,
    StanzaKind,
    StreamError,
)
from analyzer.protocol.xmpp import XmppFraming, decode

SOURCE = PacketSource(0, 1, 2, 3)
FRAMING = "xmlns='urn:ietf:params:xml:ns:xmpp-framing'"
SASL = "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'"
PUBSUB = "http://jabber.org/protocol/pubsub"
STREAMS = "xmlns:stream='http://etherx.jabber.org/streams'"


def message(
    text: str | bytes, *, kind: MessageKind = MessageKind.TEXT, complete: bool = True
) -> Message:
    return Message(
        direction=Direction.TO_CLIENT,
        kind=kind,
        payload=text.encode() if isinstance(text, str) else text,
        complete=complete,
        source=SOURCE,
    )


def split(one: Message) -> tuple[list[Stanza], list[Anomaly]]:
    events = XmppFraming().feed(one)
    stanzas = [event for event in events if isinstance(event, Stanza)]
    anomalies = [event for event in events if isinstance(event, Anomaly)]
    assert len(stanzas) + len(anomalies) == len(events)
    for anomaly in anomalies:
        assert (anomaly.direction, anomaly.source) == (Direction.TO_CLIENT, SOURCE)
    return stanzas, anomalies


def good(text: str) -> Stanza:
    stanzas, anomalies = split(message(text))
    assert anomalies == []
    (one,) = stanzas
    assert (one.octets, one.length, one.complete) == (text.encode(), len(text.encode()), True)
    assert (one.direction, one.source) == (Direction.TO_CLIENT, SOURCE)
    return one


def odd(text: str | bytes, **changes: object) -> tuple[list[StanzaKind], list[AnomalyCode]]:
    stanzas, anomalies = split(message(text, **changes))  # type: ignore[arg-type]
    return [one.kind for one in stanzas], [one.code for one in anomalies]


# each first-level element


@pytest.mark.parametrize(
    ("text", "kind", "payload"),
    [
        (f"<open {FRAMING} to='a'/>", StanzaKind.OPEN, Open),
        (f"<close {FRAMING}/>", StanzaKind.CLOSE, Close),
        (f"<stream:features {STREAMS}/>", StanzaKind.FEATURES, Features),
        (f"<stream:error {STREAMS}/>", StanzaKind.STREAM_ERROR, StreamError),
        (f"<auth {SASL} mechanism='PLAIN'>AGEAYg==</auth>", StanzaKind.AUTH, Auth),
        (f"<challenge {SASL}>eA==</challenge>", StanzaKind.CHALLENGE, None),
        (f"<response {SASL}/>", StanzaKind.RESPONSE, Auth),
        (f"<success {SASL}/>", StanzaKind.SUCCESS, None),
        (f"<failure {SASL}/>", StanzaKind.FAILURE, SaslFailure),
        (f"<abort {SASL}/>", StanzaKind.ABORT, None),
        (
            "<iq xmlns='jabber:client' type='get'><ping xmlns='urn:xmpp:ping'/></iq>",
            StanzaKind.IQ,
            Ping,
        ),
        (
            f"<message xmlns='jabber:client'><event xmlns='{PUBSUB}#event'/></message>",
            StanzaKind.MESSAGE,
            Event,
        ),
        ("<message xmlns='jabber:client'/>", StanzaKind.MESSAGE, None),
        ("<presence xmlns='jabber:client'/>", StanzaKind.PRESENCE, PresenceInfo),
        ("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", StanzaKind.STARTTLS, None),
        ("<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", StanzaKind.STARTTLS, None),
        ("<enable xmlns='urn:xmpp:sm:3'/>", StanzaKind.STREAM_MANAGEMENT, StreamManagement),
        ("<r xmlns='urn:xmpp:sm:2'/>", StanzaKind.STREAM_MANAGEMENT, StreamManagement),
        ("<thing xmlns='urn:x'/>", StanzaKind.OTHER, None),
    ],
)
def test_what_an_element_is(text: str, kind: StanzaKind, payload: type | None) -> None:
    one = good(text)
    assert one.kind is kind
    assert type(one.payload) is (payload or type(None))
    assert one.name.startswith("{")


def test_the_attributes_of_a_stanza() -> None:
    one = good("<iq xmlns='jabber:client' id='1' type='result' from='a@b' to='c@d/e'/>")
    assert (one.name, one.id, one.type) == ("{jabber:client}iq", "1", "result")
    assert (one.sender, one.receiver, one.payload, one.error) == ("a@b", "c@d/e", None, None)


@pytest.mark.parametrize("name", ["iq", "message", "presence"])
def test_stanza_errors(name: str) -> None:
    one = good(
        f"<{name} xmlns='jabber:client' type='error'><error type='cancel'>"
        f"<conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></{name}>"
    )
    assert one.error is not None
    assert (one.error.type, one.error.condition) == ("cancel", "conflict")


def test_other_elements_of_type_error_are_no_stanza_errors() -> None:
    assert good("<thing xmlns='x' type='error'/>").error is None


def test_who_logs_in_and_nothing_of_the_password() -> None:
    one = good(f"<auth {SASL} mechanism='PLAIN'>AGEAYmI=</auth>")
    assert one.payload == Auth(mechanism="PLAIN", authcid="a", secret_octets=2)
    assert good(f"<response {SASL}>AGEAYmI=</response>").payload == Auth(
        mechanism=None, authcid="a", secret_octets=2
    )
    assert good(f"<auth {SASL}/>").payload == Auth(mechanism="")


@pytest.mark.parametrize(
    ("text", "code"), [("*", AnomalyCode.SASL_BASE64), ("eA==", AnomalyCode.SASL_PLAIN)]
)
def test_a_broken_login_is_told(text: str, code: AnomalyCode) -> None:
    stanzas, anomalies = split(message(f"<auth {SASL} mechanism='PLAIN'>{text}</auth>"))
    assert [one.kind for one in stanzas] == [StanzaKind.AUTH]
    assert [(one.code, one.values) for one in anomalies] == [(code, {"octets": 1})]


def test_single_and_double_quotes_are_one() -> None:
    bind = "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>"
    text = f"<iq xmlns='jabber:client' type='set' id='b'>{bind}</iq>"
    assert good(text).payload == good(text.replace("'", '"')).payload == Bind()


def test_what_is_no_message_is_not_eaten() -> None:
    assert XmppFraming().feed(End(Direction.TO_CLIENT, 0, EndCause.FIN, None)) == []


# framing (RFC 7395 section 3)

IQ = "<iq xmlns='jabber:client' type='result' id='1'/>"


def test_a_binary_message() -> None:
    assert odd(IQ, kind=MessageKind.BINARY) == ([StanzaKind.IQ], [AnomalyCode.XMPP_BINARY])
    assert odd(b"\x00\xff", kind=MessageKind.BINARY) == (
        [StanzaKind.MALFORMED],
        [AnomalyCode.XMPP_BINARY, AnomalyCode.XML_MALFORMED],
    )


@pytest.mark.parametrize(("blanks", "count"), [(" ", 1), ("\r\n", 2), ("\ufeff", 3)])
def test_what_stands_in_front(blanks: str, count: int) -> None:
    stanzas, anomalies = split(message(blanks + IQ))
    assert [one.octets for one in stanzas] == [IQ.encode()]
    assert [(one.code, one.values) for one in anomalies] == [
        (AnomalyCode.XMPP_WHITESPACE, {"octets": count})
    ]


@pytest.mark.parametrize("text", ["", " ", "\n\n"])
def test_a_whitespace_keepalive(text: str) -> None:
    assert odd(text) == ([], [AnomalyCode.XMPP_WHITESPACE])


def test_blanks_behind_are_allowed() -> None:
    assert odd(IQ + "\n") == ([StanzaKind.IQ], [])


def test_several_elements() -> None:
    stanzas, anomalies = split(message(IQ + "<presence xmlns='jabber:client'/>"))
    assert [one.kind for one in stanzas] == [StanzaKind.IQ, StanzaKind.PRESENCE]
    assert [(one.code, one.values) for one in anomalies] == [
        (AnomalyCode.XMPP_SEVERAL, {"elements": 2})
    ]


def test_half_an_element_behind_a_whole_one() -> None:
    kinds, codes = odd(IQ + "<presence xmlns='jabber:client'")
    assert kinds == [StanzaKind.IQ, StanzaKind.MALFORMED]
    assert codes == [AnomalyCode.XMPP_SEVERAL, AnomalyCode.XML_MALFORMED]


def test_more_elements_than_are_decoded() -> None:
    stanzas, anomalies = split(message("<a/>" * (MESSAGE_ELEMENTS + 5)))
    assert len(stanzas) == MESSAGE_ELEMENTS
    assert stanzas[-1].kind is StanzaKind.MALFORMED
    assert [one.code for one in anomalies][:2] == [AnomalyCode.LIMIT, AnomalyCode.XMPP_SEVERAL]
    assert anomalies[0].values == {"limit": "MESSAGE_ELEMENTS", "value": MESSAGE_ELEMENTS}


def test_a_stream_tag() -> None:
    text = f"<stream:stream {STREAMS} xmlns='jabber:client' to='a' version='1.0'>"
    stanzas, anomalies = split(message(text))
    (one,) = stanzas
    assert (one.kind, one.complete, one.octets) == (StanzaKind.OPEN, True, text.encode())
    assert one.payload == Open(to="a", version="1.0")
    assert [(a.code, a.values) for a in anomalies] == [
        (AnomalyCode.XMPP_STREAM_TAG, {"element": "stream:stream"})
    ]


def test_a_stream_tag_with_what_follows() -> None:
    text = f"<?xml version='1.0'?><stream:stream {STREAMS} to='a'>{IQ}"
    stanzas, _ = split(message(text))
    assert [one.kind for one in stanzas] == [StanzaKind.OPEN, StanzaKind.IQ]
    assert stanzas[1].octets == IQ.encode()


def test_a_stream_tag_that_is_cut_or_closed_at_once() -> None:
    cut = f"<stream:stream {STREAMS} to='a' versi"
    stanzas, anomalies = split(message(cut))
    assert [(one.kind, one.complete) for one in stanzas] == [(StanzaKind.OPEN, False)]
    assert [one.code for one in anomalies] == [AnomalyCode.XMPP_STREAM_TAG]
    whole = f"<stream:stream {STREAMS} to='a'/>"
    assert odd(whole) == ([StanzaKind.OPEN], [AnomalyCode.XMPP_STREAM_TAG])


@pytest.mark.parametrize("text", ["</stream:stream>", "</stream>"])
def test_the_end_tag_of_a_stream(text: str) -> None:
    stanzas, anomalies = split(message(text))
    assert [(one.kind, one.name) for one in stanzas] == [
        (StanzaKind.CLOSE, "{http://etherx.jabber.org/streams}stream")
    ]
    assert [one.code for one in anomalies] == [AnomalyCode.XMPP_STREAM_TAG]


def test_a_declaration_in_front() -> None:
    text = f"<?xml version='1.0' encoding='utf-8'?>{IQ}"
    assert odd(text) == ([StanzaKind.IQ], [AnomalyCode.XML_FORBIDDEN])


# namespaces (RFC 7395 section 3.3.3)


def test_a_prefix_that_only_a_stream_header_declares() -> None:
    stanzas, anomalies = split(message("<stream:features><bind/></stream:features>"))
    assert [one.kind for one in stanzas] == [StanzaKind.FEATURES]
    assert [one.code for one in anomalies] == [AnomalyCode.XMPP_NAMESPACE]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("<iq type='get'/>", StanzaKind.IQ),
        ("<iq xmlns='jabber:server' type='get'/>", StanzaKind.IQ),
        ("<open to='x'/>", StanzaKind.OPEN),
        ("<auth mechanism='PLAIN'/>", StanzaKind.AUTH),
        ("<failure/>", StanzaKind.FAILURE),
    ],
)
def test_an_element_of_no_or_another_namespace(text: str, kind: StanzaKind) -> None:
    stanzas, anomalies = split(message(text))
    assert [one.kind for one in stanzas] == [kind]
    assert [(one.code, one.values) for one in anomalies] == [
        (AnomalyCode.XMPP_NAMESPACE, {"element": kind.value})
    ]


def test_a_prefix_that_nobody_declares() -> None:
    assert odd("<x:iq/>") == ([StanzaKind.MALFORMED], [AnomalyCode.XMPP_NAMESPACE])


# what cannot be read


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("text", AnomalyCode.XML_MALFORMED),
        ("<iq", AnomalyCode.XML_MALFORMED),
        ("<iq><b></iq>", AnomalyCode.XML_MALFORMED),
        (b"<iq>\xff</iq>", AnomalyCode.XMPP_UTF8),
        ("<iq><!-- x --></iq>", AnomalyCode.XML_FORBIDDEN),
        ("<!DOCTYPE iq><iq/>", AnomalyCode.XML_FORBIDDEN),
    ],
)
def test_octets_are_kept_and_the_flaw_is_told(text: str | bytes, code: AnomalyCode) -> None:
    stanzas, anomalies = split(message(text))
    assert {one.kind for one in stanzas} == {StanzaKind.MALFORMED}
    assert b"".join(one.octets for one in stanzas) == message(text).payload
    assert code in [one.code for one in anomalies]


def test_too_deep_or_too_long_still_says_what_it_is() -> None:
    deep = "<iq xmlns='jabber:client' id='1'>" + "<a>" * 300 + "</a>" * 300 + "</iq>"
    stanzas, anomalies = split(message(deep))
    assert [(one.kind, one.id, one.complete) for one in stanzas] == [(StanzaKind.IQ, "1", False)]
    assert [one.values["limit"] for one in anomalies] == ["XML_DEPTH"]
    long = b" <iq xmlns='jabber:client' id='2'>" + b"x" * XML_OCTETS
    stanzas, anomalies = split(message(long))
    assert [(one.kind, one.id) for one in stanzas] == [(StanzaKind.IQ, "2")]
    assert [one.code for one in anomalies] == [AnomalyCode.XMPP_WHITESPACE, AnomalyCode.LIMIT]


# octets missing


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("<iq xmlns='jabber:client' type='set' id='1' to='a'><bi", StanzaKind.IQ, "1"),
        ("<iq type='set' id='1' to='a'", StanzaKind.IQ, "1"),
        (f"<open {FRAMING} id='1", StanzaKind.OPEN, None),
        (f"<stream:features {STREAMS}><mech", StanzaKind.FEATURES, None),
        ("<stream:error><x", StanzaKind.STREAM_ERROR, None),
        ("<thing id='1'", StanzaKind.OTHER, "1"),
        ("", StanzaKind.MALFORMED, None),
        ("xyz", StanzaKind.MALFORMED, None),
        ("<x:y", StanzaKind.MALFORMED, None),
    ],
)
def test_a_cut_element_is_read_as_far_as_it_goes(
    text: str, kind: StanzaKind, name: str | None
) -> None:
    stanzas, anomalies = split(message(text, complete=False))
    (one,) = stanzas
    assert anomalies == []
    assert (one.kind, one.id, one.complete) == (kind, name, False)
    assert (one.octets, one.length) == (text.encode(), len(text))


def test_a_cut_auth_gives_nothing_away() -> None:
    stanzas, _ = split(message(f"<auth {SASL} mechanism='PLAIN'>AGEAYm", complete=False))
    assert (stanzas[0].kind, stanzas[0].payload) == (StanzaKind.AUTH, None)


def test_elements_of_any_carrier() -> None:
    events: list[object] = []
    decode(IQ.encode(), Direction.TO_SERVER, SOURCE, events)  # type: ignore[arg-type]
    (one,) = events
    assert isinstance(one, Stanza)
    assert one.direction is Direction.TO_SERVER
