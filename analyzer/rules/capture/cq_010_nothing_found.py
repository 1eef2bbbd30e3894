"""A capture in which no XMPP was found."""

from collections.abc import Iterator

from ...model.recording import Recording
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs
from ..evidence import whole

_OTHERS = frozenset({"bosh", "xmpp", "h2", "tls"})


def _check(recording: Recording) -> Iterator[Hit]:
    packets = recording.packets
    if packets is None or recording.sessions or _OTHERS & packets.protocols.keys():
        return
    values: dict[str, Value] = {
        "packets": packets.packets,
        "connections": packets.connections,
        "undecoded": ", ".join(f"{what}: {n}" for what, n in packets.undecoded.items()) or "0",
    }
    yield Hit((whole(recording),), values)


RULE = Rule(
    id="CQ-010",
    severity=Severity.WARNING,
    effect=Effect.BLINDS,
    title="There is no XMPP conversation in this capture ({packets} packets, {connections} "
    "connections)",
    cause="Nothing in it looks like a WebSocket, BOSH or XMPP stream. Usual reasons: it was taken "
    "on the wrong interface or host, its filter left the traffic out (another port, another "
    "address, the proxy's), it was stopped before the agent tried, or the connection never came "
    "about at all. Not decoded as TCP: {undecoded}.",
    remedy="1. Which address and port does the desktop use? Open the desktop, F12, Network, row "
    "ws/: the URL tells. 2. Capture again on the agent's PC with a filter for that host only, "
    "start it before the login, and check in Wireshark that packets to that port are there. 3. If "
    "there are only SYN packets to it, unanswered or answered by RST, the fault is found: "
    "firewall, or service down (utils service list). 4. If the PC uses a web proxy, its address is "
    "the one to filter for.",
    reference="Cisco TAC document 201003; Cisco Port Utilization in Unified CCE 12.5(1)",
    needs=frozenset({Needs.PACKETS}),
    check=_check,
    fires_on=(
        "@packets",
        "@url ws://a.test:9999/ws/\n@no-connect silent",
        "0.5 C> [http GET /desktop/ 200]",
    ),
    silent_on=(
        "@login",
        """
        @tls
        @login
        """,
        "@har",
    ),
)
