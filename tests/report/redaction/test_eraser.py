"""Secrets are taken out where they stand, and then wherever else they stand."""

import base64
from typing import Any

import pytest

from analyzer.model.packed import pack, unpack
from analyzer.model.report import Report
from analyzer.model.session import Session
from analyzer.model.stream import StreamManagement
from analyzer.model.tls import TlsFacts
from analyzer.model.xmpp import Auth, Stanza, StanzaKind
from analyzer.report.redaction.eraser import Eraser
from tests.report.reports import auth_text, har_place, har_session, refused, stanza, upgrade


def said(kind: StanzaKind, text: str, **fields: Any) -> Stanza:
    return stanza("C>", kind, text, har_place(9, 2), **fields)


def report(*stanzas: Stanza, **fields: Any) -> Report:
    return refused(sessions=(har_session(stanzas=stanzas, **fields),))


def session_of(*stanzas: Stanza, people: bool = False, **fields: Any) -> Session:
    made = report(*stanzas, **fields)
    return Eraser([made], people=people).clean(made).sessions[0]


def texts(session: Session) -> list[str]:
    return [one.octets.decode() for one in session.stanzas]


def test_pieces_are_looked_at_first_and_cleaned_one_by_one() -> None:
    """A token that only the last piece tells of is taken out of the first one, too."""
    first = said(StanzaKind.MESSAGE, "<m>hunter2-hunter2</m>")
    last = said(StanzaKind.MESSAGE, "<token>hunter2-hunter2</token>")
    eraser = Eraser([report()])
    assert eraser.people is None
    assert eraser.vault.sweep("hunter2-hunter2") == "hunter2-hunter2"
    assert eraser.clean(first).octets == b"<m>hunter2-hunter2</m>"
    for piece in (first, last):
        eraser.collect(piece)
    assert eraser.counts() == {}
    assert eraser.clean(first).octets == b"<m>[redacted: token 1]</m>"
    assert eraser.clean(last).octets == b"<token>[redacted: token 1]</token>"
    assert eraser.counts() == {"token": 2}


def test_packed_stanzas_are_cleaned_too() -> None:
    packed = pack([said(StanzaKind.MESSAGE, "<m>hunter2-hunter2</m>")])
    told = said(StanzaKind.MESSAGE, "<token>hunter2-hunter2</token>")
    (left,) = unpack(session_of(told, packed=packed).packed)
    assert left.octets == b"<m>[redacted: token 1]</m>"


def test_sasl_of_the_second_generation() -> None:
    blob = base64.b64encode(b"\0agent1001\0hunter2-x").decode()
    sent = said(
        StanzaKind.OTHER,
        "<authenticate xmlns='urn:xmpp:sasl:2' mechanism='PLAIN'><initial-response>"
        f"{blob}</initial-response></authenticate>",
    )
    told = said(StanzaKind.MESSAGE, "<m>hunter2-x</m>")
    left = texts(session_of(told, sent))
    assert left[0] == "<m>[redacted: password 1]</m>"
    assert "<initial-response>[redacted: sasl exchange 1]</initial-response>" in left[1]


def test_what_a_stream_is_resumed_by() -> None:
    enabled = said(
        StanzaKind.STREAM_MANAGEMENT,
        "<enabled xmlns='urn:xmpp:sm:3' id='resume-77' resume='true'/>",
        payload=StreamManagement(stream="resume-77", resume=True),
    )
    told = said(StanzaKind.MESSAGE, "<m>resume-77</m>")
    bare = said(StanzaKind.STREAM_MANAGEMENT, "<r/>", payload=StreamManagement(handled=1))
    session = session_of(told, enabled, bare)
    assert texts(session) == [
        "<m>[redacted: token 1]</m>",
        "<enabled xmlns='urn:xmpp:sm:3' id='[redacted: token 1]' resume='true'/>",
        "<r/>",
    ]
    payload = session.stanzas[1].payload
    assert isinstance(payload, StreamManagement)
    assert payload.stream == "[redacted: token 1]"


def test_a_name_that_is_a_password_elsewhere_stays_a_name() -> None:
    auth = said(
        StanzaKind.AUTH,
        auth_text("agent1001"),
        payload=Auth(mechanism="PLAIN", authcid="agent1001", authzid="boss"),
    )
    session = session_of(auth, said(StanzaKind.MESSAGE, "<m>agent1001</m>"))
    assert texts(session)[1] == "<m>agent1001</m>"
    session = session_of(auth, said(StanzaKind.MESSAGE, "<m>agent1001 of boss</m>"), people=True)
    assert texts(session)[1] == "<m>person-1 of person-2</m>"


def test_people_are_replaced_in_every_field_and_hosts_stay() -> None:
    session = session_of(
        said(
            StanzaKind.PRESENCE,
            "<presence from='agent1001@finesse.example.test/desktop'><status>Jane</status>"
            "</presence>",
            sender="agent1001@finesse.example.test/desktop",
        ),
        people=True,
        agent="agent1001@finesse.example.test",
        jid="agent1001@finesse.example.test/desktop",
        url="wss://finesse.example.test/ws/agent1001",
    )
    assert session.agent == "person-1@finesse.example.test"
    assert session.jid == "person-1@finesse.example.test/desktop"
    assert session.url == "wss://finesse.example.test/ws/person-1"
    assert session.server == har_session().server
    (text,) = texts(session)
    assert text.startswith("<presence from='person-1@finesse.example.test/desktop'><status>")
    assert "<status>[redacted: message text 1]</status>" in text


def test_fields_that_say_who_is_logged_in() -> None:
    made = upgrade(
        har_place(1, 0),
        headers=(("X-Remote-User", "jane"), ("User-Agent", "Mozilla"), ("From", "j@example.com")),
    )
    shown, taken = (session_of(upgrade=made, people=people).upgrade for people in (False, True))
    for seen, names in ((shown, ("jane", "j")), (taken, ("person-2", "person-3"))):
        assert seen is not None
        assert seen.exchange.request is not None
        fields = dict(seen.exchange.request.headers)
        assert fields["User-Agent"] == "Mozilla"
        assert (fields["X-Remote-User"], fields["From"]) == (names[0], f"{names[1]}@example.com")


def test_a_name_in_a_certificate_is_a_host() -> None:
    host = "agent1001"
    session = session_of(
        tls=TlsFacts(server_name=host), agent="agent1001@finesse.example.test", people=True
    )
    assert session.tls == TlsFacts(server_name=host)
    assert session.agent == "person-1@finesse.example.test"


@pytest.mark.parametrize("people", [False, True])
def test_an_agent_known_by_name_only(people: bool) -> None:
    session = session_of(agent="1001", jid=None, domain=None, people=people)
    assert session.agent == ("person-1" if people else "1001")
