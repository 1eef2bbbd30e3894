"""XMPP on something else than a WebSocket (XEP-0124, RFC 6120)."""

from collections.abc import Iterator

from ...model.recording import Recording
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ..evidence import whole

_NAMES = {"bosh": "BOSH", "xmpp": "TCP"}


def _check(recording: Recording) -> Iterator[Hit]:
    seen = dict(recording.packets.protocols) if recording.packets is not None else {}
    if recording.har is not None:
        seen["bosh"] = recording.har.bosh_entries
    others = [name for protocol, name in _NAMES.items() if seen.get(protocol)]
    if others:
        values: dict[str, Value] = {"carriers": ", ".join(others)}
        effect = Effect.NONE if recording.sessions else None
        yield Hit((whole(recording),), values, effect=effect)


RULE = Rule(
    id="CO-009",
    severity=Severity.WARNING,
    effect=Effect.BLINDS,
    title="The client speaks XMPP over {carriers} here, which this version does not read",
    cause="BOSH (POST to /http-bind/) is what desktops up to 11.6 use, custom clients, and clients "
    "that fall back where a proxy lets no WebSocket through; a WebSocket that failed before it is "
    "then the real fault. TCP (5222, 5223) is a thick client.",
    remedy="1. Is BOSH meant? From 12.0 on the desktop uses WebSocket; if this is a fall-back, "
    "look for a refused upgrade to /ws/ just before, in this recording or in a new one that begins "
    "before the login. 2. To have the login itself judged, record a HAR in Chrome or Edge of a "
    "client that uses wss://FQDN:8445/ws/. 3. A thick client on 5222: move it to WebSocket or "
    "5223; 5222 is closed since 12.5. 4. For BOSH itself look for type=terminate in the bodies, "
    "and for gaps between two requests longer than inactivity (30 s).",
    reference="XEP-0124 §7, §17; RFC 6120 §3; Cisco DevNet, Finesse FAQs",
    check=_check,
    fires_on=(
        "1.0 C> [http POST /http-bind/ 200] <body sid='x'/>",
        """
        @har
        @recording bosh_entries=12
        """,
        """
        @raw
        0.0 C> <stream:stream xmlns:stream='http://etherx.jabber.org/streams' to='a.test'>
        """,
    ),
    silent_on=(
        "@login",
        """
        @har
        @login
        """,
        """
        @tls
        @login
        """,
    ),
)
