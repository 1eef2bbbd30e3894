"""Changes the handshakes of recorded TLS 1.2 connections: another certificate, another alert."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from analyzer.model.source import Direction
from tests.transport.segments import ACK, FIN, PSH, S

from . import packet_changes as packets
from .packet_changes import Conversation

ALERT, HANDSHAKE = 21, 22
"""Content types of records (RFC 5246 section 6.2.1)."""

CERTIFICATE = 11

CLIENT_HELLO = b"\x16\x03\x01"
"""How what a client of TLS says begins."""

_KEY = ec.derive_private_key(0xF1_5E55E, ec.SECP256R1())

_RECORDED = datetime(2026, 11, 20, tzinfo=UTC)
"""The day of the recordings."""


def certificate(
    names: Sequence[str], issuer: str, *, begins_days: int = -100, ends_days: int = 265
) -> bytes:
    """
    A certificate in DER.

    Args:
        names: Its subject alternative names, the first its common name too.
        issuer: Common name of who signed it.
        begins_days: First day of its validity, counted from that of the recordings.
        ends_days: Last day of it.
    """
    signed = (
        x509.CertificateBuilder()
        .subject_name(_named(names[0]))
        .issuer_name(_named(issuer))
        .public_key(_KEY.public_key())
        .serial_number(4_711)
        .not_valid_before(_RECORDED + timedelta(days=begins_days))
        .not_valid_after(_RECORDED + timedelta(days=ends_days))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(n) for n in names]), critical=False
        )
        .sign(_KEY, hashes.SHA256())
    )
    return signed.public_bytes(serialization.Encoding.DER)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def records(octets: bytes) -> list[bytes]:
    """Whole TLS records, headers included."""
    found = []
    while octets:
        length = 5 + int.from_bytes(octets[3:5])
        found.append(octets[:length])
        octets = octets[length:]
    return found


def shown(one: Conversation, *chain: bytes) -> Conversation:
    """The same handshake with another certificate chain, leaf first (RFC 5246 section 7.4.2)."""
    old = next(
        record
        for record in records(one.octets(S))
        if record[0] == HANDSHAKE and record[5] == CERTIFICATE
    )
    listed = b"".join(len(der).to_bytes(3) + der for der in chain)
    body = len(listed).to_bytes(3) + listed
    message = bytes([CERTIFICATE]) + len(body).to_bytes(3) + body
    return packets.replaced(one, S, old, old[:3] + len(message).to_bytes(2) + message)


def alerted(one: Conversation, way: Direction, description: int) -> Conversation:
    """The same handshake with another alert of a side that sent one."""
    old = next(record for record in records(one.octets(way)) if record[0] == ALERT)
    return packets.replaced(one, way, old, old[:-1] + bytes([description]))


def refused_hello(one: Conversation, description: int) -> Conversation:
    """A server that answers the ClientHello with a fatal alert and leaves."""
    hello = next(s for s in one.segments if s.way is S and s.payload)
    begun = packets.until(one, hello.time_ns)
    alert = bytes([ALERT, 3, 3, 0, 2, 2, description])
    said = packets.added(begun, hello.time_ns, S, PSH | ACK, alert)
    return packets.ended(said, S, FIN)
