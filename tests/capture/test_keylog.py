"""Key logs and private keys, as browsers, OpenSSL and people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.capture.keylog import private_keys, secrets
from analyzer.model.tls import TlsSecret

RANDOM, MASTER = "ab" * 32, "CD" * 48
LINE = f"CLIENT_RANDOM {RANDOM} {MASTER}"
SECRET = TlsSecret("CLIENT_RANDOM", bytes.fromhex(RANDOM), bytes.fromhex(MASTER))


@pytest.mark.parametrize(
    "text",
    [
        LINE,
        f"# SSL/TLS secrets log file\n{LINE}\r\n",
        f"  {LINE}  \n",
        f"{LINE}x\nCLIENT_RANDOM abc def\n{LINE}",
        f"\n\n{LINE}\nnonsense",
    ],
)
def test_lines(text: str) -> None:
    assert list(secrets(text.encode())) == [SECRET]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_encodings(encoding: str) -> None:
    text = f"# PowerShell\r\n{LINE}\r\n".encode(encoding)
    assert list(secrets(text)) == [SECRET]


def test_utf16_that_is_cut() -> None:
    assert list(secrets(LINE.encode("utf-16")[:-1])) == []


@pytest.mark.parametrize(
    "label",
    [
        "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
        "SERVER_HANDSHAKE_TRAFFIC_SECRET",
        "CLIENT_TRAFFIC_SECRET_0",
        "SERVER_TRAFFIC_SECRET_12",
        "CLIENT_EARLY_TRAFFIC_SECRET",
        "PMS_CLIENT_RANDOM",
    ],
)
def test_labels(label: str) -> None:
    text = f"{label} {RANDOM} {'ef' * 32}"
    assert list(secrets(text.encode())) == [TlsSecret(label, bytes.fromhex(RANDOM), b"\xef" * 32)]


def test_rsa() -> None:
    text = f"RSA 0123456789abcdef {MASTER}\nRSA Session-ID:beef Master-Key:{MASTER}"
    assert list(secrets(text.encode())) == [
        TlsSecret("RSA", bytes.fromhex("0123456789abcdef"), SECRET.secret),
        TlsSecret("RSA Session-ID:", b"\xbe\xef", SECRET.secret),
    ]


@pytest.mark.parametrize(
    "text", ["", "EXPORTER_SECRET " + LINE[14:], f"CLIENT_RANDOM {RANDOM}", LINE[:-1], "RSA " * 99]
)
def test_no_secret(text: str) -> None:
    assert list(secrets(text.encode())) == []


@given(st.binary() | st.text().map(str.encode))
def test_any_octets(octets: bytes) -> None:
    assert all(secret.secret for secret in secrets(octets))
    assert isinstance(private_keys(octets), list)


def pem(kind: str = "") -> bytes:
    return f"-----BEGIN {kind}PRIVATE KEY-----\nAAAA\n-----END {kind}PRIVATE KEY-----".encode()


def test_private_keys() -> None:
    one, two = pem(), pem("RSA ")
    text = b"-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----\n" + one + b"\n\n" + two
    assert private_keys(text) == [one, two]
    assert private_keys(one[:-20]) == []
    assert private_keys(b"-----BEGIN PRIVATE KEY-----\n" * 50_000) == []
