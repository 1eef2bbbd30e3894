"""Certificates of a chain (RFC 5280)."""

import hashlib
import warnings
from datetime import datetime
from typing import TYPE_CHECKING

from ...model.tls import Certificate

if TYPE_CHECKING:
    from cryptography import x509

NAMES = 200
"""Names kept of one certificate; content networks put a hundred in."""


def certificate_of(der: bytes) -> Certificate | None:
    """What a certificate says; None if it cannot be read."""
    from cryptography import x509  # noqa: PLC0415 - see keyring.py

    try:
        with warnings.catch_warnings():
            # Of what a later version of the package will refuse; then it is None.
            warnings.simplefilter("ignore")
            return _read(der)
    except (ValueError, TypeError, OverflowError, x509.InvalidVersion):
        return None


def _read(der: bytes) -> Certificate:
    from cryptography import x509  # noqa: PLC0415

    read = x509.load_der_x509_certificate(der)
    return Certificate(
        subject=_name(read.subject),
        issuer=_name(read.issuer),
        names=_names(read),
        not_before_ns=_nanoseconds(read.not_valid_before_utc),
        not_after_ns=_nanoseconds(read.not_valid_after_utc),
        sha256=hashlib.sha256(der).hexdigest(),
        self_signed=read.subject == read.issuer,
    )


def _name(name: "x509.Name") -> str:
    from cryptography.x509.oid import NameOID  # noqa: PLC0415

    common = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(common[-1].value) if common else name.rfc4514_string()


def _names(read: "x509.Certificate") -> tuple[str, ...]:
    from cryptography import x509  # noqa: PLC0415

    try:
        found = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names = found.get_values_for_type(x509.DNSName)
        addresses = found.get_values_for_type(x509.IPAddress)
    except (ValueError, x509.ExtensionNotFound, x509.DuplicateExtension):
        return ()
    return (*names, *map(str, addresses))[:NAMES]


def _nanoseconds(when: datetime) -> int:
    return int(when.timestamp()) * 1_000_000_000
