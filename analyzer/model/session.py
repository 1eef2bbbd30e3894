"""A session: one login of one client, as a table of steps and the facts that rules read."""

from enum import StrEnum

from msgspec import Struct

from .anomaly import Anomaly
from .bosh import BoshFacts
from .finesse import SystemInfo
from .flow import Connection, EndCause, Gap
from .history import History, Moment
from .http import Exchange
from .joined import Disagreed, Part
from .network import Attempt, Resolution, Unreachable
from .profile import Profile
from .pubsub import Delivery, Subscription
from .source import Direction, Side, Source
from .stream import Keepalive
from .timing import Pause, RestTrip, Timing
from .tls import Cadence, TlsFacts
from .websocket import Frame, FrameFacts, SocketEnd, Upgrade
from .xmpp import Stanza


class Carrier(StrEnum):
    """What carries the XMPP stream."""

    WEBSOCKET = "websocket"
    BOSH = "bosh"
    TCP = "tcp"
    UNKNOWN = "unknown"
    """Hidden by TLS: it looks like the desktop, and what it carries cannot be read."""


class SeenIn(StrEnum):
    """What recorded the session."""

    PACKETS = "packets"
    HAR = "har"
    BOTH = "both"


class Needs(StrEnum):
    """What a rule must be able to see."""

    MESSAGES = "messages"
    """XMPP stanzas."""
    FRAMES = "frames"
    """WebSocket frames with control frames, masks and bits: packets only."""
    PACKETS = "packets"
    """TCP connections."""
    HTTP = "http"
    """The upgrade with its headers."""
    TIMES = "times"
    """Wall-clock times of the messages."""
    START = "start"
    """The beginning of the session."""
    HAR = "har"
    WEBSOCKET = "websocket"
    """XMPP carried by WebSocket: what RFC 7395 says."""
    BOSH = "bosh"
    """XMPP carried by BOSH: what XEP-0124 and XEP-0206 say."""
    TCP = "tcp"
    """XMPP on TCP: what RFC 6120 says of streams and STARTTLS."""
    TLS = "tls"
    """The records of TLS: packets only."""
    END = "end"
    """How it ended, and how long nobody had spoken: messages, or encrypted records."""


class StepName(StrEnum):
    """The login, in order."""

    CONNECT = "connect"
    TLS = "tls"
    UPGRADE = "upgrade"
    OPEN = "open"
    AUTH = "auth"
    BIND = "bind"
    SESSION = "session"
    PRESENCE = "presence"
    PUBSUB = "pubsub"
    LIVE = "live"


class StepStatus(StrEnum):
    """How a step went."""

    DONE = "done"
    LATE = "late"
    FAILED = "failed"
    MISSING = "missing"
    """Not done though the session came far enough, and the capture would show it."""
    NOT_CAPTURED = "not captured"
    """The capture cannot tell."""


class Step(Struct, frozen=True, kw_only=True, gc=False):
    """
    One expected exchange of the login.

    Attributes:
        name: Which.
        status: How it went.
        asked: What began it.
        answered: What ended it.
        latency_ns: From asked to answered; None if either is unknown.
        detail: A protocol word that says more (condition, status code, resource), or None.
    """

    name: StepName
    status: StepStatus
    asked: Source | None = None
    answered: Source | None = None
    latency_ns: int | None = None
    detail: str | None = None


class Iq(Struct, frozen=True, kw_only=True, gc=False):
    """
    An iq request with its answer.

    Attributes:
        request: get or set.
        answer: result or error; None if none came.
        latency_ns: From one to the other; None without answer or times.
    """

    request: Stanza
    answer: Stanza | None
    latency_ns: int | None


PASSED = frozenset({StepStatus.DONE, StepStatus.LATE, StepStatus.NOT_CAPTURED})
"""Of a step that stopped nobody, as far as it shows."""

_BEHIND_LOGIN = frozenset({StepName.PUBSUB, StepName.LIVE})
"""Steps that a login is complete without."""


class PingTrip(Struct, frozen=True, kw_only=True, gc=False):
    """
    A ping of XEP-0199 or of RFC 6455.

    Attributes:
        by: Who asked.
        id: Id of the iq; payload of a ping frame in hexadecimal.
        framed: It is a WebSocket ping frame.
        asked_ns: When; None if unknown.
        answered_ns: When the answer came; None if none did.
        refused: The answer was an error (alive all the same).
        source: The ping.
        answer: The answer.
    """

    by: Side
    id: str
    framed: bool = False
    asked_ns: int | None
    answered_ns: int | None
    refused: bool = False
    source: Source
    answer: Source | None = None

    @property
    def trip_ns(self) -> int | None:
        """How long the answer took, by a clock that may be set back: never less than nothing."""
        if self.asked_ns is None or self.answered_ns is None:
            return None
        return max(self.answered_ns - self.asked_ns, 0)


class CloseKind(StrEnum):
    """How a session came to its end, the most telling fact first."""

    STREAM_ERROR = "stream error"
    XMPP_CLOSE = "xmpp close"
    """`<close/>` went from one side at least."""
    WEBSOCKET_CLOSE = "websocket close"
    """A Close frame, or a close code that the HAR holds, without `<close/>`."""
    BOSH_ERROR = "bosh error"
    """A termination with a condition, or an HTTP status that ends a BOSH session."""
    FIN = "fin"
    RST = "rst"
    CLOSED = "closed"
    """A HAR's socket closed; it cannot tell how."""
    OPEN = "open"
    """Still open when the capture or export ended."""
    UNKNOWN = "unknown"


class SessionClose(Struct, frozen=True, kw_only=True, gc=False):
    """
    The end of a session.

    Attributes:
        kind: How.
        by: Who began it; None if that cannot be told.
        orderly: It ended as RFC 7395 section 3.6 wants, or the client said good-bye first
            (presence unavailable or `<close/>`); False for faults, None if it cannot be told.
        condition: Of a stream error, or of a BOSH termination; the status where HTTP refused.
        code: WebSocket close code.
        reason: WebSocket close reason.
        idle_ns: From the last stanza to the end; None if unknown.
        time_ns: When; None if unknown.
        tcp: How the TCP connection ended, where packets show it.
        source: What proves it.
    """

    kind: CloseKind
    by: Side | None = None
    orderly: bool | None = None
    condition: str | None = None
    code: int | None = None
    reason: str | None = None
    idle_ns: int | None = None
    time_ns: int | None = None
    tcp: EndCause | None = None
    source: Source | None = None


class Placement(Struct, frozen=True, kw_only=True, gc=False):
    """
    A stanza that came before the step that must precede it.

    Attributes:
        step: The step the stanza belongs to.
        missing: The step that had not been done by then.
        stanza: The stanza.
    """

    step: StepName
    missing: StepName
    stanza: Stanza


class Session(Struct, frozen=True, kw_only=True, gc=False):
    """
    One login of one client.

    Attributes:
        capture: Index of the input.
        number: 1-based, in the order the sessions began.
        carrier: What carries it.
        seen_in: What recorded it.
        can_see: What the recording can show of it; a rule that needs more is skipped.
        profile: What is expected of it.
        agent: Bare JID of the client; before that is known its authcid; None if neither is.
        jid: Full JID that was bound.
        resource: Resource the client asked for.
        domain: `to` of the client's `<open/>`.
        server: host:port.
        url: Of the upgrade, without query.
        user_agent: Header of the upgrade.
        encrypted: wss or https; None if unknown.
        started_late: The recording began after the session did.
        started_ns: First sign of it, nanoseconds since 1970 UTC.
        ended_ns: Last sign of it, its end included.
        recorded_until_ns: Last sign of anything in the recording.
        connection: The TCP connection, or what a HAR knows of it.
        upgrade: The opening handshake.
        socket_end: What a HAR tells of the end.
        steps: The login.
        misplaced: Stanzas out of order.
        stanzas: In order of time; may be shortened to keep memory bounded.
        negotiation: Those of them that are no iq, message or presence: opens, features, SASL,
            stream errors and closes. Most rules need only these few; gone once rules have looked.
        presences: Those of them that are presence; as short-lived.
        packed: All of them, where `stanzas` holds only the telling ones (`packed.unpack`).
        stanza_count: How many there were.
        iqs: Requests of both sides with their answers.
        unmatched: Answers that fit no request (or a request already answered).
        pings: Of both sides.
        subscriptions: Subscribe and unsubscribe requests.
        deliveries: Items that reached the client.
        peer_presence: First available presence from a peer the profile names.
        peer_gone: First unavailable presence from such a peer after that.
        close: How it ended.
        frames: Frame facts by direction; empty for a HAR.
        control_frames: Ping, pong and close frames, in order.
        keepalives: White space that kept a stream on TCP alive, in order.
        binary_messages: Messages that were not text.
        tls: TLS of its connection, without times and lengths; None without it, and in a HAR.
        cadence: What its encrypted records tell; None where it could be read, or there are none.
        bosh: Its requests, if it is carried by BOSH.
        exchanges: REST calls beside the session.
        system_info: What the last `SystemInfo` among them said.
        resolutions: DNS questions of its client for the names of its server.
        unreachables: ICMP messages about its connection or its attempts.
        attempts: Connections of its client to its server that came to nothing before it began, or
            between this session and the next.
        moments: What its agent's story needs of its stanzas.
        pauses: Stretches in which the client said nothing though it should have pinged.
        rest_trips: REST calls that were accepted, with the events that tell their results.
        timing: How fast it was, in a few numbers; None where none of its stanzas could be read.
        parts: What each recording saw of it, where several recorded it; else empty.
        disagreements: Where those parts contradict each other.
        gaps: Holes in its octets.
        anomalies: Oddities of its connection, all floors.
    """

    capture: int
    number: int
    carrier: Carrier
    seen_in: SeenIn
    can_see: frozenset[Needs]
    profile: Profile
    agent: str | None = None
    jid: str | None = None
    resource: str | None = None
    domain: str | None = None
    server: str
    url: str | None = None
    user_agent: str | None = None
    encrypted: bool | None = None
    started_late: bool = False
    started_ns: int | None = None
    ended_ns: int | None = None
    recorded_until_ns: int | None = None
    connection: Connection | None = None
    upgrade: Upgrade | None = None
    socket_end: SocketEnd | None = None
    steps: tuple[Step, ...] = ()
    misplaced: tuple[Placement, ...] = ()
    stanzas: tuple[Stanza, ...] = ()
    negotiation: tuple[Stanza, ...] = ()
    presences: tuple[Stanza, ...] = ()
    packed: tuple[bytes, ...] = ()
    stanza_count: int = 0
    iqs: tuple[Iq, ...] = ()
    unmatched: tuple[Stanza, ...] = ()
    pings: tuple[PingTrip, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    peer_presence: Stanza | None = None
    peer_gone: Stanza | None = None
    close: SessionClose
    frames: dict[Direction, FrameFacts] = {}
    control_frames: tuple[Frame, ...] = ()
    keepalives: tuple[Keepalive, ...] = ()
    binary_messages: int = 0
    tls: TlsFacts | None = None
    cadence: Cadence | None = None
    bosh: BoshFacts | None = None
    exchanges: tuple[Exchange, ...] = ()
    system_info: SystemInfo | None = None
    resolutions: tuple[Resolution, ...] = ()
    unreachables: tuple[Unreachable, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    moments: tuple[Moment, ...] = ()
    pauses: tuple[Pause, ...] = ()
    rest_trips: tuple[RestTrip, ...] = ()
    timing: Timing | None = None
    parts: tuple[Part, ...] = ()
    disagreements: tuple[Disagreed, ...] = ()
    gaps: tuple[Gap, ...] = ()
    anomalies: tuple[Anomaly, ...] = ()

    def step(self, name: StepName) -> Step | None:
        """The step of that name; None where the carrier or the profile has none."""
        for step in self.steps:  # rules ask this a hundred times: a generator takes thrice as long
            if step.name is name:
                return step
        return None

    def has_all_stanzas(self) -> bool:
        """Whether all of its stanzas were kept."""
        return len(self.stanzas) == self.stanza_count

    def stopped_at(self) -> Step | None:
        """The first step of the login not passed; None if it is complete as far as it shows."""
        steps = (step for step in self.steps if step.name not in _BEHIND_LOGIN)
        return next((step for step in steps if step.status not in PASSED), None)


class Cohort(Struct, frozen=True, kw_only=True, gc=False):
    """
    All sessions of one analysis, for rules that need more than one.

    Attributes:
        sessions: In the order they began.
        histories: Of the agents among them.
    """

    sessions: tuple[Session, ...]
    histories: tuple[History, ...] = ()
