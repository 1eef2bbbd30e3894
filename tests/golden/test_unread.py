"""What keys or bodies would tell is never guessed: without them nothing is called healthy."""

from pathlib import Path

from analyzer.model.report import Outcome
from analyzer.pipeline import analyze

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"

TOLD_WITHOUT_KEYS = {
    "idle-timeout-proxy": "CO-005",
    "n-untrusted-cert-tls12": "TL-002",
    "untrusted-certificate": "TL-005",
}
"""Faults that show in the records of TLS themselves."""

Said = tuple[Outcome, str | None]


def said_of(path: Path) -> Said:
    # A stream has no folder beside which a key log is found.
    with path.open("rb") as stream:
        verdict = analyze([(path.name, stream)]).verdict
    return verdict.outcome, verdict.cause


def test_no_locked_capture_is_called_healthy() -> None:
    locked = [path.parent for path in sorted(FIXTURES.glob("*/keys.log"))]
    said = {folder.name: said_of(folder / "capture.pcapng") for folder in locked}
    broken = {name: cause for name, (outcome, cause) in said.items() if outcome is Outcome.BROKEN}
    assert broken.items() <= TOLD_WITHOUT_KEYS.items()
    others = [outcome for name, (outcome, _) in said.items() if name not in broken]
    assert set(others) == {Outcome.INCONCLUSIVE}


def test_a_locked_capture_says_what_to_bring() -> None:
    path = FIXTURES / "good-wss-tls13" / "capture.pcapng"
    with path.open("rb") as stream:
        report = analyze([(path.name, stream)])
    remedy = report.texts["CQ-003"].remedy
    assert "SSLKEYLOGFILE" in remedy
    (session,) = report.sessions
    assert session.tls is not None
    assert session.tls.server_name == "finesse.example.test"
    assert (session.tls.version, session.tls.locked) == ("TLS 1.3", "no keys")


def test_a_sanitized_har_tells_the_same(shared: Path) -> None:
    """Chrome takes out cookies and authorization; neither is what a login fails of."""
    for path in sorted((shared / "captures").glob("*/session.sanitized.har")):
        if (FIXTURES / path.parent.name).exists():
            whole = said_of(path.with_name("session.har"))
            assert (path.parent.name, said_of(path)) == (path.parent.name, whole)
