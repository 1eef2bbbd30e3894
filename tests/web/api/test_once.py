from analyzer.web.api.once import once
from analyzer.web.problems import Problem, ProblemCode
from analyzer.web.stores import Stores
from tests.web.database.making import answer
from tests.web.doubles import refused


class Acts:
    """Does something and counts; writes the answer of a key down with it."""

    def __init__(self, stores: Stores | None = None) -> None:
        self.times = 0
        self._stores = stores
        self.key = "k"

    def __call__(self) -> str:
        self.times += 1
        told = f"answer {self.times}"
        if self._stores is not None:
            answer(self._stores.database.engine, self.key, told)
        return told


def test_without_a_key_it_is_done_each_time(stores: Stores) -> None:
    act = Acts()
    assert once(stores.answers, None, "f", act) == ("answer 1", False)
    assert once(stores.answers, None, "f", act) == ("answer 2", False)


def test_with_a_key_it_is_done_once(stores: Stores) -> None:
    act = Acts(stores)
    assert once(stores.answers, "k", "f", act) == ("answer 1", False)
    assert once(stores.answers, "k", "f", act) == ("answer 1", True)
    act.key = "other"
    assert once(stores.answers, "other", "f", act) == ("answer 2", False)
    with refused(ProblemCode.KEY_REUSED):
        once(stores.answers, "k", "g", act)
    assert act.times == 2


def test_while_the_first_is_under_way_the_second_waits(stores: Stores) -> None:
    def act() -> str:
        with refused(ProblemCode.CONFLICT):
            once(stores.answers, "k", "f", Acts())
        return "done"

    assert once(stores.answers, "k", "f", act) == ("done", False)


def test_what_fails_may_be_tried_again(stores: Stores) -> None:
    def act() -> str:
        raise Problem(ProblemCode.DISK_FULL)

    with refused(ProblemCode.DISK_FULL):
        once(stores.answers, "k", "f", act)
    assert once(stores.answers, "k", "g", Acts()) == ("answer 1", False)
