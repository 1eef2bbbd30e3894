"""A file that is cut short or damaged."""

from collections.abc import Iterator

from ...model.anomaly import AnomalyCode
from ...model.recording import Recording
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ..evidence import whole

_CODES = frozenset(
    {
        AnomalyCode.TRUNCATED,
        AnomalyCode.DAMAGED,
        AnomalyCode.HAR_ENTRY_SKIPPED,
        AnomalyCode.HAR_MESSAGE_SKIPPED,
        AnomalyCode.LIMIT,
    }
)


def _check(recording: Recording) -> Iterator[Hit]:
    defects = [anomaly for anomaly in recording.anomalies if anomaly.code in _CODES]
    skipped = recording.har.skipped if recording.har is not None else 0
    if defects or skipped:
        places = tuple(defect.source or whole(recording) for defect in defects[:_PLACES])
        codes = ", ".join(sorted({defect.code.value for defect in defects}))
        values: dict[str, Value] = {
            "codes": codes or AnomalyCode.HAR_ENTRY_SKIPPED.value,
            "skipped": skipped,
        }
        effect = Effect.NONE if recording.sessions else None
        yield Hit(places or (whole(recording),), values, effect=effect)


_PLACES = 20


RULE = Rule(
    id="CQ-006",
    severity=Severity.WARNING,
    effect=Effect.BLINDS,
    title="Parts of this file could not be read ({codes})",
    cause="The file is damaged, cut short, or larger than this tool takes in one piece; {skipped} "
    "HAR entries were passed over. Everything in front of and behind the damage was read. Usual "
    "reasons: the disk was full, the capture was stopped by force, the upload to the case broke "
    "off, mail cut the attachment, somebody edited the HAR by hand to take secrets out.",
    remedy="1. Compare size and checksum with the original on the PC or node, and transfer it "
    "again in binary mode, zipped. 2. If the original is cut, too, record again and stop the "
    "capture in the ordinary way (utils network capture with Ctrl-C, Wireshark with Stop). 3. Do "
    "not edit a HAR by hand: this tool's report is redacted already.",
    reference="HAR 1.2; pcap and pcapng file formats",
    check=_check,
    fires_on=(
        """
        @recording anomaly=capture.truncated
        @login
        """,
        """
        @har
        @recording skipped=2
        @login
        """,
        "@recording anomaly=capture.damaged",
    ),
    silent_on=(
        "@login",
        """
        @har
        @login
        """,
    ),
)
