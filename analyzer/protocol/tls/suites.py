"""What a cipher suite's name says of how its records are protected (RFC 5246 appendix C)."""

import re
from functools import lru_cache
from typing import NamedTuple

from .suite_names import NAMES

_SUITE = re.compile(
    r"TLS_(?:(?P<exchange>\w+)_WITH_)?"
    r"(?P<cipher>NULL|RC4_\d+|RC2_CBC_\d+|IDEA_CBC|DES40_CBC|DES_CBC|3DES_EDE_CBC|SEED_CBC"
    r"|(?:AES|CAMELLIA|ARIA)_\d+_(?:CBC|GCM|CCM_8|CCM)|CHACHA20_POLY1305)"
    r"(?:_(?P<digest>MD5|SHA|SHA256|SHA384|NULL))?"
)
_DIGESTS = {"SHA": "sha1", "NULL": "", None: ""}
# Key octets, and octets of a block, of ciphers whose names do not say.
_CIPHERS = {
    "NULL": (0, 0),
    "RC4": (16, 0),
    "RC2": (16, 8),
    "IDEA": (16, 8),
    "DES40": (8, 8),
    "DES": (8, 8),
    "3DES": (24, 8),
    "SEED": (16, 16),
    "CHACHA20": (32, 0),
}
# Octets of an export cipher's key that are secret (RFC 2246 section 6.3.1).
_EXPORT = {
    "RC4_40": 5,
    "RC2_CBC_40": 5,
    "DES40_CBC": 5,
    "RC4_56": 7,
    "RC2_CBC_56": 7,
    "DES_CBC": 8,
}


class Suite(NamedTuple):
    """
    A cipher suite.

    Attributes:
        name: IANA's.
        exchange: "RSA", "ECDHE_RSA", "PSK", …; empty in TLS 1.3.
        cipher: "AES", "3DES", "RC4", "NULL", …
        mode: "GCM", "CCM", "CCM_8", "POLY1305", "CBC", or empty for a stream cipher and none.
        key_octets: Length of its key.
        block_octets: Length of a block; 0 for a stream cipher.
        digest: Of the record's MAC, as hashlib names it; empty where the cipher authenticates.
        prf: Digest of the pseudo-random function of TLS 1.2, or of HKDF.
        secret_octets: Of an export cipher's key, how many come from the key block; else 0.
    """

    name: str
    exchange: str
    cipher: str
    mode: str
    key_octets: int
    block_octets: int
    digest: str
    prf: str
    secret_octets: int


def name_of(code: int) -> str:
    """IANA's name; the number where there is none."""
    return NAMES.get(code, f"0x{code:04X}")


@lru_cache(maxsize=512)
def suite_of(code: int) -> Suite | None:
    """How a suite protects records; None if it is not known."""
    name = NAMES.get(code, "")
    match = _SUITE.fullmatch(name)
    if match is None:
        return None
    cipher, *rest = match["cipher"].split("_")
    if rest and rest[0].isdigit() and cipher in ("AES", "CAMELLIA", "ARIA"):
        key_octets, block_octets = int(rest.pop(0)) // 8, 16
    else:
        key_octets, block_octets = _CIPHERS[cipher]
    mode = "_".join(word for word in rest if not word.isdigit() or word == "8").removeprefix("EDE_")
    digest = _DIGESTS.get(match["digest"], (match["digest"] or "").lower())
    return Suite(
        name=name,
        exchange=match["exchange"] or "",
        cipher=cipher,
        mode=mode,
        key_octets=key_octets,
        block_octets=block_octets,
        digest=digest if mode in ("CBC", "") else "",
        prf="sha384" if digest == "sha384" else "sha256",
        secret_octets=_EXPORT.get(match["cipher"], 0) if "EXPORT" in name else 0,
    )


def is_offer(code: int) -> bool:
    """Neither GREASE (RFC 8701) nor a signal (RFC 5746 section 3.3, RFC 7507)."""
    return code & 0x0F0F != 0x0A0A and code not in (0x00FF, 0x5600)
