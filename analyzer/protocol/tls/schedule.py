"""From secrets to keys (RFC 6101, RFC 2246, RFC 5246 sections 5, 6.3, 8.1, RFC 8446 section 7)."""

import hashlib
import hmac
from typing import NamedTuple

from .suites import Suite

SSL3 = 0x0300
TLS10 = 0x0301
TLS12 = 0x0303
TLS13 = 0x0304

MASTER_OCTETS = 48

_DRAFTS = (0x7F, 0xFB)
"""Upper octets of versions that are drafts of TLS 1.3 (RFC 8446 draft 28 4.2.1.1; Facebook's)."""


def is_tls13(version: int) -> bool:
    """TLS 1.3, or a draft of it."""
    return version == TLS13 or version >> 8 in _DRAFTS


class Keys(NamedTuple):
    """
    What protects one direction.

    Attributes:
        mac: Key of the record's MAC; empty where the cipher authenticates.
        key: Key of the cipher.
        iv: First IV of a block cipher, or the fixed part of an AEAD's nonce.
    """

    mac: bytes
    key: bytes
    iv: bytes


def _p_hash(digest: str, secret: bytes, seed: bytes, octets: int) -> bytes:
    """P_hash (RFC 5246 section 5)."""
    out = b""
    a = seed
    while len(out) < octets:
        a = hmac.digest(secret, a, digest)
        out += hmac.digest(secret, a + seed, digest)
    return out[:octets]


def prf(version: int, digest: str, secret: bytes, seed: bytes, octets: int) -> bytes:
    """
    The pseudo-random function.

    Args:
        version: Of the protocol; SSL 3.0 has none.
        digest: Of TLS 1.2; before it is MD5 and SHA-1 (RFC 2246 section 5).
        secret: Its key.
        seed: Label and seed.
        octets: How many are wanted.
    """
    if version >= TLS12:
        return _p_hash(digest, secret, seed, octets)
    half = (len(secret) + 1) // 2
    one = _p_hash("md5", secret[:half], seed, octets)
    two = _p_hash("sha1", secret[len(secret) - half :], seed, octets)
    return bytes(x ^ y for x, y in zip(one, two, strict=True))


def _ssl3(secret: bytes, seed: bytes, octets: int) -> bytes:
    """What SSL 3.0 has in place of a pseudo-random function (RFC 6101 section 6.2.2)."""
    out = b""
    count = 0
    while len(out) < octets:
        count += 1
        salt = bytes([0x40 + count]) * count
        inner = hashlib.sha1(salt + secret + seed, usedforsecurity=False).digest()
        out += hashlib.md5(secret + inner, usedforsecurity=False).digest()
    return out[:octets]


def session_hash(version: int, digest: str, messages: bytes) -> bytes:
    """Digest of the handshake so far (RFC 7627 section 3)."""
    if version >= TLS12:
        return hashlib.new(digest, messages, usedforsecurity=False).digest()
    md5 = hashlib.md5(messages, usedforsecurity=False).digest()
    return md5 + hashlib.sha1(messages, usedforsecurity=False).digest()


def master_secret(
    version: int, suite: Suite, premaster: bytes, randoms: bytes, extended: bytes | None
) -> bytes:
    """
    The master secret (RFC 5246 section 8.1).

    Args:
        version: Of the protocol.
        suite: The cipher suite.
        premaster: What the key exchange agreed on.
        randoms: Of client and server, in this order.
        extended: Session hash, if both use the extended master secret (RFC 7627 section 4).
    """
    if version == SSL3:
        return _ssl3(premaster, randoms, MASTER_OCTETS)
    label = b"master secret" if extended is None else b"extended master secret"
    seed = label + (randoms if extended is None else extended)
    return prf(version, suite.prf, premaster, seed, MASTER_OCTETS)


def _fixed_octets(version: int, suite: Suite) -> int:
    """Octets of IV that come from the key block."""
    if suite.mode == "POLY1305":
        return 12  # RFC 7905 section 2
    if suite.mode in ("GCM", "CCM", "CCM_8"):
        return 4  # RFC 5288 section 3, RFC 6655 section 3
    return suite.block_octets if version <= TLS10 else 0


def record_keys(
    version: int, suite: Suite, master: bytes, client_random: bytes, server_random: bytes
) -> tuple[Keys, Keys]:
    """Keys of the client's and of the server's records up to TLS 1.2 (RFC 5246 section 6.3)."""
    mac = hashlib.new(suite.digest, usedforsecurity=False).digest_size if suite.digest else 0
    key = suite.secret_octets or suite.key_octets
    iv = _fixed_octets(version, suite)
    seed = server_random + client_random
    octets = 2 * (mac + key + iv)
    if version == SSL3:
        block = _ssl3(master, seed, octets)
    else:
        block = prf(version, suite.prf, master, b"key expansion" + seed, octets)
    parts: list[bytes] = []
    for length in (mac, mac, key, key, iv, iv):
        parts.append(block[:length])
        block = block[length:]
    client, server = Keys(*parts[::2]), Keys(*parts[1::2])
    if suite.secret_octets:
        return _export(version, suite, (client, server), (client_random, server_random))
    return client, server


def _export(
    version: int, suite: Suite, keys: tuple[Keys, Keys], randoms: tuple[bytes, bytes]
) -> tuple[Keys, Keys]:
    """Weakened keys, made from few secret octets (RFC 2246 section 6.3.1, RFC 6101 6.2.2.1)."""
    found: list[Keys] = []
    both = randoms[0] + randoms[1]
    size = suite.block_octets
    ivs = b"" if version == SSL3 else prf(version, "", b"", b"IV block" + both, 2 * size)
    for place, (label, own) in enumerate(zip((b"client", b"server"), keys, strict=True)):
        if version == SSL3:
            seed = randoms[place] + randoms[1 - place]
            key = hashlib.md5(own.key + seed, usedforsecurity=False).digest()[: suite.key_octets]
            iv = hashlib.md5(seed, usedforsecurity=False).digest()[:size]
        else:
            key = prf(version, "", own.key, label + b" write key" + both, suite.key_octets)
            iv = ivs[place * size :][:size]
        found.append(Keys(own.mac, key, iv))
    return found[0], found[1]


def expand_label(digest: str, secret: bytes, label: bytes, octets: int) -> bytes:
    """HKDF-Expand-Label with an empty context (RFC 8446 section 7.1); `label` with its prefix."""
    info = octets.to_bytes(2, "big") + bytes([len(label)]) + label + b"\0"
    out = block = b""
    count = 0
    while len(out) < octets:
        count += 1
        block = hmac.digest(secret, block + info + bytes([count]), digest)
        out += block
    return out[:octets]


def prefix_of(version: int) -> bytes:
    """What labels begin with; drafts before 20 had another one."""
    return b"TLS 1.3, " if version >> 8 == 0x7F and version & 0xFF < 20 else b"tls13 "


def traffic_keys(suite: Suite, secret: bytes, prefix: bytes) -> Keys:
    """Keys that a traffic secret stands for (RFC 8446 section 7.3)."""
    key = expand_label(suite.prf, secret, prefix + b"key", suite.key_octets)
    return Keys(b"", key, expand_label(suite.prf, secret, prefix + b"iv", 12))


def next_secret(suite: Suite, secret: bytes, prefix: bytes) -> bytes:
    """The traffic secret behind a KeyUpdate (RFC 8446 section 7.2)."""
    label = b"traffic upd" if prefix == b"tls13 " else b"application traffic secret"
    return expand_label(suite.prf, secret, prefix + label, len(secret))
