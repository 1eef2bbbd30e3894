"""
Redaction: the only way from a report to anything that is written.

A renderer takes a `RedactedReport`, and only `redact` makes one. It works on values before they are
rendered, never on the rendered text: there a recording could choose a "secret" that is a piece of
our markup, and have it taken away.
"""

from collections import Counter
from enum import StrEnum
from typing import ClassVar, Final

from msgspec.structs import replace

from ...model.comparison import Comparison
from ...model.report import Report
from ...model.session import Session
from .eraser import Eraser
from .patterns import SecretKind
from .shorten import shorten, shorten_comparison

_MAKER: Final = object()


class Redaction(StrEnum):
    """How much is taken out."""

    SECRETS = "secrets"
    """Credentials and tokens."""
    ALL = "all"
    """People and numbers too."""
    NONE = "none"
    """Nothing, as the user asked."""


class _Redacted:
    """
    What both redacted things share.

    Attributes:
        redaction: How much was taken out.
        redactions: How many of which kind were taken out.
    """

    __slots__ = ("redaction", "redactions")

    def __init__(self, maker: object, redaction: Redaction, redactions: dict[str, int]) -> None:
        """
        Only for this module.

        Raises:
            TypeError: Somebody else calls it.
        """
        if maker is not _MAKER:
            raise TypeError(f"only {self.made_by}() makes a {type(self).__name__}")
        self.redaction = redaction
        self.redactions = redactions

    made_by: ClassVar[str]

    @property
    def secrets_shown(self) -> bool:
        """Nothing was taken out."""
        return self.redaction is Redaction.NONE


class RedactedReport(_Redacted):
    """
    A report without secrets, cut down to what a report shows.

    Attributes:
        report: What is left of it; verdict, findings and evidence are as before.
    """

    __slots__ = ("report",)
    made_by = "redact"

    def __init__(
        self, maker: object, report: Report, redaction: Redaction, redactions: dict[str, int]
    ) -> None:
        """As of `_Redacted`."""
        super().__init__(maker, redaction, redactions)
        self.report = report


class RedactedComparison(_Redacted):
    """
    A comparison without secrets, cut down to what is shown of it.

    Attributes:
        comparison: What is left of it.
    """

    __slots__ = ("comparison",)
    made_by = "redact_comparison"

    def __init__(
        self,
        maker: object,
        comparison: Comparison,
        redaction: Redaction,
        redactions: dict[str, int],
    ) -> None:
        """As of `_Redacted`."""
        super().__init__(maker, redaction, redactions)
        self.comparison = comparison


def redact(report: Report, redaction: Redaction = Redaction.SECRETS) -> RedactedReport:
    """
    Take out passwords, tokens, cookies and SASL exchanges.

    Args:
        report: As analysed.
        redaction: How much; of NONE renderers mark their output.
    """
    short = shorten(report)
    if redaction is Redaction.NONE:
        return RedactedReport(_MAKER, short, redaction, {})
    eraser = Eraser([report], people=redaction is Redaction.ALL)
    return RedactedReport(_MAKER, eraser.clean(short), redaction, eraser.counts())


def restored(report: Report, redaction: Redaction, redactions: dict[str, int]) -> RedactedReport:
    """
    What was redacted before it was saved, for `saved` alone.

    Args:
        report: As it was read.
        redaction: How much was taken out of it.
        redactions: How many of which kind.
    """
    return RedactedReport(_MAKER, report, redaction, redactions)


def narrowed(redacted: RedactedReport, sessions: tuple[Session, ...]) -> RedactedReport:
    """A redacted report with only some of its sessions."""
    fewer = replace(redacted.report, sessions=sessions)
    return RedactedReport(_MAKER, fewer, redacted.redaction, redacted.redactions)


def redact_more(redacted: RedactedReport) -> RedactedReport:
    """
    Take people and numbers out of a report that has only lost its secrets.

    A report with its secrets is none for this: they are found in the whole recording only.
    """
    eraser = Eraser([redacted.report], people=True)
    report = eraser.clean(redacted.report)
    counts = Counter(redacted.redactions) + Counter(eraser.counts())
    counted = {kind.value: counts[kind.value] for kind in SecretKind if counts[kind.value]}
    return RedactedReport(_MAKER, report, Redaction.ALL, counted)


def redact_comparison(
    comparison: Comparison, redaction: Redaction = Redaction.SECRETS
) -> RedactedComparison:
    """
    Take out what `redact` takes out; a secret of one recording also where the other holds it.

    Args:
        comparison: As compared, with the whole reports.
        redaction: How much; of NONE renderers mark their output.
    """
    short = shorten_comparison(comparison)
    if redaction is Redaction.NONE:
        return RedactedComparison(_MAKER, short, redaction, {})
    eraser = Eraser(
        [comparison.good.report, comparison.bad.report], people=redaction is Redaction.ALL
    )
    return RedactedComparison(_MAKER, eraser.clean(short), redaction, eraser.counts())
