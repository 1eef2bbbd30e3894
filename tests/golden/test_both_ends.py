"""A session captured at the client and at the server at once: one story, and whose fault it is."""

import base64
import hashlib
import re
from functools import cache
from io import BytesIO
from pathlib import Path

import dpkt
import pytest

from analyzer.model.diagnosis import Party
from analyzer.model.joined import Disagreement, MatchedBy
from analyzer.model.report import Report
from analyzer.model.session import SeenIn
from analyzer.model.source import Direction
from analyzer.pipeline import analyze
from tests.laws.damaged import Talk, recorded
from tests.laws.paired import Way, ends, pcap
from tests.transport.segments import C, S

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"

CLIENT, NAT, SERVER = ("10.1.1.1", 41_000), ("203.0.113.9", 6_000), ("10.0.0.2", 8_445)

SHIFT_NS = 3_700_000_000

PLAIN, LOCKED = "good-ws", "good-wss-tls13"


@cache
def talk(case: str) -> Talk:
    """The socket of a recorded session."""
    talks = recorded(FIXTURES / case / "capture.pcapng")
    longest = max(talks, key=lambda one: len(one.turns))
    return longest._replace(client=CLIENT, server=SERVER)


def both(case: str, way: Way, *, turned: bool = False) -> Report:
    captured = [BytesIO(pcap(packets)) for packets in ends(talk(case), way)]
    inputs = list(zip(("client.pcap", "server.pcap"), captured, strict=True))
    return analyze(inputs[::-1] if turned else inputs)


def turn(case: str, back: int) -> int:
    """Number of a turn of the client, the last but so many."""
    return [n for n, one in enumerate(talk(case).turns) if one.way is C][-back]


def told(report: Report) -> tuple[str, str | None, Party | None]:
    return report.verdict.outcome.value, report.verdict.cause, report.verdict.party


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("nat", [None, NAT])
@pytest.mark.parametrize("ahead_ns", [0, SHIFT_NS, -SHIFT_NS, 7_200_000_000_000])
@pytest.mark.parametrize("case", [PLAIN, LOCKED])
def test_clocks_and_addresses_may_differ(
    case: str, ahead_ns: int, nat: tuple[str, int] | None, *, turned: bool
) -> None:
    report = both(case, Way(ahead_ns=ahead_ns, nat=nat), turned=turned)
    (session,) = report.sessions
    near, far = session.parts
    assert session.seen_in is SeenIn.PACKETS
    assert near.capture == int(turned)
    assert far.matched_by is (MatchedBy.WEBSOCKET_KEY if case == PLAIN else MatchedBy.TLS_RANDOM)
    assert far.offset_ns == pytest.approx(-ahead_ns, abs=1_000_000)
    assert far.spread_ns == pytest.approx(40_000_000, abs=1_000_000)
    assert session.disagreements == ()
    assert report.verdict.outcome.value == ("healthy" if case == PLAIN else "inconclusive")
    assert session.connection is not None
    assert str(session.connection.client) == "10.1.1.1:41000"


@pytest.mark.parametrize("nat", [None, NAT])
@pytest.mark.parametrize("case", [PLAIN, LOCKED])
def test_a_dead_way_is_the_networks_fault(case: str, nat: tuple[str, int] | None) -> None:
    report = both(case, Way(dead=turn(case, 6), nat=nat, ahead_ns=SHIFT_NS))
    assert told(report) == ("broken", "JO-001", Party.NETWORK)
    (session,) = report.sessions
    (lost,) = session.disagreements
    assert (lost.kind, lost.direction) == (Disagreement.LEFT_NOT_ARRIVED, Direction.TO_SERVER)
    assert (lost.stanzas > 0) == (case == PLAIN)
    assert (lost.octets is not None) == (case == LOCKED)
    assert lost.seen.capture == 0
    assert lost.other is not None
    assert lost.other.capture == 1
    assert report.verdict.confidence is not None


@pytest.mark.parametrize("nat", [None, NAT])
@pytest.mark.parametrize("case", [PLAIN, LOCKED])
def test_a_forged_reset_is_the_networks_fault(case: str, nat: tuple[str, int] | None) -> None:
    report = both(case, Way(cut=turn(case, 6), nat=nat))
    assert told(report) == ("broken", "JO-003", Party.NETWORK)
    (session,) = report.sessions
    (end,) = session.disagreements
    assert end.kind is Disagreement.END
    assert end.other is not None
    assert {end.seen.capture, end.other.capture} == {0, 1}


def test_behind_a_good_bye_a_reset_harms_nobody() -> None:
    report = both(PLAIN, Way(cut=turn(PLAIN, 1)))
    assert report.verdict.outcome.value == "healthy"
    (told,) = (f for f in report.findings if f.rule_id == "JO-003")
    assert told.severity.value == "info"


def test_a_har_and_a_capture_at_the_server() -> None:
    """The browser goes on speaking, and nothing comes to the server any more."""
    _, server = ends(talk(PLAIN), Way(dead=turn(PLAIN, 6), ahead_ns=SHIFT_NS))
    har = (FIXTURES / PLAIN / "session.har").read_bytes()
    report = analyze([("session.har", BytesIO(har)), ("server.pcap", BytesIO(pcap(server)))])
    (session,) = report.sessions
    assert session.seen_in is SeenIn.BOTH
    assert session.stanza_count == 29
    lost = session.disagreements[0]
    assert (lost.kind, lost.direction) == (Disagreement.LEFT_NOT_ARRIVED, Direction.TO_SERVER)
    assert lost.seen.capture == 0
    assert (report.verdict.cause, report.verdict.party) == ("JO-001", Party.NETWORK)


def test_what_a_capture_missed_was_not_lost() -> None:
    """The server acknowledged it, so its capture has a hole; the client's has none."""
    way = Way(misses=lambda packet: packet.way is C and 1_500 < packet.offset < 1_700)
    report = both(PLAIN, way)
    (session,) = report.sessions
    assert session.disagreements == ()
    assert session.gaps == ()
    assert report.verdict.outcome.value == "healthy"
    assert session.stanza_count == 29


@cache
def hops() -> tuple[bytes, bytes]:
    """What was captured of each side of a proxy, in a file of its own."""
    sides: dict[bool, list[tuple[int, bytes]]] = {True: [], False: []}
    with (FIXTURES / "w-both-hops-ws" / "capture.pcapng").open("rb") as file:
        for seconds, octets in dpkt.pcapng.Reader(file):
            segment = dpkt.ethernet.Ethernet(octets).data.data
            if isinstance(segment, dpkt.tcp.TCP):
                front = FRONT in (segment.sport, segment.dport)
                sides[front].append((round(seconds * 1e9), octets))
    return pcap(sides[True]), pcap(sides[False])


FRONT = 8_080
"""Port of the proxy."""

OTHER_KEY = b"AAAAAAAAAAAAAAAAAAAAAA=="


def behind_a_proxy(one: Talk) -> Talk:
    """The same talk over a connection and a WebSocket of the proxy's own."""
    (asked, answered), rest = one.turns[:2], one.turns[2:]
    key = re.search(rb"Sec-WebSocket-Key: (\S+)", asked.octets, re.IGNORECASE)
    accept = re.search(rb"Sec-WebSocket-Accept: (\S+)", answered.octets, re.IGNORECASE)
    assert key is not None
    assert accept is not None
    digest = hashlib.sha1(OTHER_KEY + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()
    mine = asked._replace(octets=asked.octets.replace(key[1], OTHER_KEY))
    theirs = answered._replace(octets=answered.octets.replace(accept[1], base64.b64encode(digest)))
    return one._replace(client=NAT, turns=[mine, theirs, *rest])


@pytest.mark.parametrize("cut", [None, 6])
def test_a_proxy_with_a_websocket_of_its_own(cut: int | None) -> None:
    way = Way(cut=None if cut is None else turn(PLAIN, cut))
    near, _ = ends(talk(PLAIN), way)
    _, far = ends(behind_a_proxy(talk(PLAIN)), way)
    inputs = [(name, BytesIO(pcap(packets))) for name, packets in (("a", near), ("b", far))]
    report = analyze(inputs)
    (session,) = report.sessions
    assert [part.matched_by for part in session.parts] == [None, MatchedBy.STREAM_ID]
    if cut is None:
        assert told(report) == ("healthy", None, None)
    else:
        assert told(report) == ("broken", "JO-003", Party.PROXY)


def test_two_sessions_of_one_agent_stay_two() -> None:
    """The same login an hour later, recorded elsewhere: every text of it is the same, too."""
    later = both(PLAIN, Way()).sessions[0]
    one, _ = ends(talk(PLAIN), Way())
    again = behind_a_proxy(talk(PLAIN))
    said = b"".join(one.octets for one in again.turns if one.way is S)
    turns = [one._replace(time_ns=one.time_ns + 3_600 * 10**9) for one in again.turns]
    for found in re.findall(rb"<open id='([^']+)'", said):
        turns = [one._replace(octets=one.octets.replace(found, found[::-1])) for one in turns]
    _, other = ends(again._replace(turns=turns), Way())
    report = analyze([("a", BytesIO(pcap(one))), ("b", BytesIO(pcap(other)))])
    assert later.parts
    assert [session.parts for session in report.sessions] == [(), ()]


def test_both_sides_of_a_proxy_are_one_session() -> None:
    names = ("browser.pcap", "behind.pcap")
    inputs = [(name, BytesIO(octets)) for name, octets in zip(names, hops(), strict=True)]
    report = analyze(inputs)
    joined = [session for session in report.sessions if session.parts]
    assert joined
    assert all(session.disagreements == () for session in joined)
    assert report.verdict.outcome.value == "healthy"
