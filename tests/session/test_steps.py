"""The login as a table: what each row says of each thing that can happen."""

import pytest
from msgspec.structs import replace

from analyzer.model.flow import EndCause, Gap, GapReason
from analyzer.model.session import StepName, StepStatus
from analyzer.model.source import Direction, Side
from analyzer.session.steps import LOGIN, as_markdown
from tests.session.conversation import (
    OPEN,
    OPENED,
    PROFILE,
    at,
    goodbye,
    har_end,
    login,
    session,
    statuses,
    stream_error,
    tcp,
    upgrade,
)

OPEN_END = [tcp(EndCause.CAPTURE_END, 0.5)]
LONG_OPEN_END = [tcp(EndCause.CAPTURE_END, 60.0)]
MISSING, NOT_CAPTURED = StepStatus.MISSING.value, StepStatus.NOT_CAPTURED.value


def test_the_rows_are_the_login_in_order() -> None:
    assert [row.name for row in LOGIN] == list(StepName)


def test_the_table_draws_itself() -> None:
    lines = as_markdown().splitlines()
    assert len(lines) == 2 + len(LOGIN)
    assert len({line.count("|") for line in lines}) == 1
    assert lines[6] == "| auth | `<auth/>` | `<success/>` | `<failure/>` |"


@pytest.mark.parametrize("stop", list(StepName)[3:8])
def test_a_client_that_stops_leaves_the_rest_missing(stop: StepName) -> None:
    """The session was over: nobody can still do what was not done."""
    found = statuses(session(login(stop)))
    names = [name.value for name in StepName if name.value in found]
    behind = names[names.index(stop.value) + 1 :]
    assert {found[name] for name in names if name not in behind} == {"done"}
    if stop is StepName.PRESENCE:
        assert (found["pubsub"], found["live"]) == (NOT_CAPTURED, "failed")
    else:
        assert {found[name] for name in behind} == {MISSING}


@pytest.mark.parametrize("har", [False, True])
def test_a_recording_that_ends_too_early_cannot_tell(har: bool) -> None:
    end = har_end(0.5, is_open=True) if har else OPEN_END
    found = statuses(session(login(StepName.AUTH), end, har=har))
    assert found["auth"] == "done"
    assert {found[name] for name in ("bind", "presence", "pubsub")} == {NOT_CAPTURED}


def test_a_recording_that_goes_on_shows_that_the_client_stopped() -> None:
    found = statuses(session(login(StepName.AUTH), LONG_OPEN_END))
    assert {found[name] for name in ("bind", "presence", "pubsub", "live")} == {MISSING}


def test_a_later_step_shows_that_one_was_left_out() -> None:
    lines = [line for line in login() if "bind" not in line[2]]
    found = statuses(session(lines, OPEN_END))
    assert found["bind"] == MISSING
    assert found["session"] == "done"


def test_a_request_without_answer_failed_when_the_session_was_over() -> None:
    opening = [(0.0, "C>", OPEN)]
    assert statuses(session(opening))["open"] == "failed"
    assert statuses(session(opening, LONG_OPEN_END))["open"] == "failed"
    assert statuses(session(opening, OPEN_END))["open"] == NOT_CAPTURED
    hole = Gap(Direction.TO_CLIENT, 0, 10, GapReason.LOST, at(0.0))
    assert statuses(session(opening, before=[upgrade(), hole]))["open"] == NOT_CAPTURED


def test_what_holes_may_have_swallowed_is_not_captured() -> None:
    hole = Gap(Direction.TO_CLIENT, 0, 10, GapReason.LOST, at(0.0))
    found = statuses(session(login(StepName.OPEN), before=[upgrade(), hole]))
    assert {found[name] for name in ("auth", "bind", "presence")} == {NOT_CAPTURED}


def test_a_recording_that_began_late_tells_only_how_the_session_lived() -> None:
    lines = [*login()[-3:], *goodbye(5.0)]
    one = session(lines, [tcp(EndCause.FIN, 6.0, Side.CLIENT, syn=False)], before=[])
    found = statuses(one)
    assert one.started_late
    assert found.pop("live") == "done"
    assert found.pop("pubsub") == "done"
    assert set(found.values()) == {NOT_CAPTURED}


def test_a_har_without_messages_tells_nothing_behind_the_upgrade() -> None:
    found = statuses(session([], har_end(9.0, recorded=False), har=True))
    assert (found.pop("connect"), found.pop("upgrade")) == ("done", "done")
    assert set(found.values()) == {NOT_CAPTURED}


def test_an_upgrade_behind_which_nobody_spoke() -> None:
    found = statuses(session([], [tcp(EndCause.FIN, 30.0, Side.CLIENT)]))
    assert found["upgrade"] == "done"
    assert {found[name] for name in ("open", "auth", "live")} == {MISSING}
    found = statuses(session([], OPEN_END))
    assert {found[name] for name in ("open", "auth", "live")} == {NOT_CAPTURED}


def test_slow_answers_are_late() -> None:
    lines = [(0.0, "C>", OPEN), (2.1, "S>", OPENED)]
    assert statuses(session(lines, OPEN_END))["open"] == "late"
    lines = [(0.0, "C>", OPEN), (1.9, "S>", OPENED)]
    assert statuses(session(lines, OPEN_END))["open"] == "done"


def test_a_profile_that_expects_less_shows_less() -> None:
    small = replace(PROFILE, steps=("open", "auth"), late_ms={})
    lines = login(StepName.OPEN)
    assert list(statuses(session(lines, profile=small))) == ["connect", "upgrade", "open", "auth"]
    assert "live" not in statuses(session(login(), profile=small))


def test_a_failed_step_leaves_what_happened_all_the_same() -> None:
    lines = [(0.0, "C>", OPEN), (0.1, "S>", OPENED), (0.2, "S>", stream_error("host-unknown"))]
    found = statuses(session(lines))
    assert found["open"] == "failed"
    assert {found[name] for name in ("auth", "bind", "presence", "pubsub", "live")} == {MISSING}


def test_a_socket_step_that_an_earlier_one_prevented_is_missing() -> None:
    broken = upgrade(0, har=True, error="net::ERR_CERT_DATE_INVALID", url="wss://h:1/ws/")
    found = statuses(session([], har_end(1.0), har=True, before=[broken]))
    assert (found["connect"], found["tls"], found["upgrade"]) == ("done", "failed", MISSING)
