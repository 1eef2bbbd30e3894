"""A connection is told by its first octets, or by what begins in its first packets."""

import pytest

from analyzer.model.events import Event, Item
from analyzer.model.http import Switched
from analyzer.model.source import Direction
from analyzer.protocol.sniff import SNIFF_OCTETS, Sniffer
from tests.protocol.wire import (
    CONNECTION,
    KEY,
    C,
    S,
    chunk,
    chunks,
    end,
    frame,
    gap,
    messages,
    source,
    upgrade,
)


def sniff(*items: Item) -> list[Event]:
    sniffer = Sniffer(0)
    return [event for item in items for event in sniffer.feed(item)]


def protocol(*items: Item) -> str | None:
    events = sniff(*items)
    assert not events or isinstance(events[0], Switched)
    return events[0].protocol if events and isinstance(events[0], Switched) else None


@pytest.mark.parametrize(
    ("direction", "octets", "name"),
    [
        (C, b"GET / HTTP/1.1\r\n", "http/1.1"),
        (C, b"\r\nPOST ", "http/1.1"),
        (C, b"BREW /pot HTTP/1.1\r\n", "http/1.1"),
        (C, b"BREW /pot", None),
        (S, b"HTTP/1.1 200 OK", "http/1.1"),
        (S, b"HTTP/", None),
        (C, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "h2"),
        (S, b"\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x03", "h2"),
        (S, b"\x00\x00\x06\x04\x00\x00\x00\x00\x01", None),
        (C, b"\x16\x03\x01\x02\x00", "tls"),
        (C, b"\x80\x2e\x01\x03\x01\x00", "tls"),
        (S, b"\x15\x03\x03\x00\x02", "tls"),
        (S, b"\x15\x03\x03\xff\x02", None),
        (C, b"<?xml version='1.0'?>", "xmpp"),
        (S, b"<stream:stream to='a'>", "xmpp"),
        (C, b"<s:stream to='a'>", "xmpp"),
        (C, b"<html>", None),
        (S, b"SSH-2.0-OpenSSH\r\n", None),
    ],
)
def test_first_octets(direction: Direction, octets: bytes, name: str | None) -> None:
    assert protocol(chunk(octets, direction)) == name


@pytest.mark.parametrize("cut", range(1, 16))
def test_first_octets_in_pieces(cut: int) -> None:
    octets = b"GET /xyz HTTP/1.1\r\n"
    one, other = chunk(octets[:cut], C), chunk(octets[cut:], C, cut, 2)
    assert protocol(one, other) == "http/1.1"


def test_all_that_was_held_comes_behind_the_switch() -> None:
    items: list[Item] = [gap(S, 0, None), chunk(b"GE", C), chunk(b"T / ", C, 2, 2)]
    events = sniff(*items)
    assert events[0] == Switched(protocol="http/1.1", source=source(1))
    assert events[1:] == items


def test_nothing_said() -> None:
    assert sniff(end(C), end(S), CONNECTION) == [end(C), end(S), CONNECTION]


def test_nothing_known() -> None:
    items: list[Item] = [chunk(b"SSH-2.0-x\r\n", S, packet=3), end(S), CONNECTION]
    assert sniff(*items) == [Switched(protocol="unknown", source=source(3)), *items]


def test_nothing_is_held_for_ever() -> None:
    sniffer = Sniffer(0)
    offset = 0
    while not (events := sniffer.feed(chunk(b"?" * 1000, C, offset))):
        offset += 1000
        assert offset < 4 * SNIFF_OCTETS
    assert isinstance(events[0], Switched)
    assert events[0].protocol == "unknown"


def test_items_of_a_har_pass() -> None:
    assert sniff(upgrade()) == [upgrade()]
    assert messages(sniff(upgrade())) == []


# Late starts


def test_a_websocket_whose_handshake_was_not_captured() -> None:
    packets = [frame(b"x" * 100) for _ in range(3)]
    assert protocol(gap(S, 0, None), *chunks(packets, S)) == "websocket"
    packets = [frame(b"x" * 100, key=KEY) for _ in range(3)]
    assert protocol(gap(C, 0, None), *chunks(packets, C)) == "websocket"


def test_two_short_frames_are_enough_at_the_end() -> None:
    packets = [frame(b"x"), frame(b"y", 9)]
    assert protocol(*chunks(packets, S)) is None
    assert protocol(*chunks(packets, S), CONNECTION) == "websocket"


def test_one_frame_that_ends_with_the_octets_is_enough() -> None:
    assert protocol(chunk(frame(b"hello"), S), CONNECTION) == "websocket"
    assert protocol(chunk(frame(b"hello") + b"?", S), CONNECTION) == "unknown"


def test_frames_behind_a_fragment_of_one() -> None:
    packets = [b"the end of something", frame(b"x" * 200), frame(b"y" * 200)]
    assert protocol(*chunks(packets, S), CONNECTION) == "websocket"


def test_frames_cut_by_the_snap_length() -> None:
    whole = frame(b"x" * 300)
    assert protocol(chunk(whole[:30], S), gap(S, 30, len(whole) - 30)) == "websocket"
    assert protocol(chunk(whole[:30], S), gap(S, 30, 5)) is None


def test_each_piece_behind_a_gap_is_looked_at_anew() -> None:
    items: list[Item] = [chunk(b"???", S), gap(S, 3, 10), chunk(b"HTTP/1.1 200 OK\r\n", S, 13, 2)]
    assert protocol(*items) == "http/1.1"


def test_http_whose_beginning_was_not_captured() -> None:
    packets = [b"the end of a body" * 20, b"HTTP/1.1 200 OK\r\n\r\n"]
    assert protocol(gap(S, 0, None), *chunks(packets, S), CONNECTION) == "http/1.1"


def test_tls_whose_beginning_was_not_captured() -> None:
    packets = [b"the end of a record" * 20, b"\x17\x03\x03\x00\x20" + bytes(32)]
    assert protocol(gap(S, 0, None), *chunks(packets, S), CONNECTION) == "tls"


@pytest.mark.parametrize("direction", [C, S])
def test_http2_whose_beginning_was_not_captured(direction: Direction) -> None:
    packets = [b"the end of a frame" * 20, b"\x00\x00\x04\x08\x00\x00\x00\x00\x05\x00\x00\xff\xff"]
    packets.append(b"\x00\x00\x09\x00\x01\x00\x00\x00\x05some more")
    assert protocol(gap(direction, 0, None), *chunks(packets, direction), CONNECTION) == "h2"
