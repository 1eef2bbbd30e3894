"""Where two sessions part, and what each has there."""

from typing import Any

import pytest
from msgspec.structs import replace

from analyzer.model.comparison import Arrival, ArrivalKind, Divergence
from analyzer.model.flow import EndCause
from analyzer.model.session import CloseKind, Session, Step, StepName, StepStatus
from analyzer.model.source import Side
from tests.session.beside import beside, swapped, whole
from tests.session.conversation import (
    AVAILABLE,
    BIND,
    BOUND,
    OFFER,
    PEER,
    SESSION,
    SUCCESS,
    Line,
    at,
    error,
    failure,
    goodbye,
    iq,
    login,
    pubsub,
    session,
    stream_error,
    tcp,
    upgrade,
)

MS = 1_000_000


def cut(lines: list[Line], seconds: float = 9.0) -> Session:
    """A session that the server ends with a FIN."""
    return session(lines, [tcp(EndCause.FIN, seconds, Side.SERVER)])


def unfinished(lines: list[Line]) -> Session:
    """A session that is still open when the recording ends."""
    return session(lines, [tcp(EndCause.CAPTURE_END, 30.0)])


def parted(good: Session, bad: Session) -> Divergence:
    found = beside(good, bad).divergence
    assert found is not None
    back = beside(bad, good).divergence
    assert back is not None
    assert (back.step, back.good, back.bad) == (found.step, found.bad, found.good)
    assert (back.common_good, back.common_bad) == (found.common_bad, found.common_good)
    return found


def brief(one: Arrival) -> tuple[Any, ...]:
    stanza = one.stanza.kind.value if one.stanza is not None else None
    return one.kind.value, stanza, one.after_ns and one.after_ns // MS


def test_the_same_has_no_parting() -> None:
    assert beside(whole(), whole()).divergence is None


def test_another_answer_to_the_same() -> None:
    bad = cut([*login(StepName.OPEN), (0.15, "C>", whole().stanzas[3].octets.decode())])
    assert parted(whole(), bad).step is StepName.AUTH
    refused = cut(swapped(login(StepName.AUTH), SUCCESS, failure("not-authorized")))
    found = parted(whole(), refused)
    assert found.step is StepName.AUTH
    assert brief(found.good) == ("got", "success", 50)
    assert brief(found.bad) == ("got", "failure", 50)
    assert found.common_good is not None
    assert found.common_bad is not None
    assert found.common_good.kind == found.common_bad.kind == "auth"


def test_no_answer_until_the_end_or_at_all() -> None:
    asked = [line for line in login(StepName.PRESENCE) if line[2] != PEER]
    found = parted(whole(), cut(asked, 19.0))
    assert found.step is StepName.PRESENCE
    assert brief(found.good) == ("got", "presence", 50)
    assert brief(found.bad)[0] == "end"
    assert found.common_bad is not None
    assert found.common_bad.octets.decode() == AVAILABLE
    assert found.bad.after_ns is not None
    assert found.bad.after_ns > 17_000 * MS
    assert brief(parted(whole(), unfinished(asked)).bad) == ("nothing", None, None)


def test_an_end_without_a_time_is_no_time_later() -> None:
    asked = cut([line for line in login(StepName.PRESENCE) if line[2] != PEER], 19.0)
    timeless = replace(asked, close=replace(asked.close, time_ns=None))
    assert parted(whole(), timeless).bad.after_ns is None


def test_a_step_that_one_never_began() -> None:
    lines = [line for line in login() if line[2] not in (BIND, BOUND)]
    found = parted(whole(), session([*lines, *goodbye(2)]))
    assert found.step is StepName.BIND
    assert (brief(found.good)[:2], brief(found.bad)[:2]) == (("sent", "iq"), ("sent", "iq"))
    assert found.good.stanza is not None
    assert found.bad.stanza is not None
    assert found.good.stanza.octets.decode() == BIND
    assert found.bad.stanza.octets.decode() == SESSION
    assert found.common_good is not None
    assert found.common_good.kind == "features"


def test_both_asked_at_different_places() -> None:
    lines = [line for line in login() if line[2] not in (AVAILABLE, PEER)]
    early = next(when for when, _, text in lines if text == BIND) - 0.02
    refused = f"<presence xmlns='jabber:client' type='error'>{error('not-allowed')}</presence>"
    lines = sorted([*lines, (early, "C>", AVAILABLE), (early + 0.01, "S>", refused)])
    found = parted(whole(), session([*lines, *goodbye(2)]))
    assert found.step is StepName.PRESENCE
    assert found.good.stanza is not None
    assert found.bad.stanza is not None
    assert found.good.stanza.octets.decode() == BIND
    assert found.bad.stanza.octets.decode() == AVAILABLE


def test_a_refused_subscription_that_the_other_never_asked_for() -> None:
    more = [
        (1.4, "C>", pubsub("subscribe", "u2", node="/finesse/api/Queue/3")),
        (1.5, "S>", iq("error", "u2", error("item-not-found"))),
    ]
    found = parted(whole(), whole(*more))
    assert found.step is StepName.PUBSUB
    assert brief(found.bad) == ("got", "iq", 100)
    assert found.common_bad is not None
    assert found.common_bad.id == "u1"


def test_subscriptions_that_only_one_made() -> None:
    def marked(one: Session, status: StepStatus) -> Session:
        steps = tuple(
            replace(s, status=status) if s.name is StepName.PUBSUB else s for s in one.steps
        )
        return replace(one, steps=steps)

    without = session([*login(StepName.PRESENCE), *goodbye(2)])
    missing = Step(name=StepName.PUBSUB, status=StepStatus.MISSING)
    kept = [s for s in without.steps if s.name is not StepName.PUBSUB]
    found = parted(whole(), replace(without, steps=(*kept[:-1], missing, kept[-1])))
    assert (found.step, brief(found.good)[:2]) == (StepName.PUBSUB, ("sent", "iq"))
    assert brief(found.bad)[0] == "end"
    both = parted(marked(whole(), StepStatus.FAILED), whole())
    assert both.step is StepName.PUBSUB


def test_steps_below_the_stream() -> None:
    refused = session([], before=[upgrade(403)])
    found = parted(whole(), refused)
    assert found.step is StepName.UPGRADE
    assert (found.good.kind, found.bad.kind) == (ArrivalKind.STEP, ArrivalKind.STEP)
    assert found.bad.step is not None
    assert found.bad.step.detail == "403"
    assert found.common_good is None


def with_step(one: Session, **fields: Any) -> Session:
    step = Step(name=StepName.TLS, **fields)
    steps = [s for s in one.steps if s.name is not StepName.TLS]
    place = next(i for i, s in enumerate(steps) if s.name is StepName.UPGRADE)
    return replace(one, steps=(*steps[:place], step, *steps[place:]))


def test_a_failed_step_that_the_other_does_not_have() -> None:
    failed = with_step(cut([]), status=StepStatus.FAILED, asked=at(0.0), detail="alert")
    found = parted(replace(whole(), steps=whole().steps[3:]), failed)
    assert found.step is StepName.TLS
    assert found.good.kind is ArrivalKind.NO_STEP


def test_a_missing_step_below_the_stream_is_an_end() -> None:
    missing = with_step(cut([]), status=StepStatus.MISSING)
    done = with_step(whole(), status=StepStatus.DONE)
    assert brief(parted(done, missing).bad)[0] == "end"


def test_behind_the_login_each_tells_its_end() -> None:
    found = parted(whole(), cut(login()))
    assert found.step is StepName.LIVE
    assert (brief(found.good)[0], brief(found.bad)[0]) == ("end", "end")
    assert found.good.close is not None
    assert found.good.close.kind is CloseKind.XMPP_CLOSE
    assert found.common_good is not None
    assert found.common_good.id == "u1"
    thrown = session([*login(), (1.5, "S>", stream_error("conflict"))])
    assert brief(parted(whole(), thrown).bad)[:2] == ("got", "error")


def test_a_session_that_fails_without_an_end() -> None:
    one = whole()
    failed = Step(name=StepName.LIVE, status=StepStatus.FAILED, detail="ping")
    silent = replace(
        unfinished(login()), steps=(*(s for s in one.steps if s.name is not StepName.LIVE), failed)
    )
    assert parted(one, silent).bad.kind is ArrivalKind.STEP
    speechless = replace(
        silent, stanzas=(), stanza_count=0, iqs=(), steps=(*one.steps[:-1], failed)
    )
    found = parted(one, speechless)
    assert (found.step, found.common_good) == (StepName.LIVE, None)


def test_a_stanza_that_only_one_sends() -> None:
    more = (1.4, "C>", pubsub("subscribe", "u2", node="/finesse/api/Queue/3"))
    answer = (1.5, "S>", pubsub("subscription", "u2", "result", node="/finesse/api/Queue/3"))
    found = parted(whole(more, answer), whole())
    assert found.step is StepName.PUBSUB
    assert brief(found.good)[:2] == ("sent", "iq")
    assert brief(found.bad)[0] == "end"


def test_a_recording_that_ended_is_no_difference() -> None:
    more = (1.4, "C>", pubsub("subscribe", "u2", node="/finesse/api/Queue/3"))
    answer = (1.5, "S>", pubsub("subscription", "u2", "result", node="/finesse/api/Queue/3"))
    assert beside(whole(more, answer), unfinished(login())).divergence is None


@pytest.mark.parametrize("peer", ["cuic.example.test", "finesse@example.test/x"])
def test_what_came_unasked(peer: str) -> None:
    gone = f"<presence xmlns='jabber:client' type='unavailable' from='{peer}'/>"
    found = parted(whole(), whole((1.4, "S>", gone)))
    assert (brief(found.good), brief(found.bad)) == (
        ("nothing", None, None),
        ("got", "presence", None),
    )


def test_an_answer_that_only_one_gets() -> None:
    asked = (1.4, "C>", iq("get", "v", "<query xmlns='jabber:iq:version'/>"))
    refused = (1.5, "S>", iq("error", "v", error("forbidden")))
    found = parted(whole(asked, refused), whole(asked))
    assert brief(found.good) == ("got", "iq", 100)
    assert brief(found.bad)[0] == "end"


def test_the_first_thing_said_can_be_another() -> None:
    features_only = [line for line in login() if line[2] == OFFER]
    found = parted(whole(), cut([*features_only, (1.0, "C>", AVAILABLE)]))
    assert found.step is StepName.OPEN
    assert (found.common_good, found.bad.after_ns) == (None, None)
