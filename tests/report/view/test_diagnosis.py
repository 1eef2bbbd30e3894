"""What stands beside the cause."""

from msgspec.structs import replace

from analyzer.model.diagnosis import Bring, Party, Suspect
from analyzer.model.rule import Effect
from analyzer.report.language.words import words
from analyzer.report.view.diagnosis import OTHERS, diagnosis
from tests.report.reports import blind, finding, healthy, refused

ENGLISH = words("en")


def test_side_and_proofs() -> None:
    told = diagnosis(refused(), ENGLISH)
    assert told.side == "client side"
    (one,) = told.cleared
    assert one.because.startswith("A proxy that stops WebSockets")
    assert one.proof.place == "session.har: entry 3"
    assert told.others == ()
    assert told.bring[0].startswith("A packet capture from the Finesse node")


def test_a_side_that_is_not_known_is_said_to_be() -> None:
    report = refused()
    unknown = replace(report, verdict=replace(report.verdict, party=None))
    told = diagnosis(unknown, ENGLISH)
    assert told.side == "cannot be told from this recording"


def test_nothing_wrong_has_no_side() -> None:
    for report in (healthy(), blind()):
        assert diagnosis(report, ENGLISH).side == ""


def test_how_to_record_again_is_said_once() -> None:
    report = refused()
    hidden = replace(report.findings[0], effect=Effect.BLINDS)
    told = diagnosis(replace(report, findings=(hidden, *report.findings[1:])), ENGLISH)
    assert told.bring == ()


def test_several_causes_are_named_up_to_a_number() -> None:
    report = refused()
    many = tuple(finding("SA-007") for _ in range(OTHERS + 3))
    verdict = replace(report.verdict, causes=tuple(range(len(many))))
    told = diagnosis(replace(report, findings=many, verdict=verdict), ENGLISH)
    assert [view.number for view in told.others] == list(range(1, OTHERS + 1))


def test_there_are_words_for_everything() -> None:
    for kind, members in (("not", Suspect), ("bring", Bring), ("party", Party)):
        for member in members:
            assert ENGLISH[f"{kind}.{member.value}"]
