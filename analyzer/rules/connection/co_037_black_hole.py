"""Octets sent again and again that nobody acknowledged (RFC 9293 section 3.8.1)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.flow import DEAD_NS
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ..consequences import GIVEN_UP
from ..progress import seconds


def _check(session: Session) -> Iterator[Hit]:
    connection = session.connection
    if connection is None or session.close.orderly:
        return
    found = connection.silent_side()
    if found is None:
        return
    silent, lost = found
    waited_ns = (lost.last.time_ns or 0) - (lost.first.time_ns or 0)
    values: dict[str, Value] = {
        "silent": silent.value,
        "octets": lost.octets,
        "resent": lost.resent,
        "waited_s": seconds(waited_ns),
        "server": session.server,
    }
    effect = Effect.BREAKS if waited_ns >= DEAD_NS else Effect.DEGRADES
    yield Hit((lost.first, lost.last), values, effect=effect)


RULE = Rule(
    id="CO-037",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.NETWORK,
    title="The {silent!t} fell silent: {octets:octet was|octets were} sent again {resent} times in "
    "{waited_s} s and never acknowledged",
    cause="Not even the TCP of the {silent!t} answered, which it does within milliseconds however "
    "busy its programs are. So the packets did not get there, or the answers did not get back: "
    "Wi-Fi or VPN that dropped, a firewall or NAT that forgot the connection, a changed route. A "
    "PC that went to sleep and a host that was switched off look the same from the other end.",
    remedy="1. At the time of the first of these packets look at the Wi-Fi and VPN log of the PC, "
    "at its sleep (Windows: powercfg /sleepstudy), and at session tables and idle timeouts of "
    "firewall, NAT and VPN gateway on the way to {server}. 2. Other agents in the same second: the "
    "server, or what is in front of it. 3. Capture on both ends at once (server: utils network "
    "capture file NAME count 100000 size all host ip CLIENT): what leaves one end and never "
    "reaches the other is lost in between.",
    reference="RFC 9293 §3.8.1; RFC 6298 §5",
    needs=frozenset({Needs.PACKETS}),
    explains=(*GIVEN_UP, "FI-005", "FI-004", "PG-003", "OR-007", "OR-008", "OR-009", "OR-010"),
    check=_check,
    fires_on=(
        "@login\n5.0 C> <presence/>\n5.3 C> [resent]\n5.9 C> [resent]\n9.5 C> [resent]",
        "@login\n5.0 S> <presence/>\n5.3 S> [resent]\n5.9 S> [resent]",
    ),
    silent_on=("@login", "@login\n5.0 C> <a/>\n5.3 C> [resent]\n5.9 C> [resent]\n6 S> <a/>"),
)
