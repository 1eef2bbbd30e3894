"""A failure of the field, how it is made, and what the verdict has to say of it."""

from collections.abc import Callable
from io import BytesIO
from typing import NamedTuple

from analyzer.model.report import Report
from analyzer.pipeline import analyze
from analyzer.report.language.texts import plain, sentence
from analyzer.report.language.words import words


class Case(NamedTuple):
    """
    A failure in one form.

    Attributes:
        number: Of the failure in the list of those met in the field.
        failure: Its name there.
        form: What tells this case from others of the same failure; begins with "HAR" or "packets".
        made: Makes the recordings, by name.
        cause: Rule that has to be the root.
        step: Step that failed; None if none did.
        party: On whose side the fault lies; None if that cannot be told.
        says: Words that title, cause or remedy must hold.
        outcome: Of the verdict.
    """

    number: int
    failure: str
    form: str
    made: Callable[[], dict[str, bytes]]
    cause: str
    step: str | None
    party: str | None
    says: tuple[str, ...] = ()
    outcome: str = "broken"

    @property
    def name(self) -> str:
        """For the list of tests."""
        return f"{self.number:02d} {self.failure}, {self.form}"


def report(recordings: dict[str, bytes]) -> Report:
    """Of recordings, by name."""
    return analyze([(name, BytesIO(octets)) for name, octets in recordings.items()])


def told(found: Report) -> str:
    """What the report says of the root: title, cause and remedy."""
    index = found.verdict.finding
    if index is None:
        return ""
    finding = found.findings[index]
    texts = found.texts[finding.rule_id]
    parts = (texts.title, texts.cause, texts.remedy)
    return " ".join(plain(sentence(part, finding.values, words("en"))) for part in parts)


def hold(case: Case) -> None:
    """Fail unless the verdict names the failure."""
    found = report(case.made())
    verdict = found.verdict
    seen = (verdict.outcome, verdict.cause, verdict.step, verdict.party)
    wanted = (case.outcome, case.cause, case.step, case.party)
    assert seen == wanted, f"{seen} instead of {wanted}"
    said = told(found)
    missing = [words for words in case.says if words not in said]
    assert not missing, f"{missing} is not in: {said}"
