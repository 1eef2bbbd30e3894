"""Whole connections of an independent peer: what it said comes out, whatever way it comes in."""

import ssl
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.model.anomaly import Anomaly, AnomalyCode
from analyzer.model.flow import Chunk, Connection, End, Gap, GapReason, Provenance
from analyzer.model.source import Direction, PacketSource
from analyzer.model.tls import Locked, TlsFacts
from analyzer.protocol.tls.decoder import Tls
from analyzer.protocol.tls.keyring import KeyRing
from tests.protocol.tls.peers import (
    Conversation,
    Peers,
    Turn,
    chunks_of,
    decode,
    facts_of,
    identity,
    missing,
    oddities,
    plaintext,
    ring_of,
    said,
)
from tests.protocol.wire import START_NS, C, S, source

SAID: list[Turn] = [
    (C, b"GET / HTTP/1.1\r\n\r\n"),
    (S, b"HTTP/1.1 200 OK\r\n\r\n" + bytes(range(256)) * 80),
    (C, b"x"),
    (S, b"y" * 300),
]

TLS13, TLS12 = ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_2
TLS11, TLS10 = ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1

NAMES = {TLS13: "TLS 1.3", TLS12: "TLS 1.2", TLS11: "TLS 1.1", TLS10: "TLS 1.0"}

SUITES = [
    *((TLS12, suite, "rsa") for suite in (
        "AES128-GCM-SHA256", "AES256-GCM-SHA384", "AES128-CCM", "AES256-CCM8", "AES128-SHA",
        "AES256-SHA256", "CAMELLIA128-SHA", "CAMELLIA256-SHA256", "ECDHE-RSA-AES256-SHA384",
        "ECDHE-RSA-CHACHA20-POLY1305", "ECDHE-RSA-AES128-GCM-SHA256", "NULL-SHA256", "NULL-MD5",
        "ECDHE-RSA-CAMELLIA256-SHA384",
    )),
    (TLS12, "ECDHE-ECDSA-AES128-CCM8", "ec"),
    (TLS12, "ECDHE-ECDSA-AES256-GCM-SHA384", "ec"),
    (TLS11, "AES128-SHA", "rsa"),
    (TLS11, "ECDHE-RSA-NULL-SHA", "rsa"),
    (TLS10, "AES256-SHA", "rsa"),
    (TLS10, "ECDHE-RSA-AES128-SHA", "rsa"),
    (TLS10, "CAMELLIA128-SHA", "rsa"),
]  # fmt: skip


def whole(events: Sequence[object], turns: list[Turn]) -> None:
    """All that was said is there, and nothing odd."""
    for way in Direction:
        assert plaintext(events, way) == said(turns, way)  # type: ignore[arg-type]
    assert not [event for event in events if isinstance(event, Anomaly | Gap)]


@pytest.mark.parametrize(("version", "suite", "kind"), SUITES)
def test_opens_what_openssl_says(version: ssl.TLSVersion, suite: str, kind: str) -> None:
    talk = Peers(version, suite + ":@SECLEVEL=0", kind=kind).talk(SAID)
    events = decode(chunks_of(talk.turns), ring_of(talk.keys))
    whole(events, SAID)
    facts = facts_of(events)
    assert facts.version == NAMES[version]
    assert facts.locked is None
    assert facts.completed is True
    assert facts.resumed is False
    assert [alert.description for alert in facts.alerts] == ["close_notify"] * 2
    assert facts.certificates[0].names == ("desk.example.test", "192.0.2.1")
    assert facts.certificates[0].self_signed
    assert facts.to_server.plaintext_octets == len(said(SAID, C))


@pytest.mark.parametrize(("version", "suite", "kind"), [s for s in SUITES if s[1][:3] != "ECD"])
def test_opens_with_a_private_key(version: ssl.TLSVersion, suite: str, kind: str) -> None:
    """RSA key exchange, with the extended master secret, as OpenSSL always asks for it."""
    talk = Peers(version, suite + ":@SECLEVEL=0", kind=kind).talk(SAID)
    events = decode(chunks_of(talk.turns), ring_of(identity("rsa")[0]))
    whole(events, SAID)


def test_opens_tls13() -> None:
    talk = Peers(TLS13, alpn=("h2", "http/1.1")).talk(SAID)
    events = decode(chunks_of(talk.turns), ring_of(talk.keys))
    whole(events, SAID)
    facts = facts_of(events)
    assert facts.version == "TLS 1.3"
    assert facts.cipher_suite == "TLS_AES_256_GCM_SHA384"
    assert facts.offered_versions == ("TLS 1.3",)
    assert facts.offered_suites > 2
    assert facts.server_name == "desk.example.test"
    assert facts.alpn_offered == ("h2", "http/1.1")
    assert facts.alpn == "h2"
    assert facts.client_certificate is False
    assert facts.certificates[0].subject == facts.certificates[0].issuer == "desk.example.test"
    assert facts.client_hello is not None
    assert facts.server_hello is not None
    assert isinstance(facts.finished, PacketSource)
    assert facts.finished.first == 3
    assert facts.to_server.application == 2
    # Octets, content type and tag.
    assert facts.to_server.lengths == (len(SAID[0][1]) + 17, len(SAID[2][1]) + 17)
    assert facts.to_server.times_ns == (START_NS + 5, START_NS + 7)
    last = facts.to_server.last_source
    assert isinstance(last, PacketSource)
    assert last.first == last.last == 7


def test_hello_retry_request() -> None:
    talk = Peers(TLS13, curve="secp521r1").talk(SAID)
    events = decode(chunks_of(talk.turns), ring_of(talk.keys))
    whole(events, SAID)
    assert facts_of(events).completed is True


@pytest.mark.parametrize("version", [TLS12, TLS13])
def test_a_certificate_of_the_client(version: ssl.TLSVersion) -> None:
    talk = Peers(version, client_certificate=True).talk(SAID)
    events = decode(chunks_of(talk.turns), ring_of(talk.keys))
    assert facts_of(events).client_certificate is True
    assert plaintext(events, S) == said(SAID, S)


@pytest.mark.parametrize("ticket", [True, False])
@pytest.mark.parametrize("version", [TLS12, TLS13, TLS10])
def test_resumption(version: ssl.TLSVersion, ticket: bool) -> None:
    peers = Peers(version, ticket=ticket)
    first = peers.talk(SAID)
    second = peers.talk(SAID, resume=True)
    for talk, resumed in ((first, False), (second, True)):
        events = decode(chunks_of(talk.turns), ring_of(talk.keys))
        whole(events, SAID)
        assert facts_of(events).resumed is resumed


@pytest.mark.parametrize("ticket", [True, False])
def test_a_session_opened_with_a_private_key_is_resumed(ticket: bool) -> None:
    peers = Peers(TLS12, "AES128-GCM-SHA256", ticket=ticket)
    ring = ring_of(identity("rsa")[0])
    for resume in (False, True, True):
        events = decode(chunks_of(peers.talk(SAID, resume=resume).turns), ring)
        whole(events, SAID)
        assert facts_of(events).resumed is resume


@pytest.mark.parametrize("version", NAMES)
def test_without_keys(version: ssl.TLSVersion) -> None:
    talk = Peers(version, alpn=["http/1.1"]).talk(SAID)
    events = decode(chunks_of(talk.turns), KeyRing())
    for way in Direction:
        assert plaintext(events, way) == b""
        (hole,) = missing(events, way)
        assert (hole.offset, hole.length, hole.reason) == (0, None, GapReason.ENCRYPTED)
    assert oddities(events) == []
    facts = facts_of(events)
    assert facts.version == NAMES[version]
    assert facts.locked is Locked.NO_KEYS
    assert facts.completed is True
    assert facts.finished is not None
    if version is TLS13:
        # The alert at the end cannot be told from data, nor session tickets.
        assert (facts.alpn, facts.certificates, facts.alerts) == (None, (), ())
        assert facts.to_server.application == 3
        assert facts.to_server.lengths[-1] == 19
    else:
        assert facts.alpn == "http/1.1"
        assert facts.certificates[0].subject == "desk.example.test"
        assert [(a.fatal, a.description) for a in facts.alerts] == [(None, None)] * 2
        # TLS 1.0 sends an empty record first, against BEAST.
        assert facts.to_server.application == (4 if version is TLS10 else 2)


def test_with_keys_of_another_connection() -> None:
    one, other = (Peers(TLS13).talk(SAID) for _ in range(2))
    events = decode(chunks_of(one.turns), ring_of(other.keys))
    assert facts_of(events).locked is Locked.NO_KEYS


@pytest.mark.parametrize("version", [TLS12, TLS13, TLS10])
def test_with_wrong_keys(version: ssl.TLSVersion) -> None:
    talk = Peers(version).talk(SAID)
    wrong = b"\n".join(
        line[:-8] + b"00000000" for line in talk.keys.splitlines() if not line.startswith(b"#")
    )
    events = decode(chunks_of(talk.turns), ring_of(wrong))
    assert facts_of(events).locked is Locked.WRONG_KEYS
    assert plaintext(events, S) == b""
    told = [values["reason"] for code, values in oddities(events)]
    assert told == ["bad_record_mac"] * 2
    assert [hole.reason for hole in missing(events, S)] == [GapReason.ENCRYPTED]


@pytest.mark.parametrize("secrets", [b"HANDSHAKE_TRAFFIC", b"_TRAFFIC_SECRET_0"])
def test_part_of_the_secrets(secrets: bytes) -> None:
    """Those of the handshake alone open no data; those of the data need no others."""
    talk = Peers(TLS13).talk(SAID)
    keys = b"\n".join(line for line in talk.keys.splitlines() if secrets in line)
    events = decode(chunks_of(talk.turns), ring_of(keys))
    facts = facts_of(events)
    if secrets.startswith(b"_"):
        assert facts.locked is None
        assert plaintext(events, S) == said(SAID, S)
        assert facts.certificates == ()
    else:
        assert facts.locked is Locked.NO_KEYS
        assert plaintext(events, S) == b""
        assert facts.certificates != ()


def test_a_handshake_that_fails() -> None:
    """The client does not trust the certificate."""
    peers = Peers(TLS12)
    talk = peers.talk([])
    hello = chunks_of(talk.turns[:2])
    alert = chunks_of([(C, bytes.fromhex("15030300020230"))], first=9)[0]
    shifted = Chunk(
        C,
        len(talk.turns[0][1]),
        alert.octets,
        Provenance([len(talk.turns[0][1])], [9], [START_NS + 9]),
    )
    events = decode([*hello, shifted], ring_of(talk.keys))
    facts = facts_of(events)
    assert facts.completed is False
    (alert_told,) = facts.alerts
    assert (alert_told.direction, alert_told.fatal, alert_told.description) == (
        C,
        True,
        "unknown_ca",
    )
    assert facts.finished is None


def test_neither_connection_nor_octets() -> None:
    """What is not for TLS goes through."""
    oddity = Anomaly(code=AnomalyCode.TCP_GAP, direction=C)
    assert Tls(0, KeyRing()).feed(oddity) == [oddity]
    events = decode([], KeyRing())
    assert [type(event) for event in events] == [End, End, TlsFacts, Connection]
    assert facts_of(events).completed is None


TALKS: dict[ssl.TLSVersion, Conversation] = {}


def talk_of(version: ssl.TLSVersion) -> Conversation:
    """One for all examples."""
    if version not in TALKS:
        TALKS[version] = Peers(version).talk(SAID)
    return TALKS[version]


def cut(turns: list[Turn], sizes: list[int]) -> list[Chunk]:
    """The same octets in other pieces."""
    pieces: list[Turn] = []
    at = 0
    for way, octets in turns:
        left = octets
        while left:
            size = sizes[at % len(sizes)]
            at += 1
            pieces.append((way, left[:size]))
            left = left[size:]
    return chunks_of(pieces)


@given(
    version=st.sampled_from([TLS13, TLS12, TLS10]),
    sizes=st.lists(st.integers(1, 3000), min_size=1, max_size=20).filter(lambda s: max(s) > 99),
    runs=st.lists(st.integers(1, 40), min_size=1, max_size=20),
    private=st.booleans(),
)
@settings(max_examples=60)
def test_any_cut_and_any_interleaving(
    version: ssl.TLSVersion, sizes: list[int], runs: list[int], private: bool
) -> None:
    """Pieces of any size, the directions delivered in any order."""
    talk = talk_of(version)
    lanes = {way: [c for c in cut(talk.turns, sizes) if c.direction is way] for way in Direction}
    ring = ring_of(identity("rsa")[0], talk.keys) if private else ring_of(talk.keys)
    order: list[Chunk | End] = []
    turn = 0
    while any(lanes.values()):
        lane = lanes[(C, S)[turn % 2]]
        order += lane[: runs[turn % len(runs)]]
        del lane[: runs[turn % len(runs)]]
        turn += 1
    whole(decode(order, ring), SAID)


@given(
    version=st.sampled_from([TLS13, TLS12, TLS10]),
    sizes=st.lists(st.integers(1, 1500), min_size=1, max_size=8).filter(lambda s: max(s) > 99),
    lost=st.sets(st.integers(0, 60), max_size=4),
    keyed=st.booleans(),
    measured=st.booleans(),
)
@settings(max_examples=100)
def test_holes_anywhere(
    version: ssl.TLSVersion, sizes: list[int], lost: set[int], keyed: bool, measured: bool
) -> None:
    """What comes out is what was said, less what the holes took; nothing is made up."""
    talk = talk_of(version)
    items = [
        Gap(c.direction, c.offset, len(c.octets) if measured else None, GapReason.LOST, source(1))
        if index in lost
        else c
        for index, c in enumerate(cut(talk.turns, sizes))
    ]
    ring = ring_of(talk.keys) if keyed else KeyRing()
    ring.attempts = 1000
    events = decode(items, ring)
    for way in Direction:
        spoken = said(SAID, way)
        at = 0
        for event in events:
            if isinstance(event, Chunk) and event.direction is way:
                at = spoken.find(event.octets, at)
                assert at >= 0
                at += len(event.octets)
    assert isinstance(events[-1], Connection)


@given(octets=st.lists(st.tuples(st.sampled_from([C, S]), st.binary(max_size=400)), max_size=12))
def test_any_octets(octets: list[Turn]) -> None:
    events = decode(chunks_of(octets), KeyRing())
    assert isinstance(events[-1], Connection)


@given(
    flips=st.lists(st.tuples(st.integers(0, 5000), st.integers(1, 255)), min_size=1, max_size=6),
    version=st.sampled_from([TLS13, TLS12, TLS10]),
)
@settings(max_examples=60)
def test_damaged_octets(flips: list[tuple[int, int]], version: ssl.TLSVersion) -> None:
    talk = talk_of(version)
    turns: list[Turn] = []
    at = 0
    for way, octets in talk.turns:
        changed = bytearray(octets)
        for place, flip in flips:
            if at <= place < at + len(octets):
                changed[place - at] ^= flip
        at += len(octets)
        turns.append((way, bytes(changed)))
    ring = ring_of(talk.keys, identity("rsa")[0])
    ring.attempts = 1000
    assert isinstance(decode(chunks_of(turns), ring)[-1], Connection)
