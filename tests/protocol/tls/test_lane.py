"""One direction: what its records hold, behind holes and damage too."""

import pytest

from analyzer.model.anomaly import AnomalyCode
from analyzer.model.events import Item
from analyzer.model.flow import Chunk, EndCause, Gap, GapReason, Provenance
from analyzer.model.limits import TLS_ALERTS, TLS_HANDSHAKE_OCTETS, TLS_WAITING_OCTETS
from analyzer.model.tls import Locked
from analyzer.protocol.tls import decoder, lane
from analyzer.protocol.tls.decoder import Tls
from analyzer.protocol.tls.keyring import KeyRing
from tests.protocol.tls.made import (
    CLIENT,
    Legacy,
    Modern,
    client_hello,
    log,
    message,
    record,
    server_hello,
    vector,
)
from tests.protocol.tls.peers import (
    chunks_of,
    decode,
    facts_of,
    missing,
    oddities,
    plaintext,
    ring_of,
)
from tests.protocol.wire import CONNECTION, C, S, codes, end, source

OLD = [
    ("RC4", 0x0005, 0x0301), ("RC4 MD5", 0x0004, 0x0300), ("3DES", 0x000A, 0x0303),
    ("3DES SSL 3.0", 0x000A, 0x0300), ("DES", 0x0009, 0x0301), ("IDEA", 0x0007, 0x0302),
    ("SEED", 0x0096, 0x0301), ("export RC4", 0x0003, 0x0301), ("export RC2", 0x0006, 0x0301),
    ("export DES40", 0x0008, 0x0300), ("export RC4 SSL 3.0", 0x0003, 0x0300),
    ("AES SSL 3.0", 0x002F, 0x0300), ("NULL SSL 3.0", 0x0001, 0x0300), ("AES", 0x002F, 0x0301),
    ("no MAC", 0x0000, 0x0303), ("Camellia", 0x0041, 0x0302),
]  # fmt: skip


BOTH_ORDERS = (0x002F, 0x000A)
"""Suites tried with encrypt-then-MAC (RFC 7366), which is for block ciphers."""


@pytest.mark.parametrize(
    ("suite", "version", "mac_last"),
    [
        pytest.param(suite, version, mac_last, id=f"{name}, MAC {'last' if mac_last else 'first'}")
        for name, suite, version in OLD
        for mac_last in ([False, True] if suite in BOTH_ORDERS else [False])
    ],
)
def test_old_suites(suite: int, version: int, *, mac_last: bool) -> None:
    talk = Legacy(suite, version, mac_last=mac_last)
    talk.send(C, 23, b"one")
    talk.send(S, 23, b"x" * 5000)
    talk.send(C, 23, b"", padding=0 if version == 0x0300 else 1)
    talk.send(C, 23, b"two", padding=0 if version == 0x0300 else 3)
    talk.send(C, 21, b"\1\0")
    events = decode(chunks_of(talk.turns), ring_of(talk.keys))
    assert oddities(events) == []
    assert plaintext(events, C) == b"onetwo"
    assert plaintext(events, S) == b"x" * 5000
    assert [alert.description for alert in facts_of(events).alerts] == ["close_notify"]


def old_hello(challenge: bytes = CLIENT, specs: bytes = b"\0\0\x2f\7\0\xc0") -> bytes:
    head = b"\1\3\1" + b"".join(len(x).to_bytes(2, "big") for x in (specs, b"", challenge))
    return head + specs + challenge


def test_a_hello_in_the_form_of_ssl2() -> None:
    talk = Legacy(0x002F, 0x0301)
    octets = old_hello()
    talk.turns[0] = (C, (0x8000 | len(octets)).to_bytes(2, "big") + octets)
    talk.send(C, 23, b"text")
    for cut in (1, 7, 1000):
        turns = [(w, o[at : at + cut]) for w, o in talk.turns for at in range(0, len(o), cut)]
        events = decode(chunks_of(turns), ring_of(talk.keys))
        assert oddities(events) == []
        assert plaintext(events, C) == b"text"
        facts = facts_of(events)
        assert (facts.offered_versions, facts.offered_suites) == (("TLS 1.0",), 1)


@pytest.mark.parametrize("challenge", [b"c" * 16, b"c" * 33])
def test_another_hello_in_the_form_of_ssl2(challenge: bytes) -> None:
    octets = old_hello(challenge)
    turns = [(C, (0x8000 | len(octets)).to_bytes(2, "big") + octets)]
    events = decode(chunks_of(turns), KeyRing())
    whole = len(challenge) <= 32
    assert (facts_of(events).client_hello is not None) == whole
    assert oddities(events) == ([] if whole else [("tls.handshake.malformed", {"type": 1})])


def test_null_without_keys() -> None:
    """Nothing is hidden, so no key is needed."""
    talk = Legacy(0x0002)
    talk.send(C, 23, b"open")
    events = decode(chunks_of(talk.turns), KeyRing())
    assert plaintext(events, C) == b"open"
    assert facts_of(events).locked is None


def test_compression() -> None:
    talk = Legacy(0x002F, 0x0302, compression=1)
    talk.send(C, 23, b"a" * 3000)
    talk.send(C, 23, b"a" * 3000)
    events = decode(chunks_of(talk.turns), ring_of(talk.keys))
    assert plaintext(events, C) == b"a" * 6000


@pytest.mark.parametrize("bad", [b"\xff" * 9, None])
def test_compression_that_does_not_inflate(bad: bytes | None) -> None:
    """Damaged, or more than a record may hold; behind it the context is lost."""
    talk = Legacy(0x002F, 0x0302, compression=1)
    talk.send(C, 23, b"fine")
    if bad is None:
        talk.send(C, 23, bytes(40_000))
    else:
        talk.turns.append((C, talk.sealers[C](23, bad)))
    talk.send(C, 23, b"lost")
    talk.send(S, 23, b"fine")
    events = decode(chunks_of(talk.turns), ring_of(talk.keys))
    assert plaintext(events, C) == b"fine"
    assert plaintext(events, S) == b"fine"
    assert oddities(events) == [
        ("tls.record.not-opened", {"reason": "decompression_failure", "record": 5})
    ]


def test_an_unknown_compression() -> None:
    talk = Legacy(0x002F, 0x0302, compression=64)
    assert facts_of(decode(chunks_of(talk.turns), ring_of(talk.keys))).locked is Locked.CIPHER


@pytest.mark.parametrize("suite", [0xC100, 0xFFFF])
def test_a_cipher_nobody_carries(suite: int) -> None:
    talk = Legacy(0x002F)
    talk.turns[1] = (S, record(22, server_hello(suite)))
    talk.send(C, 23, b"x")
    events = decode(chunks_of(talk.turns), ring_of(talk.keys))
    assert facts_of(events).locked is Locked.CIPHER
    assert plaintext(events, C) == b""


def test_renegotiation() -> None:
    talk = Legacy(0x009C)
    talk.send(C, 23, b"before ")
    talk.keys += b"CLIENT_RANDOM %s %s\n" % (b"77" * 32, bytes(range(48)).hex().encode())
    talk.send(S, 22, message(0, b""))
    talk.handshake(b"\x77" * 32)
    talk.send(C, 23, b"after")
    talk.send(S, 23, b"too")
    for order in (talk.turns, sorted(talk.turns, key=lambda turn: turn[0] is C)):
        events = decode(chunks_of(order), ring_of(talk.keys))
        assert oddities(events) == []
        assert plaintext(events, C) == b"before after"
        assert plaintext(events, S) == b"too"


def test_renegotiation_that_the_server_refuses() -> None:
    talk = Legacy(0x009C)
    talk.send(C, 22, client_hello(random=b"\x77" * 32))
    talk.send(S, 21, b"\1\x64")
    talk.send(C, 23, b"on")
    events = decode(chunks_of(talk.turns), ring_of(talk.keys))
    assert plaintext(events, C) == b"on"
    (alert,) = facts_of(events).alerts
    assert (alert.fatal, alert.description) == (False, "no_renegotiation")


def test_key_update_and_padding() -> None:
    talk = Modern()
    talk.send(C, 23, b"one ", padding=200)
    secret = talk.update(C, talk.secrets["CLIENT_TRAFFIC_SECRET_0"])
    talk.send(C, 23, b"two ")
    talk.update(C, secret)
    talk.send(C, 23, b"three")
    talk.send(S, 23, b"answer")
    events = decode(chunks_of(talk.turns), ring_of(talk.keys))
    assert oddities(events) == []
    assert plaintext(events, C) == b"one two three"
    assert plaintext(events, S) == b"answer"


def test_nothing_but_padding() -> None:
    talk = Modern()
    suite_sealer = talk.sealers[C]
    talk.turns.append((C, record(23, suite_sealer._modern(23, bytes(20)))))
    events = decode(chunks_of(talk.turns), ring_of(talk.keys))
    assert oddities(events)[0][1]["reason"] == "unexpected_message"


@pytest.mark.parametrize("known", [True, False])
def test_early_data(known: bool) -> None:
    talk = Modern(early=[b"early ", b"data "])
    talk.send(C, 23, b"late")
    if not known:
        del talk.secrets["CLIENT_EARLY_TRAFFIC_SECRET"]
    events = decode(chunks_of(talk.turns), ring_of(talk.keys))
    facts = facts_of(events)
    assert facts.resumed is True
    assert facts.completed is True
    if known:
        assert plaintext(events, C) == b"early data late"
        assert facts.early_data is True
        assert oddities(events) == []
    else:
        assert plaintext(events, C) == b"late"
        assert oddities(events)[0][1] == {"reason": "no key", "record": 1}
        assert missing(events, C)[0].reason is GapReason.ENCRYPTED


def test_early_data_nobody_opens() -> None:
    talk = Modern(early=[b"early"])
    events = decode(chunks_of(talk.turns), KeyRing())
    facts = facts_of(events)
    assert facts.locked is Locked.NO_KEYS
    assert facts.to_server.application == 3


def without(talk: Legacy | Modern, *lost: int, measured: bool = True) -> list[Item]:
    """The turns, some of them lost."""
    items: list[Item] = []
    for index, c in enumerate(chunks_of(talk.turns)):
        if index % len(talk.turns) in [at % len(talk.turns) for at in lost]:
            length = len(c.octets) if measured else None
            items.append(Gap(c.direction, c.offset, length, GapReason.LOST, source(index)))
        else:
            items.append(c)
    return items


@pytest.mark.parametrize("measured", [True, False])
@pytest.mark.parametrize("suite", [0x009C, 0xC09C, 0xCCA8, 0x002F, 0x0002])
def test_lost_records(suite: int, measured: bool) -> None:
    """The sequence number behind them is found."""
    talk = Legacy(suite)
    for octets in (b"one ", b"two ", b"three ", b"four"):
        talk.send(C, 23, octets)
    events = decode(without(talk, -3, -2, measured=measured), ring_of(talk.keys))
    assert plaintext(events, C) == b"one four"
    assert [hole.reason for hole in missing(events, C)] == [GapReason.LOST]
    assert oddities(events) == []


@pytest.mark.parametrize("mac_last", [False, True])
def test_lost_records_of_a_chained_block_cipher(mac_last: bool) -> None:
    """The first record behind a hole lacks its IV."""
    talk = Legacy(0x002F, 0x0301, mac_last=mac_last)
    for octets in (b"one ", b"two ", b"three ", b"four"):
        talk.send(C, 23, octets)
    events = decode(without(talk, -3), ring_of(talk.keys))
    assert plaintext(events, C) == b"one four"
    assert [hole.reason for hole in missing(events, C)] == [GapReason.LOST]
    assert oddities(events) == [
        ("tls.record.not-opened", {"reason": "bad_record_mac", "record": 5})
    ]


def test_lost_records_of_a_stream_cipher() -> None:
    talk = Legacy(0x0005, 0x0301)
    for octets in (b"one ", b"two ", b"three ", b"four"):
        talk.send(C, 23, octets)
    events = decode(without(talk, -3), ring_of(talk.keys))
    assert plaintext(events, C) == b"one "
    assert oddities(events)[0][1]["reason"] == "context lost"
    # Part of one record: its length tells how far the key stream has gone.
    chunks = chunks_of(talk.turns)
    two = chunks[-3]
    begin = Chunk(C, two.offset, two.octets[:9], two.provenance)
    hole = Gap(C, two.offset + 9, len(two.octets) - 9, GapReason.LOST, source(50))
    events = decode([*chunks[:-3], begin, hole, *chunks[-2:]], ring_of(talk.keys))
    assert plaintext(events, C) == b"one three four"
    assert oddities(events) == []


def test_lost_key_update() -> None:
    talk = Modern()
    talk.send(C, 23, b"one ")
    talk.update(C, talk.secrets["CLIENT_TRAFFIC_SECRET_0"])
    talk.send(C, 23, b"lost ")
    talk.send(C, 23, b"two ")
    talk.send(C, 23, b"three")
    events = decode(without(talk, -4, -3), ring_of(talk.keys))
    assert plaintext(events, C) == b"one two three"
    # Not under the next keys either: the record is damaged.
    talk.turns[-2] = (C, talk.turns[-2][1][:-1] + b"?")
    events = decode(without(talk, -4, -3), ring_of(talk.keys))
    assert plaintext(events, C) == b"one three"


def test_a_damaged_record_is_passed_over() -> None:
    talk = Modern()
    for octets in (b"one ", b"two ", b"three"):
        talk.send(C, 23, octets)
    way, octets = talk.turns[-2]
    talk.turns[-2] = (way, octets[:-1] + bytes([octets[-1] ^ 1]))
    events = decode(chunks_of(talk.turns), ring_of(talk.keys))
    assert plaintext(events, C) == b"one three"
    assert [hole.reason for hole in missing(events, C)] == [GapReason.ENCRYPTED]
    assert facts_of(events).locked is None


def test_octets_that_are_no_record() -> None:
    talk = Modern()
    talk.send(C, 23, b"one ")
    talk.turns.append((C, b"nonsense" * 9))
    talk.send(C, 23, b"two ")
    talk.send(C, 23, b"three ")
    talk.turns.append((C, b"\x17\x03\x03\xff\xff"))
    talk.send(C, 23, b"four")
    events = decode(chunks_of(talk.turns), ring_of(talk.keys))
    assert plaintext(events, C) == b"one two three four"
    assert codes(events) == [AnomalyCode.TLS_RECORD] * 2


def test_a_change_of_keys_that_was_lost() -> None:
    talk = Legacy(0x009C)
    talk.send(C, 23, b"on")
    changes = [i for i, (way, octets) in enumerate(talk.turns) if way is C and octets[0] == 20]
    events = decode(without(talk, *changes), ring_of(talk.keys))
    assert plaintext(events, C) == b"on"
    # With the Finished behind it.
    events = decode(without(talk, *changes, changes[0] + 1), ring_of(talk.keys))
    assert plaintext(events, C) == b"on"


def test_messages_behind_a_hole_in_the_handshake() -> None:
    talk = Legacy(0x009C, handshake=False)
    talk.send(S, 22, server_hello(0x009C) + message(11, vector(vector(b"c" * 900, 3), 3))[:300])
    talk.send(S, 22, message(11, b"")[:0] + b"c" * 600)
    talk.send(S, 22, message(14, b""))
    events = decode(without(talk, 1), KeyRing())
    assert facts_of(events).version == "TLS 1.2"


def test_a_hole_within_a_handshake_record_hides_no_data() -> None:
    talk = Legacy(0x009C)
    talk.send(S, 23, b"all")
    chunks: list[Item] = list(chunks_of(talk.turns))
    flight = chunks[1]
    assert isinstance(flight, Chunk)
    begin = Chunk(S, 0, flight.octets[:20], flight.provenance)
    hole = Gap(S, 20, len(flight.octets) - 20, GapReason.SNAPLEN, source(2))
    events = decode([chunks[0], begin, hole, *chunks[2:]], ring_of(talk.keys))
    assert missing(events, S)[0].reason is GapReason.ENCRYPTED
    assert facts_of(events).locked is Locked.NO_HANDSHAKE
    assert facts_of(events).completed is True


def test_records_cut_short_are_counted() -> None:
    talk = Modern()
    talk.send(S, 23, b"x" * 500)
    chunks = chunks_of(talk.turns)
    last = chunks[-1]
    begin = Chunk(S, last.offset, last.octets[:30], last.provenance)
    hole = Gap(S, last.offset + 30, len(last.octets) - 30, GapReason.SNAPLEN, source(77))
    for place in (source(77), None):
        cut = Gap(S, hole.offset, hole.length, hole.reason, place)
        facts = facts_of(decode([*chunks[:-1], begin, cut], ring_of(talk.keys)))
        assert facts.to_client.lengths == ((517,) if place is not None else ())


def test_a_record_cut_by_the_end() -> None:
    talk = Modern()
    talk.send(S, 23, b"x" * 500)
    talk.turns[-1] = (S, talk.turns[-1][1][:100])
    for ring in (ring_of(talk.keys), KeyRing()):
        events = decode(chunks_of(talk.turns), ring)
        assert len(missing(events, S)) == 1
        assert plaintext(events, S) == b""


def test_what_is_left_waits_for_the_other_direction() -> None:
    """A record that only the end makes sure of, while the server has not been heard."""
    talk = Modern()
    talk.send(C, 23, b"text")
    client = [c for c in chunks_of(talk.turns) if c.direction is C]
    server = [c for c in chunks_of(talk.turns) if c.direction is S]
    hole = Gap(C, client[1].offset, None, GapReason.LOST, source(9))
    events = decode([client[0], hole, client[-1], end(C), *server], ring_of(talk.keys))
    assert plaintext(events, C) == b"text"


def test_a_record_waits_for_a_flight() -> None:
    """The ChangeCipherSpec is lost, and the premaster secret needs all that the server says."""
    talk = Legacy(0xC02F, handshake=False)
    hello, answer = client_hello(suites=[0xC02F]), server_hello(0xC02F)
    talk.turns = [(C, record(22, hello)), (S, record(22, answer)), (C, record(23, b"x" * 40))]
    keys = log("PMS_CLIENT_RANDOM", b"p" * 48)
    tls = Tls(0, ring_of(keys))
    for chunk in chunks_of(talk.turns):
        assert tls.feed(chunk) == []
    told = tls.feed(end(S))
    assert oddities(told) == [("tls.record.not-opened", {"reason": "bad_record_mac", "record": 1})]


def test_alerts() -> None:
    talk = Modern()
    for octets in (b"\1\0", b"\1\x5a", b"\2\x28", b"\1\xff"):
        talk.send(S, 21, octets)
    talk.send(S, 21, b"\1")
    found = facts_of(decode(chunks_of(talk.turns), ring_of(talk.keys))).alerts
    assert [(alert.fatal, alert.description) for alert in found] == [
        (False, "close_notify"), (False, "user_canceled"), (True, "handshake_failure"),
        (True, "255"), (None, None),
    ]  # fmt: skip


def test_alerts_are_bounded() -> None:
    turns = [(C, record(21, b"\1\0"))] * (TLS_ALERTS + 2)
    events = decode(chunks_of(turns), KeyRing())
    assert len(facts_of(events).alerts) == TLS_ALERTS
    assert oddities(events) == [("limit.reached", {"limit": "TLS_ALERTS", "value": TLS_ALERTS})] * 2


def test_plain_alert_in_tls13() -> None:
    """A server that cannot read what it got says so in the clear."""
    talk = Modern()
    talk.turns.append((S, record(21, b"\2\x14")))
    (alert,) = facts_of(decode(chunks_of(talk.turns), ring_of(talk.keys))).alerts
    assert alert.description == "bad_record_mac"
    talk.send(S, 23, b"x")


def test_other_content_types() -> None:
    talk = Modern()
    talk.send(C, 24, b"heartbeat")
    talk.send(C, 99, b"?")
    events = decode(chunks_of(talk.turns), ring_of(talk.keys))
    assert oddities(events) == [("tls.record.malformed", {"reason": "content type", "type": 99})]


def test_a_message_too_long() -> None:
    talk = Legacy(0x009C, handshake=False)
    talk.send(S, 22, server_hello(0x009C) + b"\x0b\xff\xff\xff" + b"c" * 100)
    talk.send(S, 22, b"c" * 100)
    events = decode(chunks_of(talk.turns), KeyRing())
    assert oddities(events) == [
        ("limit.reached", {"limit": "TLS_HANDSHAKE_OCTETS", "value": TLS_HANDSHAKE_OCTETS})
    ]


def test_malformed_messages() -> None:
    turns = [(C, record(22, message(1, b"short"))), (S, record(22, message(2, b"short")))]
    events = decode(chunks_of(turns), KeyRing())
    assert oddities(events) == [("tls.handshake.malformed", {"type": kind}) for kind in (1, 2)]


def test_what_waits_is_bounded() -> None:
    talk = Modern()
    for _ in range(TLS_WAITING_OCTETS // 16_000 + 2):
        talk.send(C, 23, b"x" * 16_000)
    tls = Tls(0, ring_of(talk.keys))
    events = []
    for chunk in [c for c in chunks_of(talk.turns) if c.direction is C]:
        events += tls.feed(chunk)
    assert oddities(events) == [
        ("limit.reached", {"limit": "TLS_WAITING_OCTETS", "value": TLS_WAITING_OCTETS})
    ]
    assert facts_of([*events, *decode([], KeyRing())]).locked is None


def test_what_waits_is_bounded_over_all_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoder, "ALL_TLS_WAITING_OCTETS", 50_000)
    talk = Modern()
    for _ in range(2):
        talk.send(C, 23, b"x" * 16_000)
    ring = ring_of(talk.keys)
    client = [c for c in chunks_of(talk.turns) if c.direction is C]
    one, other = Tls(0, ring), Tls(0, ring)
    for chunk in client:
        assert one.feed(chunk) == []
    told = [code for chunk in client for code in codes(other.feed(chunk))]
    assert told == [AnomalyCode.LIMIT]
    for tls in (one, other):
        tls.feed(CONNECTION)
    assert ring.waiting == 0


def test_the_wrong_keys_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lane, "GIVE_UP", 3)
    talk = Legacy(0x009C)
    for _ in range(5):
        talk.send(C, 23, b"x")
    events = decode(chunks_of(talk.turns), ring_of(talk.keys.replace(b"2f", b"00")))
    facts = facts_of(events)
    assert facts.locked is Locked.WRONG_KEYS
    assert facts.to_server.application == 5
    assert [values["record"] for _, values in oddities(events)] == [3, 2]


def test_one_direction_only() -> None:
    """The keys are found by trying, with the cipher suite or without."""
    talk = Modern()
    talk.send(C, 23, b"from the client")
    talk.send(S, 23, b"from the server")
    for way, octets in ((C, b"from the client"), (S, b"from the server")):
        only = [c for c in chunks_of(talk.turns) if c.direction is way]
        events = decode(only, ring_of(talk.keys))
        assert facts_of(events).locked is None
        assert plaintext(events, way) == octets


@pytest.mark.parametrize("cause", [EndCause.FIN, EndCause.CAPTURE_END])
def test_the_end_is_handed_on(cause: EndCause) -> None:
    talk = Modern()
    talk.send(C, 23, b"four")
    tls = Tls(0, ring_of(talk.keys))
    for chunk in chunks_of(talk.turns):
        tls.feed(chunk)
    (told,) = tls.feed(end(C, cause))
    assert (told.offset, told.cause) == (4, cause)  # type: ignore[union-attr]


def test_provenance() -> None:
    """Plaintext belongs to the packet that completed its record."""
    talk = Modern()
    for octets in (b"one ", b"two ", b"three"):
        talk.send(S, 23, octets)
    before = chunks_of(talk.turns[:-3])
    run = b"".join(octets for _, octets in talk.turns[-3:])
    begin = sum(len(c.octets) for c in before if c.direction is S)
    offsets = [begin, begin + 10, begin + 40]
    chunk = Chunk(S, begin, run, Provenance(offsets, [50, 52, 51], [5, 7, 6]))
    events = decode([*before, chunk], ring_of(talk.keys))
    (found,) = [e for e in events if isinstance(e, Chunk) and e.direction is S]
    assert found.octets == b"one two three"
    assert (found.provenance.offsets, found.provenance.packets) == ([0, 8], [52, 51])
    assert found.provenance.times_ns == [7, 6]


def test_messages_that_nothing_opens_are_passed_over() -> None:
    talk = Legacy(0x009C)
    talk.send(C, 22, b"renegotiation")
    talk.send(C, 23, b"x")
    facts = facts_of(decode(chunks_of(talk.turns), KeyRing()))
    assert facts.locked is Locked.NO_KEYS
    assert facts.to_server.application == 1
