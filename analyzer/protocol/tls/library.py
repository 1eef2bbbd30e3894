"""
Which ciphers the `cryptography` package carries.

It is imported where a key is used: that takes 60 ms, and most runs have no key.
"""

from typing import TYPE_CHECKING, Protocol

from .suites import Suite

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers import BlockCipherAlgorithm, CipherContext


class Sealed(Protocol):
    """An AEAD with its key."""

    def open(self, nonce: bytes, data: bytes, aad: bytes) -> bytes | None:
        """What was sealed; None where the tag, which comes last in `data`, is wrong."""


class _Library:
    """What `cryptography` has as an AEAD."""

    def __init__(self, suite: Suite, key: bytes) -> None:
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415
        from cryptography.hazmat.primitives.ciphers import aead  # noqa: PLC0415

        if suite.mode == "GCM":
            self._decrypt = aead.AESGCM(key).decrypt
        elif suite.mode == "POLY1305":
            self._decrypt = aead.ChaCha20Poly1305(key).decrypt
        else:
            tag = 8 if suite.mode == "CCM_8" else 16
            self._decrypt = aead.AESCCM(key, tag_length=tag).decrypt
        self._wrong = InvalidTag

    def open(self, nonce: bytes, data: bytes, aad: bytes) -> bytes | None:
        try:
            return self._decrypt(nonce, data, aad)
        except self._wrong:
            return None


def sealed_of(suite: Suite, key: bytes) -> Sealed | None:
    """The suite's AEAD; None if there is none."""
    if suite.cipher in ("AES", "CHACHA20"):
        return _Library(suite, key)
    return None


def context_of(suite: Suite, key: bytes, iv: bytes) -> "CipherContext | None":
    """The suite's cipher, ready to decrypt; None if there is none."""
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415
    from cryptography.hazmat.decrepit.ciphers import algorithms as old  # noqa: PLC0415
    from cryptography.hazmat.primitives.ciphers import Cipher, modes  # noqa: PLC0415

    if suite.cipher == "RC4":
        return Cipher(old.ARC4(key), None).decryptor()
    algorithm = _algorithm(suite.cipher, key)
    try:
        return None if algorithm is None else Cipher(algorithm, modes.CBC(iv)).decryptor()
    except UnsupportedAlgorithm:
        # Built without it, as OpenSSL may be.
        return None


def _algorithm(cipher: str, key: bytes) -> "BlockCipherAlgorithm | None":
    from cryptography.hazmat.decrepit.ciphers import algorithms as old  # noqa: PLC0415
    from cryptography.hazmat.primitives.ciphers import algorithms  # noqa: PLC0415

    match cipher:
        case "AES":
            return algorithms.AES(key)
        case "3DES":
            return old.TripleDES(key)
        case "DES" | "DES40":
            # Three times the same key is DES once (FIPS 46-3).
            return old.TripleDES(key * 3)
        case "CAMELLIA":
            return old.Camellia(key)
        case "SEED":
            return old.SEED(key)
        case "IDEA":
            return old.IDEA(key)
        case "RC2":
            return old.RC2(key)
    return None
