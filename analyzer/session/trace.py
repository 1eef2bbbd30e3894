"""What one connection has delivered so far, kept within bounds."""

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

from msgspec.structs import replace

from ..model.anomaly import Anomaly, AnomalyCode
from ..model.bosh import BoshFacts, Turn
from ..model.events import Event
from ..model.flow import Connection, Gap, GapReason
from ..model.http import Switched
from ..model.limits import (
    ANOMALIES_PER_CODE,
    CONTROL_FRAMES,
    GAPS,
    OPEN_STANZA_OCTETS,
    SESSION_ROWS,
    SESSION_STANZAS,
)
from ..model.source import Direction, HarSource, PacketSource, Source
from ..model.stream import Keepalive
from ..model.tls import TlsFacts
from ..model.websocket import Frame, FrameFacts, Message, SocketEnd, Upgrade
from ..model.xmpp import Event as PubsubEvent
from ..model.xmpp import Ping, Stanza, StanzaKind

_TO_SERVER = Direction.TO_SERVER  # looking an enum's member up costs as much as comparing it
_MESSAGE = StanzaKind.MESSAGE
_IQ = StanzaKind.IQ

MASKING_KEYS = 64
"""Masked frames of one direction whose keys are compared."""


class Room:
    """
    Room for the text of stanzas, shared by all connections that have not ended.

    Attributes:
        left: Octets that may still be kept; below 0 where text that must be kept took more.
    """

    def __init__(self, octets: int = OPEN_STANZA_OCTETS) -> None:
        self.left = octets


class FrameCount:
    """Frames of one direction, counted as they come."""

    def __init__(self) -> None:
        self.frames = self.data = self.masked = self.longest = 0
        self.keys: set[bytes] = set()

    def take(self, frame: Frame) -> None:
        """Count a frame."""
        self.frames += 1
        if frame.opcode < 8:
            self.data += 1
        self.longest = max(self.longest, frame.length)
        if frame.masking_key is not None:
            self.masked += 1
            if self.masked <= MASKING_KEYS:
                self.keys.add(frame.masking_key)

    def facts(self) -> FrameFacts:
        """What has been counted."""
        return FrameFacts(
            frames=self.frames,
            data=self.data,
            masked=self.masked,
            masking_keys=len(self.keys),
            keyed=min(self.masked, MASKING_KEYS),
            longest=self.longest,
        )


class Trace:
    """
    One connection, as its events come in.

    Attributes:
        stanzas: In the order they came, both directions.
        stanza_count: How many there were, those not kept included.
        upgrade: The opening handshake; of several the one that was accepted, else the last.
        protocols: What the connection was seen to speak.
        control_frames: Ping, pong and Close frames.
        keepalives: White space that kept a stream on TCP alive.
        gaps: Holes in its octets.
        handshake_cut: Octets of the opening handshake are missing, or of a call before it.
        socket_end: What a HAR tells of the end.
        tls: What TLS shows of itself; None without TLS.
        bosh: What carried it; None unless it was BOSH.
        user_agent: Of the requests of BOSH.
        connection: Its last event; None until it has ended.
        message_count: Messages, whatever they held.
        binary_messages: Messages that were not text.
        first_ns: Earliest time of anything seen; None if nothing had one.
        last_ns: Latest time of anything seen; 0 if nothing had one.
    """

    def __init__(self, room: Room) -> None:
        self._room = room
        self._octets = 0
        self._to_server = FrameCount()
        self._to_client = FrameCount()
        self._anomalies: dict[AnomalyCode, list[Anomaly]] = {}
        self._anomaly_count: dict[AnomalyCode, int] = {}
        self._limits: dict[str, int] = {}
        self._told: dict[Direction, FrameFacts] = {}
        self.stanzas: list[Stanza] = []
        self.stanza_count = 0
        self.upgrade: Upgrade | None = None
        self.protocols: set[str] = set()
        self.control_frames: list[Frame] = []
        self.keepalives: list[Keepalive] = []
        self.gaps: list[Gap] = []
        self.handshake_cut = False
        self.socket_end: SocketEnd | None = None
        self.tls: TlsFacts | None = None
        self.bosh: BoshFacts | None = None
        self.user_agent: str | None = None
        self.connection: Connection | None = None
        self.message_count = 0
        self.binary_messages = 0
        self.first_ns: int | None = None
        self.last_ns = 0

    def feed(self, events: list[Event]) -> None:
        """Take in events, in the order the decoders made them."""
        for event in events:
            # A miss of isinstance takes four times as long as a look at the type of a Struct.
            if type(event) is Frame:
                self._take_frame(event)
            elif type(event) is Message:
                self.message_count += 1
            elif type(event) is Stanza:
                self._take_stanza(event)
            elif isinstance(event, Keepalive):
                self._take_keepalive(event)
            elif isinstance(event, Anomaly):
                self._take_anomaly(event)
            elif isinstance(event, Upgrade):
                self._take_upgrade(event)
            elif isinstance(event, Gap):
                self._take_gap(event)
            elif isinstance(event, SocketEnd):
                self.socket_end = event
                self._saw(event.time_ns)
            elif isinstance(event, TlsFacts):
                self.tls = event
            elif isinstance(event, Connection):
                self.connection = event
                self._saw(event.opened_ns)
                self._saw(event.closed_ns)
            elif isinstance(event, Switched):
                self.protocols.add(event.protocol)
            # Chunks and ends are food for decoders: what they mean comes by itself.

    def take_turn(self, turn: Turn) -> None:
        """Take in a turn of BOSH; a response that the recording lacks is a hole."""
        self.user_agent = self.user_agent or turn.user_agent
        for anomaly in turn.anomalies:
            self._take_anomaly(anomaly)
        for place in (turn.asked, turn.answered):
            self._saw(place.time_ns if place is not None else None)
        for body in (turn.request, turn.response):
            for stanza in body.stanzas if body is not None else ():
                self._take_stanza(stanza)
        if turn.body_missing:
            offset, reason = len(self.gaps), GapReason.NOT_EXPORTED
            self._take_gap(Gap(Direction.TO_CLIENT, offset, None, reason, turn.answered))

    def absorb(self, other: "Trace") -> None:
        """Take over what another has kept, which proves to be part of the same session."""
        self.stanzas += other.stanzas
        self.stanza_count += other.stanza_count
        self._octets += other._octets  # noqa: SLF001 - one of us
        other._octets = 0  # noqa: SLF001
        for gap in other.gaps:
            self._take_gap(gap)
        for anomaly in other.anomalies():
            self._take_anomaly(anomaly)
        for time_ns in (other.first_ns, other.last_ns or None):
            self._saw(time_ns)
        self.user_agent = self.user_agent or other.user_agent
        self.tls = self.tls or other.tls

    def recall(self, frames: dict[Direction, FrameFacts], anomalies: Iterable[Anomaly]) -> None:
        """Take over what was counted, and found odd, before."""
        self._told = frames
        for anomaly in anomalies:
            self._take_anomaly(anomaly)

    def _saw(self, time_ns: int | None) -> None:
        if time_ns is None:
            return
        if self.first_ns is None or time_ns < self.first_ns:
            self.first_ns = time_ns
        self.last_ns = max(self.last_ns, time_ns)

    def _take_upgrade(self, upgrade: Upgrade) -> None:
        # A connection may try again behind a refusal.
        if self.upgrade is None or not self.upgrade.accepted:
            self.upgrade = upgrade
            self.gaps = [gap for gap in self.gaps if not self._is_before(gap)]
            self.handshake_cut = bool(self.gaps)
        self._saw(upgrade.time_ns)

    def _is_before(self, gap: Gap) -> bool:
        """What came before the answer to the upgrade is none of the session."""
        if gap.reason is not GapReason.LATE_START or self.upgrade is None:
            return False
        return self.upgrade.exchange.response is not None

    def _take_gap(self, gap: Gap) -> None:
        if self._is_before(gap):
            return
        if len(self.gaps) < GAPS:
            self.gaps.append(gap)
        else:
            self._limits["GAPS"] = GAPS

    def _take_stanza(self, stanza: Stanza) -> None:
        self.stanza_count += 1
        self._saw(stanza.source.time_ns)
        kept = _weight(stanza)
        if self._room.left < kept or self.stanza_count > SESSION_STANZAS:
            shortened = self._shortened(stanza)
            if shortened is None:
                return
            stanza = shortened
            kept = _weight(stanza)
        self._octets += kept
        self._room.left -= kept
        self.stanzas.append(stanza)

    def _shortened(self, stanza: Stanza) -> Stanza | None:
        """A stanza for which there is no room: without its text, or not at all."""
        if self.stanza_count > SESSION_ROWS:
            self._limits["SESSION_ROWS"] = SESSION_ROWS
            return None
        if not _is_routine(stanza):
            return stanza
        if self.stanza_count > SESSION_STANZAS:
            self._limits["SESSION_STANZAS"] = SESSION_STANZAS
        else:
            self._limits["OPEN_STANZA_OCTETS"] = OPEN_STANZA_OCTETS
        payload = stanza.payload
        if isinstance(payload, PubsubEvent):
            payload = replace(payload, items=payload.items[:1])
        return replace(stanza, octets=b"", payload=payload)

    def _take_frame(self, frame: Frame) -> None:
        count = self._to_server if frame.direction is _TO_SERVER else self._to_client
        count.take(frame)
        if frame.opcode >= 8:
            self._saw(frame.source.time_ns)
            if len(self.control_frames) < CONTROL_FRAMES:
                self.control_frames.append(frame)
            else:
                self._limits["CONTROL_FRAMES"] = CONTROL_FRAMES

    def _take_keepalive(self, keepalive: Keepalive) -> None:
        self._saw(keepalive.source.time_ns)
        if len(self.keepalives) < CONTROL_FRAMES:
            self.keepalives.append(keepalive)
        else:
            self._limits["CONTROL_FRAMES"] = CONTROL_FRAMES

    def _take_anomaly(self, anomaly: Anomaly) -> None:
        if anomaly.code is AnomalyCode.XMPP_BINARY:
            self.binary_messages += 1
        count = self._anomaly_count[anomaly.code] = self._anomaly_count.get(anomaly.code, 0) + 1
        if count <= ANOMALIES_PER_CODE:
            self._anomalies.setdefault(anomaly.code, []).append(anomaly)

    def anomalies(self) -> tuple[Anomaly, ...]:
        """All kept, by code; the last one of a code says how many `more` there were."""
        kept: list[Anomaly] = []
        for code, anomalies in self._anomalies.items():
            more = self._anomaly_count[code] - len(anomalies)
            if more:
                last = anomalies[-1]
                anomalies[-1] = replace(last, values=last.values | {"more": more})
            kept += anomalies
        for limit, value in self._limits.items():
            kept.append(Anomaly(code=AnomalyCode.LIMIT, values={"limit": limit, "value": value}))
        return tuple(kept)

    def keep_anomalies(self, wanted: Callable[[Source | None], bool]) -> None:
        """Forget the anomalies of other places; those beyond the cap may be of any."""
        kept: dict[AnomalyCode, list[Anomaly]] = {}
        count: dict[AnomalyCode, int] = {}
        for code, anomalies in self._anomalies.items():
            if found := [one for one in anomalies if wanted(one.source)]:
                kept[code] = found
                count[code] = self._anomaly_count[code] - len(anomalies) + len(found)
        self._anomalies, self._anomaly_count = kept, count

    def frame_facts(self) -> dict[Direction, FrameFacts]:
        """Frames of each direction; empty where none was seen."""
        if not self._to_server.frames and not self._to_client.frames:
            return self._told
        return {
            Direction.TO_SERVER: self._to_server.facts(),
            Direction.TO_CLIENT: self._to_client.facts(),
        }

    def reached(self, limit: str, value: int) -> None:
        """Say that a limit has been reached."""
        self._limits[limit] = value

    def release(self) -> None:
        """Give the room its octets back."""
        self._room.left += self._octets
        self._octets = 0


_ITEM_OCTETS = 200
"""What an item of an event takes besides its text, here and among the deliveries (measured)."""


def _weight(stanza: Stanza) -> int:
    payload = stanza.payload
    if type(payload) is PubsubEvent:
        return len(stanza.octets) + _ITEM_OCTETS * len(payload.items)
    return len(stanza.octets)


def _is_routine(stanza: Stanza) -> bool:
    """Whether the typed facts of a stanza tell its whole story."""
    if stanza.error is not None or not stanza.complete:
        return False
    if stanza.kind is _MESSAGE:
        return True
    return stanza.kind is _IQ and (stanza.payload is None or isinstance(stanza.payload, Ping))


_HAR_STEP_NS = 1_000_000
"""A HAR tells when a request began in milliseconds: it may seem to precede what it answers."""


def _moments(stanzas: list[Stanza]) -> Iterator[int]:
    """When each was said, as far as that tells their order."""
    latest, entry, asked = 0, -1, 0
    for stanza in stanzas:
        source = stanza.source
        if source.time_ns is None:
            yield latest
            continue
        latest = source.time_ns
        if type(source) is HarSource and source.element is not None:
            if source.entry != entry:
                entry, asked = source.entry, 0
            if stanza.direction is _TO_SERVER:
                asked = latest
            else:
                latest = max(asked, latest - _HAR_STEP_NS)
        yield latest


def _number(source: Source) -> int:
    """What orders stanzas of one time: the packet, or the message or element of a HAR."""
    if isinstance(source, PacketSource):
        return source.last
    if source.element is not None:
        return source.entry << 32 | source.element
    return source.message or 0


def in_time_order(stanzas: list[Stanza], *, one_flow: bool = True) -> list[Stanza]:
    """
    Both directions by time; what has no time stays behind what it followed.

    Packets of one time (coarse clocks) are ordered by number, messages of a HAR by index. What
    packets brought out of order was still read in the order of its octets.

    Args:
        stanzas: As decoders told them.
        one_flow: One connection carried them all.
    """
    keys: list[tuple[int, int]] = []
    before: dict[Direction, tuple[int, tuple[int, int]]] = {}
    for stanza, moment in zip(stanzas, _moments(stanzas), strict=True):
        source = stanza.source
        key = moment, _number(source)
        offset = getattr(source, "offset", None)
        if one_flow and offset is not None:
            place, least = before.get(stanza.direction, (offset, key))
            key = max(key, least) if place <= offset else key
            before[stanza.direction] = offset, key
        keys.append(key)
    if all(a <= b for a, b in pairwise(keys)):
        return stanzas
    order = sorted(range(len(stanzas)), key=keys.__getitem__)
    return [stanzas[index] for index in order]
