"""What stands beside a session, as label and value."""

from msgspec.structs import replace

from analyzer.model.bosh import BoshFacts
from analyzer.model.finesse import SystemInfo
from analyzer.model.flow import Connection, Endpoint
from analyzer.model.network import (
    Attempt,
    AttemptEnd,
    RealTime,
    RealTimeUse,
    Resolution,
    Unreachable,
)
from analyzer.model.session import Session
from analyzer.report.facts.connection import input_facts
from analyzer.report.facts.network import (
    attempt_words,
    network_facts,
    resolution_words,
    use_words,
)
from analyzer.report.language.words import words
from tests.report.reports import (
    START_NS,
    entry,
    har_recording,
    packet,
    packet_recording,
    packet_session,
)

WORDS = words("en")

RESOLUTION = Resolution(
    name="finesse.example.test",
    kind="A",
    client="10.0.0.1",
    server="10.0.0.53",
    code="NOERROR",
    addresses=("10.0.0.2",),
    aliases=("node.example.test",),
    latency_ns=12_000_000,
)
CONNECTION = Connection(
    capture=1,
    number=3,
    server=Endpoint("10.0.0.2", 8445),
    opened_ns=START_NS,
    closed_ns=None,
    opened_source=packet(3, 0, 1),
)
ATTEMPT = Attempt(connection=CONNECTION, end=AttemptEnd.REFUSED)
UNREACHABLE = Unreachable(
    reporter="10.9.9.9",
    code="host unreachable",
    client=Endpoint("10.0.0.1", 50_000),
    server=Endpoint("10.0.0.2", 8445),
    source=packet(4, 0, 1),
)
BOSH = BoshFacts(sid="s3cret", url="https://h/http-bind/", turn_count=7, connections=(1, 2))
INFO = SystemInfo(
    url="https://a.test/finesse/api/SystemInfo",
    status="IN_SERVICE",
    primary_node="a.test",
    secondary_node="b.test",
    xmpp_domain="a.test",
    authentication="NON_SSO",
    deployment="UCCE",
    clock_offset_ns=1_500_000_000,
    source=entry(None),
)
USE = RealTimeUse(kind=RealTime.WEBSOCKET, url="wss://h/ws/", source=entry(None))


def told(**fields: object) -> dict[str, str]:
    one: Session = packet_session(**fields)
    return {key: value for key, value in network_facts(one, WORDS) if value}


def test_nothing() -> None:
    assert told() == {}


def test_questions_and_answers() -> None:
    assert resolution_words(RESOLUTION, WORDS) == (
        "finesse.example.test A: NOERROR node.example.test, 10.0.0.2 (12 ms)"
    )
    none = replace(RESOLUTION, code=None, latency_ns=None)
    assert resolution_words(none, WORDS) == "finesse.example.test A: no answer from 10.0.0.53"
    unknown = replace(RESOLUTION, code="NXDOMAIN", addresses=(), aliases=(), latency_ns=None)
    assert resolution_words(unknown, WORDS) == "finesse.example.test A: NXDOMAIN"
    many = list(network_facts(packet_session(resolutions=(RESOLUTION,) * 9), WORDS))
    assert len([value for key, value in many if key == "dns"]) == 5


def test_attempts() -> None:
    assert attempt_words(ATTEMPT, WORDS) == "2026-01-01T00:00:00.000Z 10.0.0.2:8445: refused"
    failed = Attempt(
        connection=replace(CONNECTION, opened_ns=None),
        end=AttemptEnd.TLS_FAILED,
        detail="alert unknown_ca",
    )
    assert attempt_words(failed, WORDS) == "10.0.0.2:8445: tls failed (alert unknown_ca)"
    assert told(attempts=(failed,))["attempts"].startswith("1: 10.0.0.2")
    assert told(attempts=(failed,) * 9)["attempts"].endswith("; 4 more")


def test_icmp() -> None:
    assert told(unreachables=(UNREACHABLE, UNREACHABLE)) == {
        "icmp": "host unreachable, says 10.9.9.9 (2)"
    }


def test_bosh() -> None:
    assert told(bosh=BOSH) == {"bosh": "7 requests over 2 connections"}
    ended = replace(
        BOSH,
        wait_s=60,
        hold=1,
        requests=2,
        inactivity_s=30,
        polling_s=5,
        terminated_by="server",
        condition="item-not-found",
        bodies_missing=3,
    )
    assert told(bosh=ended)["bosh"] == (
        "7 requests over 2 connections, wait 60 s, hold 1, requests 2, inactivity 30 s, "
        "polling 5 s, terminated by server item-not-found, 3 responses without their body"
    )
    parted = replace(BOSH, terminated_by="client")
    assert told(bosh=parted)["bosh"].endswith("terminated by client")


def test_system_info() -> None:
    assert told(system_info=INFO)["system_info"] == (
        "IN_SERVICE, nodes a.test and b.test, XMPP domain a.test, authentication NON_SSO, "
        "deployment UCCE, server's clock 1.5 s ahead"
    )
    assert told(
        system_info=SystemInfo(url="https://a.test/", primary_node="a.test", source=entry(None))
    ) == {"system_info": "nodes a.test"}

    behind = replace(INFO, clock_offset_ns=-2_702_000_000_000)
    assert told(system_info=behind)["system_info"].endswith("server's clock 45 min 2 s behind")


def test_real_time_transports() -> None:
    assert use_words(USE, WORDS) == "WebSocket wss://h/ws/ (1)"
    assert use_words(replace(USE, client="10.0.0.1", requests=0, refused=2), WORDS) == (
        "WebSocket wss://h/ws/ by 10.0.0.1 (0, 2 refused)"
    )


def test_a_recording() -> None:
    recording = packet_recording(realtime=(USE,))
    assert recording.packets is not None
    packets = replace(
        recording.packets,
        tls_connections=4,
        tls_opened=1,
        tls_locked={"no keys": 2, "handshake failed": 1},
        duplicates=1_200,
        fragments=3,
        resolutions=(RESOLUTION, replace(RESOLUTION, code=None)),
    )
    facts = dict(input_facts(replace(recording, packets=packets), words("en")))
    assert facts["Real-time transport"] == "WebSocket wss://h/ws/ (1)"
    assert facts["TLS connections"] == ("4: decrypted 1, not read (no keys) 2, handshake failed 1")
    assert facts["Captured twice"] == "1,200"
    assert facts["IP fragments"] == "3"
    assert facts["DNS"] == "2 questions: NOERROR 1, no answer 1"
    named = replace(packets, tls_opened=0, tls_locked={})
    facts = dict(input_facts(replace(recording, packets=named), words("en")))
    assert facts["TLS connections"] == "4"
    assert "DNS" not in dict(input_facts(har_recording(), words("en")))


def test_an_installation_without_nodes() -> None:
    alone = replace(INFO, primary_node=None, secondary_node=None)
    assert "node" not in told(system_info=alone)["system_info"].partition(",")[2][:8]
