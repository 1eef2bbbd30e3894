"""
Recordings of one session, damaged in any way, are joined or left apart, and never in the way.

Whatever is done to them, there is a report, no stanza is told twice, and a session of several
recordings is in all of those that it names.
"""

from functools import cache
from io import BytesIO
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from analyzer.model.errors import CaptureError
from analyzer.model.report import Report
from analyzer.model.xmpp import StanzaKind
from analyzer.pipeline import analyze
from analyzer.report import formats
from analyzer.report.redaction.redact import redact
from tests.laws.damaged import Talk, recorded
from tests.laws.paired import Way, ends, pcap

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"

BOUNDED = settings(
    max_examples=30,
    deadline=None,
    # A failing example is a whole recording: to make it smaller takes minutes.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)

Damage = list[tuple[float, bytes, int]]
"""Where, what is put there, and how much is taken away."""

DAMAGES: st.SearchStrategy[Damage] = st.lists(
    st.tuples(st.floats(0, 1), st.binary(max_size=9), st.sampled_from((0, 1, 9, 300))), max_size=4
)


@cache
def talk() -> Talk:
    talks = recorded(FIXTURES / "good-ws" / "capture.pcapng")
    longest = max(talks, key=lambda one: len(one.turns))
    return longest._replace(client=("10.1.1.1", 41_000), server=("10.0.0.2", 8_445))


@cache
def recordings() -> tuple[bytes, ...]:
    client, server = ends(talk(), Way(ahead_ns=3_700_000_000))
    return (FIXTURES / "good-ws" / "session.har").read_bytes(), pcap(client), pcap(server)


def damaged(octets: bytes, damage: Damage) -> bytes:
    for where, new, gone in damage:
        place = int(where * len(octets))
        octets = octets[:place] + new + octets[place + gone :]
    return octets


def analyzed(inputs: list[bytes]) -> Report | None:
    """The report; None where one is damaged so that it is no recording any more."""
    try:
        return analyze([(f"{n}.bin", BytesIO(octets)) for n, octets in enumerate(inputs)])
    except CaptureError:
        return None


@given(
    st.lists(st.tuples(st.sampled_from((0, 1, 2)), DAMAGES), min_size=2, max_size=4),
    st.sampled_from(sorted(formats.RENDERERS)),
)
@BOUNDED
def test_whatever_is_given_together(chosen: list[tuple[int, Damage]], name: str) -> None:
    report = analyzed([damaged(recordings()[which], damage) for which, damage in chosen])
    if report is None:
        return
    for session in report.sessions:
        captures = [part.capture for part in session.parts]
        assert len(set(captures)) == len(captures)
        holding = [r.capture for r in report.recordings if session.number in r.sessions]
        assert holding == sorted(captures or [session.capture])
        # A message that was damaged may fall into several pieces, all at its place.
        whole = [one.source for one in session.stanzas if one.kind is not StanzaKind.MALFORMED]
        assert len(set(whole)) == len(whole)
        assert all(0 <= one.stanzas <= 60 for one in session.disagreements)
    assert formats.RENDERERS[name](redact(report), "en")


@given(st.permutations((0, 1, 2)))
@BOUNDED
def test_the_order_of_recordings_does_not_matter(order: list[int]) -> None:
    report = analyzed([recordings()[which] for which in order])
    assert report is not None
    client = [session for session in report.sessions if session.server == "10.0.0.2:8445"]
    (session,) = client
    assert session.stanza_count == 29
    assert session.parts[0].capture == order.index(1)
    assert not session.disagreements
