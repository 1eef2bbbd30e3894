"""TLS that cannot be read (RFC 8446 section 5.2)."""

from collections.abc import Iterator

from ...model.recording import Recording
from ...model.rule import Effect, Hit, Rule, Severity, Value
from ...model.session import Needs
from ...model.tls import HANDSHAKE_FAILED, Locked
from ..evidence import whole

_OTHERS = {Locked.WRONG_KEYS.value, Locked.CIPHER.value}
"""Told by rules of their own."""


def _check(recording: Recording) -> Iterator[Hit]:
    packets = recording.packets
    if packets is None or len(recording.sessions) > packets.unread:
        return
    known = _OTHERS | ({HANDSHAKE_FAILED} if recording.sessions else set())
    reasons = {why: n for why, n in packets.tls_locked.items() if why not in known}
    if reasons:
        values: dict[str, Value] = {
            "count": sum(reasons.values()),
            "all": packets.tls_connections,
            "keys": packets.key_blocks,
            "reasons": ", ".join(f"{why}: {n}" for why, n in reasons.items()),
        }
        yield Hit((whole(recording),), values)


RULE = Rule(
    id="CQ-003",
    severity=Severity.WARNING,
    effect=Effect.BLINDS,
    title="Encrypted with TLS: {count} of {all} connections cannot be read",
    cause="Finesse has used TLS only since 12.5, so without the keys of the session a capture "
    "shows who talked to whom and when, but no XMPP. What cannot be read: {reasons!t}. Here no "
    "keys means that no key log has this connection; no handshake, that the capture began after "
    "the connection, and then no keys help; handshake failed, that nothing was said behind it. "
    "Blocks of keys in the file itself: {keys}.",
    remedy="Bring the keys, or a HAR. 1. HAR, the easier way: Chrome or Edge, DevTools opened "
    "before the login (Network, Preserve log), log in, wait for the fault, Export HAR. 2. Keys: "
    "close every window of the browser (Task Manager shows none left); in a command prompt: set "
    "SSLKEYLOGFILE=%USERPROFILE%\\keys.log and from the same prompt start msedge, chrome or "
    "firefox (Chrome, Edge also: --ssl-key-log-file=PATH); on macOS and Linux export "
    "SSLKEYLOGFILE=$HOME/keys.log first. 3. Start the capture, then log in: the handshake must be "
    "in it. 4. Bring the capture and keys.log side by side in one folder, or give it with --keys; "
    "in one file: editcap --inject-secrets tls,keys.log IN OUT. 5. Delete keys.log and unset the "
    "variable: it opens all that browser said meanwhile.",
    reference="RFC 8446 §5.2; RFC 9850 §2; Wireshark wiki, TLS",
    needs=frozenset({Needs.PACKETS}),
    check=_check,
    fires_on=(
        "@tls locked=no-keys alpn=http/1.1\n@login",
        "@tls locked=no-keys\n0.1 C> [octets 00]",
        "@url wss://a.test:443/\n@tls completed=no hello=C alert=S>40",
        "@late\n@tls locked=no-handshake hello=no cadence=10\n@login\n@until 60",
    ),
    silent_on=(
        "@login",
        "@tls version=1.3\n@login",
        "@login\n@connection 1\n@tls locked=no-keys",
        "@tls locked=cipher\n@login",
        "@raw\n0.0 C> <x/>",
        "@tls completed=no locked=no-keys alert=C>48",
    ),
)
