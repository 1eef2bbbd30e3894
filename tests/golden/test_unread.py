"""What this version cannot read is named for what it is, and never called healthy."""

from pathlib import Path

from analyzer.model.report import Outcome
from analyzer.pipeline import analyze

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"

NAMED_BY = {"CQ-001", "CQ-003", "CO-009", "TL-002"}
"""No messages in the HAR; TLS without keys; another transport; a certificate refused."""


def test_no_recording_that_cannot_be_read_is_called_healthy(shared: Path) -> None:
    ours = {f"{path.parent.name}/{path.name}" for path in FIXTURES.glob("*/*")}
    said: dict[str, tuple[Outcome, str | None]] = {}
    for path in sorted((shared / "captures").glob("*/*")):
        name = f"{path.parent.name}/{path.name}"
        if path.name.startswith(("capture", "session", "autoexport")) and name not in ours:
            verdict = analyze([path]).verdict
            said[name] = (verdict.outcome, verdict.cause)
    assert len(said) > 30
    assert {name: v for name, v in said.items() if v[0] is not Outcome.INCONCLUSIVE} == {}
    assert {name: v for name, v in said.items() if v[1] not in NAMED_BY} == {}
