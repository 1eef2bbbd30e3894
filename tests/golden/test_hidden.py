"""Real captures without their keys: what TLS tells all the same."""

from pathlib import Path

import pytest

from analyzer.model.report import Outcome, Report
from analyzer.model.session import Carrier, CloseKind, StepName
from analyzer.model.source import Side
from analyzer.model.tls import Locked, Sign
from analyzer.pipeline import analyze

Said = tuple[Outcome, StepName | None, str | None]

BROKEN, UNKNOWN = Outcome.BROKEN, Outcome.INCONCLUSIVE

VERDICTS: dict[str, Said] = {
    "c-wss-tls12-rsa-aes128gcm": (UNKNOWN, None, "CQ-003"),
    "e-bosh-prosody-tls13": (UNKNOWN, None, "CQ-003"),
    "f-tcp-starttls12-prosody": (UNKNOWN, None, "CQ-012"),
    "f-tcp-starttls13-prosody": (UNKNOWN, None, "CQ-012"),
    "ff-good-wss-tls13": (UNKNOWN, None, "CQ-003"),
    "good-wss-tls12-aes128gcm": (UNKNOWN, None, "CQ-003"),
    "good-wss-tls13": (UNKNOWN, None, "CQ-003"),
    "har-playwright-embed": (UNKNOWN, None, "CQ-003"),
    "idle-timeout-proxy": (BROKEN, StepName.LIVE, "CO-005"),
    "n-untrusted-cert-tls12": (BROKEN, StepName.TLS, "TL-002"),
    "t-h2-websocket": (UNKNOWN, None, "CQ-003"),
    "u-midstream-wss": (UNKNOWN, None, "CQ-004"),
    "untrusted-certificate": (BROKEN, StepName.TLS, "TL-005"),
    "x-tls13-resumption": (UNKNOWN, None, "CQ-003"),
}


def hidden(shared: Path, name: str) -> Report:
    # A stream has no folder beside which a key log is found.
    with (shared / "captures" / name / "capture.pcapng").open("rb") as stream:
        return analyze([(f"{name}.pcapng", stream)])


@pytest.mark.parametrize("name", VERDICTS)
def test_verdicts(shared: Path, name: str) -> None:
    verdict = hidden(shared, name).verdict
    assert (verdict.outcome, verdict.step, verdict.cause) == VERDICTS[name]


def test_the_desktop_is_found_among_the_connections_of_its_page(shared: Path) -> None:
    report = hidden(shared, "good-wss-tls13")
    (session,) = report.sessions
    assert session.connection is not None
    assert session.connection.number == 2  # of three
    assert session.carrier is Carrier.UNKNOWN
    assert session.cadence is not None
    assert session.cadence.signs == (Sign.HTTP_1, Sign.UNASKED)
    assert report.recordings[0].packets is not None
    assert report.recordings[0].packets.tls_locked == {"no keys": 3}


def test_firefox_offers_h2_for_a_websocket_and_is_found_by_what_comes_unasked(
    shared: Path,
) -> None:
    (session,) = hidden(shared, "ff-good-wss-tls13").sessions
    assert session.cadence is not None
    assert session.cadence.signs == (Sign.UNASKED,)


def test_an_idle_cut_shows_in_tls(shared: Path) -> None:
    (session,) = hidden(shared, "idle-timeout-proxy").sessions
    assert (session.close.kind, session.close.by) == (CloseKind.FIN, Side.SERVER)
    # The proxy sends close_notify, which in TLS 1.3 looks like data, and is told apart.
    assert 5_500_000_000 < (session.close.idle_ns or 0) < 6_500_000_000


def test_extra_connections_that_a_browser_replaces_are_no_fault(shared: Path) -> None:
    (session,) = hidden(shared, "har-playwright-embed").sessions
    assert len(session.attempts) == 4
    assert {attempt.detail for attempt in session.attempts} == {"aborted after Certificate"}


def test_a_late_start_says_that_no_keys_will_help(shared: Path) -> None:
    (session,) = hidden(shared, "u-midstream-wss").sessions
    assert session.started_late
    assert session.tls is not None
    assert session.tls.locked is Locked.NO_HANDSHAKE


def test_a_certificate_that_was_refused_is_told(shared: Path) -> None:
    report = hidden(shared, "n-untrusted-cert-tls12")
    assert "issued by Lab CA" in str(report.findings[0].values["certificate"])
