"""Laws of the XMPP decoder: nothing raises, nothing is lost, and expat reads the same."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.model.anomaly import Anomaly, AnomalyCode
from analyzer.model.source import Direction, PacketSource
from analyzer.model.websocket import Message, MessageKind
from analyzer.model.xmpp import Stanza, StanzaKind
from analyzer.protocol.xmpp import XmppFraming
from tests.session.conversation import GOODBYE, event, failure, login, stream_error

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
SOURCE = PacketSource(0, 1, 1, 1)
TEXTS = [
    *(text for _, _, text in login()),
    *(text for _, text in GOODBYE),
    *(failure("not-authorized"), stream_error("conflict"), event("2", "<Update/>")),
]


def read(
    octets: bytes, *, kind: MessageKind = MessageKind.TEXT, complete: bool = True
) -> tuple[list[Stanza], list[Anomaly]]:
    events = XmppFraming().feed(
        Message(
            direction=Direction.TO_SERVER,
            kind=kind,
            payload=octets,
            complete=complete,
            source=SOURCE,
        )
    )
    stanzas = [event for event in events if isinstance(event, Stanza)]
    anomalies = [event for event in events if isinstance(event, Anomaly)]
    assert len(stanzas) + len(anomalies) == len(events)
    return stanzas, anomalies


MARKUP = st.lists(
    st.one_of(
        st.sampled_from(TEXTS).map(str.encode),
        st.binary(max_size=6),
        st.sampled_from(
            [
                *(b"<iq", b"<stream:stream ", b"</stream:stream>", b"<?xml version='1.0'?>"),
                *(
                    b"<open",
                    b"<!--",
                    b"<![CDATA[",
                    b"]]>",
                    b"</",
                    b">",
                    b"/>",
                    b" xmlns='jabber:client'",
                ),
                *(
                    b" ",
                    b"'",
                    b"&amp;",
                    b"\xef\xbb\xbf",
                    b"<auth",
                    b"<error",
                    b"<event/>",
                    b"<a>",
                    b"</a>",
                ),
            ]
        ),
    ),
    max_size=8,
).map(b"".join)


@settings(max_examples=1000, deadline=None)
@given(st.one_of(st.binary(max_size=300), MARKUP), st.sampled_from(MessageKind), st.booleans())
def test_no_message_raises_and_no_octet_is_lost(
    octets: bytes, kind: MessageKind, complete: bool
) -> None:
    stanzas, anomalies = read(octets, kind=kind, complete=complete)
    kept = b"".join(stanza.octets for stanza in stanzas)
    assert kept.strip() == octets.removeprefix(b"\xef\xbb\xbf" if complete else b"").strip() or (
        # What stands between two elements goes with the one behind it.
        re.sub(rb"\s", b"", kept) == re.sub(rb"\s", b"", octets)
    )
    assert all(stanza.length == len(stanza.octets) for stanza in stanzas)
    told = {anomaly.code for anomaly in anomalies}
    if complete:
        whole = [stanza for stanza in stanzas if stanza.kind is not StanzaKind.MALFORMED]
        assert told or (len(whole) == 1 and kind is MessageKind.TEXT)
    else:
        assert len(stanzas) == 1
        assert told == set()


@settings(max_examples=1000, deadline=None)
@given(st.lists(st.sampled_from(TEXTS), min_size=2, max_size=6))
def test_elements_in_one_message_are_those_of_several(texts: list[str]) -> None:
    alone = [stanza for text in texts for stanza in read(text.encode())[0]]
    together, anomalies = read("".join(texts).encode())
    assert together == alone
    assert AnomalyCode.XMPP_SEVERAL in {anomaly.code for anomaly in anomalies}


@settings(max_examples=1000, deadline=None)
@given(st.sampled_from(TEXTS), st.data())
def test_a_cut_message_is_never_another_one(text: str, data: st.DataObject) -> None:
    octets = text.encode()
    cut = data.draw(st.integers(0, len(octets)))
    (whole,), _ = read(octets)
    (part,), _ = read(octets[:cut], complete=False)
    if cut > octets.index(b">"):
        assert (part.kind, part.id, part.type) == (whole.kind, whole.id, whole.type)
        assert (part.sender, part.receiver) == (whole.sender, whole.receiver)
    assert part.kind in (whole.kind, StanzaKind.MALFORMED, StanzaKind.OTHER)
    assert part.id in (None, whole.id)
    assert part.payload is None or part.kind is StanzaKind.OPEN


@settings(max_examples=1000, deadline=None)
@given(st.sampled_from(TEXTS), st.data())
def test_one_wrong_octet_never_raises(text: str, data: st.DataObject) -> None:
    octets = bytearray(text.encode())
    octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    stanzas, anomalies = read(bytes(octets))
    assert stanzas or anomalies


def recorded() -> list[str]:
    texts = []
    for path in sorted(FIXTURES.glob("*/*.har")):
        log = json.loads(path.read_bytes())["log"]
        for entry in log["entries"]:
            rows = entry.get("_webSocketMessages") or []
            texts += [row["data"] for row in rows if row.get("opcode") == 1]
    return sorted(set(texts))


RECORDED = recorded()


def test_there_are_recordings() -> None:
    assert len(RECORDED) > 300


@pytest.mark.parametrize("start", range(0, len(RECORDED), 50))
def test_expat_reads_the_same_from_recordings(start: int) -> None:
    for text in RECORDED[start : start + 50]:
        root = ET.fromstring(text)
        (stanza,), anomalies = read(text.encode())
        assert anomalies == [], text
        assert (stanza.name, stanza.complete) == (root.tag, True)
        assert stanza.kind.value == root.tag.rpartition("}")[2]
        wanted = tuple(root.get(name) for name in ("id", "type", "from", "to"))
        assert (stanza.id, stanza.type, stanza.sender, stanza.receiver) == wanted
        assert (stanza.error is not None) == (root.get("type") == "error")
