"""Every failure of the list has its case, or a reason why no recording shows it."""

from . import test_01_to_09 as connecting
from . import test_10_to_19 as proxies
from . import test_20_to_28 as login
from . import test_29_to_39 as events
from . import test_40_to_48 as network
from . import test_49_to_56 as rest

MODULES = (connecting, proxies, login, events, network, rest)
CASES = [case for module in MODULES for case in module.CASES]

LAST = 56

ONE_FORM = {
    9: "packets",  # browsers write no certificates into a HAR
    18: "HAR",  # in packets it is a name that DNS does not know
    47: "packets",  # a browser writes down what it could inflate
    55: "HAR",  # the browser alone refuses it
}


def test_none_is_missing() -> None:
    shown = {case.number for case in CASES}
    assert len(shown) >= 50
    assert shown | rest.NOT_SHOWN.keys() == set(range(1, LAST + 1))
    assert not shown & rest.NOT_SHOWN.keys()


def test_each_is_shown_in_both_forms_where_it_can_be() -> None:
    forms: dict[int, set[str]] = {}
    for case in CASES:
        form = next(form for form in ("HAR", "packets") if case.form.startswith(form))
        forms.setdefault(case.number, set()).add(form)
    single = {number: form for number, (form, *more) in forms.items() if not more}
    assert single == ONE_FORM


def test_each_case_has_a_name_of_its_own() -> None:
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names)
