"""What happened to an agent, told by real recordings and by such as were changed."""

from io import BytesIO
from pathlib import Path

import pytest

from analyzer.model.history import Chapter
from analyzer.model.report import Outcome, Report
from analyzer.pipeline import analyze
from tests.failures import packet_changes as packets
from tests.failures.har_changes import har
from tests.failures.sessions import live, lost, polls
from tests.failures.socket_packets import capture
from tests.failures.story import End, Story
from tests.failures.words import presence, service, stream_error, user
from tests.transport.segments import C

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
A, B = "finesse-a.example.test:8445", "finesse-b.example.test:8445"
BOTH = pytest.mark.parametrize("form", ["session.har", "capture.pcap"])


def report(form: str, *stories: Story) -> Report:
    """Of sessions of one agent, as a HAR or as packets."""
    made = har(*stories) if form == "session.har" else capture(*stories)
    return analyze([(form, BytesIO(made))])


def chapters(found: Report) -> tuple[Chapter, ...]:
    (history,) = found.histories
    assert history.agent == "agent1001@finesse.example.test"
    return history.chapters


def told(found: Report) -> list[str]:
    """What happened, where a HAR and packets agree: with the node's letter."""
    return [f"{c.what.value} {c.server.split('.')[0][-1]}" for c in chapters(found)]


def rules(found: Report) -> dict[str, str | None]:
    """Rule → what explains it."""
    return {finding.rule_id: finding.explained_by for finding in found.findings}


@pytest.mark.parametrize("name", ["capture.pcapng", "session.har"])
def test_a_reconnect_loop(name: str) -> None:
    found = analyze([FIXTURES / "reconnect-loop" / name])
    assert [history.sessions for history in found.histories] == [(1, 2, 3, 4, 5)]
    whats = [c.what.value for c in chapters(found)]
    end = "lost" if name == "session.har" else "ended"
    assert whats == ["logged in", end, *["reconnected", end] * 4]
    for back in chapters(found)[2::2]:
        assert back.span_ns is not None
        assert 500_000_000 <= back.span_ns <= 530_000_000


HEALTHY = [
    "good-ws",
    "good-bosh",
    "w-two-agents-ws",
    "conflict-second-login",
    "idle-timeout-proxy",
    "untrusted-certificate",
    "u-har-devtools-opened-late",
    "ping-unanswered",
    "no-finesse-presence",
    "w-both-hops-ws",
]


@pytest.mark.parametrize("case", HEALTHY)
def test_one_session_of_an_agent_is_no_story(case: str) -> None:
    for path in sorted((FIXTURES / case).glob("*.*")):
        if path.suffix in {".pcapng", ".har"}:
            assert analyze([path]).histories == ()


@BOTH
def test_there_and_back(form: str) -> None:
    sessions = [lost(12)._replace(begin_s=40.0 * n, host=(A, B)[n % 2]) for n in range(4)]
    found = report(form, *sessions)
    assert told(found) == [
        "logged in a",
        "lost a",
        "failed over b",
        "lost b",
        "failed over a",
        "lost a",
        "failed over b",
        "lost b",
    ]
    overs = [c for c in chapters(found) if c.what.value == "failed over"]
    assert [c.session for c in overs] == [2, 3, 4]
    assert [round((c.span_ns or 0) / 1e9) for c in overs] == [25, 25, 25]
    (finding, *_) = [f for f in found.findings if f.rule_id == "FI-013"]
    assert finding.values["count"] == 3
    assert finding.values["span_s"] == 80.0
    assert "finesse-a.example.test (2)" in str(finding.values["servers"])


@BOTH
def test_over_and_stayed(form: str) -> None:
    found = report(form, lost(12)._replace(host=A), live(30)._replace(begin_s=60.0, host=B))
    assert told(found) == ["logged in a", "lost a", "failed over b", "still in b"]
    assert "FI-013" not in rules(found)
    (finding,) = [f for f in found.findings if f.rule_id == "FI-032"]
    assert (finding.values["left"], finding.values["node"]) == (
        "finesse-a.example.test",
        "finesse-b.example.test",
    )
    assert finding.explained_by == found.verdict.cause == "CO-004"


def gone() -> Story:
    """Finesse goes away, the desktop drops its connection and asks for SystemInfo."""
    told = live(30).saying(presence(35, "unavailable")).calling(*polls(56, 4))
    return told._replace(end=End(36, "C>", "fin"), host=A)


@BOTH
@pytest.mark.parametrize("host", [A, B])
def test_finesse_went_away_and_the_desktop_came_back(form: str, host: str) -> None:
    found = report(form, gone(), live(30)._replace(begin_s=180.0, host=host))
    back = "reconnected a" if host == A else "failed over b"
    node = "a" if host == A else "b"
    assert told(found) == [
        "logged in a",
        "finesse gone a",
        "lost a",
        "polled a",
        back,
        f"still in {node}",
    ]
    poll = chapters(found)[3]
    assert (poll.count, poll.span_ns, poll.detail) == (4, 60_000_000_000, "503")
    assert found.verdict.cause == "FI-024"
    explained = rules(found)
    assert explained["FI-033"] == explained["FI-012"] == "FI-024"
    assert explained["CO-004"] == "FI-033"
    assert [f.session for f in found.findings if f.rule_id == "FI-016"] == [1]


@BOTH
def test_out_of_service_and_back(form: str) -> None:
    out = live(60).saying(service(20, "OUT_OF_SERVICE"), service(40, "IN_SERVICE"))
    found = report(form, out._replace(host=A))
    assert told(found) == ["logged in a", "out of service a", "in service a", "still in a"]


@BOTH
def test_logged_out_by_force(form: str) -> None:
    back = live(30)._replace(begin_s=140.0).saying(user(5, "LOGOUT", reason="255"))
    found = report(form, lost(20), back)
    forced = chapters(found)[3]
    assert [c.what.value for c in chapters(found)] == [
        "logged in",
        "lost",
        "reconnected",
        "forced logout",
        "still in",
    ]
    assert forced.detail == "LOGOUT 255"
    assert round((forced.span_ns or 0) / 1e9) == 125
    assert found.verdict.cause == "CO-004"
    assert rules(found)["FI-022"] == "FI-016"
    assert {f.session for f in found.findings if f.rule_id == "FI-016"} == {1, 2}


@BOTH
def test_the_token_had_expired_by_then(form: str) -> None:
    names = "urn:ietf:params:xml:ns:xmpp-sasl"
    refusal = f"<failure xmlns='{names}'><not-authorized/></failure>"
    again = live().answering("<success", refusal).until("<failure", End(1.0))
    found = report(form, lost(20), again._replace(begin_s=60.0))
    assert [c.what.value for c in chapters(found)] == ["logged in", "lost", "refused"]
    assert chapters(found)[2].detail == "auth: not-authorized"
    causes = [found.findings[index].rule_id for index in found.verdict.causes]
    assert "FI-031" in causes
    assert "SA-007" not in causes
    assert rules(found)["SA-007"] == "FI-031"


@BOTH
def test_a_dead_socket_lingers_beside_the_new_one(form: str) -> None:
    dead = live(20)._replace(end=End(120, "S>", "rst"))
    found = report(form, dead, live(60)._replace(begin_s=50.0))
    assert [c.what.value for c in chapters(found)] == [
        "logged in",
        "lost",
        "reconnected",
        "lingered",
        "still in",
    ]


@BOTH
def test_a_second_login_takes_the_resource(form: str) -> None:
    first = live(30).saying(*stream_error(33, "conflict"))._replace(end=End(33.1, "S>"))
    found = report(form, first, live(60)._replace(begin_s=32.0))
    assert [c.what.value for c in chapters(found)] == [
        "logged in",
        "beside",
        "replaced",
        "still in",
    ]


def test_two_recordings_tell_one_story() -> None:
    stories = gone(), live(30)._replace(begin_s=180.0, host=B)
    files = [("a.har", BytesIO(har(*stories))), ("a.pcap", BytesIO(capture(*stories)))]
    assert told(analyze(files)) == told(report("capture.pcap", *stories))


def test_the_node_that_was_lost_refuses_and_the_other_one_takes_the_agent() -> None:
    recorded = packets.talk(FIXTURES / "good-ws" / "capture.pcapng")
    on_a = packets.moved(recorded, server=("127.0.0.11", 8445))
    named = packets.replaced(recorded, C, b"Host: finesse.", b"Host: reserve.")
    on_b = packets.moved(named, server=("127.0.0.12", 8445))
    host = recorded.client[0]

    def later(one: packets.Conversation, number: int, seconds: int) -> packets.Conversation:
        return packets.moved(one, client=(host, 50_000 + number), later_ns=seconds * packets.S_NS)

    vain = [later(packets.refused(on_a), n, 10 + 3 * n) for n in range(3)]
    made = packets.pcap(on_a, *vain, later(on_b, 3, 30), later(on_a, 4, 300))
    found = analyze([("capture.pcap", BytesIO(made))])
    assert [(c.what.value, c.server.split(".")[0], c.count) for c in chapters(found)] == [
        ("logged in", "finesse", 1),
        ("left", "finesse", 1),
        ("in vain", "finesse", 3),
        ("failed over", "reserve", 1),
        ("left", "reserve", 1),
        ("failed over", "finesse", 1),
        ("left", "finesse", 1),
    ]
    assert (found.verdict.outcome, found.verdict.cause) == (Outcome.DEGRADED, "CO-003")
