"""
Keys that come as text: TLS key logs and private keys.

A key log is what browsers and curl write to `SSLKEYLOGFILE` (RFC 9850).
"""

import re
from collections.abc import Iterator

from ..model.tls import TlsSecret

_HEX = rb"(?:[0-9A-Fa-f]{2})"
_LABELS = rb"|".join(
    (
        rb"CLIENT_RANDOM",
        rb"PMS_CLIENT_RANDOM",  # context as above, then a premaster secret; Wireshark reads it
        rb"CLIENT_EARLY_TRAFFIC_SECRET",
        rb"(?:CLIENT|SERVER)_HANDSHAKE_TRAFFIC_SECRET",
        rb"(?:CLIENT|SERVER)_TRAFFIC_SECRET_\d{1,6}",
        rb"RSA",  # context: first eight octets of the encrypted premaster secret
    )
)
_LINE = re.compile(
    rb"^[ \t]*(?:(" + _LABELS + rb")[ \t]+(" + _HEX + rb"{4,64})[ \t]+(" + _HEX + rb"{4,128})"
    rb"|(RSA Session-ID:)(" + _HEX + rb"{1,32})[ \t]+Master-Key:(" + _HEX + rb"{48}))[ \t\r]*$",
    re.MULTILINE,
)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_BEGIN = re.compile(rb"-----BEGIN (?:RSA |ENCRYPTED )?PRIVATE KEY-----")
_END = re.compile(rb"-----END (?:RSA |ENCRYPTED )?PRIVATE KEY-----")


def secrets(octets: bytes) -> Iterator[TlsSecret]:
    """The secrets of a key log; lines that hold none are passed over."""
    if octets[:2] in _UTF16:
        # As PowerShell writes what is redirected into a file.
        octets = octets.decode("utf-16", "replace").encode()
    for match in _LINE.finditer(octets):
        label, context, secret = match.groups()[:3] if match[1] else match.groups()[3:]
        yield TlsSecret(label.decode(), bytes.fromhex(context.decode()), _octets(secret))


def _octets(digits: bytes) -> bytes:
    return bytes.fromhex(digits.decode())


def private_keys(octets: bytes) -> list[bytes]:
    """The private keys in PEM form (RFC 7468) that a text holds, each by itself."""
    found: list[bytes] = []
    at = 0
    while (begin := _BEGIN.search(octets, at)) and (end := _END.search(octets, begin.end())):
        at = end.end()
        found.append(octets[begin.start() : at])
    return found
