"""Recordings in, a report out: inputs together, numbers, progress, streams."""

import gzip
import struct
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from analyzer.model.errors import CaptureError, UsageError
from analyzer.model.recording import Kind, Secret
from analyzer.model.session import SeenIn
from analyzer.pipeline import analyze, known_rules, known_texts, profile_titles
from analyzer.session import joiner
from analyzer.session.joiner import Joiner
from tests.capture import written as w

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"


def test_several_inputs_are_one_case() -> None:
    report = analyze(
        [FIXTURES / "wrong-password/session.har", FIXTURES / "w-two-agents-ws/capture.pcapng"]
    )
    assert [(r.capture, r.kind) for r in report.recordings] == [(0, Kind.HAR), (1, Kind.PACKETS)]
    assert [s.number for s in report.sessions] == [1, 2, 3]
    assert [r.sessions for r in report.recordings] == [(1,), (2, 3)]
    assert [s.seen_in for s in report.sessions] == [SeenIn.HAR, SeenIn.PACKETS, SeenIn.PACKETS]
    by_number = {s.number: s for s in report.sessions}
    for finding in report.findings:
        if finding.session is not None:
            assert finding.capture == by_number[finding.session].capture
            assert all(source.capture == finding.capture for source in finding.evidence)
    assert report.verdict.session == 1


def test_sessions_are_numbered_as_they_began() -> None:
    report = analyze([FIXTURES / "reconnect-loop/capture.pcapng"])
    begun = [session.started_ns for session in report.sessions]
    assert begun == sorted(begun, key=lambda ns: ns or 0)
    assert [s.number for s in report.sessions] == [1, 2, 3, 4, 5]
    assert {f.session for f in report.findings if f.rule_id == "SA-002"} == {1, 2, 3, 4, 5}


@pytest.mark.parametrize("name", ["session.har", "capture.pcapng"])
def test_a_stream_gives_what_its_file_gives(name: str) -> None:
    path = FIXTURES / "wrong-password" / name
    assert analyze([(name, BytesIO(path.read_bytes()))]) == analyze([path])


def test_what_a_recording_holds_of_secrets_is_counted() -> None:
    keys = w.block(w.DSB, (0x544C534B).to_bytes(4, "little") + b"\4\0\0\0keys")
    report = analyze([("keys.pcapng", BytesIO(w.section() + keys))])
    assert report.recordings[0].secrets == {Secret.TLS_KEYS: 1}
    report = analyze([FIXTURES / "good-ws/session.har"])
    assert report.recordings[0].secrets[Secret.SASL_PASSWORD] == 1


def test_progress_is_told() -> None:
    told: list[tuple[str, int]] = []
    tell: Callable[[str, int], None] = lambda name, count: told.append((name, count))  # noqa: E731
    analyze([FIXTURES / "good-ws/session.har"], progress=tell)
    assert told
    assert {name for name, _ in told} == {"session.har"}
    assert [count for _, count in told] == list(range(1, len(told) + 1))


def test_what_cannot_be_done_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        analyze([FIXTURES / "good-ws/session.har"], profile="nobody")
    with pytest.raises(CaptureError):
        analyze([tmp_path / "missing.har"])


def test_every_rule_that_looked_is_named() -> None:
    report = analyze([FIXTURES / "good-ws/session.har"])
    assert report.rules_run == tuple(rule.id for rule in known_rules())
    assert {f.rule_id for f in report.findings} <= set(report.texts)
    assert {s.rule_id for s in report.skipped} <= set(report.texts)


def test_a_private_key_of_no_use_is_passed_over_unless_it_was_given(tmp_path: Path) -> None:
    pem = b"-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n"
    (tmp_path / "server.pem").write_bytes(pem)
    (tmp_path / "x.pcapng").write_bytes((FIXTURES / "good-ws/capture.pcapng").read_bytes())
    report = analyze([tmp_path])
    (skipped,) = report.skipped_inputs
    assert skipped.name == f"{tmp_path.name}/server.pem"
    assert "private key" in skipped.reason
    assert report.key_files == ()
    (tmp_path / "server.pem").write_bytes(pem + f"RSA {'ab' * 8} {'cd' * 48}\n".encode())
    (keys,) = analyze([tmp_path]).key_files
    assert (keys.secrets, keys.given) == (1, False)
    with pytest.raises(UsageError, match=r"^server\.pem: the private key"):
        analyze([tmp_path / "x.pcapng"], keys=[tmp_path / "server.pem"])


WSS = FIXTURES / "good-wss-tls13"


@pytest.mark.parametrize(
    "where", ["given", "packed", "beside", "folder", "zip", "late block", "late comment", "rotated"]
)
def test_keys_are_used_wherever_they_are(where: str, tmp_path: Path) -> None:
    expected = analyze([WSS / "capture.pcapng"], keys=[WSS / "keys.log"])
    capture = (WSS / "capture.pcapng").read_bytes()
    keys = (WSS / "keys.log").read_bytes()
    block = w.block(w.DSB, struct.pack("<II", 0x544C534B, len(keys)) + keys)
    path = tmp_path / "capture.pcapng"
    match where:
        case "late block":
            path.write_bytes(capture + block)
        case "late comment":
            path.write_bytes(capture + w.section(options=w.option(1, keys)))
        case "rotated":
            path = tmp_path / "capture.pcap"
            path.write_bytes(capture)
            (tmp_path / "capture.pcap1").write_bytes(w.section() + block)
        case "zip":
            path = tmp_path / "case.zip"
            with zipfile.ZipFile(path, "w") as made:
                made.writestr("a/capture.pcapng", capture)
                made.writestr("b/secret.txt", keys)
        case _:
            path.write_bytes(capture)
            name = "sslkeylog.txt" if where == "beside" else "other"
            octets = gzip.compress(keys) if where == "packed" else keys
            (tmp_path / name).write_bytes(octets)
    inputs = [tmp_path] if where in ("folder", "rotated") else [path]
    given = [tmp_path / "other"] if where in ("given", "packed") else []
    report = analyze(inputs, keys=given)
    assert report.sessions == expected.sessions
    assert len(report.sessions[0].stanzas) > 10
    assert [(key.given, key.secrets > 4) for key in report.key_files] == (
        [(bool(given), True)] if where not in ("late block", "late comment", "rotated") else []
    )


def test_without_keys_nothing_is_read(tmp_path: Path) -> None:
    path = tmp_path / "capture.pcapng"
    path.write_bytes((WSS / "capture.pcapng").read_bytes())
    report = analyze([path])
    assert report.key_files == ()
    assert report.recordings[0].packets is not None
    assert report.recordings[0].packets.tls_opened == 0


def test_a_session_in_several_recordings_is_one() -> None:
    """The folder holds the HAR and the capture of one session, which only the latter explains."""
    report = analyze([FIXTURES / "h-close-1012"])
    (session,) = report.sessions
    assert session.seen_in is SeenIn.BOTH
    assert [recording.sessions for recording in report.recordings] == [(1,), (1,)]
    assert report.verdict.cause == "WS-026"
    assert [f.rule_id for f in report.findings if f.session == 1].count("WS-026") == 1


def test_what_waits_for_other_recordings_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joiner, "Joiner", lambda: Joiner(sessions=1))
    case = FIXTURES / "reconnect-loop"
    report = analyze([case / "session.har", case / "capture.pcapng"])
    assert [len(session.parts) for session in report.sessions].count(0) >= 8
    limits = [a.values for r in report.recordings for a in r.anomalies if a.values]
    assert {"limit": "JOIN_SESSIONS", "value": 1} in limits
    assert report.recordings[0].sessions == (1, 2, 3, 4, 5)


def test_a_recording_alone_waits_for_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joiner, "Joiner", None)
    assert len(analyze([FIXTURES / "reconnect-loop/capture.pcapng"]).sessions) == 5


def test_the_largest_recording_lets_go_of_what_no_other_holds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Read last, it need not fit among what waits: five sessions, of which a HAR holds one."""
    monkeypatch.setattr(joiner, "Joiner", lambda: Joiner(sessions=2))
    har = FIXTURES / "wrong-password" / "session.har"
    report = analyze([har, FIXTURES / "w-two-agents-ws/capture.pcapng"])
    assert [session.parts for session in report.sessions] == [(), (), ()]
    assert not [a for r in report.recordings for a in r.anomalies if "limit" in a.values]


def test_the_texts_of_rules_are_known_by_their_ids() -> None:
    texts = known_texts()
    assert [*texts] == [rule.id for rule in known_rules()]
    assert texts["SA-007"].reference.startswith("RFC 6120")


def test_a_profile_of_ones_own_stands_before_the_built_in_ones(tmp_path: Path) -> None:
    assert list(profile_titles("xmpp").items())[:2] == [
        ("xmpp", "Any XMPP server and client"),
        ("finesse", "Cisco Finesse desktop and Notification Service"),
    ]
    path = tmp_path / "support desk.toml"
    path.write_text('extends = "finesse"\nname = "desk"\ntitle = "Our desk"\n', encoding="utf-8")
    titles = profile_titles(str(path))
    assert next(iter(titles.items())) == (str(path), "Our desk")
    assert len(titles) == len(profile_titles("xmpp")) + 1
    # It would stand there twice.
    path.write_text('extends = "finesse"\n', encoding="utf-8")
    assert profile_titles(str(path))[str(path)] == "support desk"
    with pytest.raises(UsageError, match="no profile of that name"):
        profile_titles(str(tmp_path / "none"))
