"""How far a login came is told the same way to every rule."""

import pytest
from msgspec.structs import replace

from analyzer.model.flow import Gap, GapReason
from analyzer.model.rule import Effect
from analyzer.model.session import CloseKind, Session, SessionClose, StepName, StepStatus
from analyzer.model.source import Direction, Side
from analyzer.model.xmpp import StanzaKind
from analyzer.rules import progress
from tests.rules.said import SECOND, place, stanza, stepped

DONE, LATE, FAILED = StepStatus.DONE, StepStatus.LATE, StepStatus.FAILED
MISSING, UNKNOWN = StepStatus.MISSING, StepStatus.NOT_CAPTURED


@pytest.mark.parametrize(
    ("session", "name"),
    [
        (stepped(DONE, LATE, UNKNOWN), None),
        (stepped(), None),
        (stepped(DONE, DONE, DONE, DONE, DONE, FAILED, FAILED), None),
        (stepped(DONE, FAILED, MISSING), StepName.AUTH),
        (stepped(UNKNOWN, DONE, MISSING, FAILED), StepName.BIND),
    ],
)
def test_the_first_step_not_passed_is_where_it_stopped(
    session: Session, name: StepName | None
) -> None:
    step = session.stopped_at()
    assert (step.name if step else None) is name
    wanted = Effect.NONE if name is None else Effect.BREAKS
    assert progress.effect_of_stop(session) is wanted


def test_a_failed_step_without_answer_is_unanswered() -> None:
    session = stepped(DONE, FAILED)
    step = progress.unanswered(session, StepName.AUTH)
    assert step is not None
    assert step.name is StepName.AUTH
    assert progress.unanswered(session, StepName.BIND) is None
    assert progress.unanswered(stepped(DONE, MISSING), StepName.AUTH) is None
    assert progress.unanswered(stepped(DONE, DONE), StepName.AUTH) is None


def test_a_refused_step_is_not_unanswered() -> None:
    session = stepped(FAILED)
    refused = replace(session.steps[0], answered=place(1))
    assert progress.unanswered(replace(session, steps=(refused,)), StepName.OPEN) is None
    unasked = replace(session.steps[0], asked=None)
    assert progress.unanswered(replace(session, steps=(unasked,)), StepName.OPEN) is None


@pytest.mark.parametrize(
    ("close", "free"),
    [
        (SessionClose(kind=CloseKind.FIN, by=Side.CLIENT), True),
        (SessionClose(kind=CloseKind.RST, by=Side.SERVER, idle_ns=10 * SECOND), True),
        (SessionClose(kind=CloseKind.RST, by=Side.SERVER, idle_ns=SECOND), False),
        (SessionClose(kind=CloseKind.RST, by=Side.SERVER), False),
        (SessionClose(kind=CloseKind.STREAM_ERROR, idle_ns=10 * SECOND), False),
    ],
)
def test_only_a_client_that_had_time_left_a_step_out(close: SessionClose, free: bool) -> None:
    session = stepped(DONE, MISSING, close=close)
    assert (progress.never_asked(session, StepName.AUTH) is not None) is free
    assert progress.never_asked(session, StepName.BIND) is None
    assert progress.never_asked(stepped(DONE, FAILED, close=close), StepName.AUTH) is None


def test_the_last_passed_step_is_where_to_look() -> None:
    assert progress.last_passed(stepped(DONE, DONE, MISSING, DONE)) == place(2, 1)
    assert progress.last_passed(stepped(MISSING)) is None
    assert progress.last_passed(stepped()) is None


def test_times_as_people_read_them() -> None:
    assert progress.seconds(1_550_000_000) == 1.6
    assert progress.seconds(None) == 0.0
    session = replace(stepped(DONE), ended_ns=5 * SECOND)
    assert progress.until_end(session, place(0, 2.0)) == 3 * SECOND
    assert progress.until_end(session, place(0, 9.0)) == 0
    assert progress.until_end(session, place(0, None)) is None
    assert progress.until_end(session, None) is None
    assert progress.until_end(stepped(DONE), place(0, 2.0)) is None


def test_a_hole_may_hide_what_was_not_seen() -> None:
    lost = Gap(Direction.TO_CLIENT, 7, 9, GapReason.LOST, place(0, 5.0))
    said = stanza(Side.SERVER, StanzaKind.PRESENCE, at=place(0, 4.5))
    session = replace(stepped(DONE), gaps=(lost,), stanzas=(said,))
    holes = progress.Holes(session)
    assert holes.between(None)
    # It lies behind what its side said before, and may lie long before it showed.
    assert holes.between(None, 4_600_000_000)
    mine = stanza(Side.CLIENT, StanzaKind.PRESENCE, at=place(0, 4.5))
    other = replace(session, stanzas=(mine,))
    assert progress.Holes(other).between(None, 1 * SECOND)
    assert holes.between(5 * SECOND, 5 * SECOND)
    assert not holes.between(6 * SECOND)
    assert not holes.between(None, 4 * SECOND)
    assert not progress.Holes(stepped(DONE)).between(None)
    for source in (None, place(0, None)):
        somewhere = replace(session, gaps=(replace(lost, source=source),))
        assert progress.Holes(somewhere).between(6 * SECOND, 7 * SECOND)


def test_stanzas_are_named_as_one_writes_them() -> None:
    assert progress.what(stanza(Side.CLIENT, StanzaKind.PRESENCE)) == "<presence/>"
    assert progress.what(stanza(Side.CLIENT, StanzaKind.IQ, type_="set")) == "<iq type='set'/>"
    assert progress.what(stanza(Side.CLIENT, StanzaKind.IQ)) == "<iq/>"


def test_a_hole_at_the_beginning_lies_anywhere_before_it_showed() -> None:
    lost = Gap(Direction.TO_CLIENT, 0, 9, GapReason.LOST, place(0, 5.0))
    holes = progress.Holes(replace(stepped(DONE), gaps=(lost,)))
    assert holes.between(None, 1 * SECOND)
    assert holes.between(4 * SECOND, 4 * SECOND)
    assert not holes.between(6 * SECOND)


@pytest.mark.parametrize(
    ("agent", "is_service"),
    [
        ("finesse@example.test", True),
        ("ccx.engine@example.test", True),
        ("finesse2@example.test", False),
        ("1001@example.test", False),
        (None, False),
    ],
)
def test_finesse_itself_is_no_agent(agent: str | None, *, is_service: bool) -> None:
    profile = replace(stepped(DONE).profile, presence_peers=("finesse", "ccx."))
    assert progress.is_service(replace(stepped(DONE), agent=agent, profile=profile)) is is_service
