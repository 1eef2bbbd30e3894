"""Who came back is told from a story, with the session that was left."""

from analyzer.model.history import Chapter, Happening, History
from analyzer.rules.returns import by_number, names, returns
from tests.rules.said import session


def story(*told: tuple[Happening, int]) -> History:
    """A story of these chapters."""
    chapters = tuple(
        Chapter(what=what, session=number, time_ns=number, server="a") for what, number in told
    )
    return History(agent="a@x.test", sessions=(1, 2, 3), chapters=chapters)


def test_a_return_knows_the_session_before() -> None:
    found = returns(
        story(
            (Happening.FELL_BACK, 1),
            (Happening.LOST, 1),
            (Happening.REFUSED, 2),
            (Happening.RECONNECTED, 3),
            (Happening.BESIDE, 4),
            (Happening.FAILED_OVER, 5),
        )
    )
    assert [(one.chapter.session, one.left) for one in found] == [(3, 1), (5, 4)]


def test_sessions_are_found_by_number() -> None:
    assert names([story(), History(agent="", sessions=(9,), chapters=())]) == dict.fromkeys(
        (1, 2, 3), "a@x.test"
    )
    one = session()
    assert by_number([one]) == {1: one}
