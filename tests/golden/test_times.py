"""Real recordings, as they would look had the way been lost, the page throttled, the PC asleep."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path

import pytest

from analyzer.model.diagnosis import Party
from analyzer.model.report import Report
from analyzer.model.rule import Finding
from analyzer.model.source import Direction
from analyzer.pipeline import analyze
from tests.failures import packet_changes as packets
from tests.failures.packet_changes import Conversation, Segment
from tests.transport.segments import ACK, PSH, C, S

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
S_NS = packets.S_NS
BACKOFF_S = (0.3, 0.9, 2.1, 4.5)
"""When TCP sends again: the pauses double (RFC 6298 section 5.5)."""


def socket_of(case: str) -> Conversation:
    """The conversation of a recording that carries its WebSocket: it lives longest."""
    talks = packets.read(FIXTURES / case / "capture.pcapng")
    return max(talks, key=lambda one: one.ended_ns - one.began_ns)


def lost(one: Conversation, way: Direction, again_s: Sequence[float]) -> Conversation:
    """Nothing arrives any more from the last thing on that one side says; it says it again."""
    told = packets.before_end(one)
    said = [s for s in told.segments if s.way is way and s.payload and _is_long(s)]
    last = said[-1]
    kept = [s for s in told.segments if s.time_ns <= last.time_ns]
    kept += [last._replace(time_ns=last.time_ns + int(wait * S_NS)) for wait in again_s]
    return one._replace(segments=tuple(kept))


def _is_long(segment: Segment) -> bool:
    """A request or an event, not what says good-bye."""
    return len(segment.payload) > 100


def report(talks: Iterable[Conversation], keys: Sequence[Path] = ()) -> Report:
    return analyze([("capture.pcap", BytesIO(packets.pcap(*talks)))], keys=keys)


def finding(found: Report, rule_id: str) -> Finding:
    return next(one for one in found.findings if one.rule_id == rule_id)


KEYED = [
    ("good-ws", False),
    ("good-deflate-context-takeover", False),
    ("f-tcp-plain-prosody", False),
    ("good-wss-tls13", False),
    ("good-wss-tls13", True),
    ("good-wss-tls12-aes128gcm", False),
    ("good-wss-tls12-aes128gcm", True),
]


@pytest.mark.parametrize(("case", "keyed"), KEYED)
def test_a_way_that_was_lost_is_never_healthy(case: str, keyed: bool) -> None:
    keys = [FIXTURES / case / "keys.log"] if keyed else []
    found = report([lost(socket_of(case), C, BACKOFF_S)], keys)
    assert (found.verdict.outcome.value, found.verdict.cause) == ("broken", "CO-037")
    assert found.verdict.party is Party.NETWORK
    values = finding(found, "CO-037").values
    assert (values["silent"], values["resent"], values["waited_s"]) == ("server", 4, 4.5)


@pytest.mark.parametrize("case", ["good-ws", "good-wss-tls13"])
def test_a_client_that_vanished(case: str) -> None:
    found = report([lost(socket_of(case), S, BACKOFF_S)])
    assert (found.verdict.outcome.value, found.verdict.cause) == ("broken", "CO-037")
    assert finding(found, "CO-037").values["silent"] == "client"


def test_bosh_whose_way_was_lost() -> None:
    """Requests go over several connections, and the last one of them is never answered."""
    talks = packets.read(FIXTURES / "good-bosh" / "capture.pcapng")
    asked = [s for one in talks for s in one.segments if s.way is C]
    ends = next(s.time_ns for s in asked if b"terminate" in s.payload)
    talks = [packets.until(one, ends) for one in talks]
    last = max(talks, key=_last_request)
    at = _last_request(last)
    told = [packets.until(one, at) for one in talks if one is not last]
    found = report([lost(last, C, BACKOFF_S), *told])
    assert (found.verdict.outcome.value, found.verdict.cause) == ("broken", "CO-037")


def _last_request(one: Conversation) -> int:
    return max((s.time_ns for s in one.segments if s.way is C and _is_long(s)), default=0)


def test_soon_after_it_may_be_a_hiccup() -> None:
    found = report([lost(socket_of("good-ws"), C, BACKOFF_S[:2])])
    assert (found.verdict.outcome.value, found.verdict.cause) == ("degraded", "CO-037")
    once = report([lost(socket_of("good-ws"), C, BACKOFF_S[:1])])
    assert once.verdict.outcome.value == "healthy"


def test_what_is_acknowledged_in_the_end_was_not_lost() -> None:
    one = lost(socket_of("good-ws"), C, BACKOFF_S)
    found = report([packets.added(one, one.ended_ns + S_NS, S, ACK)])
    assert found.verdict.outcome.value == "healthy"
    assert not [one for one in found.findings if one.rule_id == "CO-037"]


RECORD_OCTETS = {C: 120, S: 130}


def record(way: Direction, serial: int) -> bytes:
    """A record of application data that hides what it holds (RFC 8446 section 5.2)."""
    length = RECORD_OCTETS[way]
    return b"\x17\x03\x03" + length.to_bytes(2) + (serial.to_bytes(4) * length)[:length]


def pinging(one: Conversation, seconds: Iterable[float]) -> Conversation:
    """The same connection with a ping and its answer at these seconds behind its last packet."""
    told = packets.before_end(one)
    since = told.ended_ns
    for serial, second in enumerate(seconds):
        at = since + int(second * S_NS)
        told = packets.added(told, at, C, PSH | ACK, record(C, serial))
        told = packets.added(told, at + 20_000_000, S, PSH | ACK, record(S, serial))
        told = packets.added(told, at + 20_100_000, C, ACK)
    return told


STEADY = [10.0 * n for n in range(1, 13)]


def heard(one: Conversation, since: int, seconds: Iterable[float], *, dark: bool) -> Conversation:
    """Events of the server that TCP of the client acknowledges, or not."""
    for serial, second in enumerate(seconds):
        at = since + int(second * S_NS)
        one = packets.added(one, at, S, PSH | ACK, record(S, 9_000 + serial))
        if dark:
            said = next(s for s in one.segments if s.time_ns == at)
            copies = [said._replace(time_ns=at + int(wait * S_NS)) for wait in BACKOFF_S]
            one = one._replace(segments=(*one.segments, *copies))
        else:
            one = packets.added(one, at + 40_000_000, C, ACK)
    return one


@pytest.mark.parametrize(("dark", "rule_id"), [(False, "TI-001"), (True, "TI-002")])
def test_records_that_nobody_can_read_tell_a_throttled_page_from_a_sleeping_pc(
    dark: bool, rule_id: str
) -> None:
    one = socket_of("good-wss-tls13")
    since = packets.before_end(one).ended_ns
    told = heard(pinging(one, STEADY), since, (145, 160, 190), dark=dark)
    told = pinging(told, [45.0, 55.0])
    found = report([told])
    hit = finding(found, rule_id)
    assert hit.values["gap_s"] == pytest.approx(117, abs=3)
    assert hit.values["heard"] == 3
    others = {"TI-001", "TI-002", "TI-003", "FI-004"} - {rule_id}
    assert not others & {one.rule_id for one in found.findings}


def test_steady_pings_that_nobody_can_read_pause_never() -> None:
    found = report([pinging(socket_of("good-wss-tls13"), STEADY)])
    (session,) = found.sessions
    assert session.pauses == ()
    assert session.cadence is not None
    assert session.cadence.pings >= len(STEADY)
