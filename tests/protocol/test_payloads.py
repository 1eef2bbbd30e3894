"""What is inside an element, with the examples of the specifications."""

import pytest

from analyzer.model.stream import StreamManagement
from analyzer.model.xmpp import (
    Bind,
    Caps,
    Close,
    Event,
    Features,
    Item,
    Open,
    OtherPayload,
    Payload,
    Ping,
    PresenceInfo,
    Pubsub,
    PubsubAction,
    Roster,
    SaslFailure,
    SessionRequest,
    StanzaError,
    StreamError,
    Update,
)
from analyzer.protocol import payloads
from analyzer.protocol.xml import Element, Flaw, parse

STREAMS = "xmlns:stream='http://etherx.jabber.org/streams'"


def read(text: str) -> Element:
    found = parse(text.encode())
    assert not isinstance(found, Flaw), found
    return found


# the stream


def test_open() -> None:
    """RFC 7395 section 3.4."""
    found = payloads.open_of(
        read(
            "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' from='example.com' "
            "to='u@example.com' id='++TR84Sm6A3hnt3Q065SnAbbk3Y=' xml:lang='en' version='1.0'/>"
        )
    )
    assert found == Open(
        to="u@example.com",
        sender="example.com",
        stream_id="++TR84Sm6A3hnt3Q065SnAbbk3Y=",
        version="1.0",
        language="en",
    )
    assert payloads.open_of(read("<open/>")) == Open()


def test_close() -> None:
    """RFC 7395 section 3.6.1."""
    text = (
        "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing' see-other-uri='wss://other.test/ws'/>"
    )
    assert payloads.close_of(read(text)) == Close(see_other_uri="wss://other.test/ws")
    assert payloads.close_of(read("<close/>")) == Close()


def test_features_before_the_login() -> None:
    found = payloads.features_of(
        read(
            f"<stream:features {STREAMS}><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>"
            "<mechanism>SCRAM-SHA-1</mechanism><mechanism> PLAIN </mechanism></mechanisms>"
            "<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='n' ver='v='/>"
            "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>"
            "<register xmlns='http://jabber.org/features/iq-register'/></stream:features>"
        )
    )
    assert found == Features(
        mechanisms=("SCRAM-SHA-1", "PLAIN"),
        starttls=True,
        starttls_required=True,
        caps=Caps(node="n", ver="v=", hash="sha-1"),
        others=("{http://jabber.org/features/iq-register}register",),
    )


@pytest.mark.parametrize(("inside", "optional"), [("", False), ("<optional/>", True)])
def test_features_behind_the_login(inside: str, optional: bool) -> None:
    found = payloads.features_of(
        read(
            f"<stream:features {STREAMS}><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>"
            f"<session xmlns='urn:ietf:params:xml:ns:xmpp-session'>{inside}</session>"
            "<sm xmlns='urn:xmpp:sm:3'/></stream:features>"
        )
    )
    assert found == Features(
        bind=True, session=True, session_optional=optional, stream_management=True
    )


def test_no_features() -> None:
    assert payloads.features_of(read(f"<stream:features {STREAMS}/>")) == Features()


# failures


def test_a_sasl_failure() -> None:
    """RFC 6120 section 6.5."""
    text = (
        "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>"
        "<text xml:lang='en'> Call 212-555 </text><account-disabled/></failure>"
    )
    found = payloads.sasl_failure_of(read(text))
    assert found == SaslFailure(condition="account-disabled", text="Call 212-555")
    assert payloads.sasl_failure_of(read("<failure/>")) == SaslFailure(condition="")


def test_a_stream_error() -> None:
    """RFC 6120 section 4.9.4."""
    ns = "xmlns='urn:ietf:params:xml:ns:xmpp-streams'"
    found = payloads.stream_error_of(
        read(
            f"<stream:error {STREAMS}><not-well-formed {ns}/><text xml:lang='en' {ns}>"
            "Some special application diagnostic information!</text>"
            "<escape-your-data xmlns='http://example.org/ns'/></stream:error>"
        )
    )
    assert found == StreamError(
        condition="not-well-formed",
        text="Some special application diagnostic information!",
        application="escape-your-data",
    )
    assert payloads.stream_error_of(read(f"<stream:error {STREAMS}/>")) == StreamError(condition="")


def test_a_stanza_error_with_a_condition_of_pubsub() -> None:
    """XEP-0060 example 39, with the fields of RFC 6120 section 8.3.1."""
    ns = "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'"
    found = payloads.error_of(
        read(
            f"<iq type='error'><pubsub/><error type='modify' by='pubsub.x'><bad-request {ns}/>"
            f"<text {ns}>no</text>"
            "<invalid-jid xmlns='http://jabber.org/protocol/pubsub#errors'/><other/></error></iq>"
        )
    )
    assert found == StanzaError(
        type="modify", condition="bad-request", pubsub="invalid-jid", text="no", by="pubsub.x"
    )


def test_a_stanza_error_that_says_nothing() -> None:
    nothing = StanzaError(type=None, condition=None)
    assert payloads.error_of(read("<iq type='error'/>")) == nothing
    assert payloads.error_of(read("<iq type='error'><error/></iq>")) == nothing


# iq


BIND = "urn:ietf:params:xml:ns:xmpp-bind"
PUBSUB = "http://jabber.org/protocol/pubsub"


@pytest.mark.parametrize(
    ("kind", "inside", "expected"),
    [
        (
            "set",
            f"<bind xmlns='{BIND}'><resource> balcony </resource></bind>",
            Bind(resource="balcony"),
        ),
        (
            "result",
            f"<bind xmlns='{BIND}'><jid>juliet@im.test/balcony</jid></bind>",
            Bind(jid="juliet@im.test/balcony"),
        ),
        ("set", f"<bind xmlns='{BIND}'/>", Bind()),
        ("set", "<session xmlns='urn:ietf:params:xml:ns:xmpp-session'/>", SessionRequest()),
        ("get", "<ping xmlns='urn:xmpp:ping'/>", Ping()),
        ("get", "<query xmlns='jabber:iq:roster'/>", Roster()),
        ("result", "<query xmlns='jabber:iq:roster'><item/><item/></query>", Roster(items=2)),
        (
            "get",
            "<query xmlns='jabber:iq:version'/>",
            OtherPayload(names=("{jabber:iq:version}query",)),
        ),
        ("result", "", None),
        ("error", "<error/>", None),
        ("result", "<error/>", OtherPayload(names=("error",))),
        ("get", "", OtherPayload()),
        (None, "", OtherPayload()),
        ("set", "<a/><b/>", OtherPayload(names=("a", "b"))),
        ("error", "<ping xmlns='urn:xmpp:ping'/><error/>", Ping()),
    ],
)
def test_the_payload_of_an_iq(kind: str | None, inside: str, expected: Payload | None) -> None:
    assert payloads.iq_of(read(f"<iq>{inside}</iq>"), kind) == expected


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        (
            "<subscribe node='n' jid='j'/><options/>",
            Pubsub(
                action=PubsubAction.SUBSCRIBE,
                node="n",
                jid="j",
                children=("subscribe", "options"),
            ),
        ),
        (
            "<unsubscribe node='n' jid='j' subid='s'/>",
            Pubsub(
                action=PubsubAction.UNSUBSCRIBE,
                node="n",
                jid="j",
                subid="s",
                children=("unsubscribe",),
            ),
        ),
        (
            "<subscription node='n' subscription='pending'/>",
            Pubsub(
                action=PubsubAction.SUBSCRIPTION,
                node="n",
                subscription="pending",
                children=("subscription",),
            ),
        ),
        ("<items node='n'/>", Pubsub(action=PubsubAction.ITEMS, node="n", children=("items",))),
        ("<create/>", Pubsub(action=PubsubAction.OTHER, children=("create",))),
        ("", Pubsub(action=PubsubAction.OTHER)),
    ],
)
@pytest.mark.parametrize("namespace", [PUBSUB, f"{PUBSUB}#owner"])
def test_pubsub(namespace: str, inside: str, expected: Pubsub) -> None:
    text = f"<iq><pubsub xmlns='{namespace}'>{inside}</pubsub></iq>"
    assert payloads.iq_of(read(text), "set") == expected


# message


def event(inside: str, behind: str = "") -> Event | None:
    return payloads.message_of(
        read(f"<message><event xmlns='{PUBSUB}#event'>{inside}</event>{behind}</message>")
    )


def test_a_message_without_event() -> None:
    assert payloads.message_of(read("<message><body>hi</body></message>")) is None
    assert payloads.message_of(read("<message/>")) is None


def test_an_event_with_everything() -> None:
    found = event(
        "<items node='/finesse/api/User/1'><item id='a'><notification xmlns='x'>"
        "&lt;Update&gt;&lt;event&gt;PUT&lt;/event&gt;&lt;/Update&gt;</notification></item>"
        "<item id='b'><notification xmlns='x'>&lt;</notification></item>"
        "<item id='c'><Update><event>POST</event></Update></item>"
        "<item id='d'><entry/></item><item/><retract id='e'/></items>",
        "<headers xmlns='http://jabber.org/protocol/shim'><header name='SubID'>s1</header>"
        "<header name='subid'>s2</header><header name='Collection'>n</header><header/></headers>"
        "<delay xmlns='urn:xmpp:delay' stamp='2026-01-01T00:00:00Z'/>",
    )
    assert found == Event(
        node="/finesse/api/User/1",
        items=(
            Item(id="a", update=Update(event="PUT")),
            Item(id="b", problem="not XML or JSON"),
            Item(id="c", update=Update(event="POST")),
            Item(id="d"),
            Item(id=None),
            Item(id="e", retracted=True),
        ),
        subids=("s1", "s2"),
        delayed=True,
        published_ns=1_767_225_600_000_000_000,
    )


def test_a_delay_of_the_older_kind() -> None:
    found = event("<items node='n'/>", "<x xmlns='jabber:x:delay'/>")
    assert found == Event(node="n", delayed=True)
    found = event("<items node='n'/>", "<x xmlns='jabber:x:delay' stamp='20260101T00:00:01'/>")
    assert found == Event(node="n", delayed=True, published_ns=1_767_225_601_000_000_000)


@pytest.mark.parametrize("action", ["purge", "delete", "configuration", "subscription"])
def test_events_without_items(action: str) -> None:
    found = event(f"<{action} node='n'><item id='x'/></{action}>")
    assert found == Event(node="n", action=action)


def test_an_empty_event() -> None:
    assert event("") == Event(node=None, action="")
    assert event("<items/>") == Event(node=None)


# stream management


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<enable resume='true'/>", StreamManagement(resume=True)),
        ("<enabled id='a' resume='1'/>", StreamManagement(stream="a", resume=True)),
        ("<resume h='5' previd='a'/>", StreamManagement(handled=5, stream="a")),
        ("<failed h='x'><item-not-found/></failed>", StreamManagement(condition="item-not-found")),
        ("<a h='12345678901'/>", StreamManagement()),
        ("<r/>", StreamManagement()),
    ],
)
def test_stream_management(text: str, expected: StreamManagement) -> None:
    """XEP-0198 sections 3 to 5."""
    assert payloads.stream_management_of(read(text)) == expected


def test_starttls_may_be_required() -> None:
    """RFC 6120 section 5.3.1."""
    tls = "xmlns='urn:ietf:params:xml:ns:xmpp-tls'"
    found = payloads.features_of(
        read(f"<features><starttls {tls}><required/></starttls></features>")
    )
    assert (found.starttls, found.starttls_required) == (True, True)
    found = payloads.features_of(read(f"<features><starttls {tls}/></features>"))
    assert (found.starttls, found.starttls_required) == (True, False)


# presence


def test_presence() -> None:
    """RFC 6121 section 4.7, XEP-0115 section 4."""
    found = payloads.presence_of(
        read(
            "<presence><show> away </show><status>x</status><priority> -1 </priority>"
            "<c xmlns='http://jabber.org/protocol/caps' node='http://www.igniterealtime.org/projects/smack'"
            " ver='NfJ3flI83zSdUDzCEICtbypursw=' hash='sha-1'/></presence>"
        )
    )
    assert found == PresenceInfo(
        show="away",
        priority="-1",
        caps=Caps(
            node="http://www.igniterealtime.org/projects/smack",
            ver="NfJ3flI83zSdUDzCEICtbypursw=",
            hash="sha-1",
        ),
    )
    assert payloads.presence_of(read("<presence/>")) == PresenceInfo()
    old = "<presence><c xmlns='http://jabber.org/protocol/caps'/></presence>"
    assert payloads.presence_of(read(old)).caps == Caps(node=None, ver=None, hash=None)
