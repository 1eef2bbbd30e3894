"""What came before the step that must precede it."""

import pytest
from msgspec.structs import replace

from analyzer.model.limits import ANOMALIES_PER_CODE
from analyzer.model.session import StepName
from tests.session.conversation import (
    AVAILABLE,
    BIND,
    BOUND,
    OPEN,
    PROFILE,
    SESSION,
    UNAVAILABLE,
    Line,
    auth,
    iq,
    login,
    ping,
    pubsub,
    session,
)


def found(lines: list[Line], steps: tuple[str, ...] = PROFILE.steps) -> list[tuple[str, str]]:
    profile = replace(PROFILE, steps=steps)
    return [(p.step.value, p.missing.value) for p in session(lines, profile=profile).misplaced]


def sent(*texts: str) -> list[Line]:
    return [(0.1 * n, "C>", text) for n, text in enumerate(texts)]


def test_a_healthy_login_is_in_order() -> None:
    assert found(login()) == []


@pytest.mark.parametrize(
    ("text", "step", "missing"),
    [
        (auth(), "auth", "open"),
        (BIND, "bind", "auth"),
        (SESSION, "session", "auth"),
        (AVAILABLE, "presence", "auth"),
        (ping("p1"), "live", "auth"),
        ("<message xmlns='jabber:client'/>", "live", "auth"),
        (pubsub("subscribe", "u1"), "pubsub", "auth"),
        (pubsub("unsubscribe", "u1"), "live", "auth"),
    ],
)
def test_what_a_client_may_not_begin_with(text: str, step: str, missing: str) -> None:
    assert found(sent(text)) == [(step, missing)]


@pytest.mark.parametrize(
    "text",
    [
        OPEN,
        UNAVAILABLE,
        "<presence xmlns='jabber:client' to='x@y'/>",
        iq("result", "x"),
        "<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>",
        "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>",
    ],
)
def test_what_may_be_sent_at_any_time(text: str) -> None:
    assert found(sent(text)) == []


@pytest.mark.parametrize(
    ("until", "text", "expected"),
    [
        (StepName.OPEN, AVAILABLE, [("presence", "auth")]),
        (StepName.AUTH, BIND, [("bind", "open")]),
        (StepName.AUTH, AVAILABLE, [("presence", "open")]),
        (StepName.BIND, pubsub("subscribe", "u9"), [("pubsub", "presence")]),
        (StepName.BIND, ping("p9"), []),
        (StepName.SESSION, AVAILABLE, []),
        (StepName.PRESENCE, pubsub("subscribe", "u9"), []),
    ],
)
def test_each_step_needs_those_before_it(
    until: StepName, text: str, expected: list[tuple[str, str]]
) -> None:
    lines = login(until)
    assert found([*lines, (lines[-1][0] + 0.05, "C>", text)]) == expected


def test_a_new_stream_is_needed_behind_success() -> None:
    lines = [*login(StepName.AUTH), (1.0, "C>", OPEN), (1.1, "C>", AVAILABLE)]
    assert found(lines) == [("presence", "bind")]


def test_a_bind_that_was_refused_does_not_bind() -> None:
    lines: list[Line] = [
        *login(StepName.AUTH),
        (1.0, "C>", OPEN),
        (1.1, "C>", BIND),
        (1.2, "S>", BOUND.replace("result", "error")),
        (1.3, "C>", AVAILABLE),
    ]
    assert found(lines) == [("presence", "bind")]


def test_steps_that_the_profile_does_not_know_are_not_missed() -> None:
    assert found(sent(AVAILABLE), ("presence", "bind")) == [("presence", "bind")]
    assert found(sent(AVAILABLE), ("presence",)) == []


def test_a_flood_is_cut() -> None:
    lines = sent(*[AVAILABLE] * (ANOMALIES_PER_CODE + 20))
    assert len(found(lines)) == ANOMALIES_PER_CODE
