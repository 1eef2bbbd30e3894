"""WebSocket on one connection: both directions, agreed compression, late starts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import Frame as TheirFrame
from websockets.frames import Opcode as TheirOpcode

from analyzer.model.anomaly import AnomalyCode
from analyzer.model.flow import EndCause, GapReason
from analyzer.model.http import Exchange
from analyzer.model.source import Direction, HarSource
from analyzer.model.websocket import Message, MessageKind
from analyzer.protocol.websocket import WebSocket, holds_xmpp
from tests.protocol.wire import (
    CONNECTION,
    KEY,
    C,
    Deflater,
    S,
    chunk,
    chunks,
    codes,
    end,
    frame,
    frames,
    gap,
    gaps,
    messages,
    source,
    upgrade,
)

HELLO = bytes.fromhex("c107f248cdc9c90700")  # RFC 7692 section 7.2.3.1
AGAIN = bytes.fromhex("c105f200110000")  # section 7.2.3.2


def test_directions_do_not_mix() -> None:
    socket = WebSocket(0, upgrade())
    events = socket.feed(chunk(frame(b"up", key=KEY)[:4], C))
    events += socket.feed(chunk(frame(b"down"), S, packet=2))
    events += socket.feed(chunk(frame(b"up", key=KEY)[4:], C, 4, 3))
    assert [(m.direction, m.payload) for m in messages(events)] == [(S, b"down"), (C, b"up")]
    assert codes(events) == []


def test_without_agreement_nothing_is_compressed() -> None:
    events = WebSocket(0, upgrade()).feed(chunk(HELLO, S))
    assert codes(events) == [AnomalyCode.WS_RSV, AnomalyCode.WS_UTF8]
    assert messages(events)[0].compressed_length is None


@pytest.mark.parametrize(
    ("parameters", "to_server", "to_client"),
    [
        ("", b"Hello", b"Hello"),
        ("; client_no_context_takeover", b"H", b"Hello"),
        ("; server_no_context_takeover", b"Hello", b"H"),
    ],
)
def test_takeover_is_a_matter_of_each_direction(
    parameters: str, to_server: bytes, to_client: bytes
) -> None:
    socket = WebSocket(0, upgrade(f"permessage-deflate{parameters}"))

    def masked(octets: bytes) -> bytes:
        return frame(octets[2:], rsv=4, key=KEY)

    events = socket.feed(chunk(masked(HELLO) + masked(AGAIN), C))
    events += socket.feed(chunk(HELLO + AGAIN, S))
    assert [m.payload for m in messages(events)] == [b"Hello", to_server, b"Hello", to_client]


def test_what_is_wrong_with_a_handshake_is_said_once() -> None:
    shake = replace(upgrade("permessage-deflate; server_max_window_bits=7"), accept_valid=False)
    socket = WebSocket(0, shake)
    assert codes(socket.feed(shake)) == [AnomalyCode.DEFLATE_PARAMETER, AnomalyCode.WS_ACCEPT]
    assert socket.feed(shake) == []


def test_an_answer_that_was_not_captured_may_have_agreed_to_anything() -> None:
    shake = upgrade()
    unanswered = replace(shake, exchange=Exchange(request=shake.exchange.request, response=None))
    events = WebSocket(0, unanswered).feed(chunk(HELLO, S))
    assert [m.payload for m in messages(events)] == [b"Hello"]
    assert codes(events) == []


def test_messages_of_a_har_pass() -> None:
    place = HarSource(0, 0, 0, None)
    message = Message(direction=S, kind=MessageKind.TEXT, payload=b"a", source=place)
    assert WebSocket(0, upgrade()).feed(message) == [message]


def test_ends_and_gaps_pass_behind_what_they_end() -> None:
    socket = WebSocket(0, upgrade())
    socket.feed(chunk(frame(b"abc")[:3], S))
    events = socket.feed(gap(S, 3, 9))
    assert (frames(events)[0].payload, events[-1]) == (b"a", gap(S, 3, 9))
    socket.feed(chunk(b"\x81", C))
    events = socket.feed(end(C))
    assert (codes(events), events[-1]) == ([AnomalyCode.WS_TRUNCATED], end(C))


def test_what_nobody_ended_ends_with_the_connection() -> None:
    socket = WebSocket(0, upgrade())
    for direction in Direction:
        socket.feed(chunk(b"\x81", direction))
    socket.feed(end(C, EndCause.RST))
    events = socket.feed(CONNECTION)
    assert [e.values for e in events if hasattr(e, "values")] == [{"octets": 1, "cause": "unknown"}]
    assert events[-1] is CONNECTION


def test_a_late_start() -> None:
    socket = WebSocket(0)
    events = socket.feed(gap(S, 0, None))
    for item in chunks([b"the end", frame(b"one"), frame(b"two")], S):
        events += socket.feed(item)
    assert [m.payload for m in messages(events)] == [b"one", b"two"]
    assert gaps(events) == [
        (S, 0, None, GapReason.LATE_START),
        (S, 0, 7, GapReason.OPAQUE),
    ]


def test_a_late_start_into_compression() -> None:
    send = Deflater()
    send(b"<message to='agent'/>")
    socket, events = WebSocket(0), []
    texts = [b"<message to='agent'/>", bytes(range(33, 126)), b"<presence from='nobody'/>"]
    for item in chunks([frame(send(text), rsv=4) for text in texts], S):
        events += socket.feed(item)
    assert [m.complete for m in messages(events)] == [False, True, False]
    assert codes(events) == [AnomalyCode.DEFLATE_CONTEXT] * 2
    assert messages(events)[1].payload == texts[1]


@pytest.mark.parametrize(
    ("payload", "xmpp"),
    [
        (b"<open xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>", True),
        (b" <stream:features/>", True),
        (b"<iq>", True),
        (b"<?xml version='1.0'?><stream:stream>", True),
        (b"<iqs>", False),
        (b"{}", False),
        (b"<html>", False),
        (b"", False),
    ],
)
def test_what_looks_like_xmpp(payload: bytes, xmpp: bool) -> None:
    message = Message(direction=S, kind=MessageKind.TEXT, payload=payload, source=source(1))
    assert holds_xmpp(message) is xmpp
    assert not holds_xmpp(replace(message, kind=MessageKind.BINARY))


# What another implementation sends


FRAMES = st.lists(
    st.tuples(
        st.sampled_from((TheirOpcode.TEXT, TheirOpcode.BINARY)),
        st.lists(st.text(max_size=40), min_size=1, max_size=3),
        st.booleans(),
    ),
    max_size=6,
)


@given(FRAMES, st.booleans(), st.booleans(), st.booleans())
def test_websockets_says_the_same(
    sent: list[tuple[TheirOpcode, list[str], bool]],
    client: bool,
    compressed: bool,
    takeover: bool,
) -> None:
    extension = PerMessageDeflate(
        remote_no_context_takeover=not takeover,
        local_no_context_takeover=not takeover,
        remote_max_window_bits=15,
        local_max_window_bits=15,
    )
    octets, expected, their_frames = b"", [], []
    for opcode, parts, ping in sent:
        for number, part in enumerate(parts):
            theirs = TheirFrame(
                opcode if number == 0 else TheirOpcode.CONT,
                part.encode(),
                fin=number == len(parts) - 1,
            )
            octets += theirs.serialize(mask=client, extensions=[extension] if compressed else [])
            their_frames.append((theirs.opcode, theirs.fin))
            if ping:
                octets += TheirFrame(TheirOpcode.PING, b"hi").serialize(mask=client)
                their_frames.append((TheirOpcode.PING, True))
        expected.append(("text" if opcode is TheirOpcode.TEXT else "binary", "".join(parts)))
    way = C if client else S
    flags = "; client_no_context_takeover; server_no_context_takeover" * (not takeover)
    shake = upgrade(f"permessage-deflate{flags}" if compressed else None)
    events = WebSocket(0, shake).feed(chunk(octets, way)) if octets else []
    assert codes(events) == []
    assert [(m.kind.value, m.payload.decode()) for m in messages(events)] == expected
    assert [(f.opcode, f.fin) for f in frames(events)] == their_frames
