"""Handshake messages, whole, cut and wrong."""

import zlib

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from analyzer.model.limits import TLS_HANDSHAKE_OCTETS
from analyzer.protocol.tls import handshake
from analyzer.protocol.tls.handshake import Assembly, MalformedError, Reader
from tests.protocol.tls.made import client_hello, message, server_hello, vector


@given(sizes=st.lists(st.integers(0, 300), max_size=6), cut=st.integers(1, 50))
def test_any_cut(sizes: list[int], cut: int) -> None:
    octets = b"".join(message(20, bytes([size % 256]) * size) for size in sizes)
    assembly = Assembly()
    found = [m for at in range(0, len(octets), cut) for m in assembly.feed(octets[at : at + cut])]
    assert [len(m.body) for m in found] == sizes
    assert b"".join(m.octets for m in found) == octets
    assert len(assembly) == 0


def test_what_is_lost_is_forgotten() -> None:
    assembly = Assembly()
    assert list(assembly.feed(message(11, b"x" * 20)[:9])) == []
    assert len(assembly) == 9
    assembly.clear()
    (found,) = assembly.feed(message(14, b""))
    assert found == (14, b"", message(14, b""))


@pytest.mark.parametrize("cut", [3, 50, 10**6])
def test_too_long(cut: int) -> None:
    length = TLS_HANDSHAKE_OCTETS + 1
    octets = message(11, bytes(length)) + message(14, b"")
    assembly = Assembly()
    found = [
        m
        for at in range(0, len(octets), cut * 1000)
        for m in assembly.feed(octets[at : at + cut * 1000])
    ]
    assert [m.kind for m in found] == [14]
    assert assembly.oversized == length + 4


def test_whole() -> None:
    assert handshake.is_whole(message(14, b"") + message(11, b"abc"))
    assert not handshake.is_whole(message(14, b"") + b"\x0b")
    assert not handshake.is_whole(message(99, b"abc"))
    assert not handshake.is_whole(message(11, b"abc")[:-1])


def test_client_hello() -> None:
    found = {
        0: vector(b"\0" + vector(b"a.example")),
        16: vector(vector(b"h2", 1)),
        43: b"\4\x7a\x7a\3\4",
    }
    hello = handshake.client_hello(client_hello(found, session=b"s", suites=[1, 2])[4:])
    assert (hello.version, hello.session, hello.suites) == (0x0303, b"s", (1, 2))
    assert handshake.server_name(hello.extensions) == "a.example"
    assert handshake.protocols(hello.extensions) == ("h2",)
    assert handshake.versions(hello) == (0x0304,)
    plain = handshake.client_hello(client_hello()[4:])
    assert handshake.versions(plain) == (0x0303,)
    assert handshake.server_name(plain.extensions) is None
    assert handshake.protocols(plain.extensions) == ()


def test_names() -> None:
    other = {0: vector(b"\1" + vector(b"x"))}
    assert handshake.server_name(other) is None
    assert handshake.server_name({0: b""}) is None  # as a server acknowledges it
    assert handshake.server_name({0: vector(b"\0" + vector(b"\xff"))}) == "\\xff"
    assert handshake.protocols({16: vector(vector(b"\x1a\x1a", 1) + vector(b"\xab\xab", 1))}) == (
        "\\xab\\xab",
    )


def test_server_hello() -> None:
    assert handshake.server_hello(server_hello(5, version=0x0304)[4:]).version == 0x0304
    plain = handshake.server_hello(server_hello(5, {43: b"?"}, session=b"id", compression=1)[4:])
    assert (plain.version, plain.session, plain.compression) == (0x0303, b"id", 1)
    # Draft 18 has neither session id nor compression method.
    body = b"\x7f\x12" + bytes(32) + b"\x13\x01"
    assert handshake.server_hello(body)[:1] == (0x7F12,)
    assert handshake.server_hello(body).suite == 0x1301


def test_chains() -> None:
    legacy = vector(vector(b"one", 3) + vector(b"two", 3), 3)
    assert handshake.chain(legacy, 0x0303) == (b"one", b"two")
    modern = b"\0" + vector(vector(b"one", 3) + b"\0\0" + vector(b"two", 3) + b"\0\0", 3)
    assert handshake.chain(modern, 0x0304) == (b"one", b"two")
    many = vector(vector(b"one", 3) * 100, 3)
    assert len(handshake.chain(many, 0x0303)) == handshake.CHAIN


def compressed(method: int, data: bytes, length: int) -> bytes:
    return method.to_bytes(2, "big") + length.to_bytes(3, "big") + vector(data, 3)


def test_compressed_certificates() -> None:
    body = b"chain" * 50
    deflated = compressed(1, zlib.compress(body), len(body))
    assert handshake.decompressed(deflated) == body
    squeezed = compressed(3, zstandard.ZstdCompressor().compress(body), len(body))
    assert handshake.decompressed(squeezed) == body
    assert handshake.decompressed(compressed(2, b"brotli", 5)) is None
    assert handshake.decompressed(compressed(1, b"", TLS_HANDSHAKE_OCTETS + 1)) is None
    for method in (1, 3):
        with pytest.raises(MalformedError):
            handshake.decompressed(compressed(method, b"nonsense", 5))


def test_tickets_and_secrets() -> None:
    assert handshake.ticket(bytes(4) + vector(b"ticket")) == b"ticket"
    assert handshake.encrypted_premaster(vector(b"secret"), 0x0303) == b"secret"
    assert handshake.encrypted_premaster(b"secret", 0x0300) == b"secret"


READERS = (
    handshake.client_hello,
    handshake.server_hello,
    handshake.from_old_hello,
    handshake.decompressed,
    handshake.ticket,
    lambda body: handshake.chain(body, 0x0303),
    lambda body: handshake.chain(body, 0x0304),
    lambda body: handshake.encrypted_premaster(body, 0x0303),
    lambda body: handshake.server_name({0: body}),
    lambda body: handshake.protocols({16: body}),
    lambda body: handshake.extensions(Reader(body)),
)


@given(st.integers(0, len(READERS) - 1), st.binary(max_size=120))
def test_any_octets(reader: int, body: bytes) -> None:
    try:
        READERS[reader](body)
    except MalformedError:
        return
