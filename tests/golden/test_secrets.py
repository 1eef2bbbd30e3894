"""No password of a recording comes out: not in a report, not in a log, not in an error."""

import base64
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from analyzer.cli.main import stanzascope
from analyzer.report.formats import RENDERERS

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
PASSWORDS = ("pw1001", "wrong-secret", "fin123")
RECORDINGS = sorted(
    str(path.relative_to(FIXTURES))
    for path in FIXTURES.glob("*/*")
    if path.name not in ("expected.json", "README.md", "keys.log")
)


def sasl_payloads(octets: bytes) -> set[str]:
    """SASL PLAIN payloads that stand readable in a file, as sent, with their passwords."""
    found = set()
    for match in re.findall(rb"""PLAIN(?:.{0,200}?)>([A-Za-z0-9+/]{8,}={0,2})<""", octets):
        plain = base64.b64decode(match + b"=" * (-len(match) % 4)).split(b"\0")
        if len(plain) == 3 and plain[2]:
            found |= {match.decode(), plain[2].decode()}
    return found


def session_ids(octets: bytes) -> set[str]:
    """Session ids of BOSH: who has one can speak in the session."""
    return {match.decode() for match in re.findall(rb"""<body[^>]*?\bsid=["']([^"']+)""", octets)}


def shown(path: Path, folder: Path) -> bytes:
    """All that a recording holds, keys and all, as the user may ask for it."""
    output = folder / "shown.json"
    arguments = ["analyze", str(path), "--show-secrets", "--yes", "-q", "-o", f"json={output}"]
    CliRunner().invoke(stanzascope, arguments, standalone_mode=False)
    return output.read_bytes().replace(b'\\"', b'"')


@pytest.mark.parametrize("recording", RECORDINGS)
def test_nothing_leaks(recording: str, tmp_path: Path) -> None:
    path = FIXTURES / recording
    outputs = [tmp_path / f"report.{kind}" for kind in RENDERERS]
    arguments = ["analyze", str(path), "--fail-on", "never"]
    for output in outputs:
        arguments += ["-o", f"{output.suffix[1:]}={output}"]
    result = CliRunner().invoke(stanzascope, arguments, standalone_mode=False)
    assert result.exception is None
    written = result.output + "".join(
        output.read_bytes().decode("utf-8", "replace") for output in outputs
    )
    octets = path.read_bytes() + shown(path, tmp_path)
    secrets = {*PASSWORDS, *sasl_payloads(octets), *session_ids(octets)}
    secrets |= {base64.b64encode(secret.encode()).decode() for secret in PASSWORDS}
    assert [secret for secret in secrets if secret in written] == []


def test_the_test_would_notice(tmp_path: Path) -> None:
    """Asked for, the secrets are there: what the test above looks for is what is taken out."""
    path = FIXTURES / "wrong-password" / "session.har"
    output = tmp_path / "report.json"
    arguments = ["analyze", str(path), "--show-secrets", "--yes", "-q", "-o", f"json={output}"]
    CliRunner().invoke(stanzascope, arguments, standalone_mode=False)
    assert "AGFnZW50MTAwMQB3cm9uZy1zZWNyZXQ=" in sasl_payloads(
        path.read_bytes().replace(b'\\"', b'"')
    )
    assert "AGFnZW50MTAwMQB3cm9uZy1zZWNyZXQ=" in json.dumps(json.loads(output.read_text()))
    opened = shown(FIXTURES / "e-bosh-prosody-tls13" / "capture.pcapng", tmp_path)
    assert "pw1001" in sasl_payloads(opened)
