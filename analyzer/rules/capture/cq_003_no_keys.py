"""TLS that cannot be read (RFC 8446 section 5.2)."""

from collections.abc import Iterator

from ...model.recording import Recording
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs
from ..evidence import whole


def _check(recording: Recording) -> Iterator[Hit]:
    packets = recording.packets
    if packets is None or not packets.tls_connections or recording.sessions:
        return
    values: dict[str, Value] = {"count": packets.tls_connections, "keys": packets.key_blocks}
    yield Hit((whole(recording),), values)


RULE = Rule(
    id="CQ-003",
    severity=Severity.WARNING,
    effect=Effect.BLINDS,
    title="Encrypted with TLS: what was said on {count} of the connections cannot be read",
    cause="Finesse has used TLS only since 12.5, so a packet capture shows who talked to whom and "
    "when, but no XMPP. This version does not decrypt, not even with the session's keys (this file "
    "holds {keys} blocks of them).",
    remedy="Record where the messages are in clear. 1. Easiest: a HAR from Chrome or Edge, with "
    "DevTools opened before the login (Network, Preserve log, log in, wait for the fault, Export "
    "HAR); it holds every message. 2. Or capture behind the end of TLS, for instance between the "
    "reverse proxy and the service where that hop is plain. 3. In a lab only: utils finesse "
    "set_property webservices enableInsecureOpenfirePort true and a client on ws://FQDN:7071/ws/. "
    "Keep this capture: with the HAR beside it, its times tell how the network behaved.",
    reference="RFC 8446 §5.2; Cisco DevNet, Finesse FAQs",
    needs=frozenset({Needs.PACKETS}),
    check=_check,
    fires_on=(
        """
        @tls
        @login
        """,
    ),
    silent_on=(
        "@login",
        """
        @login
        @connection
        @tls
        """,
        """
        @raw
        0.0 C> <x/>
        """,
    ),
)
