"""Sessions of several recordings wait for each other, within a bound."""

from msgspec.structs import replace

from analyzer.model.session import Session
from analyzer.session.joiner import Joiner
from analyzer.session.retain import weight_of
from tests.rules.climb import climb


def seen(text: str, capture: int) -> Session:
    (session,) = climb(text).sessions
    return replace(session, capture=capture)


def test_one_that_two_recordings_hold() -> None:
    joiner = Joiner()
    for capture, text in enumerate(("@login", "@har\n@login")):
        assert [*joiner.hold(seen(text, capture))] == []
    (told,) = joiner.finish()
    assert told.captures == (0, 1)
    assert len(told.session.parts) == 2
    assert joiner.anomalies() == []
    assert [*joiner.finish()] == []


def test_what_one_recording_holds_stays_as_it_is() -> None:
    joiner = Joiner()
    one, other = seen("@login", 0), seen("@bosh\n@login user=b", 1)
    for session in (one, other):
        assert [*joiner.hold(session)] == []
    told = [*joiner.finish()]
    assert [one.session for one in told] == [one, other]
    assert [one.captures for one in told] == [(0,), (1,)]


def test_too_many_sessions() -> None:
    joiner = Joiner(sessions=1)
    one = seen("@login", 0)
    assert [*joiner.hold(one)] == []
    (out,) = joiner.hold(seen("@har\n@login", 1))
    assert (out.session, out.captures) == (one, (0,))
    assert [told.session.parts for told in joiner.finish()] == [()]
    (limit,) = joiner.anomalies()
    assert limit.values == {"limit": "JOIN_SESSIONS", "value": 1}


def test_too_many_that_look_alike() -> None:
    joiner = Joiner(pairs=0)
    for capture, text in enumerate(("@login", "@har\n@login")):
        assert [*joiner.hold(seen(text, capture))] == []
    assert [told.captures for told in joiner.finish()] == [(0,), (1,)]
    (limit,) = joiner.anomalies()
    assert limit.values == {"limit": "JOIN_PAIRS", "value": 0}


def test_too_much_text() -> None:
    one = seen("@login", 0)
    weight = weight_of(one)
    joiner = Joiner(octets=weight)
    assert [*joiner.hold(one)] == []
    (out,) = joiner.hold(seen("@har\n@login", 1))
    assert out.session is one
    (limit,) = joiner.anomalies()
    assert limit.values == {"limit": "JOIN_STANZA_OCTETS", "value": weight}


def test_one_that_alone_is_too_long() -> None:
    joiner = Joiner(octets=10)
    assert len([*joiner.hold(seen("@login", 0))]) == 1
    assert [*joiner.hold(seen("@no-upgrade 403 No", 0))] == []


def test_what_nothing_holds_need_not_wait_for_the_last_recording() -> None:
    joiner = Joiner(sessions=2)
    assert [*joiner.hold(seen("@har\n@login", 0))] == []
    joiner.expect_last()
    locked = "@tls locked=no-keys alpn=http/1.1 cadence=10"
    other = seen(f"@url wss://b.example.test:7443/ws/\n{locked}\n@login", 1)
    (told,) = joiner.hold(other)
    assert told.session is other
    assert [*joiner.hold(seen("@login", 1))] == []
    assert [one.captures for one in joiner.finish()] == [(0, 1)]
    assert joiner.anomalies() == []
