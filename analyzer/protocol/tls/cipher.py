"""
Opening records: one `Opener` for each direction and set of keys.

A cipher object is made once and serves all records. What it says is authentic is what was sent: a
record that does not prove so gives None, never octets that might be wrong.
"""

import hashlib
import hmac
from collections.abc import Iterable
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple, Protocol

from .library import Sealed, context_of, sealed_of
from .schedule import SSL3, TLS10, Keys, is_tls13
from .suites import Suite

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers import CipherContext

Opened = tuple[int, bytes]
"""Sequence number under which a record opened, and what it held."""


class Header(NamedTuple):
    """
    Of a record, as its protection covers it.

    Attributes:
        kind: Content type.
        version: Its two octets.
        octets: All five.
    """

    kind: int
    version: bytes
    octets: bytes


class Opener(Protocol):
    """What opens the records of one direction under one set of keys."""

    chained: bool
    """What comes in one record depends on all before it: behind a hole nothing opens."""

    def lose(self) -> None:
        """What comes next does not follow what came last."""

    def open(self, header: Header, payload: bytes, sequences: range) -> Opened | None:
        """What a record holds, under the first of these sequence numbers that proves right."""

    def skip(self, octets: int) -> None:
        """Pass over a record of which no more than the length is known."""


class _Single:
    """Each record is opened by itself."""

    chained = False

    def lose(self) -> None:
        """Nothing depends on it."""

    def skip(self, octets: int) -> None:
        """Nor on this."""


class _Aead(_Single):
    """AEAD ciphers up to TLS 1.2 (RFC 5246 section 6.2.3.3)."""

    def __init__(self, cipher: Sealed, iv: bytes, explicit: int, tag: int) -> None:
        self._cipher = cipher
        self._iv = iv
        self._number = int.from_bytes(iv, "big")
        self._explicit = explicit
        self._around = explicit + tag
        self._ahead = 0

    def open(self, header: Header, payload: bytes, sequences: range) -> Opened | None:
        length = len(payload) - self._around
        if length < 0:
            return None
        told = payload[: self._explicit]
        rest = bytes([header.kind]) + header.version + length.to_bytes(2, "big")
        body = payload[self._explicit :]
        ahead = int.from_bytes(told, "big")
        for sequence in _likely(sequences, ahead - self._ahead) if told else sequences:
            nonce = self._iv + told if told else _nonce(self._number, sequence)
            plain = self._cipher.open(nonce, body, sequence.to_bytes(8, "big") + rest)
            if plain is not None:
                self._ahead = ahead - sequence
                return sequence, plain
        return None


def _likely(sequences: range, guess: int) -> Iterable[int]:
    """The same numbers, a good guess first: most count what they tell of their nonce as well."""
    return chain((guess,), sequences) if guess in sequences else sequences


def _nonce(iv: int, sequence: int) -> bytes:
    """RFC 8446 section 5.3."""
    return (iv ^ sequence).to_bytes(12, "big")


class _Aead13(_Single):
    """AEAD ciphers of TLS 1.3 (RFC 8446 section 5.2); content type and padding are still there."""

    def __init__(self, cipher: Sealed, iv: bytes, *, bare: bool) -> None:
        self._open = cipher.open
        self._number = int.from_bytes(iv, "big")
        self._bare = bare

    def open(self, header: Header, payload: bytes, sequences: range) -> Opened | None:
        # Drafts before 25 left the header unprotected.
        aad = b"" if self._bare else header.octets
        for sequence in sequences:
            plain = self._open(_nonce(self._number, sequence), payload, aad)
            if plain is not None:
                return sequence, plain
        return None


class _Mac:
    """
    The MAC of a record (RFC 5246 section 6.2.3.1, RFC 6101 section 5.2.3.1).

    Without a key it is taken off and not looked at.
    """

    def __init__(self, version: int, digest: str, key: bytes) -> None:
        self._digest = digest
        self._key = key
        self._ssl3 = version == SSL3
        self.octets = hashlib.new(digest, usedforsecurity=False).digest_size if digest else 0

    def find(self, header: Header, content: bytes, mac: bytes, sequences: range) -> int | None:
        """The first sequence number with which the MAC is right."""
        length = len(content).to_bytes(2, "big")
        for sequence in sequences:
            if not self._key:
                return sequence
            number = sequence.to_bytes(8, "big")
            if self._ssl3:
                made = self._of_ssl3(number + bytes([header.kind]) + length + content)
            else:
                data = number + bytes([header.kind]) + header.version + length + content
                made = hmac.digest(self._key, data, self._digest)
            if hmac.compare_digest(made, mac):
                return sequence
        return None

    def _of_ssl3(self, data: bytes) -> bytes:
        pad = 48 if self._digest == "md5" else 40
        inner = hashlib.new(self._digest, self._key + b"\x36" * pad + data, usedforsecurity=False)
        outer = self._key + b"\x5c" * pad + inner.digest()
        return hashlib.new(self._digest, outer, usedforsecurity=False).digest()


class _Stream:
    """Stream ciphers, and none (RFC 5246 section 6.2.3.1)."""

    def __init__(self, context: "CipherContext | None", mac: _Mac) -> None:
        self._context = context
        self._mac = mac
        self.chained = context is not None

    def lose(self) -> None:
        """`chained` says it."""

    def skip(self, octets: int) -> None:
        if self._context is not None:
            self._context.update(bytes(octets))

    def open(self, header: Header, payload: bytes, sequences: range) -> Opened | None:
        plain = payload if self._context is None else self._context.update(payload)
        cut = len(plain) - self._mac.octets
        if cut < 0:
            return None
        content = plain[:cut]
        sequence = self._mac.find(header, content, plain[cut:], sequences)
        return None if sequence is None else (sequence, content)


class _Block(_Single):
    """
    Block ciphers in CBC mode (RFC 5246 section 6.2.3.2), also with encrypt-then-MAC (RFC 7366).

    One context runs through all records: an explicit IV is then just a block to throw away, and an
    implicit one is where the last record ended.
    """

    def __init__(
        self, context: "CipherContext", mac: _Mac, version: int, block: int, *, mac_last: bool
    ) -> None:
        self._context = context
        self._mac = mac
        self._ssl3 = version == SSL3
        self._block = block
        self._explicit = block if version > TLS10 else 0
        self._mac_last = mac_last
        self._stale = False

    def lose(self) -> None:
        # The block that would be the next record's IV was not seen.
        self._stale = not self._explicit

    def open(self, header: Header, payload: bytes, sequences: range) -> Opened | None:
        mac = self._mac
        sequence: int | None = None
        if self._mac_last:
            cut = max(len(payload) - mac.octets, 0)
            payload, told = payload[:cut], payload[cut:]
            sequence = mac.find(header, payload, told, sequences)
        if len(payload) % self._block or len(payload) <= self._explicit:
            self.lose()
            return None
        plain = self._context.update(payload)[self._explicit :]
        stale, self._stale = self._stale, False
        if stale or (self._mac_last and sequence is None):
            return None
        padding = plain[-1] + 1
        wrong = padding > self._block if self._ssl3 else plain[-padding:] != plain[-1:] * padding
        end = len(plain) - padding
        if sequence is None and not wrong:
            end -= mac.octets
            told = plain[max(end, 0) : end + mac.octets]
            sequence = mac.find(header, plain[: max(end, 0)], told, sequences)
        return None if wrong or end < 0 or sequence is None else (sequence, plain[:end])


def opener_of(version: int, suite: Suite, keys: Keys, *, mac_last: bool = False) -> Opener | None:
    """
    What opens records.

    Args:
        version: Of the protocol, drafts of TLS 1.3 included.
        suite: The cipher suite.
        keys: Of one direction.
        mac_last: Encrypt-then-MAC was agreed (RFC 7366).

    Returns:
        None if the library does not carry the cipher.
    """
    if suite.mode not in ("CBC", ""):
        sealed = sealed_of(suite, keys.key)
        if sealed is None:
            return None
        if is_tls13(version):
            return _Aead13(sealed, keys.iv, bare=version >> 8 == 0x7F and version & 0xFF < 25)
        tag = 8 if suite.mode == "CCM_8" else 16
        return _Aead(sealed, keys.iv, 0 if suite.mode == "POLY1305" else 8, tag)
    mac = _Mac(version, suite.digest, keys.mac)
    if suite.cipher == "NULL":
        return _Stream(None, mac)
    block = suite.block_octets
    context = context_of(suite, keys.key, keys.iv or bytes(block))
    if context is None:
        return None
    if suite.mode == "CBC":
        return _Block(context, mac, version, block, mac_last=mac_last)
    return _Stream(context, mac)
