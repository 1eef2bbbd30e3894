"""
TLS made by hand: what OpenSSL no longer speaks, or does not do when asked.

Records are sealed here by the formulas of the RFCs, with keys from the decoder's own schedule,
which other tests hold against OpenSSL and RFC 8448.
"""

import hashlib
import hmac
import zlib
from collections.abc import Callable, Sequence

from cryptography.hazmat.decrepit.ciphers import algorithms as old
from cryptography.hazmat.primitives.ciphers import (
    BlockCipherAlgorithm,
    Cipher,
    algorithms,
    modes,
)
from cryptography.hazmat.primitives.ciphers.aead import AESCCM, AESGCM, ChaCha20Poly1305

from analyzer.model.source import Direction
from analyzer.protocol.tls.schedule import (
    SSL3,
    TLS10,
    TLS13,
    Keys,
    next_secret,
    record_keys,
    traffic_keys,
)
from analyzer.protocol.tls.suites import suite_of
from tests.protocol.tls.peers import Turn
from tests.protocol.wire import C, S

CLIENT, SERVER = bytes(range(32)), bytes(range(100, 132))
MASTER = bytes(range(48))


def record(kind: int, payload: bytes, version: int = 0x0303) -> bytes:
    return bytes([kind]) + version.to_bytes(2, "big") + len(payload).to_bytes(2, "big") + payload


def vector(octets: bytes, size: int = 2) -> bytes:
    return len(octets).to_bytes(size, "big") + octets


def message(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + vector(body, 3)


def extensions(found: dict[int, bytes]) -> bytes:
    inside = b"".join(kind.to_bytes(2, "big") + vector(value) for kind, value in found.items())
    return vector(inside) if found else b""


def client_hello(
    found: dict[int, bytes] | None = None,
    *,
    version: int = 0x0303,
    random: bytes = CLIENT,
    session: bytes = b"",
    suites: Sequence[int] = (0x002F,),
) -> bytes:
    offered = b"".join(suite.to_bytes(2, "big") for suite in suites)
    head = version.to_bytes(2, "big") + random + vector(session, 1)
    return message(1, head + vector(offered) + b"\1\0" + extensions(found or {}))


def server_hello(
    suite: int,
    found: dict[int, bytes] | None = None,
    *,
    version: int = 0x0303,
    random: bytes = SERVER,
    session: bytes = b"",
    compression: int = 0,
) -> bytes:
    if version == TLS13:
        version, found = 0x0303, {43: b"\x03\x04", **(found or {})}
    head = version.to_bytes(2, "big") + random + vector(session, 1)
    tail = suite.to_bytes(2, "big") + bytes([compression]) + extensions(found or {})
    return message(2, head + tail)


class Sealer:
    """Seals the records of one direction."""

    def __init__(self, suite: int, version: int, keys: Keys, *, mac_last: bool = False) -> None:
        found = suite_of(suite)
        assert found is not None
        self.suite = found
        self.version = version
        self.keys = keys
        self.mac_last = mac_last
        self.sequence = 0
        block = found.block_octets
        self.stream = None
        if found.mode == "CBC":
            self.stream = Cipher(self._algorithm(), modes.CBC(keys.iv or bytes(block))).encryptor()
        elif found.cipher == "RC4":
            self.stream = Cipher(old.ARC4(keys.key), None).encryptor()

    def _algorithm(self) -> BlockCipherAlgorithm:
        key = self.keys.key
        makers: dict[str, Callable[[bytes], BlockCipherAlgorithm]] = {
            "AES": algorithms.AES,
            "3DES": old.TripleDES,
            "DES": lambda key: old.TripleDES(key * 3),
            "DES40": lambda key: old.TripleDES(key * 3),
            "IDEA": old.IDEA,
            "SEED": old.SEED,
            "RC2": old.RC2,
            "CAMELLIA": old.Camellia,
        }
        return makers[self.suite.cipher](key)

    def _mac(self, kind: int, octets: bytes) -> bytes:
        digest = self.suite.digest
        number = self.sequence.to_bytes(8, "big") + bytes([kind])
        if not digest:
            return b""
        if self.version == SSL3:
            pad = 48 if digest == "md5" else 40
            data = number + vector(octets)
            inner = hashlib.new(digest, self.keys.mac + b"\x36" * pad + data).digest()
            return hashlib.new(digest, self.keys.mac + b"\x5c" * pad + inner).digest()
        data = number + self.version.to_bytes(2, "big") + vector(octets)
        return hmac.digest(self.keys.mac, data, digest)

    def __call__(self, kind: int, octets: bytes, *, padding: int = 0) -> bytes:
        """A record; `padding` adds blocks up to TLS 1.2, and octets in TLS 1.3."""
        if self.version == TLS13:
            sealed = self._modern(kind, octets + bytes([kind]) + bytes(padding))
            outer, version = 23, 0x0303
        else:
            outer, version = kind, self.version
            sealed = self._legacy(kind, octets, padding)
        self.sequence += 1
        return record(outer, sealed, version)

    def _modern(self, kind: int, inner: bytes) -> bytes:
        del kind
        nonce = int.from_bytes(self.keys.iv, "big") ^ self.sequence
        header = bytes([23, 3, 3]) + (len(inner) + 16).to_bytes(2, "big")
        return AESGCM(self.keys.key).encrypt(nonce.to_bytes(12, "big"), inner, header)

    def _legacy(self, kind: int, octets: bytes, padding: int) -> bytes:
        if self.suite.mode not in ("CBC", ""):
            return self._aead(kind, octets)
        plain = octets if self.mac_last else octets + self._mac(kind, octets)
        if self.stream is None:
            return plain
        if self.suite.mode == "CBC":
            block = self.suite.block_octets
            fill = -(len(plain) + 1) % block + padding * block
            plain += bytes([fill]) * (fill + 1)
            if self.version > TLS10:
                plain = bytes(block) + plain
        sealed = self.stream.update(plain)
        return sealed + self._mac(kind, sealed) if self.mac_last else sealed

    def _aead(self, kind: int, octets: bytes) -> bytes:
        number = self.sequence.to_bytes(8, "big")
        aad = number + bytes([kind]) + self.version.to_bytes(2, "big") + vector(octets)[:2]
        if self.suite.mode == "POLY1305":
            nonce = int.from_bytes(self.keys.iv, "big") ^ self.sequence
            return ChaCha20Poly1305(self.keys.key).encrypt(nonce.to_bytes(12, "big"), octets, aad)
        explicit = (self.sequence + 1000).to_bytes(8, "big")
        tag = 8 if self.suite.mode == "CCM_8" else 16
        cipher = (
            AESGCM(self.keys.key)
            if self.suite.mode == "GCM"
            else AESCCM(self.keys.key, tag_length=tag)
        )
        return explicit + cipher.encrypt(self.keys.iv + explicit, octets, aad)


def log(label: str, secret: bytes, random: bytes = CLIENT) -> bytes:
    return f"{label} {random.hex()} {secret.hex()}\n".encode()


class Legacy:
    """
    A connection up to TLS 1.2 with a master secret that everybody knows.

    Attributes:
        turns: What went over the wire so far.
        keys: Its key log.
    """

    def __init__(
        self,
        suite: int,
        version: int = 0x0303,
        *,
        mac_last: bool = False,
        compression: int = 0,
        handshake: bool = True,
    ) -> None:
        self.suite, self.version, self.mac_last = suite, version, mac_last
        self.compression = compression
        self.turns: list[Turn] = []
        self.keys = log("CLIENT_RANDOM", MASTER)
        self.sealers: dict[Direction, Sealer] = {}
        self.deflaters = {way: zlib.compressobj() for way in Direction}
        if handshake:
            self.handshake()

    def handshake(self, random: bytes = CLIENT) -> None:
        """Shake hands; again in the protection there is, if there is any (renegotiation)."""
        found = {22: b""} if self.mac_last else {}
        hello = client_hello(found, version=self.version, random=random, suites=[self.suite])
        answer = server_hello(
            self.suite, found, version=self.version, session=b"s" * 32, compression=self.compression
        )
        self.send(C, 22, hello)
        self.send(S, 22, answer + message(14, b""))
        self.send(C, 22, message(16, b"\0\0"))
        suite = suite_of(self.suite)
        assert suite is not None
        made = record_keys(self.version, suite, MASTER, random, SERVER)
        for way, keys in zip((C, S), made, strict=True):
            self.send(way, 20, b"\1")
            self.sealers[way] = Sealer(self.suite, self.version, keys, mac_last=self.mac_last)
            self.send(way, 22, message(20, b"v" * 12))

    def send(self, way: Direction, kind: int, octets: bytes, *, padding: int = 0) -> None:
        """One record, sealed if there are keys."""
        sealer = self.sealers.get(way)
        if sealer is None:
            self.turns.append((way, record(kind, octets, self.version)))
            return
        if self.compression:
            deflater = self.deflaters[way]
            octets = deflater.compress(octets) + deflater.flush(zlib.Z_SYNC_FLUSH)
        self.turns.append((way, sealer(kind, octets, padding=padding)))


class Modern:
    """A connection of TLS 1.3 with secrets that everybody knows."""

    def __init__(self, *, early: Sequence[bytes] = (), suite: int = 0x1301) -> None:
        self.suite = suite
        self.turns: list[Turn] = []
        self.sealers: dict[Direction, Sealer] = {}
        self.secrets = {
            "CLIENT_EARLY_TRAFFIC_SECRET": b"e" * 32,
            "CLIENT_HANDSHAKE_TRAFFIC_SECRET": b"h" * 32,
            "SERVER_HANDSHAKE_TRAFFIC_SECRET": b"H" * 32,
            "CLIENT_TRAFFIC_SECRET_0": b"a" * 32,
            "SERVER_TRAFFIC_SECRET_0": b"A" * 32,
        }
        offered = {43: b"\x02\x03\x04"}
        if early:
            offered |= {42: b"", 41: b""}
        self.send(C, 22, client_hello(offered, suites=[suite]))
        if early:
            self.use(C, "CLIENT_EARLY_TRAFFIC_SECRET")
            for octets in early:
                self.send(C, 23, octets)
        self.send(S, 22, server_hello(suite, {41: b"\0\0"} if early else {}, version=TLS13))
        self.send(S, 20, b"\1")
        self.use(S, "SERVER_HANDSHAKE_TRAFFIC_SECRET")
        self.send(S, 22, message(8, b"\0\0") + message(20, b"v" * 32))
        self.use(S, "SERVER_TRAFFIC_SECRET_0")
        if early:
            self.send(C, 22, message(5, b""))
        self.use(C, "CLIENT_HANDSHAKE_TRAFFIC_SECRET")
        self.send(C, 22, message(20, b"v" * 32))
        self.use(C, "CLIENT_TRAFFIC_SECRET_0")

    @property
    def keys(self) -> bytes:
        return b"".join(log(label, secret) for label, secret in self.secrets.items())

    def use(self, way: Direction, label: str) -> None:
        self.arm(way, self.secrets[label])

    def arm(self, way: Direction, secret: bytes) -> None:
        suite = suite_of(self.suite)
        assert suite is not None
        self.sealers[way] = Sealer(self.suite, TLS13, traffic_keys(suite, secret, b"tls13 "))

    def send(self, way: Direction, kind: int, octets: bytes, *, padding: int = 0) -> None:
        sealer = self.sealers.get(way)
        sealed = None if sealer is None or kind == 20 else sealer(kind, octets, padding=padding)
        self.turns.append((way, record(kind, octets) if sealed is None else sealed))

    def update(self, way: Direction, secret: bytes) -> bytes:
        """Say KeyUpdate and go to the next keys; gives their secret."""
        self.send(way, 22, message(24, b"\0"))
        suite = suite_of(self.suite)
        assert suite is not None
        following = next_secret(suite, secret, b"tls13 ")
        self.arm(way, following)
        return following
