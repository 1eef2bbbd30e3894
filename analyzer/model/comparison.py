"""Two sessions beside each other, one that went well and one that did not: where they part."""

from enum import StrEnum

from msgspec import Struct

from .report import Report
from .rule import Finding
from .session import Session, SessionClose, Step, StepName
from .source import Source
from .xmpp import Stanza

COMPARISON_SCHEMA_VERSION = "1.0"
"""Of the JSON output; the first number changes when a field changes its meaning or goes."""


class Role(StrEnum):
    """Which of the two."""

    GOOD = "good"
    BAD = "bad"


class Choice(StrEnum):
    """Why this session of a recording was taken."""

    ASKED = "asked"
    """The user named it."""
    ONLY = "only"
    """There is no other."""
    HEALTHIEST = "healthiest"
    """It went furthest with the fewest faults, and of those alike it is the longest."""
    VERDICT = "verdict"
    """The verdict on its recordings is about it."""
    WORST = "worst"
    """The verdict is about several; it has the worst fault, and of those alike most to tell."""
    NONE = "none"
    """There is no session."""


class Compared(Struct, frozen=True, kw_only=True, gc=False):
    """
    One of the two.

    Attributes:
        report: What its recordings gave; once redacted, only what is shown of it.
        number: Of the session that is compared; None if there is none.
        choice: Why that one.
        sessions: How many there were to choose from.
    """

    report: Report
    number: int | None
    choice: Choice
    sessions: int

    @property
    def session(self) -> Session | None:
        """The session that is compared."""
        return next((s for s in self.report.sessions if s.number == self.number), None)


class StepPair(Struct, frozen=True, kw_only=True, gc=False):
    """
    A step of the login, in both.

    Attributes:
        name: Which.
        good: In the good session; None if its carrier or profile has no such step.
        bad: In the bad one.
        differs: One did it and the other did not, or it failed in another way.
        slower: Which was slower, so much that it matters; None if neither.
    """

    name: StepName
    good: Step | None
    bad: Step | None
    differs: bool = False
    slower: Role | None = None


class ArrivalKind(StrEnum):
    """What one of the two has at the place where they part."""

    SENT = "sent"
    """The client sent this stanza."""
    GOT = "got"
    """The server sent this stanza."""
    STEP = "step"
    """The step ended, and not by a stanza: an HTTP status, an alert of TLS, a refused port."""
    END = "end"
    """The session ended."""
    NOTHING = "nothing"
    """Nothing came."""
    NO_STEP = "no step"
    """Its carrier has no such step: a plain connection has no TLS."""


class Arrival(Struct, frozen=True, kw_only=True, gc=False):
    """
    What one of the two has at the place where they part.

    Attributes:
        kind: Which.
        stanza: Of what was sent or got; else None.
        asked: What it answers, if it does.
        step: Of a step that ended without a stanza; else None.
        close: Of an end; else None.
        after_ns: How long after what was asked; None if unknown.
        source: Where it stands; None for what did not come.
    """

    kind: ArrivalKind
    stanza: Stanza | None = None
    asked: Stanza | None = None
    step: Step | None = None
    close: SessionClose | None = None
    after_ns: int | None = None
    source: Source | None = None


class Divergence(Struct, frozen=True, kw_only=True, gc=False):
    """
    Where the two part first.

    Attributes:
        step: At which step.
        good: What the good one has there.
        bad: What the bad one has in its place.
        common_good: The last stanza that both have, in the good one; None if there is none.
        common_bad: The same in the bad one.
    """

    step: StepName
    good: Arrival
    bad: Arrival
    common_good: Stanza | None = None
    common_bad: Stanza | None = None

    def of(self, role: Role) -> Arrival:
        """What one of the two has there."""
        return self.good if role is Role.GOOD else self.bad


class Said(Struct, frozen=True, kw_only=True, gc=False):
    """
    A stanza with its answer.

    Attributes:
        stanza: What was sent.
        answer: What came back; None if nothing did, or nothing needs to.
        latency_ns: From one to the other; None if unknown.
    """

    stanza: Stanza
    answer: Stanza | None = None
    latency_ns: int | None = None


class ChangeKind(StrEnum):
    """How a stanza differs."""

    MISSING = "missing"
    """Only the good one has it."""
    EXTRA = "extra"
    """Only the bad one has it."""
    ANSWER = "answer"
    """Both have it, with another answer."""
    MOVED = "moved"
    """Both have it, at another place in the order."""


class Change(Struct, frozen=True, kw_only=True, gc=False):
    """
    A stanza in which the two differ, by its meaning.

    Attributes:
        kind: How.
        step: The step it belongs to.
        good: In the good one; None if it is not there.
        bad: In the bad one.
        count: How many alike; the first is told.
        matters: It belongs to the login, or tells a fault.
        follows: It only says that the other session had ended, or waited, before.
    """

    kind: ChangeKind
    step: StepName
    good: Said | None = None
    bad: Said | None = None
    count: int = 1
    matters: bool = True
    follows: bool = False


class CountKind(StrEnum):
    """What is counted and not listed."""

    STANZAS = "stanzas"
    PINGS = "pings"
    UNANSWERED = "unanswered pings"
    EVENTS = "events"
    """Of one node."""
    REST = "rest calls"


class Count(Struct, frozen=True, kw_only=True, gc=False):
    """How often something happened in each; `name` is the node of events, else empty."""

    kind: CountKind
    name: str = ""
    good: int
    bad: int


class LatencyKind(StrEnum):
    """What took time."""

    LOGIN = "login"
    """From its first sign to the answer of its last step before it is live."""
    STEP = "step"
    REQUEST = "request"
    """An iq, until its answer."""
    PING = "ping"
    """The median of its round trips."""
    SLOWEST_PING = "slowest ping"
    EVENT = "event"
    """The median from a REST call to the event that tells its result."""


class Latency(Struct, frozen=True, kw_only=True, gc=False):
    """
    How long something took in each.

    Attributes:
        kind: What.
        step: Of a step or of a request: which it belongs to; else None.
        stanza: The request, as the good one sent it; else None.
        good_ns: In the good one.
        bad_ns: In the bad one.
        slower: Which was slower, so much that it matters; None if neither.
    """

    kind: LatencyKind
    step: StepName | None = None
    stanza: Stanza | None = None
    good_ns: int
    bad_ns: int
    slower: Role | None = None


class FactKind(StrEnum):
    """What stands around a session and may be why it goes another way."""

    CARRIER = "carrier"
    HOST = "host"
    PORT = "port"
    PATH = "path"
    ENCRYPTED = "encrypted"
    ADDRESS = "address"
    RESOLVED = "resolved"
    HTTP_VERSION = "http version"
    SUBPROTOCOL = "subprotocol"
    EXTENSIONS = "extensions"
    HEADER = "header"
    """A field of the response to the upgrade that servers and proxies add."""
    USER_AGENT = "user agent"
    ORIGIN = "origin"
    TLS_VERSION = "tls version"
    CIPHER = "cipher"
    SERVER_NAME = "server name"
    ALPN = "alpn"
    CERTIFICATE = "certificate"
    ISSUER = "issuer"
    BOSH = "bosh"
    DOMAIN = "domain"
    MECHANISMS = "mechanisms"
    MECHANISM = "mechanism"
    FEATURES = "features"
    CAPS = "caps"
    RESOURCE = "resource"
    SYSTEM_STATUS = "system status"
    NODES = "nodes"
    DEPLOYMENT = "deployment"
    AUTHENTICATION = "authentication"
    XMPP_DOMAIN = "xmpp domain"
    PUBSUB_DOMAIN = "pubsub domain"
    AGENT = "agent"
    CLIENT = "client"
    END = "end"
    RECORDED = "recorded"


class Fact(Struct, frozen=True, kw_only=True, gc=False):
    """
    A fact that is not the same in both.

    Attributes:
        kind: Which.
        name: Of a header field; empty otherwise.
        good: In the good one; None: not there.
        bad: In the bad one; None: not there.
        matters: It may be why they go different ways; False for who, when and by what recorded.
    """

    kind: FactKind
    name: str = ""
    good: str | None
    bad: str | None
    matters: bool = True


class NoteKind(StrEnum):
    """What limits a comparison."""

    NO_SESSION = "no session"
    HIDDEN = "hidden"
    """What it says cannot be read: TLS without keys, or a HAR without messages."""
    NOT_KEPT = "not kept"
    """One of so many sessions that not all its stanzas were kept."""
    STARTED_LATE = "started late"
    """The recording began behind its beginning."""
    CUT = "cut"
    """So many stanzas that only the first were compared."""
    NOT_GOOD = "not good"
    """The session taken as the good one has failures of its own."""
    NOT_BAD = "not bad"
    """The session taken as the bad one has none."""
    OTHER_SIDE = "other side"
    """One is a HAR and the other a capture: what only one of them can show is not compared."""


class Note(Struct, frozen=True, gc=False):
    """What limits a comparison; `role` is the one it is about, None if both."""

    kind: NoteKind
    role: Role | None = None


class Result(StrEnum):
    """A comparison in one word."""

    PARTED = "parted"
    """They go different ways."""
    SLOWER = "slower"
    """They go the same way, one of them much slower."""
    SURROUNDINGS = "surroundings"
    """They go the same way; what stands around them, or what rules find, differs."""
    SAME = "same"
    """No difference that matters."""
    UNTOLD = "untold"
    """Too little of one can be seen."""


class Comparison(Struct, frozen=True, kw_only=True, gc=False):
    """
    Two sessions beside each other.

    Attributes:
        good: The one that went well.
        bad: The one that did not.
        result: In one word.
        divergence: Where they part first; None if they do not.
        steps: Of the login, in order.
        changes: Stanzas in which they differ, in the order of the good one; the first few.
        more_changes: How many more there are.
        counts: What is counted and not listed.
        latencies: What took much longer in one of them, and the usual measures.
        facts: What differs around them.
        only_good: Findings that only the good one has, by their rules.
        only_bad: Findings that only the bad one has.
        notes: What limits the comparison.
    """

    good: Compared
    bad: Compared
    result: Result
    divergence: Divergence | None = None
    steps: tuple[StepPair, ...] = ()
    changes: tuple[Change, ...] = ()
    more_changes: int = 0
    counts: tuple[Count, ...] = ()
    latencies: tuple[Latency, ...] = ()
    facts: tuple[Fact, ...] = ()
    only_good: tuple[Finding, ...] = ()
    only_bad: tuple[Finding, ...] = ()
    notes: tuple[Note, ...] = ()

    def of(self, role: Role) -> Compared:
        """One of the two."""
        return self.good if role is Role.GOOD else self.bad

    def found(self, role: Role) -> tuple[Finding, ...]:
        """Findings that only one of the two has."""
        return self.only_good if role is Role.GOOD else self.only_bad
