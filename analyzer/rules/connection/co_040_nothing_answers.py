"""Every request for the desktop ran into a time-out (RFC 9293 section 3.8.3)."""

from collections.abc import Iterator

from ...model.diagnosis import Party
from ...model.recording import Recording
from ...model.rule import Confidence, Effect, Hit, Rule, Severity, Value
from ..evidence import whole


def _check(recording: Recording) -> Iterator[Hit]:
    har = recording.har
    if har is not None and har.unreached and har.unreached_requests:
        values: dict[str, Value] = {"host": har.unreached, "count": har.unreached_requests}
        yield Hit((whole(recording),), values)


RULE = Rule(
    id="CO-040",
    severity=Severity.ERROR,
    confidence=Confidence.MEDIUM,
    effect=Effect.BREAKS,
    party=Party.PROXY,
    title="Nothing at {host} answers this PC: {count:request|requests} for the desktop timed out",
    cause="Not one port is filtered, the whole host is silent: page, REST and WebSocket alike ran "
    "into a time-out. Behind Cisco's reverse proxy that is its hardening (NGX_IPTABLES_HARDENING), "
    "which drops what does not come from the addresses or within the rates that it was set up for; "
    "else the proxy or load balancer is down, its public address or the firewall in front of it is "
    "wrong, or this PC has no way there (VPN, routing).",
    remedy="1. From another network: does https://{host}:8445/desktop load there? If so, it is "
    "this network, or its address is dropped. 2. On the proxy's host: is it up, and does the "
    "hardening fit its interfaces, ports and load balancers? Set NGX_IPTABLES_HARDENING in its "
    "environment to match, or switch it off for a test, restart the proxy, and look at iptables -L "
    "-n -v for counters that grow. 3. Test-NetConnection {host} -Port 8445 on the PC; tracert "
    "{host}. 4. Capture on the proxy: no SYN of this PC there means that it is lost before.",
    reference="RFC 9293 §3.8.3; Cisco Finesse Reverse Proxy Installer Guide 15.0",
    explains=("CO-002", "CQ-001", "CQ-010"),
    check=_check,
    fires_on=(
        """
        @har
        @recording unreached=proxy.example.test
        @recording unreached_requests=4
        @no-connect silent
        """,
    ),
    silent_on=("@har\n@no-connect silent", "@no-connect silent", "@har\n@login"),
)
