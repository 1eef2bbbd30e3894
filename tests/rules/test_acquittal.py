"""A session is cleared of what it shows not to be the matter, and of nothing else."""

from io import BytesIO
from pathlib import Path

import pytest
from msgspec.structs import replace

from analyzer.model.diagnosis import Party, Suspect
from analyzer.model.flow import Gap, GapReason
from analyzer.model.report import Report
from analyzer.model.session import CloseKind, Session
from analyzer.model.source import Direction
from analyzer.pipeline import analyze
from analyzer.rules.acquittal import ruled_out
from tests.rules.climb import climb

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"

REACHED = {Suspect.PORT, Suspect.UPGRADE}
LOGGED_IN = REACHED | {Suspect.DOMAIN, Suspect.CREDENTIALS}


def told(report: Report) -> set[Suspect]:
    return {one.suspect for one in report.verdict.ruled_out}


def cleared(ladder: str) -> set[Suspect]:
    (session,) = climb(ladder).sessions
    return {one.suspect for one in ruled_out(session, [session], None)}


@pytest.mark.parametrize(
    ("recording", "expected"),
    [
        ("wrong-password/session.har", REACHED),
        ("wrong-password/capture.pcapng", REACHED),
        ("no-finesse-presence/capture.pcapng", LOGGED_IN),
        ("untrusted-certificate/capture.pcapng", {Suspect.PORT}),
        ("upgrade-403/capture.pcapng", {Suspect.PORT}),
        ("upgrade-403/session.har", {Suspect.PORT}),
        (
            "h-rst-ws/capture.pcapng",
            LOGGED_IN | {Suspect.SUBSCRIPTION, Suspect.CONFLICT, Suspect.NETWORK},
        ),
        (
            "idle-timeout-proxy/session.har",
            LOGGED_IN | {Suspect.CERTIFICATE, Suspect.FINESSE, Suspect.SUBSCRIPTION},
        ),
    ],
)
def test_recordings(recording: str, expected: set[Suspect]) -> None:
    assert told(analyze([FIXTURES / recording])) - {Suspect.SERVER_STALL} == expected


def test_nothing_is_ruled_out_where_nothing_is_wrong() -> None:
    assert not told(analyze([FIXTURES / "good-ws" / "capture.pcapng"]))


def test_every_proof_is_of_the_session() -> None:
    report = analyze([FIXTURES / "h-rst-ws" / "capture.pcapng"])
    assert all(source.capture == 0 for o in report.verdict.ruled_out for source in o.evidence)


DIED = "@login\n20.0 S> [rst]"
PING = "10.0 C> <iq xmlns='jabber:client' type='get' id='p1'><ping xmlns='urn:xmpp:ping'/></iq>"
PONG = "10.1 S> <iq xmlns='jabber:client' type='result' id='p1'/>"


def test_an_answered_ping_clears_the_server() -> None:
    assert Suspect.SERVER_STALL in cleared(f"@login\n{PING}\n{PONG}\n20.0 S> [rst]")


@pytest.mark.parametrize(
    "ladder",
    [
        DIED,
        f"@login\n{PING}\n20.0 S> [rst]",
        f"@login\n{PING}\n{PONG}\n60.0 S> [rst]",
        f"@login\n{PING}\n{PONG}",
        f"@login\n{PING}\n{PONG.replace('10.1', '14.0')}\n20.0 S> [rst]",
    ],
)
def test_a_silent_server_is_not_cleared(ladder: str) -> None:
    assert Suspect.SERVER_STALL not in cleared(ladder)


def test_a_server_that_answers_as_another_is_not_cleared_of_a_wrong_domain() -> None:
    assert Suspect.DOMAIN in cleared("@login")
    asked = "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='other.test' version='1.0'/>"
    answer = (
        "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' from='example.test' id='9' "
        "version='1.0'/>"
    )
    misled = f"@login\n5.0 C> {asked}\n5.1 S> {answer}"
    assert Suspect.DOMAIN not in cleared(misled)
    # The verdict sees of a session what is kept for the report.
    report = analyze([("x.ladder", BytesIO(f"{misled}\n9.0 S> [rst]".encode()))])
    assert Suspect.CREDENTIALS in told(report)
    assert Suspect.DOMAIN not in told(report)


def test_an_answer_by_http_clears_port_and_certificate() -> None:
    # A carrier without an upgrade is heard by its stream.
    told_bosh = told(analyze([FIXTURES / "g-wrong-password-bosh" / "session.har"]))
    assert Suspect.PORT in told_bosh


def test_a_stalled_server_that_answered_late_is_not_cleared() -> None:
    report = analyze([FIXTURES / "ping-unanswered" / "session.har"])
    assert report.verdict.cause == "FI-005"
    assert Suspect.SERVER_STALL not in told(report)


def test_sessions_that_end_in_a_loop_are_cleared_as_one() -> None:
    report = analyze([FIXTURES / "reconnect-loop" / "capture.pcapng"])
    assert report.verdict.session is None
    assert told(report) >= LOGGED_IN


def test_a_name_that_was_resolved() -> None:
    ladder = "@dns 0 finesse.example.test 192.0.2.1\n@login"
    assert Suspect.NAME in cleared(ladder)


def test_a_hole_may_hold_a_conflict() -> None:
    (session,) = climb(DIED).sessions
    hole = Gap(
        direction=Direction.TO_CLIENT, offset=5, length=9, reason=GapReason.LOST, source=None
    )
    whole, holed = session, replace(session, gaps=(hole,))
    assert Suspect.CONFLICT in {one.suspect for one in ruled_out(whole, [], None)}
    assert Suspect.CONFLICT not in {one.suspect for one in ruled_out(holed, [], None)}


def test_a_refused_subscription_is_not_cleared() -> None:
    report = analyze([FIXTURES / "subscribe-missing-node" / "capture.pcapng"])
    assert Suspect.SUBSCRIPTION not in told(report)
    assert Suspect.FINESSE in told(report)


def test_the_side_to_blame_is_not_cleared() -> None:
    report = analyze([FIXTURES / "h-rst-ws" / "capture.pcapng"])
    (session,), root = report.sessions, report.findings[0]
    for party, suspect in ((Party.NETWORK, Suspect.NETWORK), (Party.SERVER, Suspect.SERVER_STALL)):
        blamed = ruled_out(session, [session], replace(root, party=party))
        assert suspect not in {one.suspect for one in blamed}


def lived(session: Session, agent: str | None, until_ns: int) -> Session:
    """Another session at the same server."""
    return replace(
        session,
        number=2,
        agent=agent,
        ended_ns=until_ns,
        close=replace(session.close, kind=CloseKind.OPEN),
        steps=tuple(step for step in session.steps if step.name.value != "live"),
    )


@pytest.mark.parametrize(
    ("agent", "seconds", "expected"),
    [("b@example.test", 5, True), (None, 5, False), ("b@example.test", -5, False)],
)
def test_another_session_that_lived_on_clears_the_server(
    agent: str | None, seconds: int, *, expected: bool
) -> None:
    (session,) = climb(DIED).sessions
    end = session.ended_ns or 0
    other = lived(session, agent, end + seconds * 1_000_000_000)
    elsewhere = replace(other, server="other:1")
    found = {one.suspect for one in ruled_out(session, [session, elsewhere, other], None)}
    assert (Suspect.OUTAGE in found) is expected
