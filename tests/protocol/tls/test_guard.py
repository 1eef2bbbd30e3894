"""Which keys protect a record, and which number it may have."""

import pytest

from analyzer.model.tls import Locked
from analyzer.protocol.tls import guard
from analyzer.protocol.tls.cipher import Header
from analyzer.protocol.tls.guard import BAD_MAC, CONTEXT, NO_KEY, Legacy, Stages
from analyzer.protocol.tls.handshake import client_hello, server_hello
from analyzer.protocol.tls.keyring import KeyRing
from analyzer.protocol.tls.negotiation import Negotiation
from tests.protocol.tls import made
from tests.protocol.tls.made import Modern, Sealer
from tests.protocol.tls.peers import ring_of
from tests.protocol.tls.test_cipher import pair, split
from tests.protocol.wire import C, S


def stages(talk: Modern, *, suite: int = 0x1301, keys: KeyRing | None = None) -> Stages:
    found = Negotiation()
    found.hello = client_hello(made.client_hello()[4:])
    found.answer = server_hello(made.server_hello(suite, version=0x0304)[4:])
    return Stages(C, found, ring_of(talk.keys) if keys is None else keys)


def test_numbers_are_tried_as_far_as_means_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "MEANS", 6000)
    sealer, opener = pair(0xCCA8)
    records = [split(sealer(23, b"text")) for _ in range(100)]
    legacy = Legacy(opener, compressed=False)
    legacy.lose(0, 1000, None)
    assert legacy.open(*records[90]) == BAD_MAC
    assert legacy.open(*records[0]) == (23, b"text")


def test_a_stream_behind_a_hole() -> None:
    sealer, opener = pair(0x0005)
    legacy = Legacy(opener, compressed=False)
    legacy.lose(1, 2, None)
    assert legacy.open(*split(sealer(23, b"text"))) == CONTEXT


def test_compression_behind_a_hole() -> None:
    sealer, opener = pair(0x002F)
    legacy = Legacy(opener, compressed=True)
    legacy.lose(1, 1, 20)
    assert legacy.open(*split(sealer(23, b"text"))) == CONTEXT


def test_stages_in_order() -> None:
    talk = Modern()
    found = stages(talk)
    assert found.stage == "handshake"
    assert not found.has_early
    talk.use(C, "CLIENT_TRAFFIC_SECRET_0")
    assert found.open(*split(talk.sealers[C](23, b"text"))) == (23, b"text")
    assert found.stage == "application"
    assert found.next == 1
    found.go_to("handshake")  # behind us
    assert found.stage == "application"


def test_why_it_is_locked() -> None:
    talk = Modern()
    assert stages(talk).locked() is None
    assert stages(talk, keys=KeyRing()).locked() is Locked.NO_KEYS
    assert stages(talk, suite=0x00C6).locked() is Locked.CIPHER
    assert stages(talk, suite=0x009C).locked() is Locked.CIPHER
    assert Stages(C, Negotiation(), KeyRing()).locked() is Locked.NO_HANDSHAKE


def test_the_secret_of_the_handshake_is_missing() -> None:
    talk = Modern()
    del talk.secrets["CLIENT_HANDSHAKE_TRAFFIC_SECRET"]
    found = stages(talk)
    header = Header(23, b"\3\3", b"\x17\3\3\0\x20")
    assert found.open(header, bytes(32)) == NO_KEY


def test_a_lost_update_cannot_be_found_before_there_is_data() -> None:
    talk = Modern()
    found = stages(talk)
    found.lose(0, 3, None)
    header = Header(23, b"\3\3", b"\x17\3\3\0\x20")
    assert found.open(header, bytes(32)) == BAD_MAC


def test_later_secrets_of_a_key_log() -> None:
    """The next one is taken from there, if it is there."""
    talk = Modern()
    talk.secrets["CLIENT_TRAFFIC_SECRET_1"] = b"z" * 32
    found = stages(talk)
    found.go_to("application")
    found.update()
    talk.arm(C, b"z" * 32)
    assert found.open(*split(talk.sealers[C](23, b"text"))) == (23, b"text")


def test_an_update_without_its_secret() -> None:
    """That of the data is not known: nor is the next."""
    talk = Modern()
    del talk.secrets["CLIENT_TRAFFIC_SECRET_0"]
    found = stages(talk)
    found.go_to("application")
    found.lose(0, 2, None)
    header = Header(23, b"\3\3", b"\x17\3\3\0\x20")
    assert found.open(header, bytes(32)) == NO_KEY
    found.update()
    assert found.locked() is Locked.NO_KEYS
    assert isinstance(talk.sealers[S], Sealer)
