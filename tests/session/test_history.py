"""Sessions of a case become the stories of its agents."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from analyzer.model.finesse import SystemInfo
from analyzer.model.history import Chapter, Happening, History, Moment, Polling
from analyzer.model.joined import Part
from analyzer.model.network import Attempt, AttemptEnd
from analyzer.model.session import Carrier, CloseKind, Session, SessionClose, StepName
from analyzer.model.source import Side
from analyzer.session.history import histories
from tests.rules.climb import climb
from tests.session.episodes import (
    AGENT,
    CLIENT,
    CONFLICT,
    LEFT,
    OPEN,
    RESET,
    SHUT,
    A,
    B,
    S,
    episode,
    place,
    steps,
)

POLLS = Polling(
    capture=0,
    client=CLIENT,
    host=A,
    count=4,
    first_ns=20 * S,
    last_ns=80 * S,
    answers=("503",),
    sources=(place(20),),
)


def told(*sessions: Session, polls: tuple[Polling, ...] = ()) -> list[str]:
    """The chapters of the only story, in a few words each."""
    (one,) = histories(sessions, polls)
    return [words(chapter) for chapter in one.chapters]


def words(chapter: Chapter) -> str:
    second = "" if chapter.time_ns is None else f"{chapter.time_ns / S:g} "
    detail = f" ({chapter.detail})" if chapter.detail else ""
    return f"{second}{chapter.what.value} {chapter.session}{detail}"


def test_what_one_session_says_itself_is_no_story() -> None:
    assert histories(()) == ()
    for close in (LEFT, RESET, OPEN, CONFLICT):
        assert histories((episode(1, 0, 10, close),)) == ()


def test_a_session_in_which_finesse_went_away_is_one() -> None:
    gone = Moment(what=Happening.FINESSE_GONE, time_ns=5 * S, source=place(5))
    assert told(episode(1, 0, 10, moments=(gone,))) == [
        "0 logged in 1",
        "5 finesse gone 1",
        "10 left 1 (xmpp close 1005)",
    ]


def test_agents_have_a_story_each() -> None:
    sessions = [
        episode(n, n, n + 0.5, agent=f"{name}@example.test", client=f"10.0.9.{name}")
        for n, name in enumerate("ababc", 1)
    ]
    found = histories(sessions)
    assert [(one.agent, one.sessions) for one in found] == [
        ("a@example.test", (1, 3)),
        ("b@example.test", (2, 4)),
    ]


def test_the_case_of_a_name_makes_no_other_agent() -> None:
    other = replace(episode(2, 20, 30), agent="Agent1@EXAMPLE.test")
    assert histories((episode(1, 0, 10), other))[0].sessions == (1, 2)


def test_a_name_without_its_domain_is_that_of_the_only_one_of_that_name() -> None:
    plain = episode(1, 0, 1, agent="agent1", client="10.0.9.1")
    known = episode(2, 20, 30)
    assert [one.sessions for one in histories((plain, known))] == [(1, 2)]
    other = replace(known, number=3, agent="agent1@other.test")
    assert histories((plain, known, other)) == ()
    again = replace(plain, number=4, started_ns=9 * S)
    assert [one.agent for one in histories((plain, again))] == ["agent1"]


def test_who_gave_no_name_is_the_only_agent_of_the_client() -> None:
    mute = episode(1, 0, 1, RESET, agent=None, jid=None, steps=steps(StepName.TLS))
    assert [one.sessions for one in histories((mute, episode(2, 20, 30)))] == [(1, 2)]
    other = episode(3, 40, 50, agent="b@example.test")
    assert histories((mute, episode(2, 20, 30), other)) == ()
    elsewhere = replace(mute, capture=1)
    assert histories((elsewhere, episode(2, 20, 30))) == ()
    assert told(mute, episode(2, 20, 30, OPEN)) == [
        "0 refused 1 (tls: failed)",
        "20 logged in 2",
        "30 still in 2",
    ]


def test_where_nobody_gives_a_name_the_client_is_told_of() -> None:
    hidden = [
        episode(n, 10 * n, 10 * n + 5, SHUT, agent=None, jid=None, carrier=Carrier.UNKNOWN)
        for n in (1, 2)
    ]
    assert [one.agent for one in histories(hidden)] == [CLIENT]
    bare = [replace(one, connection=None) for one in hidden]
    assert [one.agent for one in histories(bare)] == [""]


def test_polls_are_those_of_the_agent_of_the_client() -> None:
    lost, back = episode(1, 0, 10, RESET), episode(2, 90, 99, OPEN)
    assert told(lost, back, polls=(POLLS,)) == [
        "0 logged in 1",
        "10 lost 1 (rst)",
        "20 polled 1 (503)",
        "90 reconnected 2",
        "99 still in 2",
    ]
    early = replace(POLLS, first_ns=-S, last_ns=0)
    assert told(lost, polls=(early,))[0] == "-1 polled None (503)"
    for other in (replace(POLLS, client=None), replace(POLLS, capture=1)):
        assert "20 polled 1 (503)" not in told(lost, back, polls=(other,))
    second = episode(3, 91, 99, agent="b@example.test")
    assert histories((lost, second), (POLLS,)) == ()


def test_polls_that_two_recordings_saw_are_told_once() -> None:
    both = (episode(1, 0, 10, RESET), episode(2, 1, 9, RESET, capture=1), episode(3, 500, 600))
    other = replace(POLLS, capture=1, first_ns=21 * S, last_ns=81 * S)
    later = replace(other, first_ns=300 * S, last_ns=360 * S)
    assert [one for one in told(*both, polls=(later, other, POLLS)) if "polled" in one] == [
        "20 polled 2 (503)",
        "300 polled 2 (503)",
    ]


def test_polls_of_a_har_are_told_by_the_clock_of_the_capture() -> None:
    parts = (Part(capture=0), Part(capture=1, har=True, offset_ns=5 * S))
    one = episode(1, 0, 10, RESET, parts=parts)
    har = replace(POLLS, capture=1, client=None)
    assert "25 polled 1 (503)" in told(one, polls=(har,))
    bare = replace(one, parts=(Part(capture=0), Part(capture=1)))
    assert histories((bare,), (har,)) == ()


def logout(user: str | None, second: float) -> Moment:
    return Moment(
        what=Happening.FORCED_LOGOUT,
        time_ns=round(second * S),
        user=user,
        detail="LOGOUT 255",
        source=place(second),
    )


def test_a_supervisor_tells_of_an_agents_logout() -> None:
    lost, back = episode(1, 0, 10, RESET), episode(3, 200, 210, OPEN)
    boss = episode(
        2,
        0,
        300,
        agent="boss@example.test",
        client="10.0.9.8",
        moments=(logout("agent1", 130), logout("nobody", 131), logout("boss", 132)),
    )
    (mine, bosses) = histories((lost, boss, back))
    assert [words(c) for c in mine.chapters] == [
        "0 logged in 1",
        "10 lost 1 (rst)",
        "130 forced logout 2 (LOGOUT 255)",
        "200 reconnected 3",
        "210 still in 3",
    ]
    assert [c.what for c in bosses.chapters] == [
        Happening.LOGGED_IN,
        Happening.FORCED_LOGOUT,
        Happening.LEFT,
    ]


def test_one_logout_is_told_once() -> None:
    first = episode(1, 0, 10, RESET)
    back = episode(2, 100, 200, OPEN, moments=(logout("agent1", 101), logout(None, 102)))
    boss = episode(
        3, 0, 300, agent="b@example.test", client="10.0.9.8", moments=(logout("agent1", 100),)
    )
    mine = histories((first, back, boss))[0]
    forced = [c for c in mine.chapters if c.what is Happening.FORCED_LOGOUT]
    assert [(c.session, c.span_ns) for c in forced] == [(2, 90 * S)]


def test_a_ladder_climbs_to_its_story() -> None:
    seen = climb("@login\n5.0 S> [rst]\n@connection 9\n@login\n12.0 S> [rst]")
    assert [c.what for one in histories(seen.sessions) for c in one.chapters] == [
        Happening.LOGGED_IN,
        Happening.LOST,
        Happening.RECONNECTED,
        Happening.LOST,
    ]


def test_a_refused_socket_leads_to_bosh() -> None:
    seen = climb("@no-upgrade 403 Forbidden\n@connection 1\n@bosh\n@login")
    (one,) = histories(seen.sessions)
    assert [(c.what, c.detail) for c in one.chapters] == [
        (Happening.REFUSED, "upgrade: 403"),
        (Happening.FELL_BACK, "bosh"),
        (Happening.STILL_IN, None),
    ]


TIMES = st.one_of(st.none(), st.integers(-5, 400).map(lambda second: second * S))
CLOSES = st.builds(
    SessionClose,
    kind=st.sampled_from(CloseKind),
    by=st.sampled_from([*Side, None]),
    orderly=st.sampled_from([True, False, None]),
    condition=st.sampled_from(["conflict", "system-shutdown", None]),
    code=st.sampled_from([1000, None]),
    idle_ns=TIMES,
    time_ns=TIMES,
)
MOMENTS = st.builds(
    Moment,
    what=st.sampled_from(
        [Happening.FINESSE_GONE, Happening.OUT_OF_SERVICE, Happening.FORCED_LOGOUT]
    ),
    time_ns=TIMES,
    user=st.sampled_from([None, "a", "b", "c"]),
    source=st.just(place(1)),
)
INFOS = st.builds(
    SystemInfo,
    url=st.just(""),
    status=st.sampled_from(["OUT_OF_SERVICE", None]),
    primary_node=st.sampled_from([A, None]),
    secondary_node=st.sampled_from([B, ""]),
    source=st.just(place(2)),
)


@st.composite
def sessions(draw: st.DrawFn) -> Session:
    """Any session, as far as stories look at it."""
    made = episode(0, 0, 1, node=draw(st.sampled_from([A, B])))
    vain = Attempt(connection=made.connection, end=AttemptEnd.REFUSED) if made.connection else None
    fields: dict[str, Any] = {
        "capture": draw(st.integers(0, 1)),
        "agent": draw(st.sampled_from([None, "", "a", "a@x.test", "A@x.test", "b@x.test"])),
        "jid": draw(st.sampled_from([None, "a@x.test/desktop"])),
        "carrier": draw(st.sampled_from(Carrier)),
        "url": draw(st.sampled_from([None, "ws://a.x.test/ws/", "ws://["])),
        "started_late": draw(st.booleans()),
        "started_ns": draw(TIMES),
        "ended_ns": draw(TIMES),
        "steps": steps(draw(st.sampled_from([None, *StepName]))),
        "attempts": draw(st.sampled_from([(), (vain,)])),
        "moments": draw(st.lists(MOMENTS, max_size=2)),
        "system_info": draw(st.one_of(st.none(), INFOS)),
        "close": draw(CLOSES),
    }
    if draw(st.booleans()):
        fields["connection"] = None
    return replace(made, **fields)


PLACES = st.builds(
    Polling,
    capture=st.integers(0, 1),
    client=st.sampled_from([None, CLIENT]),
    host=st.sampled_from([A, B]),
    count=st.integers(3, 9),
    first_ns=st.integers(-5, 400).map(lambda second: second * S),
    last_ns=st.integers(400, 500).map(lambda second: second * S),
    sources=st.just((place(3),)),
)


@given(st.lists(sessions(), max_size=8), st.lists(PLACES, max_size=2))
def test_any_sessions_have_stories(some: list[Session], polls: list[Polling]) -> None:
    numbered = [replace(one, number=number) for number, one in enumerate(some, 1)]
    found = histories(numbered, polls)
    numbers = [number for one in found for number in one.sessions]
    assert len(numbers) == len(set(numbers))
    assert set(numbers) <= {one.number for one in numbered}
    for one in found:
        in_order(one)


def in_order(history: History) -> None:
    times = [chapter.time_ns for chapter in history.chapters if chapter.time_ns is not None]
    assert times == sorted(times)


def test_thousands_of_sessions_take_no_time() -> None:
    many = [
        episode(n, n, n + 40, agent=f"a{n % 2000}@example.test", client=f"10.1.{n % 2000}")
        for n in range(1, 10_001)
    ]
    found = histories(many)
    assert len(found) == 2000
    assert sum(len(one.sessions) for one in found) == 10_000
    # All of one agent, each beside the one before.
    crowd = [replace(one, agent=AGENT) for one in many]
    assert [len(one.sessions) for one in histories(crowd)] == [10_000]
