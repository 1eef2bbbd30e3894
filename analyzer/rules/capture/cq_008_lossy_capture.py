"""Packets that were cut, dropped or recorded one way only."""

from collections.abc import Iterator

from ...model.recording import Recording
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs
from ..evidence import whole


def _check(recording: Recording) -> Iterator[Hit]:
    packets = recording.packets
    if packets is None or not (packets.cut or packets.dropped or packets.one_way):
        return
    values: dict[str, Value] = {
        "cut": packets.cut,
        "snaplen": packets.snaplen or 0,
        "dropped": packets.dropped or 0,
        "one_way": packets.one_way,
        "packets": packets.packets,
    }
    yield Hit((whole(recording),), values, effect=Effect.NONE if recording.sessions else None)


RULE = Rule(
    id="CQ-008",
    severity=Severity.INFO,
    effect=Effect.BLINDS,
    title="The capture is incomplete: {cut:packet|packets} cut, {dropped} dropped, "
    "{one_way:connection|connections} one-way",
    cause="Of {packets} packets, {cut} were stored only up to {snaplen} octets (0: not known), "
    "{dropped} were dropped by the capturing system before they reached the file, and of {one_way} "
    "connections only one direction is there. What is said of a session here was read from the "
    "octets that are there; where some of a session itself are missing, another finding says so.",
    remedy="If a session is hit, capture again: whole packets (utils network capture with size "
    "all, tcpdump -s 0), filtered by the client's address so that nothing is dropped, and on a "
    "point that both directions pass (with asymmetric routing or SPAN: mirror both directions).",
    reference="pcapng, Interface Statistics Block: isb_ifdrop; Cisco TAC document 201003",
    needs=frozenset({Needs.PACKETS}),
    check=_check,
    fires_on=(
        """
        @recording cut=48 snaplen=96
        @login
        """,
        """
        @recording dropped=7
        @login
        """,
        "@recording one_way=1",
    ),
    silent_on=(
        "@login",
        """
        @har
        @login
        """,
    ),
)
