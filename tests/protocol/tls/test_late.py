"""TLS 1.3 of which the capture shows no handshake: the key is found by trying."""

import ssl

import pytest

from analyzer.model.tls import Locked
from analyzer.protocol.tls.late import DERIVING
from tests.protocol.tls.made import Legacy, Modern, log
from tests.protocol.tls.peers import (
    Peers,
    chunks_of,
    decode,
    facts_of,
    plaintext,
    ring_of,
    said,
)
from tests.protocol.wire import C, S

LATE = [(C, b"ping %d" % n) if n % 2 else (S, b"pong %d" % n) for n in range(200)]


def test_a_late_start() -> None:
    talk = Peers(ssl.TLSVersion.TLSv1_3).talk(LATE)
    others = b"".join(Peers(ssl.TLSVersion.TLSv1_3).talk([]).keys for _ in range(3))
    ring = ring_of(others, talk.keys)
    events = decode(chunks_of(talk.turns[-102:]), ring)
    # The last two turns close.
    assert plaintext(events, C) == said(LATE[-100:], C)
    assert plaintext(events, S) == said(LATE[-100:], S)
    facts = facts_of(events)
    assert facts.locked is None
    assert (facts.version, facts.cipher_suite) == ("TLS 1.3", "TLS_AES_256_GCM_SHA384")
    assert (facts.completed, facts.resumed, facts.server_hello) == (None, None, None)
    assert ring.anomalies() == []


def test_no_key_fits() -> None:
    talk = Peers(ssl.TLSVersion.TLSv1_3).talk(LATE)
    ring = ring_of(Modern().keys)
    before = ring.attempts
    facts = facts_of(decode(chunks_of(talk.turns[-20:]), ring))
    assert facts.locked is Locked.NO_HANDSHAKE
    assert facts.version is None
    assert ring.attempts < before


@pytest.mark.parametrize("attempts", [0, 10])
def test_attempts_are_bounded(attempts: int) -> None:
    talk = Modern()
    for _, octets in LATE:
        talk.send(C, 23, octets)
    ring = ring_of(talk.keys)
    ring.attempts = attempts
    facts = facts_of(decode(chunks_of(talk.turns[-20:]), ring))
    assert facts.locked is Locked.NO_HANDSHAKE
    assert ring.attempts == 0


def test_so_are_the_secrets_that_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Making the keys of a secret takes longer than trying them on a record."""
    talk = Modern()
    talk.send(C, 23, b"hello")
    others = b"".join(
        b"CLIENT_TRAFFIC_SECRET_0 %064x %064x\n" % (number, number) for number in range(1, 40)
    )
    late = chunks_of(talk.turns[-1:])
    assert facts_of(decode(late, ring_of(others + talk.keys))).locked is None
    monkeypatch.setattr("analyzer.protocol.tls.late.CANDIDATES", 40)
    assert facts_of(decode(late, ring_of(others + talk.keys))).locked is Locked.NO_HANDSHAKE
    monkeypatch.setattr("analyzer.protocol.tls.late.ATTEMPTS", 50)
    ring = ring_of(others)
    before = ring.attempts
    decode(late, ring)
    assert before - ring.attempts == 40 * DERIVING
    assert [one.values for one in ring.anomalies()] == [{"limit": "TLS_CANDIDATES", "value": 40}]


def test_secrets_of_an_unknown_length() -> None:
    talk = Modern()
    talk.send(C, 23, b"x")
    ring = ring_of(log("CLIENT_TRAFFIC_SECRET_0", b"s" * 20))
    facts = facts_of(decode(chunks_of(talk.turns[-1:]), ring))
    assert facts.locked is Locked.NO_HANDSHAKE


def test_nothing_is_tried_before_tls13() -> None:
    talk = Legacy(0x009C)
    talk.send(S, 23, b"x")
    ring = ring_of(Modern().keys)
    before = ring.attempts
    only = [chunk for chunk in chunks_of(talk.turns) if chunk.direction is S]
    assert facts_of(decode(only, ring)).locked is Locked.NO_HANDSHAKE
    assert ring.attempts == before
