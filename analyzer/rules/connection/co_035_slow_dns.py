"""A name of the server was resolved late (RFC 1035 section 7.2)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ..evidence import beginning
from ..progress import seconds

_SLOW_NS = 1_000_000_000
"""A resolver nearby answers in milliseconds; after a second most clients ask again."""

_TOO_SLOW_NS = 5_000_000_000
"""After which systems turn to their next DNS server."""


def _check(session: Session) -> Iterator[Hit]:
    worst = max(session.resolutions, key=lambda one: one.latency_ns or 0, default=None)
    if worst is None or (worst.latency_ns or 0) < _SLOW_NS:
        return
    latency_ns = worst.latency_ns or 0
    values: dict[str, Value] = {
        "name": worst.name,
        "resolver": worst.server,
        "latency_s": seconds(latency_ns),
    }
    severity = Severity.WARNING if latency_ns >= _TOO_SLOW_NS else None
    yield Hit((worst.answered or beginning(session),), values, severity=severity)


RULE = Rule(
    id="CO-035",
    severity=Severity.INFO,
    party=Party.NETWORK,
    title="{name} was resolved only after {latency_s} s",
    cause="{resolver} answered late, or the first questions or answers were lost. Each login, and "
    "each reconnection whose answer is no longer remembered, waits that long before a packet goes "
    "to the server: a slow or overloaded DNS server, one that has to ask on over a slow link, or "
    "the first of the PC's DNS servers is gone and the second had to help.",
    remedy="1. nslookup {name} several times from the agent's PC, then with each of its DNS "
    "servers as a second argument. 2. Take a server that does not answer out of the PC's list "
    "(DHCP, VPN profile). 3. If only internal names are slow, look at the forwarder of that zone.",
    reference="RFC 1035 §4.2.1, §7.2",
    needs=frozenset({Needs.PACKETS}),
    check=_check,
    fires_on=(
        "@dns 0 finesse.example.test 192.0.2.1 ms=1500\n@connection 2\n@login",
        "@dns 0 finesse.example.test 192.0.2.1 ms=6000\n@connection 7\n@login",
    ),
    silent_on=(
        "@dns 0 finesse.example.test 192.0.2.1\n@login",
        "@dns 0 other.example.test 192.0.2.7 ms=6000\n@connection 7\n@login",
        "@login",
    ),
)
