"""What to bring fits what is not known."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from analyzer.model.diagnosis import Bring, Party
from analyzer.model.flow import Gap, GapReason
from analyzer.model.joined import Part
from analyzer.model.recording import Kind, PacketFacts, Recording
from analyzer.model.report import Outcome
from analyzer.model.rule import Confidence, Effect, Finding, Severity
from analyzer.model.session import CloseKind, Needs, SeenIn, SessionClose, StepName
from analyzer.model.source import Direction
from analyzer.model.tls import TlsFacts
from analyzer.pipeline import analyze
from analyzer.rules.bring import to_bring
from tests.rules.said import place, session

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"

BROKEN, BLIND = Outcome.BROKEN, Outcome.INCONCLUSIVE


def found(
    party: Party | None,
    confidence: Confidence = Confidence.HIGH,
    effect: Effect = Effect.BREAKS,
) -> Finding:
    return Finding(
        rule_id="CO-004",
        severity=Severity.ERROR,
        confidence=confidence,
        effect=effect,
        party=party,
        capture=0,
        session=1,
        evidence=(place(0),),
    )


def recorded(packets: PacketFacts | None) -> Recording:
    kind = Kind.HAR if packets is None else Kind.PACKETS
    return Recording(
        capture=0, name="r", sha256="", octets=0, format="x", kind=kind, packets=packets
    )


@pytest.mark.parametrize(
    ("recording", "expected"),
    [
        ("good-ws/session.har", ()),
        ("wrong-password/session.har", ()),
        ("firefox-good-ws/session.har", (Bring.HAR,)),
        ("midstream/capture.pcapng", (Bring.WHOLE_SESSION,)),
        ("untrusted-certificate/session.har", (Bring.CERTIFICATE,)),
        ("untrusted-certificate/capture.pcapng", (Bring.CERTIFICATE,)),
    ],
)
def test_recordings(recording: str, expected: tuple[Bring, ...]) -> None:
    assert analyze([FIXTURES / recording]).verdict.bring[: len(expected) or None] == expected


def test_a_locked_capture_wants_keys() -> None:
    with (FIXTURES / "good-wss-tls13" / "capture.pcapng").open("rb") as stream:
        report = analyze([("capture.pcapng", stream)])
    assert report.verdict.bring[:2] == (Bring.KEYS, Bring.HAR)


def test_nothing_is_missing_where_the_side_is_certain() -> None:
    assert to_bring(BROKEN, found(Party.SERVER), session(), []) == ()


@pytest.mark.parametrize(
    ("party", "logs"),
    [
        (Party.CLIENT, [Bring.CLIENT_LOGS]),
        (Party.PROXY, [Bring.PROXY_LOGS]),
        (Party.SERVER, [Bring.SERVER_LOGS]),
        (Party.NETWORK, []),
    ],
)
def test_a_likely_side_wants_its_logs(party: Party, logs: list[Bring]) -> None:
    wanted = to_bring(BROKEN, found(party, Confidence.MEDIUM), session(), [], StepName.LIVE)
    assert list(wanted) == [Bring.CLIENT_CAPTURE, Bring.SERVER_CAPTURE, *logs]


def test_an_unknown_side_wants_packets_of_both_ends() -> None:
    both = (Bring.CLIENT_CAPTURE, Bring.SERVER_CAPTURE, Bring.SERVER_LOGS)
    assert to_bring(BROKEN, found(None), session(), [], StepName.LIVE) == both
    ended = replace(session(), close=SessionClose(kind=CloseKind.FIN))
    assert to_bring(BROKEN, None, ended, [], StepName.CONNECT) == both
    assert to_bring(BROKEN, found(None), None, [], StepName.LIVE) == (Bring.SERVER_LOGS,)
    assert to_bring(BROKEN, found(None), session(), [], StepName.TLS) == both
    assert to_bring(BROKEN, found(None), session(), [], StepName.OPEN) == (Bring.SERVER_LOGS,)
    one_end = replace(session(), parts=(Part(capture=0, har=True), Part(capture=1)))
    assert to_bring(BROKEN, found(None), one_end, [], StepName.LIVE) == both
    parts = tuple(Part(capture=number) for number in range(2))
    everything = replace(session(), parts=parts)
    assert to_bring(BROKEN, found(None), everything, [], StepName.LIVE) == (
        Bring.CLIENT_CAPTURE,
        Bring.SERVER_LOGS,
    )


def test_what_a_session_hides() -> None:
    blind = found(None, effect=Effect.BLINDS)
    hole = Gap(
        direction=Direction.TO_CLIENT, offset=5, length=9, reason=GapReason.SNAPLEN, source=None
    )
    closed = replace(session(), close=SessionClose(kind=CloseKind.FIN))
    assert to_bring(BLIND, blind, replace(closed, gaps=(hole,)), []) == (Bring.WHOLE_PACKETS,)
    failed = to_bring(BROKEN, None, replace(closed, gaps=(hole,)), [], StepName.AUTH)
    assert failed == (Bring.WHOLE_PACKETS, Bring.SERVER_LOGS)
    assert to_bring(BLIND, blind, replace(closed, started_late=True), []) == (Bring.WHOLE_SESSION,)
    assert to_bring(BLIND, blind, session(), []) == (Bring.WHOLE_SESSION,)
    silent = replace(closed, can_see=frozenset(Needs) - {Needs.MESSAGES})
    assert to_bring(BLIND, blind, silent, []) == (Bring.HAR,)
    sealed = replace(silent, seen_in=SeenIn.PACKETS, tls=TlsFacts())
    assert to_bring(BLIND, blind, sealed, []) == (Bring.KEYS, Bring.HAR)


@pytest.mark.parametrize(
    ("packets", "expected"),
    [
        (None, (Bring.HAR,)),
        (PacketFacts(tls_locked={"no keys": 1}), (Bring.KEYS, Bring.HAR)),
        (PacketFacts(cut=3), (Bring.WHOLE_PACKETS,)),
        (PacketFacts(), (Bring.WHOLE_SESSION,)),
    ],
)
def test_what_recordings_without_session_lack(
    packets: PacketFacts | None, expected: tuple[Bring, ...]
) -> None:
    assert to_bring(BLIND, None, None, [recorded(packets)]) == expected
