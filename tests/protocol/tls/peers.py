"""
TLS connections to decode: spoken by OpenSSL, or made by hand where it no longer speaks them.

A conversation is what went over the wire, in order, and the key log of it.
"""

import atexit
import shutil
import ssl
import tempfile
import warnings
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from analyzer.capture import keylog
from analyzer.model.anomaly import Anomaly
from analyzer.model.events import Event, Item
from analyzer.model.flow import Chunk, Gap, Provenance
from analyzer.model.source import Direction
from analyzer.model.tls import TlsFacts
from analyzer.protocol.tls.decoder import Tls
from analyzer.protocol.tls.keyring import KeyRing
from tests.protocol.wire import CONNECTION, START_NS, C, S, end

Turn = tuple[Direction, bytes]


class Conversation(NamedTuple):
    """What went over the wire, and what opens it."""

    turns: list[Turn]
    keys: bytes


@cache
def identity(kind: str) -> tuple[bytes, bytes]:
    """Private key and certificate, in PEM."""
    key = (
        rsa.generate_private_key(65537, 2048)
        if kind == "rsa"
        else ec.generate_private_key(ec.SECP256R1())
    )
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "desk.example.test")])
    names = [x509.DNSName("desk.example.test"), x509.IPAddress(ip_address("192.0.2.1"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2040, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return secret, certificate.public_bytes(serialization.Encoding.PEM)


class Peers:
    """A client and a server of OpenSSL that may speak several times."""

    def __init__(
        self,
        version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3,
        ciphers: str | None = None,
        *,
        kind: str = "rsa",
        alpn: Sequence[str] = (),
        client_certificate: bool = False,
        curve: str | None = None,
        ticket: bool = True,
    ) -> None:
        folder = Path(tempfile.mkdtemp())
        atexit.register(shutil.rmtree, folder)
        log = folder / "keys"
        self.server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.client.check_hostname = False
        self.client.verify_mode = ssl.CERT_NONE
        self.log = log
        self.server.keylog_filename = str(log)
        self.session: ssl.SSLSession | None = None
        key = folder / "key"
        key.write_bytes(b"".join(identity(kind)))
        for context in (self.server, self.client):
            context.load_cert_chain(key)
            context.set_ciphers("ALL:COMPLEMENTOFALL:@SECLEVEL=0" if ciphers is None else ciphers)
            if not ticket:
                context.options |= ssl.OP_NO_TICKET
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of old versions
                context.minimum_version = context.maximum_version = version
            if alpn:
                context.set_alpn_protocols(list(alpn))
        if client_certificate:
            self.server.verify_mode = ssl.CERT_OPTIONAL
            self.server.load_verify_locations(cadata=identity(kind)[1].decode())
        if curve is not None:
            self.server.set_ecdh_curve(curve)

    def talk(self, said: Iterable[Turn], *, resume: bool = False) -> Conversation:
        """Shake hands, say this, and close."""
        before = self.log.stat().st_size if self.log.exists() else 0
        to_client, from_client = ssl.MemoryBIO(), ssl.MemoryBIO()
        to_server, from_server = ssl.MemoryBIO(), ssl.MemoryBIO()
        client = self.client.wrap_bio(
            to_client,
            from_client,
            server_hostname="desk.example.test",
            session=self.session if resume else None,
        )
        server = self.server.wrap_bio(to_server, from_server, server_side=True)
        turns: list[Turn] = []

        def carry() -> None:
            for way, come, go in ((C, from_client, to_server), (S, from_server, to_client)):
                octets = come.read()
                if octets:
                    turns.append((way, octets))
                    go.write(octets)

        for _ in range(4):
            for side in (client, server):
                with suppress(ssl.SSLWantReadError):
                    side.do_handshake()
                carry()
        for way, octets in said:
            speaker, listener = (client, server) if way is C else (server, client)
            speaker.write(octets)
            carry()
            left = len(octets)
            while left:
                left -= len(listener.read(left))
        self.session = client.session
        for side in (client, server):
            with suppress(ssl.SSLWantReadError):
                side.unwrap()
            carry()
        return Conversation(turns, self.log.read_bytes()[before:])


def ring_of(*texts: bytes) -> KeyRing:
    """Keys of key logs and private keys."""
    ring = KeyRing()
    for text in texts:
        ring.add(keylog.secrets(text))
        for pem in keylog.private_keys(text):
            ring.add_private_key(pem)
    return ring


def chunks_of(turns: Iterable[Turn], first: int = 1) -> list[Chunk]:
    """Each turn as the chunk of one packet."""
    offsets = dict.fromkeys(Direction, 0)
    found: list[Chunk] = []
    for packet, (way, octets) in enumerate(turns, first):
        provenance = Provenance([offsets[way]], [packet], [START_NS + packet])
        found.append(Chunk(way, offsets[way], octets, provenance))
        offsets[way] += len(octets)
    return found


def decode(items: Iterable[Item], ring: KeyRing, *, ends: bool = True) -> list[Event]:
    """Feed a decoder to the end of the connection."""
    tls = Tls(0, ring)
    events: list[Event] = []
    for item in items:
        events += tls.feed(item)
    if ends:
        for way in Direction:
            events += tls.feed(end(way))
        events += tls.feed(CONNECTION)
    return events


def plaintext(events: Iterable[Event], way: Direction) -> bytes:
    """What came out of one direction; chunks stand where their offsets say."""
    found = b""
    for event in events:
        if isinstance(event, Chunk) and event.direction is way:
            assert event.offset == len(found)
            assert event.provenance.offsets[0] == event.offset
            found += event.octets
    return found


def said(turns: Iterable[Turn], way: Direction) -> bytes:
    return b"".join(octets for whose, octets in turns if whose is way)


def facts_of(events: Iterable[Event]) -> TlsFacts:
    (found,) = [event for event in events if isinstance(event, TlsFacts)]
    return found


def oddities(events: Iterable[Event]) -> list[tuple[str, dict[str, str | int]]]:
    return [(event.code.value, event.values) for event in events if isinstance(event, Anomaly)]


def missing(events: Iterable[Event], way: Direction) -> list[Gap]:
    return [event for event in events if isinstance(event, Gap) and event.direction is way]
