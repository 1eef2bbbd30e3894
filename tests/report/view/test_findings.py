"""Findings and steps, ready to be laid out."""

import pytest
from msgspec.structs import replace

from analyzer.model.recording import CaptureFile
from analyzer.report.language.texts import plain
from analyzer.report.language.words import words
from analyzer.report.view.findings import (
    MAX_PROOFS,
    Findings,
    in_sessions,
    numbers,
    redactions,
    steps,
    troubled_first,
)
from tests.report.reports import (
    entry,
    finding,
    har_recording,
    har_session,
    healthy,
    packet,
    packet_recording,
    packet_session,
    refused,
)

WORDS = words("en")


def test_a_finding_knows_what_stands_at_its_places() -> None:
    findings = Findings(refused(), words("en"))
    first = findings.root()
    assert first is not None
    assert plain(first.title) == "The server refused the user name or password of agent1001"
    assert [(proof.place, proof.what) for proof in first.proofs] == [
        ("session.har: entry 3, message 3", "failure not-authorized"),
        ("session.har: entry 3, message 2", "auth PLAIN as agent1001"),
    ]
    assert first.proofs[0].text.startswith("<failure")
    second = findings.others()[0]
    assert (second.proofs[0].what, second.proofs[0].text) == ("", "")
    assert second.explained_by == "SA-007"
    assert Findings(healthy(), words("en")).root() is None


def test_frames_the_handshake_and_the_end_can_be_pointed_at() -> None:
    findings = Findings(refused(), words("en"))
    assert findings.proof(packet(70, 5.5, 1)).what == "ping frame"
    assert findings.proof(packet(80, 5.9, 1)).what == "close frame 1012 restart"
    assert findings.proof(entry(None)).what == "HTTP response 101 Switching Protocols"
    assert findings.proof(entry(None, 1.4)).what.startswith("end: closed")


def test_equal_findings_of_several_sessions_are_told_once() -> None:
    alike = [finding("SA-007", session=n, evidence=(packet(n),)) for n in range(1, 10)]
    other = finding("SA-007", session=1, values={"user": "somebody else"})
    nobody = finding("CQ-007", session=None)
    report = refused(findings=(*alike, other, nobody))
    first, second, third = Findings(report, words("en")).others()
    assert (first.number, first.sessions) == (1, tuple(range(2, 10)))
    assert [proof.source for proof in first.proofs] == [packet(n) for n in range(2, 7)]
    assert (second.number, second.sessions) == (9, (1,))
    assert third.sessions == ()


@pytest.mark.parametrize(
    ("sessions", "text"),
    [
        ((), ""),
        ((3,), "session 3"),
        ((4, 1, 2), "sessions 1-2, 4"),
        (tuple(range(1, 10)), "sessions 1-9"),
        ((1, 3, 5, 7, 9, 10), "sessions 1, 3, 5, 7 and 2 more"),
    ],
)
def test_sessions_by_their_numbers(sessions: tuple[int, ...], text: str) -> None:
    assert numbers(sessions, WORDS) == text


def test_the_root_is_not_told_again_of_another_session() -> None:
    report = refused()
    root = report.findings[report.verdict.finding or 0]
    again = replace(root, session=2)
    elsewhere = replace(root, session=2, evidence=root.evidence[:1])
    longer = replace(report, findings=(*report.findings, again, elsewhere))
    told = Findings(longer, words("en")).others()
    assert len(told) == len(Findings(report, words("en")).others()) + 1


def test_a_cause_names_its_session_where_there_are_several() -> None:
    first = Findings(refused(), words("en")).view_of(0)
    assert in_sessions(replace(first, sessions=(2,)), WORDS) == " (session 2)"
    assert in_sessions(replace(first, sessions=()), WORDS) == ""


def test_proofs_are_bounded() -> None:
    evidence = tuple(packet(n) for n in range(1, 100))
    view = Findings(refused(findings=(finding("SA-007", evidence=evidence),)), words("en")).root()
    assert view is not None
    assert len(view.proofs) == MAX_PROOFS


def test_steps() -> None:
    shown = steps(har_session(), WORDS)
    auth = shown[3]
    assert (auth.title, auth.latency, auth.detail) == ("Authentication", "150 ms", "not-authorized")
    assert shown[0].latency == ""


def test_what_was_taken_out_is_counted_only() -> None:
    assert redactions({}, WORDS) == "Nothing had to be taken out of this report."
    assert redactions({"cookie": 2, "jwt": 1}, WORDS) == (
        "Taken out before this report was written: cookie (2), jwt (1). "
        "The recording itself still holds its secrets."
    )


def test_the_session_of_the_verdict_comes_first_then_those_with_findings() -> None:
    sessions = (
        har_session(number=1),
        packet_session(number=2),
        packet_session(number=3),
        packet_session(number=4),
    )
    findings = (finding("SA-007", session=3), finding("SA-007", session=2))
    report = refused(sessions=sessions, findings=findings)
    assert [session.number for session in troubled_first(report)] == [1, 2, 3, 4]
    report = refused(sessions=sessions[::-1], findings=(finding("SA-007", session=4),))
    assert [session.number for session in troubled_first(report)] == [1, 4, 2, 3]


def test_a_packet_is_looked_up_with_its_connection() -> None:
    session = packet_session()
    report = refused(
        sessions=(session,),
        recordings=(har_recording(), packet_recording()),
        findings=(finding("SA-007", session=2, evidence=(packet(12, capture=1),)),),
    )
    view = Findings(report, words("en")).view_of(0)
    assert [(p.look_up, p.stream) for p in view.proofs] == [
        ("frame.number == 12", "tcp.stream eq 0")
    ]
    assert view.anchor == "finding-SA-007-0"


def test_in_a_rotated_set_connections_have_other_numbers() -> None:
    files = (CaptureFile(name="a.pcap1", sha256="0", octets=9, format="pcap", first=1, packets=20),)
    whole = packet_recording()
    assert whole.packets is not None
    report = refused(
        sessions=(packet_session(),),
        recordings=(
            har_recording(),
            replace(whole, packets=replace(whole.packets, files=files)),
        ),
        findings=(finding("SA-007", session=2, evidence=(packet(12, capture=1),)),),
    )
    assert [proof.stream for proof in Findings(report, words("en")).view_of(0).proofs] == [""]
