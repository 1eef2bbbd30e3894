"""What times tell of a session: round trips, pauses, how long a REST call took to show."""

from enum import StrEnum

from msgspec import Struct

from .source import Side, Source


class PauseKind(StrEnum):
    """Why a client that speaks at a steady pace fell silent."""

    THROTTLED = "throttled"
    """Its timers ran once a minute: a hidden tab. The server's octets were still taken."""
    ASLEEP = "asleep"
    """Nothing at all left the PC, not even TCP acknowledgements, and then it went on."""
    BUSY = "busy"
    """Longer than usual, shorter than either."""
    OFFLINE = "offline"
    """What it sent got no answer and was sent again: the way was broken meanwhile."""
    UNKNOWN = "unknown"


class Pause(Struct, frozen=True, kw_only=True, gc=False):
    """
    A stretch in which the client said nothing though it should have pinged.

    Attributes:
        kind: Which.
        begin_ns: Its last word before.
        end_ns: Its first word after it, or the end of the session.
        resumed: It spoke again.
        before: Place of the last word before.
        after: Place of the first word after, or of the end; None if nothing shows it.
        heard: Stanzas (or records) of the server meanwhile.
    """

    kind: PauseKind
    begin_ns: int
    end_ns: int
    resumed: bool
    before: Source
    after: Source | None = None
    heard: int = 0


class RestTrip(Struct, frozen=True, kw_only=True, gc=False):
    """
    A REST call that Finesse accepted, and the event that tells its result.

    Attributes:
        request_id: What both name.
        method: Of the call.
        path: Of the call, without query.
        asked_ns: When the call was made; None if unknown.
        accepted_ns: When 202 came; None if unknown.
        event_ns: When the event came; None if none did.
        source: The call.
        event: The event.
    """

    request_id: str
    method: str
    path: str
    asked_ns: int | None
    accepted_ns: int | None
    event_ns: int | None = None
    source: Source
    event: Source | None = None

    @property
    def trip_ns(self) -> int | None:
        """From the call to the event; a HAR's rounded times may put them the other way round."""
        if self.asked_ns is None or self.event_ns is None:
            return None
        return max(self.event_ns - self.asked_ns, 0)


class SlowIq(Struct, frozen=True, kw_only=True, gc=False):
    """
    An iq request whose answer took long.

    Attributes:
        by: Who asked.
        type: get or set.
        what: Name of what it asked for.
        latency_ns: Until the answer.
        source: The request.
    """

    by: Side
    type: str
    what: str
    latency_ns: int
    source: Source


class Timing(Struct, frozen=True, kw_only=True, gc=False):
    """
    How fast a session was, in a few numbers; None where nothing was measured.

    Attributes:
        pings: Pings of the client (XEP-0199).
        answered: Those of them that were answered.
        trip_median_ns: Of the round trips of those: half were faster.
        trip_95_ns: 95 of 100 were as fast.
        trip_longest_ns: The slowest.
        cadence_ns: The usual pause between two pings.
        client_silence_ns: Longest time without a stanza of the client, from its first to the end.
        server_silence_ns: Longest time without a stanza of the server.
        slowest: Requests that were answered last of all, the slowest first.
        calls: REST calls that Finesse accepted and whose event should tell the result.
        events: Those of them whose event came.
        event_median_ns: From the call to its event.
        event_longest_ns: The slowest.
    """

    pings: int = 0
    answered: int = 0
    trip_median_ns: int | None = None
    trip_95_ns: int | None = None
    trip_longest_ns: int | None = None
    cadence_ns: int | None = None
    client_silence_ns: int | None = None
    server_silence_ns: int | None = None
    slowest: tuple[SlowIq, ...] = ()
    calls: int = 0
    events: int = 0
    event_median_ns: int | None = None
    event_longest_ns: int | None = None
