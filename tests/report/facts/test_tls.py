"""TLS of a connection, as an engineer wants to see it."""

from msgspec.structs import replace

from analyzer.model.flow import Gap, GapReason
from analyzer.model.report import Outcome, Report, Verdict
from analyzer.model.session import Carrier, Session, StepName
from analyzer.model.source import Direction, Side
from analyzer.model.tls import (
    Cadence,
    Certificate,
    Locked,
    RecordFacts,
    Sign,
    TlsAlert,
    TlsFacts,
)
from analyzer.report.facts.connection import connection_facts
from analyzer.report.facts.tls import cadence_words, certificate_words, tls_facts, tls_labels
from analyzer.report.language.texts import plain
from analyzer.report.language.words import words
from analyzer.report.redaction.redact import redact
from analyzer.report.view.findings import Findings
from analyzer.report.view.story import opening, where
from analyzer.report.view.timeline import Timelines
from tests.report.reports import (
    START_NS,
    har_recording,
    har_session,
    healthy,
    packet,
    packet_recording,
    packet_session,
)

WORDS = words("en")

DAY_NS = 86_400_000_000_000

LEAF = Certificate(
    subject="finesse.example.test",
    issuer="Lab CA",
    names=("finesse.example.test", "10.0.0.1"),
    not_before_ns=START_NS,
    not_after_ns=START_NS + 365 * DAY_NS,
    sha256="ab" * 32,
)
ROOT = replace(LEAF, subject="Lab CA", names=(), self_signed=True)
ALERT = TlsAlert(
    direction=Direction.TO_SERVER, fatal=True, description="unknown_ca", source=packet(12, 0.3, 1)
)
FACTS = TlsFacts(
    version="TLS 1.2",
    offered_versions=("TLS 1.3", "TLS 1.2"),
    cipher_suite="TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    server_name="finesse.example.test",
    alpn_offered=("h2", "http/1.1"),
    alpn="http/1.1",
    certificates=(LEAF, ROOT),
    alerts=(ALERT,),
    resumed=False,
    to_server=RecordFacts(records=9, application=5, application_octets=1_234),
    to_client=RecordFacts(records=8, application=4, application_octets=99),
    client_hello=packet(10, 0.1, 1),
    server_hello=packet(11, 0.2, 1),
)
CADENCE = Cadence(
    signs=(Sign.HTTP_1, Sign.PINGS),
    pings=30,
    ping_interval_ns=10_000_000_000,
    ping_longest_ns=70_000_000_000,
    silence_ns=69_000_000_000,
    last_ns=START_NS,
    last_by=Side.SERVER,
    closed_by=Side.SERVER,
    closed_source=packet(40, 5, 1),
)


def session(facts: TlsFacts | None = FACTS, **fields: object) -> Session:
    return packet_session(tls=facts, **fields)


def report_of(one: Session) -> Report:
    return healthy(sessions=(one,), recordings=(har_recording(), packet_recording()))


def told(facts: TlsFacts, **fields: object) -> dict[str, str]:
    return dict(tls_facts(session(facts, **fields), WORDS))


def test_without_tls_there_is_nothing_to_say() -> None:
    assert list(tls_facts(har_session(), WORDS)) == []
    assert list(tls_labels(har_session(), WORDS)) == []


def test_a_decrypted_connection() -> None:
    found = list(tls_facts(session(), WORDS))
    assert ("certificate", certificate_words(ROOT, WORDS)) in found
    assert {key: value for key, value in found if value and key != "certificate"} == {
        "tls_read": "decrypted",
        "tls_version": "TLS 1.2, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        "tls_name": "finesse.example.test",
        "tls_alpn": "http/1.1 (offered h2, http/1.1)",
        "tls_alerts": "client: fatal unknown_ca",
        "tls_records": "client 9, 5 of application data (1,234 octets); "
        "server 8, 4 of application data (99 octets)",
    }
    labels = {label for label, _ in connection_facts(session(), words("en"))}
    assert {"TLS read", "TLS version", "Certificate", "TLS alerts"} <= labels


def test_a_connection_that_stays_closed() -> None:
    facts = replace(FACTS, locked=Locked.NO_KEYS, alpn=None, resumed=True, early_data=True)
    found = told(facts, cadence=CADENCE, carrier=Carrier.UNKNOWN)
    assert found["tls_read"] == "no: no keys"
    assert found["tls_version"].endswith(", resumed, 0-RTT")
    assert found["tls_alpn"] == "offered h2, http/1.1"
    assert found["cadence"] == (
        "looks like the desktop's: offers only http/1.1, ping cadence; "
        "30 pings every 10.0 s, longest pause 1 min 10 s; longest silence 1 min 9 s; "
        "last data by server at 2026-01-01T00:00:00.000Z; closed by server first"
    )
    hidden = session(facts, carrier=Carrier.UNKNOWN)
    assert ("Carried by", "not known, within TLS") in list(connection_facts(hidden, words("en")))


def test_a_connection_opened_in_part() -> None:
    opened = replace(FACTS.to_server, opened=3)
    assert told(replace(FACTS, locked=Locked.WRONG_KEYS, to_server=opened))["tls_read"] == (
        "in part: wrong keys"
    )


def test_what_is_not_known_is_left_out() -> None:
    found = told(TlsFacts(client_certificate=True))
    assert {key: value for key, value in found.items() if value} == {
        "client_certificate": "asked for",
    }
    assert told(TlsFacts(offered_versions=("TLS 1.3",)))["tls_version"] == (
        "offered TLS 1.3, no answer"
    )
    assert told(TlsFacts(alpn="h2"))["tls_alpn"] == "h2"
    assert cadence_words(Cadence(), WORDS) == ""


def test_certificates() -> None:
    assert certificate_words(LEAF, WORDS) == (
        "finesse.example.test, issued by Lab CA, 2026-01-01 to 2027-01-01, "
        "for finesse.example.test, 10.0.0.1"
    )
    assert certificate_words(ROOT, WORDS) == "Lab CA, issued by itself, 2026-01-01 to 2027-01-01"
    many = replace(LEAF, names=tuple(f"n{n}.test" for n in range(12)))
    assert certificate_words(many, WORDS).endswith("n7.test and 4 more")


def labels(one: Session) -> list[tuple[str, bool, Direction, int]]:
    return [
        (label.words, label.fault, way, getattr(source, "last", 0))
        for label, way, source in tls_labels(one, WORDS)
    ]


def test_hellos_and_alerts_stand_in_the_ladder() -> None:
    client, server = Direction.TO_SERVER, Direction.TO_CLIENT
    assert labels(session()) == [
        ("ClientHello finesse.example.test TLS 1.3", False, client, 10),
        ("ServerHello TLS 1.2 TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", False, server, 11),
        ("alert fatal unknown_ca", True, client, 12),
    ]
    unread = replace(ALERT, description=None, fatal=None)
    assert labels(session(TlsFacts(alerts=(unread,)))) == [
        ("alert encrypted alert", False, client, 12)
    ]


def test_what_closes_a_hidden_connection_stands_there_once() -> None:
    notified = replace(ALERT, description="close_notify", fatal=False, source=packet(40, 5, 1))
    assert labels(session(TlsFacts(), cadence=CADENCE)) == [
        ("alert encrypted", False, Direction.TO_CLIENT, 40)
    ]
    by_client = replace(CADENCE, closed_by=Side.CLIENT)
    assert labels(session(TlsFacts(), cadence=by_client)) == [
        ("alert encrypted", False, Direction.TO_SERVER, 40)
    ]
    assert labels(session(TlsFacts(alerts=(notified,)), cadence=CADENCE)) == [
        ("alert close_notify", False, Direction.TO_SERVER, 40)
    ]


def test_they_can_be_cited() -> None:
    report = report_of(session())
    proof = Findings(report, words("en")).proof(ALERT.source)
    assert (proof.what, proof.look_up) == ("alert fatal unknown_ca", "frame.number == 12")
    names = [row.label.name for row in Timelines(report, WORDS).rows(report.sessions[0])]
    assert names.index("ClientHello") < names.index("ServerHello") < names.index("alert")


def test_a_digest_is_no_token() -> None:
    clean = redact(report_of(session())).report.sessions[0].tls
    assert clean is not None
    assert clean.certificates[0].sha256 == "ab" * 32
    assert clean == FACTS


def test_where_the_hidden_part_begins_stands_behind_the_hello() -> None:
    gap = Gap(Direction.TO_CLIENT, 0, None, GapReason.ENCRYPTED, packet(11, 0.2, 1))
    hidden = session(gaps=(gap,), carrier=Carrier.UNKNOWN)
    rows = Timelines(report_of(hidden), WORDS).rows(hidden)
    names = [row.label.words for row in rows if row.place == "packet 11"]
    assert [name.partition(" ")[0] for name in names] == ["ServerHello", "encrypted"]
    assert "Holes" not in dict(connection_facts(hidden, words("en")))


def test_nobody_says_that_a_hidden_session_was_logged_in() -> None:
    report = report_of(session(carrier=Carrier.UNKNOWN))
    broken = Verdict(outcome=Outcome.BROKEN, step=StepName.LIVE, session=2)
    report = replace(report, verdict=broken)
    assert where(report, words("en")) == "while it was in use"
    assert plain(opening(report, words("en")).lead) == (
        "The connection of agent1001 was encrypted and in use; it broke before its end was due."
    )
