"""Octets that the capture does not hold."""

from collections.abc import Iterator

from ...model.flow import GapReason
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Session, StepStatus
from ..evidence import beginning

_REASONS = (GapReason.SNAPLEN, GapReason.LOST)


def _check(session: Session) -> Iterator[Hit]:
    holes = [gap for gap in session.gaps if gap.reason in _REASONS]
    if holes:
        hides = any(step.status is StepStatus.NOT_CAPTURED for step in session.steps)
        values: dict[str, Value] = {
            "count": len(holes),
            "octets": sum(gap.length or 0 for gap in holes) or "Some",
            "reason": holes[0].reason,
        }
        places = tuple(gap.source or beginning(session) for gap in holes[:_PLACES])
        yield Hit(places, values, effect=None if hides else Effect.NONE)


_PLACES = 20


RULE = Rule(
    id="CQ-002",
    severity=Severity.WARNING,
    effect=Effect.BLINDS,
    title="{octets!t} octets of this session are missing from the capture ({reason!t})",
    cause="What both sides said has holes ({count}): what stood there cannot be read, and what "
    "follows may be misread. snaplen: each packet was cut at a fixed length; that is what utils "
    "network capture does without size all. lost: the capturing host dropped packets under load, "
    "the mirror port (SPAN) was overrun or shows one direction only, or the file was cut into "
    "pieces and one is missing. The agent's connection itself need not have lost anything.",
    remedy="1. Capture again with whole packets: on the node utils network capture file "
    "packetcapture count 100000 size all host ip CLIENT; on a PC dumpcap or Wireshark without a "
    "limit per packet, tcpdump with -s 0. 2. Filter by the client's address instead of recording "
    "everything. 3. On a mirror port make sure that both directions are mirrored and the port is "
    "not slower than what it mirrors. 4. Give all files of a rotated capture together.",
    reference="Cisco TAC document 201003; pcapng, Enhanced Packet Block, Interface Statistics "
    "Block",
    explains=("CQ-008", "ST-002", "ST-006", "ST-008", "WS-034", "DF-003", "IQ-002"),
    check=_check,
    fires_on=(
        """
        @login until=auth
        5.0 S> [gap 300 snaplen]
        """,
        """
        @login until=auth
        5.0 S> [gap 300]
        6.0 C> [fin]
        """,
        """
        @login
        5.0 S> [gap 40 snaplen]
        """,
    ),
    silent_on=(
        "@login",
        """
        @late
        1.0 S> <presence xmlns='jabber:client' from='finesse@example.test/x'/>
        """,
    ),
)
