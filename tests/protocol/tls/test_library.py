"""What the package carries, and that it may not."""

import pytest
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers import Cipher

from analyzer.protocol.tls.library import context_of, sealed_of
from analyzer.protocol.tls.suites import Suite, suite_of


def suite(code: int) -> Suite:
    found = suite_of(code)
    assert found is not None
    return found


@pytest.mark.parametrize("code", [0x009C, 0xC09C, 0xC0A0, 0xCCA8])
def test_aead(code: int) -> None:
    found = suite(code)
    sealed = sealed_of(found, bytes(found.key_octets))
    assert sealed is not None
    for length in (0, 5, 100):
        assert sealed.open(bytes(12), bytes(length), b"") is None


@pytest.mark.parametrize("code", [0x002F, 0x000A, 0x0009, 0x0041, 0x0096, 0x0007, 0x0006, 0x0005])
def test_ciphers(code: int) -> None:
    found = suite(code)
    context = context_of(found, bytes(range(found.key_octets)), bytes(found.block_octets))
    assert context is not None
    assert len(context.update(bytes(32))) == 32


def test_what_is_not_carried(monkeypatch: pytest.MonkeyPatch) -> None:
    assert context_of(suite(0xC03C), bytes(16), bytes(16)) is None
    assert sealed_of(suite(0xC05C), bytes(16)) is None

    def refuse(_: object) -> None:
        raise UnsupportedAlgorithm("as in a build without it")

    monkeypatch.setattr(Cipher, "decryptor", refuse)
    assert context_of(suite(0x002F), bytes(16), bytes(16)) is None
