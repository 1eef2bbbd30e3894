import pytest
from sqlalchemy.dialects import postgresql, sqlite

from analyzer.web.database.cases import Cases
from analyzer.web.database.jobs import Jobs
from analyzer.web.database.searching import matching
from analyzer.web.problems import Problem, ProblemCode
from analyzer.web.records import CaseQuery, Summary
from tests.web.database.clock import SECOND_NS, START_NS, Clock, received
from tests.web.database.making import a_case, opened, summarized


def found(cases: Cases, **query: str | int) -> list[str]:
    page = cases.page(CaseQuery(**query))  # type: ignore[arg-type]
    return [case.number for case in page.cases]


def test_all_words_stand_somewhere(cases: Cases, jobs: Jobs) -> None:
    opened(cases, received("Run.har"), number="one", notes="Called TWICE")
    opened(cases, received("100%.har"), number="two", notes="called")
    summary = Summary(
        outcome="broken",
        headline={"en": "Password refused", "zh-Hans": "密码被拒绝"},
        rule="SA-001",
        agents=("Ann Müller",),
        servers=("fin7.example",),
    )
    summarized(jobs, summary)
    assert found(cases) == ["two", "one"]
    assert found(cases, search="called") == ["two", "one"]
    for search in ("twice", "RUN.", "sa-001", "refused called", "被拒", "MÜLLER fin7", "n e", "LL"):
        assert "one" in found(cases, search=search), search
    assert found(cases, search="twice nothing") == []
    assert found(cases, search="calledtwice") == []
    assert found(cases, agent="ann müll") == ["one"]
    assert found(cases, agent="fin7") == []
    assert found(cases, server=" FIN7 ") == ["one"]
    assert found(cases, server="ann") == []


@pytest.mark.parametrize("sign", ["%", "_", "\\", "/", "'", '"', "\x00", "\ud800", "(", "*"])
def test_no_sign_means_anything(cases: Cases, sign: str) -> None:
    a_case(cases, number=f"a{sign}b")
    a_case(cases, number="axb")
    assert len(found(cases, search=sign)) == 1
    assert found(cases, search=f"a{sign}{sign}b") == []
    assert found(cases, agent=sign) == []
    assert found(cases, server=sign) == []
    assert found(cases, outcome=sign) == []


@pytest.mark.parametrize(
    "text",
    ["x" * 10**6, "x " * 10**6, "%" * 10**6, "\x00" * 10**6, "\u0301\u0327" * 10**5, "a" * 60_000],
    ids=["long", "many", "percent", "NUL", "marks", "beyond a pattern of LIKE"],
)
def test_any_length_is_searched(cases: Cases, text: str) -> None:
    a_case(cases, number="7", notes=text)
    assert found(cases, search=text) == ["7"]
    assert found(cases, agent=text) == []
    assert found(cases, server=text) == []
    assert found(cases, outcome=text) == []


def test_of_very_many_words_the_longest_are_looked_at(cases: Cases) -> None:
    words = " ".join(f"word{number:05}" for number in range(20))
    a_case(cases, number="7", notes=words)
    assert found(cases, search=f"{words} x") == ["7"]
    assert found(cases, search=f"{words} longerword") == []


def test_cases_of_a_time(cases: Cases, clock: Clock) -> None:
    for number in range(5):
        a_case(cases, number=str(number))
        clock.pass_s(1)
    assert found(cases, since_ns=START_NS + 3 * SECOND_NS) == ["4", "3"]
    assert found(cases, before_ns=START_NS + SECOND_NS) == ["0"]
    assert found(cases, since_ns=START_NS + 1, before_ns=START_NS + 2 * SECOND_NS) == ["1"]
    assert found(cases, since_ns=1 << 90) == []
    assert found(cases, before_ns=-(1 << 90)) == []
    assert len(found(cases, since_ns=-(1 << 90), before_ns=1 << 90)) == 5


def test_pages_follow_each_other(cases: Cases, clock: Clock) -> None:
    """Also cases of the same time, and while new ones come."""
    for number in range(10):
        a_case(cases, number=str(number))
        clock.pass_s(number % 2)
    seen: list[str] = []
    cursor = ""
    for _ in range(4):
        page = cases.page(CaseQuery(limit=3, cursor=cursor))
        seen += [case.number for case in page.cases]
        cursor = page.cursor or ""
        a_case(cases, number="new")
    assert cursor == ""
    assert seen == list("9876543210")


def test_a_page_that_is_just_full_is_the_last(cases: Cases) -> None:
    for _ in range(3):
        a_case(cases)
    assert cases.page(CaseQuery(limit=3)).cursor is None
    assert cases.page(CaseQuery(limit=2)).cursor is not None


@pytest.mark.parametrize(("asked", "given"), [(-5, 1), (0, 1), (1, 1), (200, 200), (10**30, 200)])
def test_a_page_has_bounds(cases: Cases, asked: int, given: int) -> None:
    for _ in range(2):
        a_case(cases)
    assert len(found(cases, limit=asked)) == min(given, 2)
    for kind in (sqlite, postgresql):
        built = matching(CaseQuery(limit=asked), "sqlite", given + 1)
        assert str(given + 1) in str(
            built.compile(dialect=kind.dialect(), compile_kwargs={"literal_binds": True})
        )


@pytest.mark.parametrize(
    "cursor",
    ["x", "1", "1.", ".1", "1.1\n", "-1.1", "1.1.1", "٣.1", "9" * 19 + ".1", "1." + "9" * 40],
)
def test_a_cursor_of_no_page_is_refused(cases: Cases, cursor: str) -> None:
    with pytest.raises(Problem) as caught:
        cases.page(CaseQuery(cursor=cursor))
    assert caught.value.code is ProblemCode.BAD_VALUE
    assert caught.value.values == {"field": "cursor"}


def test_a_cursor_may_be_of_a_case_that_is_gone(cases: Cases) -> None:
    one, two, three = (a_case(cases, number=str(number)) for number in range(3))
    cursor = cases.page(CaseQuery(limit=2)).cursor
    cases.mark_deleted(two.id)
    cases.forget(two.id)
    assert [case.id for case in cases.page(CaseQuery(cursor=cursor or "")).cases] == [one.id]
    assert three.number == "2"
