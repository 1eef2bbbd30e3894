"""HTTP/2 in packets (RFC 9113, RFC 8441)."""

from collections.abc import Iterator

from ...model.recording import Recording
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs
from ..evidence import whole


def _check(recording: Recording) -> Iterator[Hit]:
    packets = recording.packets
    count = packets.protocols.get("h2", 0) if packets is not None else 0
    if count and not recording.sessions:
        values: dict[str, Value] = {"count": count}
        yield Hit((whole(recording),), values)


RULE = Rule(
    id="CQ-011",
    severity=Severity.WARNING,
    effect=Effect.BLINDS,
    title="{count} connections speak HTTP/2, which this version does not read in packets",
    cause="HTTP/2 carries many requests on one connection, and a WebSocket may be one of them (RFC "
    "8441). Its headers are compressed with a state that begins with the first octet. REST calls "
    "of the desktop go over HTTP/2 as a matter of course, its WebSocket does so only where a proxy "
    "or server offers it.",
    remedy="Record a HAR in Chrome or Edge, with DevTools opened before the login: there a "
    "WebSocket over HTTP/2 shows like any other. If the desktop's WebSocket uses HTTP/1.1, as "
    "Cisco's proxy does, look for its own connection: the capture does not hold it.",
    reference="RFC 9113 §3.4, §4.3; RFC 8441 §5",
    needs=frozenset({Needs.PACKETS}),
    check=_check,
    fires_on=(
        """
        @raw
        0.0 C> [octets 505249202a20485454502f322e300d0a0d0a534d0d0a0d0a]
        """,
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
