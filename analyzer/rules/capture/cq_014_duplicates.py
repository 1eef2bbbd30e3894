"""Packets that were captured twice."""

from collections.abc import Iterator

from ...model.recording import Recording
from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Needs
from ..evidence import whole


def _check(recording: Recording) -> Iterator[Hit]:
    packets = recording.packets
    if packets is not None and packets.duplicates:
        values: dict[str, Value] = {"count": packets.duplicates, "packets": packets.packets}
        yield Hit((whole(recording),), values)


RULE = Rule(
    id="CQ-014",
    severity=Severity.INFO,
    title="{count:packet was|packets were} captured twice",
    cause="Of the {packets} packets, {count} are copies of one before: a mirror (SPAN) port that "
    "hands out traffic where it comes in and where it leaves, Linux's interface any, which sees a "
    "packet on every device it passes, or a capture before and behind a router. Copies are known "
    "by their IP identification, sequence numbers and octets, and are not counted as "
    "retransmissions here; Wireshark marks them as such.",
    remedy="Nothing is wrong with the network. For a smaller file: mirror one direction of each "
    "port only (or the uplink alone), capture on one interface instead of any, or take the copies "
    "out with editcap -d.",
    reference="Wireshark User's Guide, editcap",
    needs=frozenset({Needs.PACKETS}),
    check=_check,
    fires_on=("@recording duplicates=12\n@login",),
    silent_on=("@login", "@har\n@login"),
)
