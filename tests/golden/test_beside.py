"""What stands beside a session in a capture explains why it came about late, or never."""

import struct
from collections.abc import Iterable
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest

from analyzer.model.report import Report
from analyzer.pipeline import analyze
from tests.laws.damaged import Manner, Sent, recorded, send
from tests.transport.segments import ACK, RST, SYN, C, Pair, S, ethernet, ip_packet, sent
from tests.transport.test_beside import back, udp
from tests.transport.test_dns import answered, asked
from tests.transport.test_icmp import icmp

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"

S_NS = 1_000_000_000

PC = Pair(client=("127.0.0.1", 40_000), server=("127.0.0.1", 8_445))


def report(packets: Iterable[tuple[int, bytes]]) -> Report:
    """Of a pcap with these packets at these times."""
    octets = struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 1 << 18, 1)
    for time_ns, frame in sorted(packets, key=lambda packet: packet[0]):
        head = struct.pack("<IIII", *divmod(time_ns, S_NS), len(frame), len(frame))
        octets += head + frame
    return analyze([("made.pcap", BytesIO(octets))])


def told(found: Report) -> dict[str, str]:
    """Rules that say something, with their severity."""
    return {finding.rule_id: finding.severity.value for finding in found.findings}


@cache
def session() -> tuple[Sent, ...]:
    """A good session, but for the address of its server's port."""
    (talk,) = recorded(FIXTURES / "good-ws" / "capture.pcapng", most=20_000)
    talk = talk._replace(client=("127.0.0.1", 41_000), server=("127.0.0.1", 8_445))
    return tuple(send([talk], Manner()))


def good() -> list[tuple[int, bytes]]:
    return [(packet.time_ns, packet.frame) for packet in session()]


def test_a_good_session_has_no_word_of_its_connection() -> None:
    found = report(good())
    assert found.verdict.outcome.value == "healthy"
    assert not [rule for rule in told(found) if rule.startswith("CO-")]


@pytest.mark.parametrize("seconds", [3, 30])
def test_attempts_before_a_session_are_its_own(seconds: int) -> None:
    begun = good()[0][0]
    refused = [
        (begun - seconds * S_NS, sent(C, -1, b"", SYN, pair=PC)),
        (begun - seconds * S_NS + 1_000, sent(S, -1, b"", RST | ACK, pair=PC)),
    ]
    found = report([*refused, *good()])
    (one,) = found.sessions
    assert [attempt.end.value for attempt in one.attempts] == ["refused"]
    assert told(found)["CO-033"] == ("info" if seconds == 3 else "warning")
    assert found.verdict.outcome.value == "healthy"


def test_attempts_behind_the_last_session_are_one_of_their_own() -> None:
    ended = good()[-1][0]
    tries = []
    for n in range(3):
        again = PC._replace(client=("127.0.0.1", 42_000 + n))
        begun = ended + (5 + n) * S_NS
        tries.append((begun, sent(C, -1, b"", SYN, pair=again)))
        tries.append((begun + 1_000, sent(S, -1, b"", RST | ACK, pair=again)))
    found = report([*good(), *tries])
    assert [len(one.attempts) for one in found.sessions] == [0, 2]
    assert told(found)["CO-003"] == "error"


def test_a_router_that_says_no_is_the_cause() -> None:
    syn = sent(C, -1, b"", SYN, pair=PC)
    no = ethernet(ip_packet(("192.0.2.254", "127.0.0.1"), icmp(3, 13, syn[14:42]), 1))
    found = report([(S_NS, syn), (S_NS + 9_000, no)])
    assert (found.verdict.outcome.value, found.verdict.cause) == ("broken", "CO-032")
    assert found.verdict.step is not None
    assert found.verdict.step.value == "connect"
    (one,) = found.sessions
    assert [about.code for about in one.unreachables] == ["administratively prohibited"]


def test_a_name_that_was_not_resolved_is_the_cause() -> None:
    name = "finesse1.example.test"
    found = report([(S_NS, udp(asked(name))), (2 * S_NS, back(answered(name, code=3)))])
    assert (found.verdict.outcome.value, found.verdict.cause) == ("broken", "CO-034")
    (recording,) = found.recordings
    assert recording.packets is not None
    assert [one.code for one in recording.packets.resolutions] == ["NXDOMAIN"]


@pytest.mark.parametrize("ttl", [64, 63])
def test_a_mirror_port_is_not_a_lossy_network(ttl: int) -> None:
    copies = [(time + 20_000, frame[:22] + bytes([ttl]) + frame[23:]) for time, frame in good()]
    found = report([*good(), *copies])
    assert found.verdict.outcome.value == "healthy"
    (recording,) = found.recordings
    assert recording.packets is not None
    assert recording.packets.duplicates == len(copies)
    assert told(found)["CQ-014"] == "info"
    assert "CO-006" not in told(found)
