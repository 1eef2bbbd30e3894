"""Losses and stalls of TCP (RFC 9293, RFC 6298)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.flow import DirectionFacts
from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ..evidence import ending
from .cut import is_cut


def _check(session: Session) -> Iterator[Hit]:
    connection = session.connection
    ways = (connection.to_server, connection.to_client) if connection is not None else ()
    bad = [way for way in ways if way is not None and _is_bad(way)]
    if bad:
        values: dict[str, Value] = {
            "retransmitted": sum(way.retransmitted for way in bad),
            "octets": sum(way.octets for way in bad),
            "zero_windows": sum(way.zero_windows for way in bad),
        }
        severity = Severity.WARNING if is_cut(session) else None
        party = None if values["zero_windows"] else Party.NETWORK
        yield Hit((ending(session),), values, severity=severity, party=party)


_ENOUGH = 1_000
"""Octets sent again below which nothing is told: each connection has a few."""


def _is_bad(way: DirectionFacts) -> bool:
    again = way.retransmitted
    return way.zero_windows > 0 or (again >= _ENOUGH and again * 20 >= way.octets)


RULE = Rule(
    id="CO-006",
    severity=Severity.INFO,
    title="The network or a receiver was in trouble: {retransmitted} of {octets} octets sent "
    "again, {zero_windows} zero windows",
    cause="Octets sent again were lost on the way or not acknowledged in time: Wi-Fi, VPN, an "
    "overloaded link. One in twenty or more is felt: events come late, pings time out. A zero "
    "window means that the receiving host could not take more: the browser or the server hung, so "
    "the network is not to blame.",
    remedy="1. Retransmissions: capture on both ends at once; what leaves one and does not reach "
    "the other is lost in between. Ping with large packets, compare Wi-Fi with cable, VPN with "
    "none. 2. Zero windows of the server: garbage collection or load; RTMT, show process load, the "
    "openfire logs. Of the client: a page that blocks, a PC without memory.",
    reference="RFC 9293 §3.8.1, §3.8.6.1; RFC 6298 §5",
    needs=frozenset({Needs.PACKETS}),
    check=_check,
    fires_on=(
        """
        @tcp to_server.retransmitted=1200
        @login
        """,
        """
        @tcp to_client.zero_windows=3
        @login
        5.0 S> [rst]
        """,
    ),
    silent_on=(
        "@login",
        """
        @tcp to_server.retransmitted=200
        @login
        """,
        """
        @har
        @login
        """,
    ),
)
