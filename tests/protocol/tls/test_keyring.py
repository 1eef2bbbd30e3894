"""Keys are found, bounded, and those not needed are counted."""

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from analyzer.model.errors import UsageError
from analyzer.model.tls import TlsSecret
from analyzer.protocol.tls import keyring
from analyzer.protocol.tls.keyring import KeyRing
from tests.protocol.tls.peers import identity

ONE, TWO = (TlsSecret("CLIENT_RANDOM", bytes([n]) * 32, bytes([n]) * 48) for n in (1, 2))


def test_secrets() -> None:
    ring = KeyRing()
    ring.add([ONE, TWO, ONE])
    assert ring.secret("CLIENT_RANDOM", ONE.context) == ONE.secret
    assert ring.secret("RSA", ONE.context) is None
    assert ring.secret("CLIENT_RANDOM", bytes(32)) is None
    assert ring.contexts("CLIENT_RANDOM") == [(ONE.context, 48), (TWO.context, 48)]
    assert ring.contexts("RSA") == []


def test_the_last_of_repeated_lines_holds() -> None:
    ring = KeyRing()
    ring.add([ONE, TlsSecret("CLIENT_RANDOM", ONE.context, b"new")])
    assert ring.secret("CLIENT_RANDOM", ONE.context) == b"new"


def test_secrets_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "TLS_SECRETS", 1)
    ring = KeyRing()
    ring.add([ONE, TWO, ONE])
    assert [one.values for one in ring.anomalies()] == [{"limit": "TLS_SECRETS", "value": 1}]
    assert ring.secret("CLIENT_RANDOM", TWO.context) is None


def test_sessions_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "TLS_SESSIONS", 2)
    ring = KeyRing()
    for session in (b"a", b"b", b"a", b"c", b""):
        ring.remember(session, session * 48)
    assert [ring.recall(session) for session in (b"a", b"b", b"c", b"")] == [
        b"a" * 48, None, b"c" * 48, None,
    ]  # fmt: skip


def encrypted(secret: bytes) -> bytes:
    key = serialization.load_pem_private_key(identity("rsa")[0], None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key.public_key().encrypt(secret, padding.PKCS1v15())


def test_what_may_open_a_connection() -> None:
    ring = KeyRing()
    ring.add([ONE])
    assert ring.opens(ONE.context)
    assert not ring.opens(TWO.context)
    ring.add([TlsSecret("RSA Session-ID:", b"id", b"m" * 48)])
    assert ring.opens(TWO.context)


def test_premaster() -> None:
    ring = KeyRing()
    secret = b"\3\3" + b"p" * 46
    assert ring.premaster(encrypted(secret), 0x0303) is None
    ring.add_private_key(identity("rsa")[0])
    assert ring.has_premaster
    assert ring.premaster(encrypted(secret), 0x0303) == secret
    assert ring.premaster(encrypted(secret), 0x0302) is None
    assert ring.premaster(encrypted(secret[:20]), 0x0303) is None
    assert ring.premaster(b"short", 0x0303) is None
    assert ring.premaster(bytes(256), 0x0303) is None


def test_premaster_of_a_key_log() -> None:
    ring = KeyRing()
    ring.add([TlsSecret("RSA", b"12345678", b"p" * 48)])
    assert ring.has_premaster
    assert ring.premaster(b"12345678 and so on", 0x0303) == b"p" * 48


LOCKED = b"""-----BEGIN ENCRYPTED PRIVATE KEY-----
MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgwMDAwMDAwMAICCAAw
DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEDAwMDAwMDAwMDAwMDAwMDAEgZAw
-----END ENCRYPTED PRIVATE KEY-----"""


def test_keys_that_cannot_be_used() -> None:
    ring = KeyRing()
    key = serialization.load_pem_private_key(identity("ec")[0], None)
    locked = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"password"),
    )
    for pem, told in (
        (locked, "encrypted"),
        (b"nonsense", "cannot be read"),
        (LOCKED, "encrypted|cannot be read"),
        (identity("ec")[0], "not one of RSA"),
    ):
        with pytest.raises(UsageError, match=told):
            ring.add_private_key(pem)
    assert not ring.has_premaster
