"""Laws of the session builder: any events make a session, in any batches the same one."""

from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.model.anomaly import Anomaly, AnomalyCode
from analyzer.model.events import Event
from analyzer.model.flow import EndCause, Gap, GapReason
from analyzer.model.http import Switched
from analyzer.model.session import SeenIn, Session, StepName, StepStatus
from analyzer.model.source import Direction, Side
from analyzer.model.websocket import Opcode
from analyzer.session.build import Builder
from tests.session.conversation import (
    AVAILABLE,
    CLOSE,
    GOODBYE,
    PROFILE,
    at,
    auth,
    error,
    event,
    failure,
    frame,
    har_end,
    iq,
    login,
    messages,
    ping,
    stream_error,
    tcp,
    upgrade,
)

SAID = [
    *((way, text) for _, way, text in login()),
    *GOODBYE,
    ("S>", failure("not-authorized")),
    ("S>", stream_error("conflict")),
    ("S>", iq("error", "b1", error("conflict"))),
    ("S>", iq("error", "u1", error("item-not-found"))),
    ("C>", auth("other")),
    ("C>", AVAILABLE),
    ("C>", ping("p9")),
    ("S>", ping("s9")),
    ("S>", event("9")),
    ("C>", CLOSE),
    ("C>", " "),
    ("S>", "<broken"),
]

BESIDE: list[Event] = [
    upgrade(),
    upgrade(403),
    upgrade(0, error="net::ERR_CERT_DATE_INVALID"),
    Gap(Direction.TO_CLIENT, 0, 9, GapReason.LOST, at(0.1)),
    Gap(Direction.TO_SERVER, 0, None, GapReason.LATE_START, None),
    Gap(Direction.TO_SERVER, 0, None, GapReason.OPAQUE, None),
    Switched(protocol="xmpp"),
    Switched(protocol="tls"),
    Anomaly(code=AnomalyCode.XMPP_BINARY),
    frame(1.0, "S>", Opcode.PING, b"1"),
    frame(1.1, "C>", Opcode.PONG, b"1"),
    frame(9.0, "C>", Opcode.CLOSE, b"\x03\xe8"),
    frame(9.1, "S>", Opcode.CLOSE),
]


@st.composite
def recordings(draw: st.DrawFn) -> tuple[list[Event], bool]:
    """Events of one connection, and whether a browser recorded them."""
    har = draw(st.booleans())
    some = draw(st.lists(st.sampled_from(SAID), max_size=12))
    said = [(way, text) for _, way, text in login()][: draw(st.integers(0, 21))] + some
    if draw(st.booleans()):
        said = draw(st.permutations(said))
    pause = draw(st.sampled_from([0.0, 0.05, 1.0, 11.0]))
    timed = draw(st.integers(0, 9)) > 0
    lines = [(round(pause * n, 3), way, text) for n, (way, text) in enumerate(said)]
    events = messages(lines, har=har, timed=timed)
    for one in draw(st.lists(st.sampled_from(BESIDE), max_size=4)):
        events.insert(draw(st.integers(0, len(events))), one)
    last = draw(st.sampled_from([0.0, 1.0, 500.0]))
    if har:
        events += har_end(last, is_open=draw(st.sampled_from([True, False, None])))
    elif draw(st.booleans()):
        side = draw(st.sampled_from([None, *Side]))
        end = tcp(draw(st.sampled_from(EndCause)), last, side, syn=draw(st.booleans()))
        events.append(end)
    return events, har


def built(events: list[Event], har: bool, batches: list[int]) -> list[Session]:
    builder = Builder(0, SeenIn.HAR if har else SeenIn.PACKETS, PROFILE)
    found: list[Session] = []
    begin = 0
    for end in [*sorted(batches), len(events)]:
        if end > begin:
            found += builder.feed(0, events[begin:end])
            begin = end
    return found + builder.finish()


@settings(max_examples=1000, deadline=None)
@given(recordings(), st.lists(st.integers(0, 60), max_size=5))
def test_batches_do_not_matter(recording: tuple[list[Event], bool], batches: list[int]) -> None:
    events, har = recording
    whole = built(events, har, [])
    assert len(whole) <= 1
    assert built(events, har, [b for b in batches if b < len(events)]) == whole


@settings(max_examples=1000, deadline=None)
@given(recordings())
def test_the_steps_are_a_login(recording: tuple[list[Event], bool]) -> None:
    for one in built(*recording, []):
        names = [step.name for step in one.steps]
        assert names == [name for name in StepName if name in names]
        told = {step.name: step for step in one.steps}
        for step in one.steps:
            if step.status in {StepStatus.MISSING, StepStatus.NOT_CAPTURED}:
                assert step.answered is None
            if step.status is StepStatus.LATE:
                assert (step.latency_ns or 0) > PROFILE.late_ms[step.name.value] * 1_000_000
            if step.latency_ns is not None and step.name is not StepName.CONNECT:
                assert step.asked is not None
                assert step.answered is not None
        live = told[StepName.LIVE]
        if live.status is StepStatus.DONE:
            assert one.close.orderly is not False
        if one.started_ns is not None and one.ended_ns is not None:
            assert one.started_ns <= one.ended_ns <= (one.recorded_until_ns or 0)
        assert one.stanza_count == len(one.stanzas)
        assert len(one.unmatched) + len(one.iqs) <= one.stanza_count
