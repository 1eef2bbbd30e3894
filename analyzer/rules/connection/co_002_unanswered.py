"""Nobody answered the connection (RFC 9293 section 3.8.1)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Session
from ..consequences import ENDINGS
from ..net_errors import failed_with, not_connected

_CODES = frozenset(
    {
        "ERR_CONNECTION_TIMED_OUT",
        "ERR_TIMED_OUT",
        "ERR_ADDRESS_UNREACHABLE",
        "ERR_INTERNET_DISCONNECTED",
        "ERR_NETWORK_CHANGED",
        "NS_ERROR_NET_TIMEOUT",
    }
)


def _check(session: Session) -> Iterator[Hit]:
    yield from failed_with(session, _CODES)
    yield from not_connected(session, "unanswered")


RULE = Rule(
    id="CO-002",
    severity=Severity.ERROR,
    effect=Effect.BREAKS,
    party=Party.NETWORK,
    title="{server} did not answer the connection ({error!t})",
    cause="The SYN packets of the client got no answer, neither yes nor no. A firewall between the "
    "agent and the port drops them (8445 from 12.6 on, 7443 before), the VPN or the network is "
    "down, the address is wrong, or the reverse proxy's own hardening drops this client "
    "(NGX_IPTABLES_HARDENING, too many connections from one address).",
    remedy="1. From the agent's PC: Test-NetConnection HOST -Port PORT. 2. If that fails and it "
    "works from the server's network, open the port in the firewall (Port Utilization Guide: 8445, "
    "7443 up to 12.5). 3. If no PC reaches it, look at the node: show status, utils service list. "
    "4. Capture on the node: utils network capture file packetcapture count 100000 size all host "
    "ip CLIENT; no SYN there means that it is lost on the way.",
    reference="RFC 9293 §3.8.1, §3.8.3; Cisco Port Utilization in Unified CCE 12.5(1)",
    explains=ENDINGS,
    check=_check,
    fires_on=(
        "@har\n@no-connect silent",
        "@har\n@no-upgrade 0 net::ERR_ADDRESS_UNREACHABLE",
        "@no-connect silent",
    ),
    silent_on=(
        "@no-connect silent\n@connection 5\n@login",
        "@har\n@no-connect refused",
        "@har\n@login",
        "@login",
    ),
)
