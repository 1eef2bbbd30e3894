"""Master secrets by every way there is to one."""

import pytest

from analyzer.capture import keylog
from analyzer.model.limits import TLS_HANDSHAKE_OCTETS
from analyzer.model.source import Direction
from analyzer.model.tls import Locked
from analyzer.protocol.tls.handshake import client_hello, server_hello
from analyzer.protocol.tls.keyring import KeyRing
from analyzer.protocol.tls.negotiation import WAIT, Negotiation
from tests.protocol.tls import made
from tests.protocol.tls.made import CLIENT, MASTER, Legacy, log
from tests.protocol.tls.peers import chunks_of, decode, facts_of, plaintext, ring_of
from tests.protocol.wire import C, S

EMS = {23: b""}


def negotiation(
    suite: int = 0x002F,
    *,
    session: bytes = b"",
    offered: bytes = b"",
    ticket: bytes | None = None,
    extended: bool = False,
) -> Negotiation:
    found = Negotiation()
    extensions = {} if ticket is None else {35: ticket}
    hello = made.client_hello(extensions, session=offered, suites=[suite])
    found.begin(client_hello(hello[4:]), hello)
    answer = made.server_hello(suite, EMS if extended else {}, session=session)
    found.answer = server_hello(answer[4:])
    found.say(S, answer)
    return found


def ring(*lines: bytes) -> KeyRing:
    found = KeyRing()
    found.add(keylog.secrets(b"".join(lines)))
    return found


def test_waits_for_both_hellos() -> None:
    found = Negotiation()
    assert found.version is None
    assert found.opener(C, KeyRing()) is WAIT
    found.hello_lost = True
    assert found.opener(C, KeyRing()) is WAIT
    found.answer_lost = True
    assert found.opener(C, KeyRing()) is Locked.NO_HANDSHAKE


def test_by_session_id() -> None:
    line = b"RSA Session-ID:%s Master-Key:%s\n" % (b"beef", MASTER.hex().encode())
    found = negotiation(session=b"\xbe\xef")
    assert not isinstance(found.opener(C, ring(line)), Locked)
    assert negotiation(session=b"\xbe\xee").opener(C, ring(line)) is Locked.NO_KEYS


def test_by_premaster_of_the_client_random() -> None:
    """Made from the messages, so it waits for all of them."""
    line = log("PMS_CLIENT_RANDOM", b"p" * 48)
    for extended in (False, True):
        found = negotiation(0xC02F, extended=extended)
        assert found.opener(C, ring(line)) is WAIT
        found.full = found.flight_over = True
        assert found.opener(S, ring(line)) is WAIT
        found.exchange_over = True
        made_keys = found.opener(S, ring(line))
        assert not isinstance(made_keys, Locked)
        assert found.opener(S, ring(line)) is made_keys
        assert found.opener(C, ring(line)) is not made_keys


def test_a_session_hash_of_messages_that_were_lost() -> None:
    found = negotiation(extended=True)
    found.flight_over = found.broken = True
    assert found.opener(C, ring(log("PMS_CLIENT_RANDOM", b"p" * 48))) is Locked.NO_HANDSHAKE


def test_messages_are_bounded() -> None:
    found = negotiation()
    found.say(C, bytes(2 * TLS_HANDSHAKE_OCTETS))
    assert found.broken


@pytest.mark.parametrize("exchange", [None, b"\xff", b"\0\x0a0123456789", b"\0\x0a1123456789"])
def test_by_rsa(exchange: bytes | None) -> None:
    line = b"RSA 3031323334353637 %s\n" % (b"\3\3" + b"p" * 46).hex().encode()
    found = negotiation()
    found.flight_over = True
    found.exchange = exchange
    made_keys = found.opener(C, ring(line))
    good = exchange is not None and exchange[2:3] == b"0"
    assert isinstance(made_keys, Locked) is not good


def test_a_suite_without_rsa_needs_no_private_key() -> None:
    found = negotiation(0xC02F)
    assert found.opener(C, ring(b"RSA 3031323334353637 %s\n" % (b"70" * 48))) is Locked.NO_KEYS


def test_resumed_by_id_or_ticket() -> None:
    keys = KeyRing()
    keys.remember(b"id", MASTER)
    keys.remember(b"ticket", MASTER)
    assert not isinstance(negotiation(session=b"id", offered=b"id").opener(C, keys), Locked)
    assert negotiation(session=b"id", offered=b"other").opener(C, keys) is Locked.NO_KEYS
    by_ticket = negotiation(ticket=b"ticket")
    assert by_ticket.opener(C, keys) is WAIT
    by_ticket.flight_over = True
    assert not isinstance(by_ticket.opener(C, keys), Locked)
    refused = negotiation(ticket=b"ticket")
    refused.full = refused.flight_over = True
    assert refused.opener(C, keys) is Locked.NO_KEYS


def test_another_hello_begins_anew() -> None:
    found = negotiation()
    hello = made.client_hello(random=b"\x07" * 32)
    found.begin(client_hello(hello[4:]), hello)
    assert found.hello is not None
    assert found.hello.random == b"\x07" * 32
    assert found._said[Direction.TO_SERVER] == [hello]


def test_a_ticket_before_and_behind_the_keys() -> None:
    keys = ring(log("CLIENT_RANDOM", MASTER))
    found = negotiation()
    found.give(b"before", keys)
    assert keys.recall(b"before") is None
    found.opener(C, keys)
    found.give(b"behind", keys)
    assert keys.recall(b"before") == keys.recall(b"behind") == MASTER


@pytest.mark.parametrize("suite", [0xC05C, 0xC07A])
def test_a_cipher_that_is_not_carried(suite: int) -> None:
    keys = ring(log("CLIENT_RANDOM", MASTER))
    assert negotiation(suite).opener(C, keys) is Locked.CIPHER


def test_a_whole_connection_by_its_session_id() -> None:
    talk = Legacy(0x009C)
    talk.send(C, 23, b"text")
    line = f"RSA Session-ID:{(b's' * 32).hex()} Master-Key:{MASTER.hex()}".encode()
    events = decode(chunks_of(talk.turns), ring_of(line))
    assert plaintext(events, C) == b"text"
    assert facts_of(events).resumed is False
    assert bytes(range(32)) == CLIENT
