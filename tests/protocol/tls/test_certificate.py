"""Certificates, good and hostile."""

import base64
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from analyzer.protocol.tls.certificate import NAMES, certificate_of
from tests.protocol.tls.peers import identity


def der(kind: str = "ec") -> bytes:
    return base64.b64decode(b"".join(identity(kind)[1].split(b"-----")[2].split()))


def made(*, names: int = 0, common: str | None = None) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    words = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Lab")]
    if common is not None:
        words.append(x509.NameAttribute(NameOID.COMMON_NAME, common))
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Lab CA")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name(words))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2030, 1, 1, tzinfo=UTC))
    )
    if names:
        alternatives = [x509.DNSName(f"h{i}.example") for i in range(names)]
        builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def test_what_it_says() -> None:
    found = certificate_of(der())
    assert found is not None
    assert found.subject == found.issuer == "desk.example.test"
    assert found.names == ("desk.example.test", "192.0.2.1")
    assert found.not_before_ns == int(datetime(2020, 1, 1, tzinfo=UTC).timestamp()) * 10**9
    assert found.not_after_ns > found.not_before_ns
    assert found.self_signed
    assert len(found.sha256) == 64


def test_without_names() -> None:
    found = certificate_of(made())
    assert found is not None
    assert (found.subject, found.issuer, found.names) == ("O=Lab", "Lab CA", ())
    assert not found.self_signed


def test_names_are_bounded() -> None:
    found = certificate_of(made(names=NAMES + 5, common="many"))
    assert found is not None
    assert len(found.names) == NAMES


def test_a_serial_number_that_is_none() -> None:
    """Forbidden by RFC 5280 section 4.1.2.2; the package warns, we do not."""
    octets = made().replace(b"\x02\x01\x01\x30", b"\x02\x01\x00\x30", 1)
    assert certificate_of(octets) is not None


@given(st.binary(max_size=60))
def test_any_octets(octets: bytes) -> None:
    assert certificate_of(octets) is None


@given(place=st.integers(0, 1000), flip=st.integers(1, 255))
def test_damaged_octets(place: int, flip: int) -> None:
    octets = bytearray(der())
    octets[place % len(octets)] ^= flip
    found = certificate_of(bytes(octets))
    assert found is None or found.subject is not None
