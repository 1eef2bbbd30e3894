"""What a ladder says of TLS are the facts that a capture would give."""

import pytest

from analyzer.capture.ladder_packets import PacketLadder
from analyzer.capture.ladder_text import parse
from analyzer.capture.ladder_tls import PROTECTION, Records, tls_of
from analyzer.model.events import Item
from analyzer.model.flow import Chunk, Gap, GapReason
from analyzer.model.source import Direction
from analyzer.model.tls import Locked, RecordFacts, TlsFacts
from tests.protocol.wire import START_NS, source

C, S = Direction.TO_SERVER, Direction.TO_CLIENT
DAY_NS = 86_400_000_000_000
ORIGIN = 1_000 * DAY_NS


def items_of(text: str) -> list[Item]:
    script = parse(text)
    assert script.wrong == []
    return [item for _, some in PacketLadder(script, 0, ORIGIN).items() for item in some]


def facts_of(text: str) -> TlsFacts:
    (facts,) = (item for item in items_of(text) if isinstance(item, TlsFacts))
    return facts


def test_what_goes_without_saying() -> None:
    facts = facts_of("@tls version=1.3\n1 C> <a/>\n2 S> <b/>\n3 S> <c/>")
    assert facts.version == "TLS 1.3"
    assert facts.cipher_suite == "TLS_AES_128_GCM_SHA256"
    assert facts.server_name == "finesse.example.test"
    assert facts.completed is True
    assert facts.locked is None
    assert (facts.client_hello, facts.server_hello) == (
        source_of(3, -2_700_000),
        source_of(4, -2_400_000),
    )
    assert facts.finished == facts.server_hello
    assert facts.to_client.application == 3  # the response to the upgrade, and two messages
    assert facts.to_client.opened == 3
    assert facts.to_client.last_ns == ORIGIN + 3_000_000_000


def source_of(packet: int, after_ns: int) -> object:
    second = ORIGIN + 1_000_000_000
    return type(source(1))(0, packet, packet, second + after_ns)


@pytest.mark.parametrize(
    ("said", "version", "suite"),
    [
        ("version=1.2", "TLS 1.2", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
        ("version='TLS 1.1' suite=TLS_X", "TLS 1.1", "TLS_X"),
        ("version=3.0", "SSL 3.0", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
    ],
)
def test_versions(said: str, version: str, suite: str) -> None:
    facts = tls_of(said).facts
    assert (facts.version, facts.cipher_suite) == (version, suite)


def test_the_rest() -> None:
    tls = tls_of(
        "sni=a.test alpn=h2 resumed=yes early-data=yes client-certificate=unknown "
        "alert=C>unknown_ca alert=S>40 alert=S>200 hello=C completed=unknown cadence=10"
    )
    facts = tls.facts
    assert (facts.server_name, facts.alpn, facts.alpn_offered) == ("a.test", "h2", ("h2",))
    assert (facts.resumed, facts.early_data, facts.client_certificate) == (True, True, None)
    assert tls.alerts == ((C, "unknown_ca"), (S, "handshake_failure"), (S, "200"))
    assert tls.hellos == (C,)
    assert tls.cadence_ns == 10_000_000_000
    assert facts.completed is None
    assert not tls.fails


def test_certificates() -> None:
    facts = facts_of(
        "@tls cert=a.test|CA|30|a.test,b.test cert='The CA|The CA' cert=c|CA|-2\n1 C> a"
    )
    leaf, issuer, expired = facts.certificates
    assert (leaf.subject, leaf.issuer, leaf.names) == ("a.test", "CA", ("a.test", "b.test"))
    assert leaf.not_after_ns == ORIGIN + 30 * DAY_NS
    assert leaf.not_before_ns < ORIGIN
    assert not leaf.self_signed
    assert issuer.self_signed
    assert issuer.not_after_ns > ORIGIN
    assert expired.not_after_ns == ORIGIN - 2 * DAY_NS


@pytest.mark.parametrize(
    "wrong",
    [
        "x=1",
        "version",
        "version=",
        "alert=X>40",
        "alert=40",
        "completed=maybe",
        "locked=x",
        "hello=x",
        "cadence=x",
        "cert=a|b|x",
        "'",
    ],
)
def test_what_means_nothing(wrong: str) -> None:
    assert parse(f"@tls {wrong}").wrong == [1]


def test_a_handshake_that_fails() -> None:
    items = items_of("@tls completed=no alert=S>40\n1 C> [fin]")
    (facts,) = (item for item in items if isinstance(item, TlsFacts))
    assert not any(isinstance(item, Chunk) for item in items)
    assert facts.completed is False
    assert facts.finished is None
    (alert,) = facts.alerts
    assert (alert.direction, alert.fatal, alert.description) == (S, True, "handshake_failure")
    assert alert.source.time_ns == ORIGIN + 999_000_000


def test_a_good_bye() -> None:
    (alert,) = facts_of("@tls alert=C>0\n1 C> a\n9 C> [fin]").alerts
    assert (alert.fatal, alert.description) == (False, "close_notify")
    assert alert.source.time_ns == ORIGIN + 8_999_000_000


def test_whose_hello_was_captured() -> None:
    facts = facts_of("@tls hello=C\n1 C> a")
    assert facts.server_hello is None
    assert (facts.version, facts.cipher_suite) == (None, None)
    assert facts.offered_versions == ("TLS 1.3",)
    facts = facts_of("@tls hello=no\n1 C> a")
    assert (facts.client_hello, facts.offered_versions, facts.offered_suites) == (None, (), 0)


def test_what_is_locked_is_records() -> None:
    items = items_of("@tls locked=no-keys\n1 C> abc\n2 S> [binary 00]\n3 C> d")
    assert not any(isinstance(item, Chunk) for item in items)
    gaps = [item for item in items if isinstance(item, Gap)]
    assert [(gap.direction, gap.length, gap.reason) for gap in gaps] == [
        (C, None, GapReason.ENCRYPTED),
        (S, None, GapReason.ENCRYPTED),
    ]
    (facts,) = (item for item in items if isinstance(item, TlsFacts))
    assert facts.locked is Locked.NO_KEYS
    assert facts.to_server.application == 3
    assert facts.to_server.opened == 0
    assert facts.to_server.plaintext_octets == 0


def test_a_cadence() -> None:
    facts = facts_of("@tls locked=cipher cadence=10\n1 C> a\n@until 35")
    seconds = [(time_ns - ORIGIN) / 1e9 for time_ns in facts.to_server.times_ns]
    assert seconds[-3:] == [11, 21, 31]
    assert facts.to_client.times_ns[-1] - facts.to_server.times_ns[-1] == 20_000_000
    opened = facts_of("@tls cadence=10\n1 C> a\n@until 35")
    assert opened.to_server.application == 2
    silent = facts_of("@tls locked=cipher cadence=10 completed=no\n@until 15")
    assert silent.to_server.times_ns == (ORIGIN + 10_000_000_000,)


def test_records_are_counted() -> None:
    records = Records()
    assert records.facts(opened=True) == RecordFacts(records=2)
    records.take(5, source(1))
    records.take(6, source(2))
    assert records.facts(opened=True) == RecordFacts(
        records=4,
        application=2,
        application_octets=11 + 2 * PROTECTION,
        opened=2,
        plaintext_octets=11,
        times_ns=(START_NS + 1, START_NS + 2),
        lengths=(5 + PROTECTION, 6 + PROTECTION),
        packets=(1, 2),
        last_ns=START_NS + 2,
        last_octets=6 + PROTECTION,
        last_source=source(2),
        previous_ns=START_NS + 1,
    )
