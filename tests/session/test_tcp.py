"""XMPP over TCP is told as over any other carrier, less what it does not have."""

import pytest

from analyzer.model.limits import CONTROL_FRAMES
from analyzer.model.session import Carrier, CloseKind, Needs, Session, StepName
from analyzer.model.source import Direction, Side
from analyzer.model.stream import Keepalive
from analyzer.session.trace import Room, Trace
from tests.protocol.wire import source
from tests.rules.climb import climb

OPEN = "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='example.test' version='1.0'/>"
OPENED = (
    "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' from='example.test' id='x' version='1.0'/>"
)
TLS = "urn:ietf:params:xml:ns:xmpp-tls"
ASKED = f"""
    0.0 C> {OPEN}
    0.1 S> {OPENED}
    0.2 S> <stream:features><starttls xmlns='{TLS}'/></stream:features>
    0.3 C> <starttls xmlns='{TLS}'/>
"""


def session(text: str) -> Session:
    (found,) = climb(f"@tcp\n{text}").sessions
    return found


def steps(one: Session) -> dict[str, str]:
    return {step.name.value: step.status.value for step in one.steps}


def test_a_healthy_login() -> None:
    one = session("@login\n9.0 C> <close/>\n9.1 S> <close/>\n9.2 C> [fin]")
    assert one.carrier is Carrier.TCP
    assert (one.agent, one.jid, one.resource, one.domain) == (
        "a@example.test",
        "a@example.test/desktop",
        "desktop",
        "example.test",
    )
    assert steps(one) == dict.fromkeys(
        ("connect", "open", "auth", "bind", "session", "presence", "pubsub", "live"), "done"
    )
    assert (one.close.kind, one.close.by, one.close.orderly) == (
        CloseKind.XMPP_CLOSE,
        Side.CLIENT,
        True,
    )
    assert one.encrypted is False
    assert one.anomalies == ()


def test_what_can_be_seen_of_it() -> None:
    can_see = session("@login").can_see
    assert can_see >= {Needs.TCP, Needs.PACKETS, Needs.MESSAGES, Needs.START, Needs.TIMES}
    assert not can_see & {Needs.WEBSOCKET, Needs.BOSH, Needs.FRAMES, Needs.HTTP, Needs.HAR}


def test_direct_tls_that_was_opened() -> None:
    one = session("@tls version=1.2\n@login")
    assert one.encrypted is True
    assert steps(one)["tls"] == "done"
    assert Needs.TLS in one.can_see


def test_starttls_behind_which_nothing_can_be_read() -> None:
    one = session(f"{ASKED}0.4 S> <proceed xmlns='{TLS}'/>\n1.0 C> <auth/>\n9.0 S> <iq/>")
    assert one.carrier is Carrier.TCP
    assert one.encrypted is True
    assert steps(one)["open"] == "done"
    assert steps(one)["auth"] == "not captured"


def test_starttls_refused() -> None:
    one = session(f"{ASKED}0.4 S> <failure xmlns='{TLS}'/>\n0.5 S> <close/>\n0.6 S> [fin]")
    step = one.step(StepName.TLS)
    assert step is not None
    assert (step.status.value, step.detail, step.latency_ns) == ("failed", "failure", 100_000_000)
    assert one.encrypted is False
    assert steps(one)["auth"] == "missing"


def test_starttls_unanswered() -> None:
    step = session(f"{ASKED}@until 90").step(StepName.TLS)
    assert step is not None
    assert step.status.value == "failed"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("@login\n9.0 S> [rst]", CloseKind.RST),
        ("@login\n9.0 S> [fin]", CloseKind.FIN),
        ("@login", CloseKind.OPEN),
    ],
)
def test_an_end_without_good_bye(text: str, kind: CloseKind) -> None:
    assert session(text).close.kind is kind


def test_a_capture_that_began_late() -> None:
    one = session(
        """
        @late
        0.0 C> <iq type='get' id='p1' to='example.test'><ping xmlns='urn:xmpp:ping'/></iq>
        0.1 S> <iq type='result' id='p1' from='example.test' to='a@example.test/desktop'/>
        """
    )
    assert one.carrier is Carrier.TCP
    assert one.started_late
    assert one.agent == "a@example.test"
    assert len(one.pings) == 1


def test_keepalives() -> None:
    one = session("@login\n20.0 C> [octets 20]\n40.0 S> [octets 0a]")
    assert [kept.direction for kept in one.keepalives] == list(Direction)


def test_keepalives_are_kept_within_bounds() -> None:
    trace = Trace(Room())
    kept = Keepalive(Direction.TO_SERVER, source(1))
    trace.feed([kept] * (CONTROL_FRAMES + 1))
    assert len(trace.keepalives) == CONTROL_FRAMES
    assert [one.values["limit"] for one in trace.anomalies()] == ["CONTROL_FRAMES"]
