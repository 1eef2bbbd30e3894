"""Messages of the handshake (RFC 5246 section 7.4, RFC 8446 section 4)."""

import zlib
from collections.abc import Iterator
from typing import NamedTuple

import zstandard

from ...model.limits import TLS_HANDSHAKE_OCTETS
from .schedule import is_tls13

CLIENT_HELLO = 1
SERVER_HELLO = 2
NEW_SESSION_TICKET = 4
END_OF_EARLY_DATA = 5
ENCRYPTED_EXTENSIONS = 8
CERTIFICATE = 11
CERTIFICATE_REQUEST = 13
SERVER_HELLO_DONE = 14
CLIENT_KEY_EXCHANGE = 16
FINISHED = 20
KEY_UPDATE = 24
COMPRESSED_CERTIFICATE = 25

TYPES = frozenset((*range(7), *range(8, 18), *range(20, 27), 67, 203, 254))
"""Handshake types that IANA has assigned."""

RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")
"""Random of a ServerHello that is a HelloRetryRequest (RFC 8446 section 4.1.3)."""

SERVER_NAME = 0
ALPN = 16
ENCRYPT_THEN_MAC = 22
EXTENDED_MASTER_SECRET = 23
SESSION_TICKET = 35
PRE_SHARED_KEY = 41
EARLY_DATA = 42
SUPPORTED_VERSIONS = 43

CHAIN = 32
"""Certificates of a chain looked at; browsers refuse longer ones."""


class MalformedError(ValueError):
    """A message that is not as its RFC says; caught in this folder."""


class Message(NamedTuple):
    """A handshake message: its type, its body, and both with the header as a hash covers them."""

    kind: int
    body: bytes
    octets: bytes


class Assembly:
    """
    Puts handshake messages together that come in records.

    Attributes:
        oversized: Length of a message that was passed over because it is too long; 0 if none was.
    """

    def __init__(self) -> None:
        self.oversized = 0
        self._octets = bytearray()
        self._skip = 0

    def __len__(self) -> int:
        """Octets of a message that is not complete."""
        return len(self._octets) + self._skip

    def clear(self) -> None:
        """Forget the beginning of a message whose rest is lost."""
        self._octets.clear()
        self._skip = 0

    def feed(self, octets: bytes) -> Iterator[Message]:
        """The messages that the content of a record completes."""
        skipped = min(self._skip, len(octets))
        self._skip -= skipped
        held = self._octets
        held += memoryview(octets)[skipped:]
        at = 0
        while len(held) - at >= 4:
            end = at + 4 + int.from_bytes(held[at + 1 : at + 4], "big")
            if end - at > TLS_HANDSHAKE_OCTETS:
                self.oversized = end - at
                self._skip = max(end - len(held), 0)
                at = min(end, len(held))
                continue
            if end > len(held):
                break
            yield Message(held[at], bytes(held[at + 4 : end]), bytes(held[at:end]))
            at = end
        del held[:at]


class Reader:
    """Reads a message from front to back; raises MalformedError where it ends too early."""

    def __init__(self, octets: bytes) -> None:
        self.octets = octets
        self.at = 0

    def __len__(self) -> int:
        """Octets left."""
        return len(self.octets) - self.at

    def take(self, count: int) -> bytes:
        """So many octets."""
        end = self.at + count
        if end > len(self.octets):
            raise MalformedError
        taken = self.octets[self.at : end]
        self.at = end
        return taken

    def number(self, octets: int) -> int:
        """An unsigned number."""
        return int.from_bytes(self.take(octets), "big")

    def vector(self, octets: int) -> bytes:
        """A vector with a length of so many octets before it (RFC 8446 section 3.4)."""
        return self.take(self.number(octets))


class ClientHello(NamedTuple):
    """
    What a client offers.

    Attributes:
        version: The field of that name.
        random: 32 octets.
        session: Session id.
        suites: Code points, in order.
        extensions: By type; of a repeated one the first.
    """

    version: int
    random: bytes
    session: bytes
    suites: tuple[int, ...]
    extensions: dict[int, bytes]


class ServerHello(NamedTuple):
    """
    What a server chose.

    Attributes:
        version: Of the protocol, taken from the extension where there is one.
        random: 32 octets.
        session: Session id.
        suite: Code point.
        compression: 0 none, 1 DEFLATE (RFC 3749).
        extensions: By type.
    """

    version: int
    random: bytes
    session: bytes
    suite: int
    compression: int
    extensions: dict[int, bytes]


def _pairs(octets: bytes) -> tuple[int, ...]:
    return tuple(int.from_bytes(octets[at : at + 2], "big") for at in range(0, len(octets) - 1, 2))


def extensions(reader: Reader) -> dict[int, bytes]:
    """Extensions by type, if there are any (RFC 8446 section 4.2)."""
    found: dict[int, bytes] = {}
    if len(reader):
        inside = Reader(reader.vector(2))
        while len(inside):
            kind = inside.number(2)
            found.setdefault(kind, inside.vector(2))
    return found


def is_whole(octets: bytes) -> bool:
    """The content of a record is nothing but whole messages."""
    at = 0
    while len(octets) - at >= 4 and octets[at] in TYPES:
        at += 4 + int.from_bytes(octets[at + 1 : at + 4], "big")
    return at == len(octets)


def client_hello(body: bytes) -> ClientHello:
    """Read a ClientHello (RFC 8446 section 4.1.2)."""
    reader = Reader(body)
    version, random, session = reader.number(2), reader.take(32), reader.vector(1)
    suites = _pairs(reader.vector(2))
    reader.vector(1)  # compression methods
    return ClientHello(version, random, session, suites, extensions(reader))


def from_old_hello(octets: bytes) -> Message:
    """The ClientHello that one in the form of SSL 2.0 stands for (RFC 5246 appendix E.2)."""
    reader = Reader(octets)
    reader.take(1)
    version = reader.take(2)
    lengths = [reader.number(2) for _ in range(3)]
    specs, session, challenge = map(reader.take, lengths)
    if len(session) > 32 or len(challenge) > 32:
        raise MalformedError
    # Three octets each; those of SSL 2.0 itself begin with something else than 0.
    suites = b"".join(specs[at + 1 : at + 3] for at in range(0, len(specs) - 2, 3) if not specs[at])
    body = version + challenge.rjust(32, b"\0") + bytes([len(session)]) + session
    body += len(suites).to_bytes(2, "big") + suites + b"\1\0"
    return Message(CLIENT_HELLO, body, octets)


def server_hello(body: bytes) -> ServerHello:
    """Read a ServerHello (RFC 8446 section 4.1.3)."""
    reader = Reader(body)
    version, random = reader.number(2), reader.take(32)
    # Drafts before 22 leave out the session id and the compression method.
    short = is_tls13(version)
    session = b"" if short else reader.vector(1)
    suite = reader.number(2)
    compression = 0 if short else reader.number(1)
    found = extensions(reader)
    chosen = found.get(SUPPORTED_VERSIONS, b"")
    if len(chosen) == 2:
        version = int.from_bytes(chosen, "big")
    return ServerHello(version, random, session, suite, compression, found)


def server_name(extensions: dict[int, bytes]) -> str | None:
    """The host name asked for (RFC 6066 section 3); None if there is none."""
    if not extensions.get(SERVER_NAME):
        return None
    names = Reader(Reader(extensions[SERVER_NAME]).vector(2))
    while len(names):
        kind, name = names.number(1), names.vector(2)
        if kind == 0:
            return name.decode("ascii", "backslashreplace")
    return None


def protocols(extensions: dict[int, bytes]) -> tuple[str, ...]:
    """Protocols offered or chosen (RFC 7301 section 3.1); GREASE left out."""
    found: list[str] = []
    if ALPN in extensions:
        names = Reader(Reader(extensions[ALPN]).vector(2))
        while len(names):
            name = names.vector(1)
            if len(name) != 2 or name[0] != name[1] or name[0] & 0x0F != 0x0A:
                found.append(name.decode("ascii", "backslashreplace"))
    return tuple(found)


def versions(hello: ClientHello) -> tuple[int, ...]:
    """Versions the client offers, best first (RFC 8446 section 4.2.1)."""
    if SUPPORTED_VERSIONS not in hello.extensions:
        return (hello.version,)
    offered = _pairs(Reader(hello.extensions[SUPPORTED_VERSIONS]).vector(1))
    return tuple(version for version in offered if version & 0x0F0F != 0x0A0A)


def chain(body: bytes, version: int) -> tuple[bytes, ...]:
    """The certificates of a Certificate message, leaf first, in DER."""
    reader = Reader(body)
    if is_tls13(version):
        reader.vector(1)
    inside = Reader(reader.vector(3))
    found: list[bytes] = []
    while len(inside) and len(found) < CHAIN:
        found.append(inside.vector(3))
        if is_tls13(version):
            inside.vector(2)
    return tuple(found)


def decompressed(body: bytes) -> bytes | None:
    """A Certificate message that came compressed (RFC 8879 section 4); None if not by us."""
    reader = Reader(body)
    method, length, data = reader.number(2), reader.number(3), reader.vector(3)
    if length > TLS_HANDSHAKE_OCTETS:
        return None
    try:
        if method == 1:
            return zlib.decompressobj().decompress(data, length)
        if method == 3:
            return zstandard.ZstdDecompressor().decompress(data, max_output_size=length)
    except (zlib.error, zstandard.ZstdError):
        raise MalformedError from None
    return None


def ticket(body: bytes) -> bytes:
    """The ticket of a NewSessionTicket up to TLS 1.2 (RFC 5077 section 3.3)."""
    reader = Reader(body)
    reader.take(4)
    return reader.vector(2)


def encrypted_premaster(body: bytes, version: int) -> bytes:
    """The client's RSA-encrypted secret (RFC 5246 section 7.4.7.1); SSL 3.0 gives no length."""
    reader = Reader(body)
    return body if version == 0x0300 else reader.vector(2)
