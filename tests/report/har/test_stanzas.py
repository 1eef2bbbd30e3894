"""Stanzas of a report are messages again."""

import base64
from xml.etree import ElementTree as ET

import pytest

from analyzer.model.packed import pack
from analyzer.model.source import Direction, HarSource
from analyzer.model.xmpp import Auth, Stanza, StanzaKind
from analyzer.report.har.stanzas import closed, stanzas_of, xml_of
from tests.report.reports import har_session as session

SASL = "urn:ietf:params:xml:ns:xmpp-sasl"
MARK = "[redacted: sasl exchange 1]"


def stanza(text: str = "", *, length: int | None = None, **more: object) -> Stanza:
    fields = {"kind": StanzaKind.IQ, "name": "{jabber:client}iq", **more}
    return Stanza(
        direction=Direction.TO_SERVER,
        octets=text.encode(),
        length=len(text.encode()) if length is None else length,
        source=HarSource(0, 0, 0, None),
        **fields,  # type: ignore[arg-type]
    )


def test_a_stanza_is_written_as_it_was_sent() -> None:
    assert xml_of(stanza("<iq id='é'/>")) == "<iq id='é'/>"
    partial = "<message><bo"
    assert xml_of(stanza(partial, length=50, complete=False)) == partial


def test_a_login_is_readable_again() -> None:
    auth = Auth(mechanism="PLAIN", authcid="agent1001", secret_octets=6)
    text = f"<auth xmlns='{SASL}' mechanism='PLAIN'>{MARK}</auth>"
    written = xml_of(stanza(text, kind=StanzaKind.AUTH, payload=auth))
    content = ET.fromstring(written).text or ""
    assert base64.b64decode(content).decode() == f"\0agent1001\0{MARK}"


def test_a_success_is_readable_again() -> None:
    written = xml_of(stanza(f"<success xmlns='{SASL}'>{MARK}</success>", kind=StanzaKind.SUCCESS))
    assert base64.b64decode(ET.fromstring(written).text or "").decode() == MARK


@pytest.mark.parametrize("content", ["AGFnZW50AHg=", ""])
def test_what_was_not_taken_out_stays(content: str) -> None:
    text = f"<auth xmlns='{SASL}' mechanism='PLAIN'>{content}</auth>"
    assert xml_of(stanza(text, kind=StanzaKind.AUTH)) == text


CUT = (
    "<message><body>some te",
    "<message a='x>y' b=\">\"><body>some te",
    "<message><body/><event",
    "<message><body>a &am",
    "<a><![CDATA[ <b> ",
    "<a><b></b></c></c>",
    "<a><b></b><c>",
)


@pytest.mark.parametrize("text", CUT)
def test_a_stanza_that_was_cut_for_the_report_is_ended(text: str) -> None:
    written = closed(text)
    if "</c>" not in text:
        ET.fromstring(written)
    assert xml_of(stanza(text, length=90)) == written


def test_a_stanza_without_text_is_told_in_outline() -> None:
    one = stanza(length=500, id="a'1", type="set", receiver="x@a.test")
    assert ET.fromstring(xml_of(one)).attrib == {"type": "set", "id": "a'1", "to": "x@a.test"}
    assert xml_of(stanza(length=9, name="", kind=StanzaKind.MALFORMED)) == "<malformed/>"


def test_packed_ones_are_all_there() -> None:
    rows = [stanza(f"<iq id='{n}'/>") for n in range(5)]
    assert list(stanzas_of(session(stanzas=tuple(rows[:1]), packed=pack(rows)))) == rows
    assert list(stanzas_of(session(stanzas=tuple(rows)))) == rows
