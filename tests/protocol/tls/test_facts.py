"""What is told of a connection when it ends."""

import pytest

from analyzer.model.limits import TLS_TIMES
from analyzer.model.source import Direction, HarSource
from analyzer.model.tls import Locked
from analyzer.protocol.tls import facts
from analyzer.protocol.tls.facts import Ledger, Tally
from analyzer.protocol.tls.handshake import client_hello, server_hello
from analyzer.protocol.tls.keyring import KeyRing
from tests.protocol.tls.made import Modern, vector
from tests.protocol.tls.made import client_hello as made_hello
from tests.protocol.tls.made import server_hello as made_answer
from tests.protocol.tls.peers import chunks_of, decode, facts_of
from tests.protocol.tls.test_certificate import der
from tests.protocol.wire import C, S, source


def ledger(version: int = 0x0304) -> Ledger:
    found = Ledger()
    found.take_hello(client_hello(made_hello()[4:]), source(1))
    found.take_answer(server_hello(made_answer(0x1301, version=version)[4:]), source(2))
    return found


def count(tally: Tally, *lengths: int, first: int = 10) -> None:
    for number, length in enumerate(lengths, first):
        if tally.count(number, source(number).time_ns or 0, length):
            tally.place(source(number))


def test_times_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "TLS_TIMES", 2)
    tally = Tally()
    count(tally, 7, 8, 9)
    told = tally.facts()
    assert (told.application, told.application_octets, told.lengths) == (3, 24, (7, 8))
    assert told.packets == (10, 11)
    assert told.last_ns == source(12).time_ns
    assert TLS_TIMES > 2


def test_handshake_is_told_from_data() -> None:
    """Nobody opened TLS 1.3: the client's Finished has a length of its own."""
    found = ledger()
    client, server = (found.tallies[way] for way in Direction)
    count(server, 40, 900, 300, 53, first=3)
    count(client, 53, 200, first=8)
    count(server, 250, 120, first=20)
    told = found.facts()
    assert told.completed is True
    assert told.finished == source(8)
    assert told.to_server.lengths == (200,)
    assert told.to_client.lengths == (250, 120)
    assert told.to_client.application_octets == 370


def test_an_alert_in_place_of_a_finished() -> None:
    found = ledger()
    client, server = (found.tallies[way] for way in Direction)
    count(server, 40, 900, first=3)
    count(client, 19, first=8)
    told = found.facts()
    assert told.completed is False
    assert told.to_server.lengths == (19,)
    assert (told.to_client.application, told.to_client.last_ns) == (0, None)


def test_a_finished_whose_time_is_not_known() -> None:
    found = ledger()
    client, server = (found.tallies[way] for way in Direction)
    client.count(1, -1, 53)
    client.place(HarSource(0, 0, None, None))
    count(server, 53, first=3)
    found.take_alert(S, b"\1\0", HarSource(0, 0, None, None))
    told = found.facts()
    assert told.to_client.application == 0
    assert told.finished == HarSource(0, 0, None, None)


@pytest.mark.parametrize(("version", "fatal"), [(0x0304, True), (0x0303, False)])
def test_what_is_fatal(version: int, fatal: bool) -> None:
    found = ledger(version)
    assert found.take_alert(C, b"\1\x30", source(9))
    (alert,) = found.facts().alerts
    assert alert.fatal is fatal


def test_the_first_handshake_is_told() -> None:
    found = ledger()
    found.take_hello(client_hello(made_hello({16: b"\0\3\2h2"})[4:]), source(5))
    found.take_answer(server_hello(made_answer(0x009C)[4:]), source(6))
    told = found.facts()
    assert (told.version, told.client_hello, told.server_hello) == ("TLS 1.3", source(1), source(2))
    assert told.alpn_offered == ()


def test_certificates_are_taken_once() -> None:
    found = ledger()
    chain = b"\0\0\0\6" + b"\0\0\1?" + b"\0\0"
    found.take_chain(chain, 0x0304)
    assert found.facts().certificates == ()
    for _ in range(2):
        found.take_chain(vector(vector(der(), 3) * 2, 3), 0x0303)
        assert len(found.facts().certificates) == 2


def test_opened_by_trying() -> None:
    found = Ledger()
    found.assume(0x1303)
    told = found.facts()
    assert (told.version, told.cipher_suite) == ("TLS 1.3", "TLS_CHACHA20_POLY1305_SHA256")


def test_of_a_capture_that_begins_late() -> None:
    talk = Modern()
    talk.send(C, 23, b"x")
    facts_told = facts_of(decode(chunks_of(talk.turns[-1:]), KeyRing()))
    assert facts_told.completed is None
    assert facts_told.offered_suites == 0


def test_behind_a_hole_the_right_keys_open_nothing_either() -> None:
    found = ledger()
    found.tallies[Direction.TO_CLIENT].failed = 1
    assert found.facts().locked is Locked.WRONG_KEYS
    cut = ledger()
    cut.tallies[Direction.TO_CLIENT].failed = 1
    cut.uncertain = True
    assert cut.facts().locked is Locked.NO_HANDSHAKE
