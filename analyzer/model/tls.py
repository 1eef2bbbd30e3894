"""What TLS shows of itself, with keys or without (RFC 5246, RFC 8446)."""

from enum import StrEnum

from msgspec import Struct

from .source import Direction, Side, Source


class TlsSecret(Struct, frozen=True, gc=False):
    """
    One line of a key log (RFC 9850).

    Attributes:
        label: `CLIENT_RANDOM`, `CLIENT_TRAFFIC_SECRET_0`, `RSA`, …
        context: What it is looked up by: the client random; for `RSA` the first eight octets of
            the encrypted premaster secret; for `RSA Session-ID:` and the like the session id.
        secret: The secret itself.
    """

    label: str
    context: bytes
    secret: bytes


class Certificate(Struct, frozen=True, kw_only=True, gc=False):
    """
    A certificate of a chain (RFC 5280).

    Attributes:
        subject: Common name, else the whole subject (RFC 4514).
        issuer: Likewise.
        names: DNS names and IP addresses of the subjectAltName.
        not_before_ns: Nanoseconds since 1970 UTC.
        not_after_ns: Nanoseconds since 1970 UTC.
        sha256: Of its DER form, hexadecimal.
        self_signed: Subject and issuer are the same.
    """

    subject: str
    issuer: str
    names: tuple[str, ...] = ()
    not_before_ns: int
    not_after_ns: int
    sha256: str
    self_signed: bool = False


class TlsAlert(Struct, frozen=True, kw_only=True, gc=False):
    """
    An alert (RFC 8446 section 6).

    Attributes:
        direction: Which way it went.
        fatal: Its level, or that its description is an error in TLS 1.3; None if encrypted.
        description: "close_notify", "unknown_ca", "40"; None if encrypted.
        source: Its record.
    """

    direction: Direction
    fatal: bool | None
    description: str | None
    source: Source


class Locked(StrEnum):
    """Why records could not be opened."""

    NO_KEYS = "no keys"
    """No key log has this connection's client random, no private key fits."""
    NO_HANDSHAKE = "no handshake"
    """The handshake, or part of it, is not in the capture: what the keys open is not known."""
    CIPHER = "cipher"
    """The library does not carry the cipher."""
    WRONG_KEYS = "wrong keys"
    """The keys given do not open a single record."""


HANDSHAKE_FAILED = "handshake failed"
"""In place of a reason: there was nothing to open."""


class RecordFacts(Struct, frozen=True, kw_only=True, gc=False):
    """
    Records of one direction.

    Attributes:
        records: All of them.
        application: Those of application data (in TLS 1.3 as far as that can be told).
        application_octets: Octets of their protected payload.
        opened: Records decrypted.
        plaintext_octets: Application octets that came out.
        times_ns: When application data came, the first 10,000, nanoseconds since 1970 UTC.
        lengths: Octets of each of those.
        packets: Number of the packet that brought the last of each.
        last_ns: When the last application data came; None if none did.
        last_octets: Octets of it.
        last_source: Its place.
        previous_ns: When the one before it came; None if there was none.
    """

    records: int = 0
    application: int = 0
    application_octets: int = 0
    opened: int = 0
    plaintext_octets: int = 0
    times_ns: tuple[int, ...] = ()
    lengths: tuple[int, ...] = ()
    packets: tuple[int, ...] = ()
    last_ns: int | None = None
    last_octets: int = 0
    last_source: Source | None = None
    previous_ns: int | None = None


class TlsFacts(Struct, frozen=True, kw_only=True, gc=False):
    """
    TLS of one connection, told once when it ends.

    Attributes:
        version: "TLS 1.2", "SSL 3.0"; None if no ServerHello was seen.
        offered_versions: Of the ClientHello, best first.
        cipher_suite: IANA name without prefix changes: "TLS_AES_128_GCM_SHA256".
        offered_suites: How many the client offered; 0 if no ClientHello was seen.
        server_name: SNI.
        alpn_offered: Protocols the client offered, in order.
        alpn: What the server chose; None if it did not, or that is encrypted and locked.
        certificates: Server's chain, leaf first; readable up to TLS 1.2, or with keys.
        client_certificate: The server asked for one (None: cannot be told).
        resumed: By id, ticket or PSK; None if it cannot be told.
        completed: Both sides finished the handshake; None if it cannot be told.
        early_data: Octets of 0-RTT were sent.
        alerts: In order.
        locked: Why nothing, or not all, was opened; None where all was.
        to_server: Records of the client.
        to_client: Records of the server.
        client_hello: Its place; None if not seen.
        server_hello: Its place; None if not seen.
        finished: The first record behind the handshake, of the side that finished last; None if
            the handshake did not complete.
        client_random: Of the ClientHello, hexadecimal; None if none was seen.
    """

    version: str | None = None
    offered_versions: tuple[str, ...] = ()
    cipher_suite: str | None = None
    offered_suites: int = 0
    server_name: str | None = None
    alpn_offered: tuple[str, ...] = ()
    alpn: str | None = None
    certificates: tuple[Certificate, ...] = ()
    client_certificate: bool | None = None
    resumed: bool | None = None
    completed: bool | None = None
    early_data: bool = False
    alerts: tuple[TlsAlert, ...] = ()
    locked: Locked | None = None
    to_server: RecordFacts = RecordFacts()
    to_client: RecordFacts = RecordFacts()
    client_hello: Source | None = None
    server_hello: Source | None = None
    finished: Source | None = None
    client_random: str | None = None


class Sign(StrEnum):
    """Why a connection that cannot be read is taken for the desktop's real-time connection."""

    XMPP = "offers xmpp-client"
    """Its ALPN names XMPP (XEP-0368)."""
    HTTP_1 = "offers only http/1.1"
    """As browsers do for a WebSocket; for pages and calls they offer h2, too."""
    PINGS = "ping cadence"
    """Small records to and fro at the interval of the profile's pings."""
    UNASKED = "server speaks unasked"
    """HTTP only answers."""
    LONG = "long life with traffic"
    """Longer than calls need it, and never idle."""
    PORT = "port"
    """It tried a port of the service, and came to nothing."""


class Cadence(Struct, frozen=True, kw_only=True, gc=False):
    """
    What times and lengths of records tell of a connection that cannot be read.

    Attributes:
        signs: Why it is taken for a desktop's, the surest first.
        pings: Small records of the client, each answered by a small one, at the interval of the
            profile's pings.
        ping_octets: Length of those of the client.
        ping_interval_ns: The usual pause between two of them; None without pings.
        ping_longest_ns: The longest, that from the last one to the end included.
        unasked: Records of the server that came unasked, behind a pause.
        messages: Records of the client too small for an HTTP request of a browser.
        silence_ns: Longest time without application data of either side before the last of it.
        last_ns: Last application data of either side, without what closes TLS.
        last_by: Whose it was.
        last_client_ns: Last application data of the client, without what closes TLS.
        closed_by: Who first closed TLS (close_notify) as far as can be told; None if nobody did.
        closed_source: The record that does it.
    """

    signs: tuple[Sign, ...] = ()
    pings: int = 0
    ping_octets: int = 0
    ping_interval_ns: int | None = None
    ping_longest_ns: int | None = None
    unasked: int = 0
    messages: int = 0
    silence_ns: int = 0
    last_ns: int | None = None
    last_by: Side | None = None
    last_client_ns: int | None = None
    closed_by: Side | None = None
    closed_source: Source | None = None

    @property
    def is_live(self) -> bool:
        """Whether something like a stream of stanzas went, not calls alone."""
        return bool(self.pings or self.unasked or self.messages >= 4)
