"""The sessions of a capture, written as a HAR and read again, tell what the capture told."""

import json
from pathlib import Path

import pytest

from analyzer.model.report import Report
from analyzer.model.session import Carrier
from analyzer.pipeline import analyze
from analyzer.report.formats import RENDERERS
from analyzer.report.redaction.redact import Redaction, redact
from tests.importing import invalid, refused

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
CAPTURES = sorted(str(path.relative_to(FIXTURES)) for path in FIXTURES.glob("*/*.pcap*"))

OVER_TCP = {
    "f-tcp-plain-prosody",
    "f-tcp-starttls12-prosody",
    "f-tcp-starttls13-prosody",
    "q-tcp-one-byte-segments",
    "w-classic-pcap-microsecond",
}
"""A HAR knows HTTP and WebSocket only: it cannot hold XMPP on a connection of its own."""

ONLY_PACKETS = {
    "CO-006": "losses of TCP",
    "CO-033": "attempts to connect before the one that succeeded",
    "CQ-008": "packets captured in part",
    "CQ-014": "packets captured twice",
    "HT-001": "WebSocket in a stream of HTTP/2",
    "WS-022": "the end of TCP without a Close frame",
}
"""Findings that are not about what the session said, and no cause of these recordings."""


def exported(name: str, level: Redaction, folder: Path) -> tuple[Report, str, Report]:
    report = analyze([FIXTURES / name])
    text = RENDERERS["har"](redact(report, level), "en")
    assert isinstance(text, str)
    path = folder / "exported.har"
    path.write_text(text, encoding="utf-8")
    return report, text, analyze([path])


@pytest.mark.parametrize("level", [Redaction.SECRETS, Redaction.ALL])
@pytest.mark.parametrize("name", CAPTURES)
def test_the_export_tells_what_the_capture_told(
    name: str, level: Redaction, tmp_path: Path
) -> None:
    report, text, again = exported(name, level, tmp_path)
    har = json.loads(text)
    assert invalid(har) == []
    assert refused(har) == []
    if name.partition("/")[0] in OVER_TCP:
        assert {session.carrier for session in report.sessions} == {Carrier.TCP}
        assert har["log"]["entries"] == []
        return
    then, now = report.verdict, again.verdict
    assert (now.outcome, now.step, now.cause) == (then.outcome, then.step, then.cause)
    assert now.session == then.session
    was = {finding.rule_id for finding in report.findings}
    found = {finding.rule_id for finding in again.findings}
    assert was - found <= ONLY_PACKETS.keys()
    # A HAR without messages says so, which a capture of a refused upgrade does not.
    assert found - was <= {"CQ-001"}
    assert [s.stanza_count for s in again.sessions] == [s.stanza_count for s in report.sessions]


def test_messages_name_their_packets(tmp_path: Path) -> None:
    report, text, _ = exported("good-ws/capture.pcapng", Redaction.SECRETS, tmp_path)
    (entry,) = [e for e in json.loads(text)["log"]["entries"] if "_webSocketMessages" in e]
    packets = [getattr(stanza.source, "first", None) for stanza in report.sessions[0].stanzas]
    assert [row["_packet"] for row in entry["_webSocketMessages"]] == packets
    assert list(entry["_webSocketMessages"][0]) == ["type", "time", "opcode", "data", "_packet"]
