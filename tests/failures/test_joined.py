"""What both a HAR and a capture show is told of both together as it is of the better of them."""

from collections import defaultdict

import pytest

from . import test_29_to_39, test_40_to_48, test_49_to_56
from .case import Case, report

CASES = (*test_29_to_39.CASES, *test_40_to_48.CASES, *test_49_to_56.CASES)


def _pairs() -> list[tuple[Case, Case]]:
    """The same session in both forms."""
    forms: defaultdict[tuple[int, str, str], dict[str, Case]] = defaultdict(dict)
    for case in CASES:
        form, _, rest = case.form.partition(": ")
        forms[case.number, case.failure, rest][form] = case
    return [(one["HAR"], one["packets"]) for one in forms.values() if len(one) > 1]


PAIRS = _pairs()


def test_most_have_both_forms() -> None:
    assert len({har.number for har, _ in PAIRS}) >= 25


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair[1].name)
def test_both_together(pair: tuple[Case, Case]) -> None:
    verdict = report({name: octets for one in pair for name, octets in one.made().items()}).verdict
    told = (verdict.outcome, verdict.cause, verdict.step, verdict.party)
    # Packets tell more of whose fault it is.
    assert told in [(one.outcome, one.cause, one.step, one.party) for one in pair[::-1]]
