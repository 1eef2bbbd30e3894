"""What this version cannot read is named for what it is, and never called healthy."""

from pathlib import Path

from analyzer.model.report import Outcome
from analyzer.pipeline import analyze

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"

RECORDINGS = ("capture", "session", "autoexport")
NAMED_BY = {"CQ-001", "CQ-003", "CO-009", "TL-002"}
"""No messages in the HAR; TLS without keys; another transport; a certificate refused."""

Said = tuple[Outcome, str | None]


def said_of(path: Path) -> Said:
    verdict = analyze([path]).verdict
    return verdict.outcome, verdict.cause


def test_no_recording_that_cannot_be_read_is_called_healthy(shared: Path) -> None:
    ours = {path.name for path in FIXTURES.iterdir()}
    read = {f"{path.parent.name}/{path.name}" for path in FIXTURES.glob("*/*")}
    said = {
        f"{path.parent.name}/{path.name}": said_of(path)
        for path in sorted((shared / "captures").glob("*/*"))
        if path.name.startswith(RECORDINGS)
        and f"{path.parent.name}/{path.name}" not in read
        and not (path.parent.name in ours and path.suffix == ".har")
    }
    assert len(said) > 20
    assert {name: v for name, v in said.items() if v[0] is not Outcome.INCONCLUSIVE} == {}
    assert {name: v for name, v in said.items() if v[1] not in NAMED_BY} == {}


def test_a_sanitized_har_tells_the_same(shared: Path) -> None:
    """Chrome takes out cookies and authorization; neither is what a login fails of."""
    for path in sorted((shared / "captures").glob("*/session.sanitized.har")):
        if (FIXTURES / path.parent.name).exists():
            whole = said_of(path.with_name("session.har"))
            assert (path.parent.name, said_of(path)) == (path.parent.name, whole)
