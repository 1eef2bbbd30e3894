import numpy as np
import pytest

from analyzer.transport import selection
from analyzer.transport.columns import Census
from analyzer.transport.numbering import Numbering
from analyzer.transport.selection import Selected, Selection

from .segments import ACK, RST, SYN, C, Pair, S, handshake, sent, window_of

WEB = Pair(server=("10.0.0.2", 80))
HIGH = Pair(server=("10.0.0.2", 50_000))
REQUEST = b"GET / HTTP/1.1\r\n"
HELLO = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"


class Chooser:
    """A selection with all it needs."""

    def __init__(self, *ports: int, known: bytes = b"") -> None:
        self.numbering = Numbering()
        self.selection = Selection(ports, known.__eq__)
        self.packets = 0

    def select(self, *packets: bytes) -> Selected:
        window = window_of(packets, first=self.packets + 1)
        self.packets += len(packets)
        segments = Census().segments(window)
        numbered = self.numbering.assign(segments)
        return self.selection.select(segments, numbered, self.numbering)


def followed(selected: Selected) -> list[int]:
    numbers: list[int] = selected.rows.number.tolist()
    return numbers


def test_a_known_port_is_followed_from_its_first_packet() -> None:
    chooser = Chooser(7_071)
    assert followed(chooser.select(*handshake())) == [1, 2, 3]
    selected = chooser.select(sent(C, 0, b"\x00"))
    assert followed(selected) == [4]
    assert selected.chosen.tolist() == []


@pytest.mark.parametrize("payload", [REQUEST, HELLO, b"<stream:stream ", b"<?xml", b"<open "])
def test_a_first_payload_that_is_known_brings_what_waited(payload: bytes) -> None:
    chooser = Chooser()
    assert followed(chooser.select(*handshake(WEB)[:1])) == []
    assert followed(chooser.select(*handshake(WEB)[1:])) == []
    selected = chooser.select(sent(C, 0, payload, pair=WEB), sent(S, 0, b"?", pair=WEB))
    assert sorted(followed(selected)) == [1, 2, 3, 4, 5]
    assert selected.chosen.tolist() == [0]
    assert selected.rows_of_chosen.tolist() == [0]
    assert selected.tls == ({0} if payload is HELLO else set())
    assert followed(chooser.select(sent(C, 16, b"?", pair=WEB))) == [6]


def test_tls_that_a_key_opens_is_wanted_to_its_end() -> None:
    known = bytes(range(32))
    hello = sent(C, 0, HELLO + known + b"\x00", pair=WEB)
    assert Chooser().select(*handshake(WEB), hello).tls == {0}
    assert Chooser(known=known).select(*handshake(WEB), hello).tls == set()
    cut = sent(C, 0, HELLO + known[:9], pair=WEB)
    assert Chooser(known=known).select(*handshake(WEB), cut).tls == {0}


def test_another_first_payload_is_not_followed_for_good() -> None:
    chooser = Chooser()
    chooser.select(*handshake(WEB), sent(C, 0, b"SSH-2.0-", pair=WEB))
    assert followed(chooser.select(sent(C, 8, REQUEST, pair=WEB))) == []


def test_a_late_first_payload_may_come_behind_another_in_the_same_window() -> None:
    chooser = Chooser()
    late = [sent(C, 16, b"Host: a\r\n\r\n", pair=WEB), sent(C, 0, REQUEST, pair=WEB)]
    assert followed(chooser.select(*handshake(WEB), *late)) == [1, 2, 3, 4, 5]


def test_what_a_rst_says_is_no_payload() -> None:
    chooser = Chooser()
    reset = sent(S, 0, b"go away", RST, pair=WEB)
    assert followed(chooser.select(*handshake(WEB), reset)) == []
    assert len(followed(chooser.select(sent(C, 0, REQUEST, pair=WEB)))) == 5


def test_ports_beyond_sixteen_bits_are_none() -> None:
    assert followed(Chooser(-1, 1 << 16).select(*handshake())) == []


@pytest.mark.parametrize(
    ("packets", "ports", "is_client"),
    [
        ([sent(C, -1, b"", SYN, pair=HIGH)], (40_000,), True),
        ([sent(S, -1, b"", SYN | ACK, pair=HIGH)], (40_000,), False),
        ([sent(C, 5, b"?")], (7_071,), True),
        ([sent(S, 5, b"?")], (7_071,), False),
        ([sent(C, 5, b"?", pair=HIGH)], (50_000,), True),
        ([sent(S, 5, b"?", pair=HIGH)], (50_000,), False),
        ([sent(C, 5, b"?")], (7_071, 40_000), True),
        ([sent(C, 5, REQUEST, pair=HIGH)], (), True),
        ([sent(S, 5, b"HTTP/1.1 200 OK", pair=HIGH)], (), False),
        ([sent(C, 5, HELLO, pair=HIGH)], (), True),
        ([sent(S, 5, b"\x16\x03\x03\x00\x7a\x02", pair=HIGH)], (), False),
        ([sent(C, 5, b"<?xml")], (), True),
    ],
)
def test_who_the_client_is(packets: list[bytes], ports: tuple[int, ...], is_client: bool) -> None:
    """By its SYN, by what it says, by the known port, by the higher port."""
    chooser = Chooser(*ports)
    selected = chooser.select(*packets)
    assert len(selected.rows) == 1
    side = int(selected.rows.side[0])
    assert (chooser.selection.client(0) == side) is is_client
    assert (selected.client == side).tolist() == [is_client]


def test_the_client_stays_who_it_was() -> None:
    chooser = Chooser(7_071)
    chooser.select(*handshake())
    client = chooser.selection.client(0)
    chooser.select(sent(S, 0, REQUEST), sent(S, 30, b"", SYN | ACK))
    assert chooser.selection.client(0) == client


def test_what_is_let_go_is_not_looked_at() -> None:
    chooser = Chooser(7_071)
    chooser.select(*handshake())
    chooser.selection.let_go(0)
    assert followed(chooser.select(sent(C, 0, REQUEST))) == []


def test_too_many_waiting_segments_are_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selection, "WAITING_SEGMENTS", 4)
    chooser = Chooser()
    other = WEB._replace(client=("10.0.0.3", 1))
    chooser.select(*handshake(WEB))
    chooser.select(*handshake(other))
    selected = chooser.select(sent(C, 0, REQUEST, pair=WEB), sent(C, 0, REQUEST, pair=other))
    assert followed(selected) == [3, 4, 5, 6, 7, 8]
    assert selected.incomplete == {0}


def test_forgetting_keeps_what_is_followed_and_what_waits() -> None:
    chooser = Chooser(7_071)
    assert chooser.selection.forget(0).tolist() == []
    clients = [("10.0.0.3", port) for port in range(1, 5)]
    ignored, waiting, third = (WEB._replace(client=client) for client in clients[:3])
    known = Pair(client=clients[3])
    chooser.select(
        sent(C, 0, b"?", pair=ignored),
        *handshake(waiting),
        *handshake(known),
        sent(C, 0, b"?", pair=third),
    )
    kept = chooser.selection.forget(chooser.numbering.slots)
    assert kept.tolist() == [1, 2]
    chooser.numbering.forget(kept)
    selected = chooser.select(
        sent(C, 0, REQUEST, pair=waiting), sent(C, 0, b"?", pair=known), sent(C, 0, b"", SYN)
    )
    assert followed(selected) == [2, 3, 4, 9, 10, 11]
    assert selected.chosen.tolist() == [0, 2]
    assert np.unique(selected.rows.slot).tolist() == [0, 1, 2]
