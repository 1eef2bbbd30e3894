"""Every stanza has a name an engineer knows, and the fact that matters."""

from typing import Any

import pytest

from analyzer.model.source import Direction
from analyzer.model.stream import StreamManagement
from analyzer.model.websocket import Opcode
from analyzer.model.xmpp import (
    ApiError,
    Auth,
    Bind,
    Close,
    Event,
    Features,
    Item,
    Open,
    OtherPayload,
    Ping,
    PresenceInfo,
    Pubsub,
    PubsubAction,
    Roster,
    SaslFailure,
    SessionRequest,
    StanzaError,
    StanzaKind,
    StreamError,
    Update,
)
from analyzer.report.facts.labels import Label, of_frame, of_stanza
from analyzer.report.language.words import words
from tests.report.reports import control, har_place, stanza

WORDS = words("en")

PUT = Item(id="1", update=Update(event="PUT", source="/finesse/api/User/1", state="READY"))
FAULT = Item(id="2", update=Update(event="PUT", errors=(ApiError(type="Busy"), ApiError())))


@pytest.mark.parametrize(
    ("kind", "fields", "label"),
    [
        (StanzaKind.OPEN, {"payload": Open(to="a.b")}, Label("open", "to a.b")),
        (StanzaKind.OPEN, {"payload": Open(sender="a.b")}, Label("open", "answered")),
        (StanzaKind.CLOSE, {"payload": Close()}, Label("close")),
        (
            StanzaKind.OTHER,
            {"name": "{urn:xmpp:sm:3}a", "payload": StreamManagement(handled=7)},
            Label("a", "h=7"),
        ),
        (
            StanzaKind.OTHER,
            {"name": "{urn:xmpp:sm:3}enable", "payload": StreamManagement(resume=True)},
            Label("enable", "resume"),
        ),
        (
            StanzaKind.OTHER,
            {"name": "{urn:xmpp:sm:3}failed", "payload": StreamManagement(condition="gone")},
            Label("failed", "gone"),
        ),
        (StanzaKind.CLOSE, {"payload": Close(see_other_uri="ws://b")}, Label("close", "ws://b")),
        (
            StanzaKind.FEATURES,
            {"payload": Features(mechanisms=("PLAIN",), bind=True, session=True, starttls=True)},
            Label("stream:features", "PLAIN bind session starttls"),
        ),
        (StanzaKind.FEATURES, {"payload": Features()}, Label("stream:features")),
        (
            StanzaKind.AUTH,
            {"payload": Auth(mechanism="PLAIN", authcid="a")},
            Label("auth", "PLAIN as a"),
        ),
        (
            StanzaKind.AUTH,
            {"payload": Auth(mechanism="PLAIN", problem="sasl.base64")},
            Label("auth", "PLAIN sasl.base64"),
        ),
        (
            StanzaKind.FAILURE,
            {"payload": SaslFailure(condition="not-authorized", text="no")},
            Label("failure", 'not-authorized "no"', fault=True),
        ),
        (
            StanzaKind.STREAM_ERROR,
            {"payload": StreamError(condition="conflict")},
            Label("stream:error", "conflict", fault=True),
        ),
        (
            StanzaKind.IQ,
            {"type": "set", "payload": Bind(resource="desktop")},
            Label("iq set", "bind desktop"),
        ),
        (
            StanzaKind.IQ,
            {"type": "result", "payload": Bind(jid="a@b/c")},
            Label("iq result", "bind a@b/c"),
        ),
        (StanzaKind.IQ, {"type": "set", "payload": SessionRequest()}, Label("iq set", "session")),
        (
            StanzaKind.IQ,
            {"type": "get", "payload": Ping()},
            Label("iq get", "ping", routine=True),
        ),
        (StanzaKind.IQ, {"type": "get", "payload": Roster()}, Label("iq get", "roster")),
        (
            StanzaKind.IQ,
            {"type": "result", "payload": Roster(items=3)},
            Label("iq result", "roster of 3"),
        ),
        (
            StanzaKind.IQ,
            {
                "type": "error",
                "payload": Pubsub(action=PubsubAction.SUBSCRIBE, node="/n"),
                "error": StanzaError(type="cancel", condition="item-not-found", text="gone"),
            },
            Label("iq error", 'item-not-found "gone" subscribe /n', fault=True),
        ),
        (
            StanzaKind.IQ,
            {
                "type": "error",
                "error": StanzaError(type=None, condition=None, pubsub="nodeid-required"),
            },
            Label("iq error", "nodeid-required", fault=True),
        ),
        (
            StanzaKind.IQ,
            {"type": "get", "payload": OtherPayload(names=("{a}b", "c"))},
            Label("iq get", "b c"),
        ),
        (
            StanzaKind.MESSAGE,
            {"payload": Event(node="/n", items=(Item(id="1"), PUT))},
            Label("message", "PUT /finesse/api/User/1 READY", event=True),
        ),
        (
            StanzaKind.MESSAGE,
            {"payload": Event(node="/n", items=(FAULT,))},
            Label("message", "PUT /n Busy", event=True),
        ),
        (
            StanzaKind.MESSAGE,
            {"payload": Event(node="/n")},
            Label("message", "event /n", event=True),
        ),
        (
            StanzaKind.PRESENCE,
            {"sender": "finesse@a", "payload": PresenceInfo(show="away")},
            Label("presence", "from finesse@a away"),
        ),
        (StanzaKind.PRESENCE, {"type": "unavailable"}, Label("presence unavailable")),
        (StanzaKind.OTHER, {"name": "{x}thing"}, Label("thing")),
        (StanzaKind.OTHER, {}, Label("other")),
        (StanzaKind.STREAM_MANAGEMENT, {"name": "{urn:xmpp:sm:3}enable"}, Label("enable")),
        (StanzaKind.MALFORMED, {}, Label("malformed", fault=True)),
        (StanzaKind.OTHER, {"name": "x" * 60}, Label("x" * 39 + "…")),
        (StanzaKind.PRESENCE, {"type": "\x1b"}, Label("presence \\x1b")),
    ],
)
def test_stanzas(kind: StanzaKind, fields: dict[str, Any], label: Label) -> None:
    assert of_stanza(stanza("C>", kind, "<a/>", har_place(1, 0), **fields), WORDS) == label


@pytest.mark.parametrize(
    ("opcode", "payload", "label"),
    [
        (Opcode.PING, b"\x01", Label("ping frame", routine=True)),
        (Opcode.PONG, b"", Label("pong frame", routine=True)),
        (Opcode.CLOSE, b"", Label("close frame")),
        (Opcode.CLOSE, b"\x03\xe8", Label("close frame", "1000")),
        (Opcode.CLOSE, b"\x03\xf4re\xff", Label("close frame", "1012 re\\xff", fault=True)),
        (11, b"", Label("frame")),
    ],
)
def test_control_frames(opcode: Opcode, payload: bytes, label: Label) -> None:
    assert of_frame(control(Direction.TO_CLIENT, opcode, payload, har_place(1, 0)), WORDS) == label
