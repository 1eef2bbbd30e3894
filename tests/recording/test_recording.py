"""A session recorded anew, against a real server, is read to its last stanza."""

import shutil
import ssl
from pathlib import Path

import pytest

from analyzer.model.report import Outcome
from analyzer.model.session import Carrier
from analyzer.model.source import Direction
from analyzer.model.xmpp import StanzaKind
from analyzer.pipeline import analyze
from tests.recording.__main__ import main
from tests.recording.carriers import CARRIERS
from tests.recording.prosody import DOMAIN, Account
from tests.recording.recorder import record

READ_AS = {"websocket": Carrier.WEBSOCKET, "bosh": Carrier.BOSH, "starttls": Carrier.TCP}
VERSIONS = {"TLS 1.2": ssl.TLSVersion.TLSv1_2, "TLS 1.3": ssl.TLSVersion.TLSv1_3}


pytestmark = pytest.mark.usefixtures("prosody", "dumpcap")


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("carrier", CARRIERS)
def test_a_login_recorded_anew(tmp_path: Path, carrier: str, version: str) -> None:
    seen = record(tmp_path, carrier, version=VERSIONS[version])
    keys = tmp_path / "keys.log"
    report = analyze([tmp_path / "capture.pcapng"], keys=[keys])
    (session,) = report.sessions
    assert session.carrier is READ_AS[carrier]
    assert session.agent == f"1001001@{DOMAIN}"
    assert session.tls is not None
    assert session.tls.version == version
    assert report.verdict.outcome is Outcome.HEALTHY
    told = [
        stanza.name.rpartition("}")[2]
        for stanza in session.stanzas
        if stanza.direction is Direction.TO_CLIENT
        and stanza.kind not in {StanzaKind.OPEN, StanzaKind.CLOSE}
    ]
    if carrier == "starttls":
        seen = ["features", "proceed", *seen]  # said before TLS, to the channel itself
    # What comes behind the client's good-bye it no longer reads.
    assert told[: len(seen)] == seen


def test_a_wrong_password_recorded_anew(tmp_path: Path) -> None:
    seen = record(tmp_path, "websocket", account=Account("1001001", "wrong"))
    assert seen[-1] == "failure"
    keys = tmp_path / "keys.log"
    verdict = analyze([tmp_path / "capture.pcapng"], keys=[keys]).verdict
    assert (verdict.outcome, verdict.cause) == (Outcome.BROKEN, "SA-007")


def test_the_script_records_what_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path), "starttls"]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["starttls-tls12", "starttls-tls13"]
    assert capsys.readouterr().out.count("elements from the server") == 2


def test_the_script_says_how_it_is_used(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main([]) == 2
    assert main(["folder", "pigeon"]) == 2
    assert "python -m tests.recording" in capsys.readouterr().err
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert main(["folder"]) == 2
    assert capsys.readouterr().err == "prosody is not installed\n"
