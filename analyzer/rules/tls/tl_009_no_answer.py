"""A TLS handshake that ended without an alert: no answer, or cut off (RFC 8446 section 4)."""

from collections.abc import Iterator

from ...model.rule import Confidence, Effect, Hit, Rule, Severity, Value
from ...model.session import Needs, Session
from ..consequences import ENDINGS
from .failures import ABORTED, failure


def _check(session: Session) -> Iterator[Hit]:
    failed = failure(session)
    if failed is not None and failed.alert is None and failed.how != ABORTED:
        behind: dict[str, Value] = {"behind": "ServerHello" if failed.answered else "ClientHello"}
        yield Hit((failed.place,), failed.told(session) | behind)


RULE = Rule(
    id="TL-009",
    severity=Severity.ERROR,
    confidence=Confidence.MEDIUM,
    effect=Effect.BREAKS,
    title="The TLS handshake with {server} came to nothing behind the {behind} ({error!t}, "
    "{side!t})",
    cause="TCP connected, then the handshake stopped without an alert. Behind the ClientHello: a "
    "firewall or proxy that lets the SYN pass and stops what follows (by SNI, or because it "
    "cannot read it); a service that does not speak TLS on this port, or is starting; or a "
    "ClientHello that does not fit into one packet (TLS 1.3 with post-quantum keys takes two) and "
    "of which a device or a path with a smaller MTU lets only one pass. Behind the ServerHello: "
    "large certificate packets lost to an MTU hole, or a device that dislikes what it saw.",
    remedy="1. Capture at the other end, too: does the ClientHello arrive there whole? 2. If not: "
    "firewall and inspection logs of that second; ping -f -l 1472 HOST (Windows) for the MTU, "
    "clamp the MSS on VPN and tunnel interfaces. 3. If it does: utils service list on the node, "
    "its webproxy and openfire logs. 4. openssl s_client -connect HOST:PORT -servername HOST from "
    "the PC and from beside the node.",
    reference="RFC 8446 §4.1.2; RFC 9293 §3.10.7; RFC 2923 §2.1",
    needs=frozenset({Needs.TLS}),
    explains=ENDINGS,
    check=_check,
    fires_on=(
        "@tls completed=no hello=C\n0.1 S> [rst]",
        "@tls completed=no hello=C\n30.0 C> [fin]",
        "@tls completed=no\n0.1 S> [fin]",
    ),
    silent_on=(
        "@tls version=1.3\n@login",
        "@tls completed=no alert=S>40",
        "@tls completed=no\n0.1 C> [fin]",
    ),
)
