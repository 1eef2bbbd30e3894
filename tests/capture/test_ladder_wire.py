"""Octets of a ladder are what another implementation of the protocols would read."""

import hashlib
import zlib
from base64 import b64encode

import pytest
from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import Frame
from websockets.streams import StreamReader

from analyzer.capture import ladder_wire
from analyzer.capture.ladder_lines import Line
from analyzer.capture.ladder_text import Conversation, parse
from analyzer.model.http import field
from analyzer.model.source import Direction


def line(text: str) -> Line:
    (conversation,) = parse(text).conversations
    return conversation.lines[0]


def decoded(octets: bytes, *, masked: bool, deflate: bool = False) -> Frame:
    """Read by the websockets package."""
    reader = StreamReader()
    reader.feed_data(octets)
    reader.feed_eof()
    extensions = [PerMessageDeflate(False, False, 15, 15)] if deflate else []
    parsing = Frame.parse(reader.read_exact, mask=masked, extensions=extensions)
    try:
        while True:
            next(parsing)
    except StopIteration as stop:
        frame: Frame = stop.value
        assert not reader.buffer
        return frame


def test_the_answer_to_the_key() -> None:
    guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    digest = hashlib.sha1((ladder_wire.KEY + guid).encode()).digest()
    assert b64encode(digest).decode() == ladder_wire.ACCEPT


@pytest.mark.parametrize("length", [0, 125, 126, 0xFFFF, 0x10000])
@pytest.mark.parametrize("side", ["C", "S"])
def test_frames(length: int, side: str) -> None:
    said = line(f"0 {side}> {'x' * length}")
    frame = decoded(ladder_wire.frame(said, 7), masked=side == "C")
    assert (frame.opcode, frame.fin, frame.data) == (1, True, b"x" * length)


@pytest.mark.parametrize(
    ("text", "opcode", "data"),
    [
        ("[ping 0102]", 9, b"\1\2"),
        ("[pong]", 10, b""),
        ("[close]", 8, b""),
        ("[close 1012 Service Restart]", 8, b"\x03\xf4Service Restart"),
        ("[close hex=03]", 8, b"\3"),
        ("[binary 00ff]", 2, b"\0\xff"),
        ("[continuation] rest", 0, b"rest"),
        ("[frame opcode=2] x", 2, b"x"),
    ],
)
def test_kinds_of_frames(text: str, opcode: int, data: bytes) -> None:
    said = line(f"0 S> {text}")
    if said.options.get("hex") == "03":
        assert ladder_wire.frame(said, 1) == b"\x88\x01\x03"
        return
    frame = decoded(ladder_wire.frame(said, 1), masked=False)
    assert (frame.opcode, frame.data) == (opcode, data)


def test_bits_and_forms() -> None:
    assert ladder_wire.frame(line("0 S> [text fin=0 rsv=5] a"), 1) == b"\x51\x01a"
    assert ladder_wire.frame(line("0 S> [text form=16] a"), 1) == b"\x81\x7e\0\x01a"
    assert ladder_wire.frame(line("0 S> [text form=64] a"), 1) == b"\x81\x7f" + bytes(7) + b"\x01a"


def test_masks() -> None:
    assert ladder_wire.frame(line("0 C> [text mask=no] a"), 1) == b"\x81\x01a"
    assert ladder_wire.frame(line("0 S> [text mask=000000ff] abcd"), 1) == (
        b"\x81\x84\0\0\0\xffabc\x9b"
    )
    keys = {ladder_wire.frame(line("0 S> [text mask=yes] a"), n)[2:6] for n in range(1, 9)}
    assert len(keys) == 8


def test_compressed() -> None:
    octets = ladder_wire.frame(line("0 S> [text deflate=1] aaaaaaaaaaaaaaaaaaaa"), 1)
    assert octets[0] == 0xC1
    assert decoded(octets, masked=False, deflate=True).data == b"a" * 20
    assert zlib.decompress(octets[2:] + b"\0\0\xff\xff\x03\0", wbits=-15) == b"a" * 20


def test_handshake_fields() -> None:
    talk = Conversation(
        "wss://a.test:8445/ws/",
        0,
        request={"origin": None, "X-More": "1"},
        response={"Sec-WebSocket-Accept": "wrong"},
    )
    asked, answered = ladder_wire.request_fields(talk), ladder_wire.response_fields(talk)
    assert field(asked, "Host") == "a.test:8445"
    assert field(asked, "Origin") is None
    assert field(asked, "X-More") == "1"
    assert field(answered, "Sec-WebSocket-Accept") == "wrong"
    assert field(answered, "Sec-WebSocket-Protocol") == "xmpp"
    plain = ladder_wire.request_fields(Conversation("ws://a.test:7071/ws/", 0))
    assert field(plain, "Origin") == "http://a.test:7071"


def test_targets() -> None:
    assert ladder_wire.target("wss://a.test:1/ws/?b=c", absolute=True) == "wss://a.test:1/ws/?b=c"
    assert ladder_wire.target("ws://a.test:1", absolute=False) == "/"


def test_a_record_hides_its_length_at_least() -> None:
    assert ladder_wire.record(b"abc") == b"\x17\x03\x03\0\x14" + bytes(20)
    assert len(ladder_wire.record(bytes(1 << 20))) == 5 + 0x4000


def test_hellos_are_as_long_as_they_say() -> None:
    for kind, way in ((1, Direction.TO_SERVER), (2, Direction.TO_CLIENT)):
        hello = ladder_wire.HELLO[way].removesuffix(bytes.fromhex("140303000101"))
        assert hello[0] == 0x16
        assert int.from_bytes(hello[3:5], "big") == len(hello) - 5
        assert hello[5] == kind
        assert int.from_bytes(hello[6:9], "big") == len(hello) - 9
