"""A recording in which no XMPP was found."""

from collections.abc import Iterator

from ...model.recording import Recording
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ..evidence import whole

_OTHERS = frozenset({"bosh", "xmpp"})


def _check(recording: Recording) -> Iterator[Hit]:
    packets, har = recording.packets, recording.har
    if recording.sessions or (packets is not None and packets.tls_locked):
        return
    if packets is not None and not _OTHERS & packets.protocols.keys():
        undecoded = ", ".join(f"{what}: {n}" for what, n in packets.undecoded.items())
        yield Hit((whole(recording),), _values("connections", packets.connections, undecoded))
    elif har is not None and any(s.messages is not None for s in har.sockets):
        yield Hit((whole(recording),), _values("WebSockets", len(har.sockets), ""))


def _values(what: str, count: int, undecoded: str) -> dict[str, Value]:
    return {"what": what, "count": count, "undecoded": undecoded or "0"}


RULE = Rule(
    id="CQ-010",
    severity=Severity.WARNING,
    effect=Effect.BLINDS,
    title="There is no XMPP conversation in this recording ({count} {what!t} looked at)",
    cause="None of them offers the subprotocol xmpp, leads to the path of the notification "
    "service, or carries anything like a stanza. Packets: taken on the wrong interface or host, "
    "the filter left the traffic out (another port or address, the proxy's), or stopped before the "
    "agent tried. HAR: only sockets of gadgets, chat or Live Data, because DevTools was opened "
    "after the desktop had connected. Not decoded as TCP: {undecoded!t}.",
    remedy="1. Which address and port does the desktop use? F12, Network, row ws/: the URL tells. "
    "2. Record again, begun before the login; packets on the agent's PC with a filter for that "
    "host only. 3. If there are SYN packets to that port without an answer, the fault is found: "
    "firewall, or service down (utils service list). 4. If the PC uses a web proxy, its address is "
    "the one to filter for. 5. A service at another path or port than usual: give both in a "
    "profile (--profile FILE.toml, ports and paths).",
    reference="Cisco TAC document 201003; Cisco Port Utilization in Unified CCE 12.5(1)",
    check=_check,
    fires_on=(
        "@packets",
        """
        @url ws://a.test:9999/ws/
        @no-connect silent
        """,
        "0.5 C> [http GET /desktop/ 200]",
        "@raw\n0.0 C> [octets 505249202a20485454502f322e300d0a0d0a534d0d0a0d0a]",
        """
        @har
        @request Sec-WebSocket-Protocol:
        @response Sec-WebSocket-Protocol:
        0.0 C> hello
        """,
    ),
    silent_on=(
        "@login",
        """
        @tls
        @login
        """,
        "@har",
        """
        @har
        @login
        """,
        """
        @har
        @recording bosh_entries=3
        """,
    ),
)
