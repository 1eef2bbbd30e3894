"""HAR and capture of one recording, given as one case, tell as much as the better of both."""

import json
from collections.abc import Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from analyzer.model.joined import Disagreement, MatchedBy
from analyzer.model.report import Report
from analyzer.model.rule import Severity
from analyzer.model.session import SeenIn
from analyzer.pipeline import analyze
from analyzer.report import formats
from analyzer.report.redaction.redact import redact

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"

Told = tuple[str, str | None, str | None]


def har_of(case: str) -> str:
    return "session.har" if (FIXTURES / case / "session.har").exists() else "session.har.zip"


CASES = [
    (case.name, keyed)
    for case in sorted(FIXTURES.iterdir())
    if (case / "capture.pcapng").exists() and (case / har_of(case.name)).exists()
    for keyed in ([False, True] if (case / "keys.log").exists() else [False])
]

BETTER: dict[str, Told] = {
    "h-close-1012": ("broken", "live", "WS-026"),  # the Close frame is in the capture only
    "untrusted-certificate": ("broken", "tls", "TL-002"),  # the reason is in the HAR only
}
"""Where both know something, and one knows more."""

APART = {
    "e-bosh-prosody-tls13": "locked, and requests of BOSH look like any other",
    "t-h2-websocket": "locked, and HTTP/2 looks like any other",
    "u-har-devtools-opened-late": "the HAR has no entry for the socket",
}
"""Where there is nothing to join; the first two with keys are."""


@cache
def both(case: str, *, keyed: bool = False, turned: bool = False) -> Report:
    names = ["capture.pcapng", har_of(case)] if turned else [har_of(case), "capture.pcapng"]
    inputs = [(name, BytesIO((FIXTURES / case / name).read_bytes())) for name in names]
    return analyze(inputs, keys=[FIXTURES / case / "keys.log"] if keyed else [])


def said(report: Report) -> Told:
    verdict = report.verdict
    return verdict.outcome.value, verdict.step.value if verdict.step else None, verdict.cause


def expected(case: str, recording: str) -> dict[str, Any]:
    table: dict[str, Any] = json.loads((FIXTURES / case / "expected.json").read_text("utf-8"))
    found: dict[str, Any] = table[recording]
    return found


def alone(case: str, recording: str) -> Told:
    found = expected(case, recording)
    return found["outcome"], found["step"], found["cause"]


def best(case: str, told: Sequence[Told]) -> Told:
    """The better of two, where they differ."""
    if case in BETTER:
        return BETTER[case]
    clear = [one for one in told if one[0] != "inconclusive"]
    assert len(set(clear)) <= 1
    return clear[0] if clear else told[0]


@pytest.mark.parametrize(("case", "keyed"), CASES)
def test_the_verdict_is_the_better_one(case: str, *, keyed: bool) -> None:
    capture = f"capture.pcapng{' keys.log' if keyed else ''}"
    told = [alone(case, har_of(case)), alone(case, capture)]
    assert said(both(case, keyed=keyed)) == best(case, told)


@pytest.mark.parametrize(("case", "keyed"), CASES)
def test_one_session_is_one(case: str, *, keyed: bool) -> None:
    report = both(case, keyed=keyed)
    joined = [session for session in report.sessions if session.parts]
    assert bool(joined) == (case not in APART or keyed)
    assert all(session.seen_in is SeenIn.BOTH for session in joined)
    for recording in report.recordings:
        assert {session.number for session in joined} <= set(recording.sessions)
    har = expected(case, har_of(case))["sessions"]
    if joined:
        assert len(joined) == len(har)
        counts = [session.stanza_count for session in joined]
        assert all(a >= b[2] for a, b in zip(counts, har, strict=True))


@pytest.mark.parametrize(("case", "keyed"), CASES)
def test_the_order_of_the_files_does_not_matter(case: str, *, keyed: bool) -> None:
    one, other = both(case, keyed=keyed), both(case, keyed=keyed, turned=True)
    assert said(one) == said(other)
    assert _steps(one) == _steps(other)


def _steps(report: Report) -> list[list[tuple[str, str, int | None]]]:
    return [
        [(step.name.value, step.status.value, step.latency_ns) for step in session.steps]
        for session in sorted(report.sessions, key=lambda session: session.started_ns or 0)
    ]


@pytest.mark.parametrize(("case", "keyed"), CASES)
def test_nothing_new_is_wrong_with_a_healthy_one(case: str, *, keyed: bool) -> None:
    report = both(case, keyed=keyed)
    if report.verdict.outcome.value != "healthy":
        return
    wide = {"SA-002", "CQ-001", "CQ-002", "CQ-003", "CQ-004", "CQ-015"}
    loud = {f.rule_id for f in report.findings if f.severity is not Severity.INFO}
    assert loud <= wide


def test_who_closed_is_told_by_the_packets() -> None:
    (session,) = both("h-rst-ws").sessions
    assert (session.close.kind.value, session.close.by) == ("rst", "server")


def test_what_was_said_is_told_by_the_har() -> None:
    (session,) = both("good-wss-tls13").sessions
    assert session.carrier.value == "websocket"
    assert [step.status.value for step in session.steps if step.name.value == "bind"] == ["done"]
    assert session.tls is not None
    assert session.tls.locked is not None
    assert session.connection is not None
    assert session.connection.client is not None


@pytest.mark.parametrize(
    ("case", "keyed", "by"),
    [
        ("good-ws", False, MatchedBy.WEBSOCKET_KEY),
        ("good-wss-tls13", True, MatchedBy.WEBSOCKET_KEY),
        ("good-wss-tls13", False, MatchedBy.ADDRESSES),
        ("good-bosh", False, MatchedBy.STREAM_ID),
        ("t-h2-websocket", True, MatchedBy.STREAM_ID),
        ("midstream", False, MatchedBy.STANZAS),
        ("snaplen-96", False, MatchedBy.ADDRESSES),
        ("untrusted-certificate", False, MatchedBy.ADDRESSES),
        ("x-tls13-resumption", False, MatchedBy.ADDRESSES),
    ],
)
def test_by_what_it_is_recognised(case: str, by: MatchedBy, *, keyed: bool) -> None:
    for session in both(case, keyed=keyed).sessions:
        assert [part.matched_by for part in session.parts] == [None, by]


def test_one_machine_has_one_clock() -> None:
    (session,) = both("good-ws").sessions
    _, har = session.parts
    assert abs(har.offset_ns) < 5_000_000
    assert har.compared == session.stanza_count
    assert har.spread_ns is not None
    assert har.spread_ns < 50_000_000


def test_one_side_of_a_proxy_is_not_the_other() -> None:
    report = both("w-both-hops-ws")
    parts = [len(session.parts) for session in report.sessions]
    assert sorted(parts) == [0, 0, 2]
    assert all(session.agent for session in report.sessions)


def test_what_the_browser_did_not_record() -> None:
    (session,) = both("good-bosh").sessions
    assert {one.kind for one in session.disagreements} == {Disagreement.NOT_IN_HAR}
    assert "JO-005" in {finding.rule_id for finding in both("good-bosh").findings}


def test_client_and_server_captured_a_bad_network() -> None:
    """Both ends of a lossy way, and what the browser has to say of it."""
    case = FIXTURES / "r-lossy-ws"
    names = ("capture.server-side.pcapng", "session.har", "capture.pcapng")
    report = analyze([(name, BytesIO((case / name).read_bytes())) for name in names])
    (session,) = report.sessions
    assert said(report) == ("healthy", None, None)
    assert session.seen_in is SeenIn.BOTH
    near, *others = session.parts
    assert near.capture == 2  # the client's: it waits longer for the server
    assert {part.capture for part in others} == {0, 1}
    assert session.disagreements == ()
    (far,) = (part for part in others if not part.har)
    assert abs(far.offset_ns) < (far.spread_ns or 0)


def test_the_times_of_evidence_are_those_of_its_file() -> None:
    """A HAR by a clock that is 4 s ahead: what it says of a time stays as it is."""
    case = FIXTURES / "good-wss-tls13"
    har = json.loads((case / "session.har").read_text("utf-8"))
    for entry in har["log"]["entries"]:
        for message in entry.get("_webSocketMessages", ()):
            message["time"] += 4
    inputs = [
        ("session.har", BytesIO(json.dumps(har).encode())),
        ("capture.pcapng", BytesIO((case / "capture.pcapng").read_bytes())),
    ]
    report = analyze(inputs, keys=[case / "keys.log"])
    (session,) = report.sessions
    (part,) = (one for one in session.parts if one.har)
    assert part.offset_ns == pytest.approx(-4_000_000_000, abs=5_000_000)
    told = json.loads(formats.RENDERERS["json"](redact(report), "en"))
    first = told["sessions"][0]
    assert first["parts"][1]["clock_ahead_ms"] == pytest.approx(4_000, abs=5)
    assert "CQ-005" in {finding.rule_id for finding in report.findings}
