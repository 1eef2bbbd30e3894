"""What is laid out in two columns."""

import pytest
from msgspec.structs import replace

from analyzer.model.comparison import Arrival, ArrivalKind, Choice, Note, NoteKind, Role
from analyzer.model.xmpp import Auth
from analyzer.report.comparison.view import (
    Spot,
    change_rows,
    fact_rows,
    left_out,
    nothing_said,
    parting,
    sides,
    step_rows,
    time_rows,
    told,
)
from analyzer.report.language.words import words
from tests.report.comparisons import empty, parted, same, side
from tests.report.reports import har_recording, har_session, refused

WORDS = words("en")


def test_the_two_sides() -> None:
    good, bad = sides(parted(), WORDS)
    assert (good.name, bad.name, good.role, bad.role) == ("Good", "Bad", Role.GOOD, Role.BAD)
    assert (good.files, bad.files) == (("session.har",), ("capture.pcapng",))
    assert good.session == "session 1 of 2, the one that went furthest"
    assert bad.session == "session 2 of 2, the one the verdict is about"
    assert (bad.agent, bad.server) == ("agent1001", "finesse.example.test:7071")
    assert (bad.started, bad.outcome) == ("2026-01-01T00:00:00.000Z", "Broken")


def test_sides_with_little_to_say() -> None:
    _, bad = sides(empty(), WORDS)
    assert (bad.session, bad.server, bad.started) == ("no session", "", "")
    assert bad.files == ("session.har", "capture.pcapng")
    nameless = har_session(agent=None, started_ns=None)
    one = side(
        refused(sessions=(nameless,), recordings=(har_recording(name="a\x1b.har"),)),
        choice=Choice.ONLY,
    )
    good, _ = sides(same(good=one), WORDS)
    assert (good.session, good.agent, good.started) == ("session 1", "the client", "")
    assert good.files == ("a\\x1b.har",)


def test_where_they_part() -> None:
    place = parting(parted(), WORDS)
    assert place is not None
    assert place.common == "<auth> PLAIN as agent1001"
    assert place.common_places == (
        "session.har: entry 3, message 2",
        "capture.pcapng: packet 30",
    )
    assert told(place.bad) == "got <failure> not-authorized after 23 ms"
    assert (place.bad.place, place.bad.look_up) == (
        "capture.pcapng: packet 40",
        "frame.number == 40",
    )
    assert "<not-authorized/>" in place.bad.text
    assert parting(same(), WORDS) is None
    assert told(Spot(told="as it is")) == "as it is"


def test_each_has_its_own_where_they_differ_in_a_name() -> None:
    found = parted().divergence
    assert found is not None
    assert found.common_bad is not None
    other = replace(found.common_bad, payload=Auth(mechanism="PLAIN", authcid="agent7"))
    place = parting(parted(divergence=replace(found, common_bad=other)), WORDS)
    assert place is not None
    assert place.common == "<auth> PLAIN as agent1001 (good), <auth> PLAIN as agent7 (bad)"


def test_nothing_has_no_place() -> None:
    found = parted().divergence
    assert found is not None
    nothing = replace(
        found, bad=Arrival(kind=ArrivalKind.NOTHING), common_good=None, common_bad=None
    )
    place = parting(parted(divergence=nothing), WORDS)
    assert place is not None
    assert (place.common, place.common_places) == ("", ("", ""))
    assert (place.bad.place, place.bad.text) == ("", "")


def test_steps() -> None:
    rows = step_rows(parted(), WORDS)
    assert [(row.name, row.mark) for row in rows] == [
        ("connect", ""),
        ("upgrade", ""),
        ("open", ""),
        ("auth", "parts here"),
        ("bind", ""),
    ]
    assert rows[4].good is None
    assert rows[4].bad is not None
    assert rows[4].bad.state == "not reached"
    pairs = parted().steps
    changed = (*pairs[:3], pairs[3], replace(pairs[4], differs=True))
    slow = (replace(pairs[0], slower=Role.BAD), *changed[1:])
    marks = [row.mark for row in step_rows(parted(steps=slow), WORDS)]
    assert marks == ["bad slower", "", "", "parts here", "differs"]
    assert step_rows(empty(), WORDS) == []
    assert step_rows(same(good=empty().bad), WORDS)[0].good is None


def test_what_was_said() -> None:
    answer, missing, extra = change_rows(parted(), WORDS)
    assert answer.good is not None
    assert answer.bad is not None
    assert told(answer.good) == "<auth> PLAIN as agent1001 not answered"
    assert answer.good.place == "session.har: entry 3, message 2"
    assert told(answer.bad) == "<auth> PLAIN as agent1001 answered <failure> not-authorized"
    assert answer.bad.place == "capture.pcapng: packet 40"
    assert missing.bad is None
    assert missing.good is not None
    assert told(missing.good) == "<open> to finesse.example.test (3 times)"
    assert [row.mark for row in (answer, missing, extra)] == [
        "other answer",
        "only good",
        "only bad",
    ]


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (0, []),
        (1, ["A difference more is not listed."]),
        (4, ["4 more differences are not listed."]),
    ],
)
def test_what_is_left_out_is_counted(more: int, says: list[str]) -> None:
    assert left_out(parted(more_changes=more), WORDS) == [
        "The good session goes on with one more stanza after the other had stopped.",
        "The bad session goes on with 2 more stanzas after the other had stopped.",
        *says,
    ]
    assert left_out(same(more_changes=more), WORDS) == says


def test_where_nothing_was_read_nothing_is_called_the_same() -> None:
    assert "means the same" in nothing_said(same(), WORDS)
    for kind in (NoteKind.HIDDEN, NoteKind.NOT_KEPT):
        hidden = same(notes=(Note(kind, Role.BAD),))
        assert "was not compared" in nothing_said(hidden, WORDS)


def test_facts_that_matter_come_first() -> None:
    rows = [(row.label, row.good, row.bad, row.mark) for row in fact_rows(parted(), WORDS)]
    assert rows == [
        ("Port", "8445", "7443", "differs"),
        ("Response field via", "none", "1.1 proxy", "differs"),
        ("Agent", "agent1001", "agent1002", "side note"),
    ]


def test_times_and_counts() -> None:
    rows = [(row.label, row.good, row.bad, row.mark) for row in time_rows(parted(), WORDS)]
    assert rows == [
        ("Login", "400 ms", "500 ms", ""),
        ("Step Stream opened", "20 ms", "8.0 s", "bad slower"),
        ("Request <open> to finesse.example.test", "9.9 s", "20 ms", "good slower"),
        ("Stanzas", "29", "1,234", ""),
        ("Events of /finesse/api/User/{agent}", "3", "0", ""),
    ]
