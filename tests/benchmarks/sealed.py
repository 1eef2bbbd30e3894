"""
TLS 1.3 around a session (RFC 8446), with the key log that opens it.

Both hellos resume an earlier session, so no certificate is needed; all secrets come from the
session's number.
"""

import hashlib
import hmac
import struct

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

PORT = 7443
HOST = "finesse.example.test"

_HANDSHAKE, _CHANGE, _ALERT, _DATA = 22, 20, 21, 23
_CHANGE_CIPHER_SPEC = b"\x14\x03\x03\x00\x01\x01"
_SECRETS = {
    ("C>", 0): "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
    ("S>", 0): "SERVER_HANDSHAKE_TRAFFIC_SECRET",
    ("C>", 1): "CLIENT_TRAFFIC_SECRET_0",
    ("S>", 1): "SERVER_TRAFFIC_SECRET_0",
}


class Sealed:
    """One TLS connection, the session of that number inside."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._sealers: dict[str, tuple[AESGCM, bytes]] = {}
        self._sequence = {"C>": 0, "S>": 0}

    def key_log(self) -> str:
        """Lines for the NSS key log."""
        client_random = self._secret("client random").hex()
        return "".join(
            f"{label} {client_random} {self._secret(label).hex()}\n" for label in _SECRETS.values()
        )

    def handshake(self) -> list[tuple[str, bytes]]:
        """Both sides' flights in order, "C>" or "S>" and octets; behind them comes data."""
        hello = _record(_HANDSHAKE, self._hello(1))
        answer = _record(_HANDSHAKE, self._hello(2)) + _CHANGE_CIPHER_SPEC
        self._rekey("S>", 0)
        self._rekey("C>", 0)
        extensions = _message(8, _vector(2, _extension(16, _vector(2, _vector(1, b"http/1.1")))))
        finished = {way: _message(20, self._secret(f"finished {way}")) for way in ("C>", "S>")}
        answer += self._seal("S>", extensions + finished["S>"], _HANDSHAKE)
        end = _CHANGE_CIPHER_SPEC + self._seal("C>", finished["C>"], _HANDSHAKE)
        self._rekey("S>", 1)
        self._rekey("C>", 1)
        return [("C>", hello), ("S>", answer), ("C>", end)]

    def seal(self, way: str, payload: bytes) -> bytes:
        """A record of application data."""
        return self._seal(way, payload, _DATA)

    def bye(self, way: str) -> bytes:
        """The alert that ends one side: close_notify."""
        return self._seal(way, b"\x01\x00", _ALERT)

    def _secret(self, label: str) -> bytes:
        return hashlib.sha256(f"{label} of session {self._number}".encode()).digest()

    def _rekey(self, way: str, phase: int) -> None:
        secret = self._secret(_SECRETS[way, phase])
        key, iv = _expand(secret, b"key", 16), _expand(secret, b"iv", 12)
        self._sealers[way] = AESGCM(key), iv
        self._sequence[way] = 0

    def _seal(self, way: str, payload: bytes, kind: int) -> bytes:
        """RFC 8446 section 5.2."""
        sealer, iv = self._sealers[way]
        number = int.from_bytes(iv, "big") ^ self._sequence[way]
        self._sequence[way] += 1
        head = struct.pack(">BHH", _DATA, 0x0303, len(payload) + 17)
        return head + sealer.encrypt(number.to_bytes(12, "big"), payload + bytes([kind]), head)

    def _hello(self, kind: int) -> bytes:
        """ClientHello (1) or ServerHello (2), resuming a session."""
        key_share = struct.pack(">HH", 29, 32) + self._secret(f"share {kind}")
        if kind == 1:
            extensions = (
                _extension(0, _vector(2, b"\x00" + _vector(2, HOST.encode())))
                + _extension(10, _vector(2, b"\x00\x1d"))
                + _extension(13, _vector(2, b"\x04\x03\x08\x04"))
                + _extension(16, _vector(2, _vector(1, b"http/1.1")))
                + _extension(43, _vector(1, b"\x03\x04"))
                + _extension(45, _vector(1, b"\x01"))
                + _extension(51, _vector(2, key_share))
                + _extension(41, self._pre_shared_key())
            )
            choice = _vector(2, b"\x13\x01\x13\x02") + _vector(1, b"\x00")
        else:
            extensions = (
                _extension(43, b"\x03\x04") + _extension(51, key_share) + _extension(41, b"\0\0")
            )
            choice = b"\x13\x01\x00"
        nonce = self._secret("client random" if kind == 1 else "server random")
        session = _vector(1, self._secret("session"))
        return _message(kind, b"\x03\x03" + nonce + session + choice + _vector(2, extensions))

    def _pre_shared_key(self) -> bytes:
        identity = _vector(2, self._secret("ticket") * 6) + bytes(4)
        return _vector(2, identity) + _vector(2, _vector(1, self._secret("binder")))


def _expand(secret: bytes, label: bytes, length: int) -> bytes:
    """HKDF-Expand-Label without context, for no more than one block (RFC 8446 section 7.1)."""
    info = struct.pack(">H", length) + _vector(1, b"tls13 " + label) + b"\x00"
    return hmac.digest(secret, info + b"\x01", "sha256")[:length]


def _record(kind: int, payload: bytes) -> bytes:
    return struct.pack(">BHH", kind, 0x0301, len(payload)) + payload


def _message(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + _vector(3, body)


def _extension(kind: int, body: bytes) -> bytes:
    return struct.pack(">H", kind) + _vector(2, body)


def _vector(width: int, octets: bytes) -> bytes:
    """Octets behind their number, which takes so many octets itself."""
    return len(octets).to_bytes(width, "big") + octets
