"""Keys that open nothing, and ciphers that nobody here carries (RFC 8446 section 5.2)."""

from collections.abc import Iterator

from ...model.recording import Recording
from ...model.rule import Effect, Hit, Rule, Severity
from ...model.session import Needs
from ...model.tls import Locked
from ..evidence import whole


def _check(recording: Recording) -> Iterator[Hit]:
    packets = recording.packets
    if packets is None or not packets.tls_locked:
        return
    readable = len(recording.sessions) > packets.unread
    for why in (Locked.WRONG_KEYS, Locked.CIPHER):
        count = packets.tls_locked.get(why.value, 0)
        if count:
            effect = Effect.NONE if readable else None
            yield Hit((whole(recording),), {"count": count, "why": why.value}, effect=effect)


RULE = Rule(
    id="CQ-013",
    severity=Severity.WARNING,
    effect=Effect.BLINDS,
    title="{count:TLS connection stays|TLS connections stay} closed although keys were given "
    "({why!t})",
    cause="wrong keys: the key log names the connection, and yet its secrets do not open a single "
    "record: lines of another run with the same random, a file that was edited or cut, a private "
    "key of another certificate, or records damaged in the capture. cipher: the connection uses a "
    "cipher that the cryptographic library of this machine does not carry.",
    remedy="1. wrong keys: bring the key log of exactly this run, whole, as the browser wrote it "
    "(set SSLKEYLOGFILE anew, one file a run). 2. Of a private key: it opens RSA key exchange only "
    "(suites TLS_RSA_…), not ECDHE and never TLS 1.3. 3. cipher: have the server prefer AES-GCM "
    "or ChaCha20 while you record, or record a HAR instead.",
    reference="RFC 9850 §2; RFC 5246 §8.1.1",
    needs=frozenset({Needs.PACKETS}),
    explains=("CQ-003", "CQ-012"),
    check=_check,
    fires_on=(
        "@tls locked=wrong-keys alpn=http/1.1\n@login",
        "@tls locked=cipher alpn=http/1.1\n@login",
    ),
    silent_on=(
        "@login",
        "@tls locked=no-keys\n@login",
    ),
)
