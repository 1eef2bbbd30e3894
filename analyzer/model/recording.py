"""What is known of an input as a whole: its format, its producer, its defects."""

from enum import StrEnum

from msgspec import Struct

from .anomaly import Anomaly
from .history import Polling
from .network import RealTimeUse, Resolution
from .profile import Profile
from .source import HarSource, Source


class Kind(StrEnum):
    """From which end the conversation was recorded."""

    PACKETS = "packets"
    HAR = "har"
    LADDER = "ladder"


class InputKind(StrEnum):
    """What a file seems to be by its first octets."""

    HAR = "har"
    """A HAR, or a ladder."""
    PACKETS = "packets"
    KEYS = "keys"
    ARCHIVE = "archive"
    PACKED = "packed"
    """One compressed file."""
    OTHER = "other"
    """It takes more than the first octets to tell."""


class TimeBase(StrEnum):
    """What the message times of a HAR count."""

    SECONDS = "seconds since 1970"
    MILLISECONDS = "milliseconds since 1970"
    MONOTONIC = "seconds since start"
    NONE = "none"


class Secret(StrEnum):
    """Kinds of secrets an input can hold."""

    SASL_PASSWORD = "sasl password"  # noqa: S105 - the name of a kind, not a password
    SASL_EXCHANGE = "sasl exchange"
    AUTHORIZATION = "authorization header"
    COOKIE = "cookie"
    TOKEN = "token"  # noqa: S105 - the name of a kind, not a password
    TLS_KEYS = "tls keys"


class SocketFacts(Struct, frozen=True, kw_only=True, gc=False):
    """
    A WebSocket entry of a HAR, whether or not its messages are there.

    Attributes:
        entry: Index in `log.entries`.
        url: As written.
        status: HTTP status; 0 where the producer writes none.
        messages: Messages in the file; None where the producer wrote no list.
        source: The entry.
    """

    entry: int
    url: str
    status: int
    messages: int | None
    source: Source


class HarFacts(Struct, frozen=True, kw_only=True, gc=False):
    """
    A HAR as a whole.

    Attributes:
        producer: "WebInspector 537.36", "Firefox 153.7.0", …; empty if not written.
        browser: From the User-Agent of the first request that has one; empty if none has.
        sanitized: Credentials were taken out by the producer; None if that cannot be told.
        records_messages: Whether this producer ever writes WebSocket messages.
        records_close_code: Whether it writes close codes.
        entries: Entries decoded.
        skipped: Entries that could not be decoded.
        sockets: Its WebSocket entries.
        bosh_entries: Entries that look like BOSH requests (by URL or body).
        bosh_without_body: How many of those lack the response's body.
        time_base: Of the message times.
        first_ns: Earliest sane `startedDateTime`; None if there is none.
        last_ns: Latest end of an entry.
        tls_errors: Failed TLS handshakes (HTTP Toolkit).
        unreached: Host of which the desktop was asked for in vain, no host having answered for it;
            empty if one did, or none was asked.
        unreached_requests: How many such requests ran into a time-out.
        barred_by: Why the browser kept answers of a node from the page: "CORS" or
            "frame-ancestors"; empty if it kept none.
        barred: What was asked for first, without query.
        barred_origin: Origin of the page that asked; empty if that is not known.
        barred_requests: How many such requests.
        barred_source: The first of them.
    """

    producer: str = ""
    browser: str = ""
    sanitized: bool | None = None
    records_messages: bool = True
    records_close_code: bool = False
    entries: int = 0
    skipped: int = 0
    sockets: tuple[SocketFacts, ...] = ()
    bosh_entries: int = 0
    bosh_without_body: int = 0
    time_base: TimeBase = TimeBase.NONE
    first_ns: int | None = None
    last_ns: int | None = None
    tls_errors: int = 0
    unreached: str = ""
    unreached_requests: int = 0
    barred_by: str = ""
    barred: str = ""
    barred_origin: str = ""
    barred_requests: int = 0
    barred_source: HarSource | None = None


class CaptureFile(Struct, frozen=True, kw_only=True, gc=False):
    """
    A file of a rotated capture set.

    Attributes:
        name: Its name.
        sha256: As in `Recording`.
        octets: As in `Recording`.
        format: As in `Recording`.
        first: Number of its first packet among those of the set.
        packets: Packets in it.
    """

    name: str
    sha256: str
    octets: int
    format: str
    first: int
    packets: int


class PacketFacts(Struct, frozen=True, kw_only=True, gc=False):
    """
    A packet capture as a whole.

    Attributes:
        packets: Packets in the file.
        cut: Packets captured shorter than they were (snap length).
        snaplen: Smallest snap length of the interfaces that cut a packet; None if none did.
        dropped: Packets the capturing system says it dropped; None if it says nothing.
        link_types: Packets by link type, e.g. {"Ethernet": 120, "IEEE 802.11 (105)": 3}.
        undecoded: Packets not decoded to TCP by reason, e.g. {"link type 105": 3, "UDP": 17}.
        connections: TCP connections seen.
        followed: Connections whose octets were looked at.
        tls_connections: Followed connections that speak TLS.
        protocols: Followed connections by what they turned out to speak besides HTTP: "websocket",
            "tls", "h2", "xmpp" (over TCP), "bosh" (XMPP in HTTP requests); one may count twice.
        one_way: Connections with payload of which only one direction was captured.
        tls_opened: How many of those were decrypted, at least in part.
        tls_locked: TLS connections of which nothing could be read, by the reason why: those of
            `Locked`, and "handshake failed".
        unread: Sessions that are encrypted from the beginning.
        duplicates: Packets that a SPAN port delivered twice.
        steps_back: Packets that are a second or more older than the one before them in the file.
        fragments: IP fragments put together.
        resolutions: DNS questions and answers, the first 1,000.
        key_blocks: Decryption Secrets Blocks (pcapng).
        first_ns: Time of the first packet.
        last_ns: Time of the last packet.
        comments: Comments of sections, interfaces and packets, in order.
        files: Of a rotated set, the files it is in, in the order of their packets; packets are
            numbered on from file to file.
    """

    packets: int = 0
    cut: int = 0
    snaplen: int | None = None
    dropped: int | None = None
    link_types: dict[str, int] = {}
    undecoded: dict[str, int] = {}
    connections: int = 0
    followed: int = 0
    tls_connections: int = 0
    protocols: dict[str, int] = {}
    one_way: int = 0
    tls_opened: int = 0
    tls_locked: dict[str, int] = {}
    unread: int = 0
    duplicates: int = 0
    steps_back: int = 0
    fragments: int = 0
    resolutions: tuple[Resolution, ...] = ()
    key_blocks: int = 0
    first_ns: int | None = None
    last_ns: int | None = None
    comments: tuple[str, ...] = ()
    files: tuple[CaptureFile, ...] = ()


class Recording(Struct, frozen=True, kw_only=True, gc=False):
    """
    One input.

    Attributes:
        capture: Its index, 0-based.
        name: As the user named it (base name only); of a file in a folder or an archive, with its
            path below that; of a rotated set, its first file.
        sha256: Of the file as given, hexadecimal; of one of several members of an archive, its own;
            of a rotated set, of its files' digests in hexadecimal, a line each.
        octets: Length of the file (or member, or files) as given.
        format: "HAR", "pcap", "pcapng", "snoop", "ERF", with what wrapped it: "pcapng (gzip)".
        kind: From which end it was recorded.
        profile: What is expected of it; None: nothing.
        har: Facts, for a HAR.
        packets: Facts, for a capture.
        sessions: Numbers of the sessions found in it.
        realtime: Real-time transports that its traffic shows, in the order they began.
        polls: Clients that asked a node for SystemInfo again and again.
        secrets: What secrets it holds, with how many of each.
        anomalies: Those of the file itself.
    """

    capture: int
    name: str
    sha256: str
    octets: int
    format: str
    kind: Kind
    profile: Profile | None = None
    har: HarFacts | None = None
    packets: PacketFacts | None = None
    sessions: tuple[int, ...] = ()
    realtime: tuple[RealTimeUse, ...] = ()
    polls: tuple[Polling, ...] = ()
    secrets: dict[Secret, int] = {}
    anomalies: tuple[Anomaly, ...] = ()
