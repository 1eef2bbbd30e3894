"""What one direction learns from the other."""

import zlib

from analyzer.model.source import Direction
from analyzer.protocol.tls.handshake import Message, chain
from analyzer.protocol.tls.keyring import KeyRing
from analyzer.protocol.tls.talk import Talk
from tests.protocol.tls import made
from tests.protocol.tls.made import Modern, message, record, vector
from tests.protocol.tls.peers import chunks_of, decode, facts_of, ring_of
from tests.protocol.tls.test_certificate import der
from tests.protocol.wire import C, S, source


def told(octets: bytes) -> Message:
    return Message(octets[0], octets[4:], octets)


def test_a_compressed_chain() -> None:
    body = b"\0" + vector(vector(der(), 3) + b"\0\0", 3)
    assert chain(body, 0x0304) == (der(),)
    for method, found in ((1, 1), (2, 0)):
        talk = Modern()
        talk.use(S, "SERVER_HANDSHAKE_TRAFFIC_SECRET")
        squeezed = method.to_bytes(2, "big") + len(body).to_bytes(3, "big")
        flight = message(25, squeezed + vector(zlib.compress(body), 3))
        talk.turns[3] = (S, talk.sealers[S](22, flight))
        facts = facts_of(decode(chunks_of(talk.turns), ring_of(talk.keys)))
        assert len(facts.certificates) == found


def test_each_direction_comes_to_the_next_handshake_by_itself() -> None:
    talk = Talk(KeyRing())
    talk.take(C, told(made.client_hello()), source(1))
    talk.change(C)
    talk.take(C, told(made.client_hello(random=b"\x07" * 32)), source(2))
    assert len(talk._negotiations) == 2
    talk.take(S, told(made.server_hello(0x002F)), source(3))
    talk.change(S)
    talk.take(S, told(made.server_hello(0x0035)), source(4))
    assert len(talk._negotiations) == 1
    assert talk.arrive(C)


def test_messages_of_the_wrong_side() -> None:
    talk = Talk(KeyRing())
    talk.take(S, told(made.client_hello()), source(1))
    talk.take(C, told(made.server_hello(0x002F)), source(1))
    talk.take(C, told(message(11, b"")), source(1))
    assert talk.ledger.facts().version is None


def test_a_renegotiation_is_not_called_resumed() -> None:
    talk = Talk(KeyRing())
    talk.take(C, told(made.client_hello()), source(1))
    talk.take(S, told(made.server_hello(0x002F)), source(2))
    talk.change(S)
    assert talk.ledger.resumed is True
    talk.take(S, told(made.server_hello(0x002F)), source(2))
    talk.take(S, told(message(14, b"")), source(2))
    talk.change(S)
    assert talk.ledger.resumed is True


def test_a_hole_in_the_handshake_makes_it_uncertain() -> None:
    talk = Talk(KeyRing())
    talk.hole(S)
    talk.take(S, told(made.server_hello(0x002F)), source(2))
    talk.change(S)
    facts = talk.ledger.facts()
    assert (facts.resumed, facts.completed) == (None, None)
    for way in Direction:
        talk.take(way, told(message(20, b"")), source(3))
    talk.hole(C)
    assert talk.ledger.facts().completed is True


def test_what_tls13_says_outside_its_protection() -> None:
    talk = Modern()
    talk.send(C, 23, b"x")
    talk.turns.append((C, record(20, b"\1")))
    talk.turns.append((C, record(24, b"heart")))
    facts = facts_of(decode(chunks_of(talk.turns), ring_of(talk.keys)))
    assert facts.to_server.opened == 2
    assert facts.to_server.records == 5
