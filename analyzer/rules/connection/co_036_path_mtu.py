"""A sender that does not heed ICMP's "too big": a black hole for large packets (RFC 1191)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from .cut import is_cut

_CODES = frozenset({"fragmentation needed", "packet too big"})

_TOLD = 3
"""A sender that heeds it is told once for each segment on its way, and again minutes later."""


def _check(session: Session) -> Iterator[Hit]:
    told = [one for one in session.unreachables if one.code in _CODES]
    connection = session.connection
    if connection is None or len(told) < _TOLD:
        return
    last = told[-1]
    facts = connection.to_server if last.client == connection.client else connection.to_client
    if facts is not None and facts.retransmitted >= (last.mtu or 1):
        values: dict[str, Value] = {
            "sender": str(last.client),
            "reporter": last.reporter,
            "mtu": last.mtu or "an unknown number of",
            "count": len(told),
            "retransmitted": facts.retransmitted,
        }
        harm = (Severity.ERROR, Effect.BREAKS) if is_cut(session) else (None, None)
        yield Hit((last.source,), values, severity=harm[0], effect=harm[1])


RULE = Rule(
    id="CO-036",
    severity=Severity.WARNING,
    effect=Effect.DEGRADES,
    party=Party.NETWORK,
    title="Large packets of {sender} do not get through: {reporter} passes at most {mtu!t} octets",
    cause="{reporter} told the sender {count:time|times} that its packets are too big for the way, "
    "and {retransmitted} octets were sent again all the same: the sender does not get the message "
    "or does not heed it (a firewall drops ICMP, the host ignores it). Small stanzas pass, long "
    "ones never do: the login works until the first large presence, feature list or event.",
    remedy="1. Let ICMP type 3 code 4 (IPv6: type 2) through to the sender, on every firewall in "
    "between. 2. Or have the router or VPN clamp the MSS to its MTU less 40 octets (IPv6: 60). 3. "
    "To prove it: ping the host with the DF bit and a growing size.",
    reference="RFC 1191 §3; RFC 8201 §4; RFC 2923 §2.1",
    needs=frozenset({Needs.PACKETS}),
    explains=("CO-004", "CO-006", "IQ-002", "PG-001"),
    check=_check,
    fires_on=(
        "@tcp to_server.retransmitted=4200\n"
        + "@icmp fragmentation needed mtu=1400\n" * 3
        + "@login",
        "@tcp to_server.retransmitted=9\n" + "@icmp packet too big\n" * 3 + "@login\n9.0 S> [rst]",
    ),
    silent_on=(
        "@tcp to_server.retransmitted=1300\n"
        + "@icmp fragmentation needed mtu=1400\n" * 3
        + "@login",
        "@tcp to_server.retransmitted=4200\n@icmp fragmentation needed mtu=1400\n@login",
        "@login",
    ),
)
