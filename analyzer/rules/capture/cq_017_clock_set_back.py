"""A clock that was set back while the capture ran."""

from collections.abc import Iterator

from ...model.recording import Recording
from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Needs
from ..evidence import whole


def _check(recording: Recording) -> Iterator[Hit]:
    packets = recording.packets
    if packets is not None and packets.steps_back:
        values: dict[str, Value] = {"count": packets.steps_back, "packets": packets.packets}
        yield Hit((whole(recording),), values)


RULE = Rule(
    id="CQ-017",
    severity=Severity.WARNING,
    title="Packets of this capture go back in time by a second or more (places: {count})",
    cause="Packets stand in a file in the order they were captured, and their times should only "
    "grow. Here, among {packets} packets, a packet is a second or more older than the one before "
    "it (places: {count}). Either the clock of the capturing device was set back meanwhile (NTP, "
    "a virtual machine that was moved or resumed), or the file was put together from several in "
    "the wrong order. Silences and delays across such a place are wrong.",
    remedy="If the file was merged, put it in order: reordercap IN OUT (of Wireshark), or merge "
    "again with mergecap. Otherwise have NTP running on the device before the next capture starts, "
    "and do not take durations across these places from this one.",
    reference="Wireshark User's Guide, reordercap and mergecap",
    needs=frozenset({Needs.PACKETS}),
    check=_check,
    fires_on=("@recording steps_back=1\n@login",),
    silent_on=("@login", "@har\n@login"),
)
