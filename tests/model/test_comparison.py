"""Which of the two."""

from analyzer.model.comparison import Role
from tests.report.comparisons import empty, parted


def test_each_side_has_its_own() -> None:
    comparison = parted()
    assert [comparison.of(role).number for role in Role] == [1, 2]
    assert [len(comparison.found(role)) for role in Role] == [1, 1]
    assert comparison.divergence is not None
    assert comparison.divergence.of(Role.GOOD) is comparison.divergence.good
    assert comparison.divergence.of(Role.BAD) is comparison.divergence.bad


def test_the_session_is_that_of_the_number() -> None:
    session = parted().bad.session
    assert session is not None
    assert session.number == 2
    assert empty().bad.session is None
