"""A ladder as a packet capture gives it: the octets of its connections, one packet a line."""

from collections.abc import Iterator
from itertools import islice
from urllib.parse import urlsplit

from msgspec.structs import replace

from ..model.events import BESIDE, Item
from ..model.flow import (
    Chunk,
    Connection,
    DirectionFacts,
    End,
    EndCause,
    Endpoint,
    Gap,
    GapReason,
    Provenance,
)
from ..model.limits import LADDER_PACKETS
from ..model.recording import PacketFacts
from ..model.source import Direction, PacketSource, Side, Source
from ..model.tls import TlsAlert, TlsFacts
from . import ladder_beside
from .har_http import endpoint
from .ladder_acks import Acks
from .ladder_bosh import Post
from .ladder_conversation import Packet, packets_of
from .ladder_lines import GAP_REASONS, Line
from .ladder_text import Conversation, Script, Start
from .ladder_tls import Records

_TO_SERVER, _TO_CLIENT = Direction.TO_SERVER, Direction.TO_CLIENT
_MS = 1_000_000

_SIDES = {_TO_SERVER: Side.CLIENT, _TO_CLIENT: Side.SERVER}
_NAMES = {_TO_SERVER: "to_server", _TO_CLIENT: "to_client"}
_CAUSES = {"fin": EndCause.FIN, "rst": EndCause.RST}

CLIENT = "192.0.2.10"
CLIENT_PORT = 50_000
SERVER = "192.0.2.1"


class PacketLadder:
    """
    A ladder as the connections of a packet capture.

    Attributes:
        is_cut: It holds more than is delivered.
    """

    def __init__(self, script: Script, capture: int, origin_ns: int) -> None:
        """
        Take a ladder.

        Args:
            script: The ladder.
            capture: Index of the input.
            origin_ns: Its second 0, nanoseconds since 1970.
        """
        self._capture = capture
        self._origin_ns = origin_ns
        self._talks = script.conversations
        self._questions = script.questions
        packets = (
            (packet.time_ns, number, index, packet)
            for number, talk in enumerate(self._talks)
            for index, packet in enumerate(packets_of(talk))
        )
        self._packets = sorted(islice(packets, LADDER_PACKETS))
        self.is_cut = next(packets, None) is not None

    def facts(self) -> PacketFacts:
        """Of a capture without losses."""
        times = [self._origin_ns + time_ns for time_ns, *_ in self._packets]
        return PacketFacts(
            packets=len(times),
            link_types={"Ethernet": len(times)} if times else {},
            connections=len(self._talks),
            followed=len(self._talks),
            first_ns=times[0] if times else None,
            last_ns=times[-1] if times else None,
        )

    def items(self) -> Iterator[tuple[int, list[Item]]]:
        """Number of a connection with what a packet brought of it, in order of time."""
        flows = [
            _Flow(self._capture, number, talk, self._origin_ns)
            for number, talk in enumerate(self._talks)
        ]
        if beside := [*self._beside()]:
            yield BESIDE, beside
        left = [0] * len(flows)
        for _, number, *_ in self._packets:
            left[number] += 1
        for frame, (_, number, _, packet) in enumerate(self._packets, 1):
            items = flows[number].take(packet, frame)
            left[number] -= 1
            if not left[number] and flows[number].ended:
                items += flows[number].finish()
            if items:
                yield number, items
        for number, flow in enumerate(flows):
            if not flow.ended:
                yield number, flow.finish()

    def _beside(self) -> Iterator[Item]:
        """DNS and ICMP, in front of all else."""
        capture, origin_ns = self._capture, self._origin_ns
        yield from ladder_beside.resolutions(self._questions, CLIENT, capture, origin_ns)
        for number, talk in enumerate(self._talks):
            time_ns = origin_ns + talk.first_ns - 3 * _MS
            for said in talk.icmp:
                source = PacketSource(capture, 1, 1, time_ns)
                yield ladder_beside.unreachable(said, _ends(number, talk), source)


def _ends(number: int, talk: Conversation) -> tuple[Endpoint, Endpoint]:
    server = Endpoint(SERVER, endpoint(talk.url, "").port)
    return Endpoint(CLIENT, CLIENT_PORT + number), server


class _Flow:
    """One connection as it is delivered."""

    def __init__(self, capture: int, number: int, talk: Conversation, origin_ns: int) -> None:
        self._capture = capture
        self._number = number
        self._talk = talk
        self._origin_ns = origin_ns
        self._offsets = {_TO_SERVER: 0, _TO_CLIENT: 0}
        self._lost = {_TO_SERVER: 0, _TO_CLIENT: 0}
        self._packets = {_TO_SERVER: 0, _TO_CLIENT: 0}
        self._syns: dict[Direction, int] = {}
        self._ends: dict[Direction, End] = {}
        self._first: PacketSource | None = None
        self._last_ns = origin_ns
        self._hellos: dict[Direction, Source] = {}
        self._alerts: list[TlsAlert] = []
        self._records = {_TO_SERVER: Records(), _TO_CLIENT: Records()}
        self._asked: dict[int, tuple[Post, Source]] = {}
        self._acks = Acks()

    @property
    def ended(self) -> bool:
        """Somebody ended it."""
        return bool(self._ends)

    def take(self, packet: Packet, frame: int) -> list[Item]:
        """What the packet brings."""
        way = packet.direction
        self._last_ns = self._origin_ns + packet.time_ns
        source = PacketSource(self._capture, frame, frame, self._last_ns)
        self._packets[way] += 1
        self._note(packet, source)
        items: list[Item] = []
        if self._first is None:
            self._first = source
            if self._talk.start is Start.LATE:
                items += [Gap(d, 0, None, GapReason.LATE_START, source) for d in Direction]
        if packet.word == "syn":
            self._syns.setdefault(way, self._last_ns)
        elif packet.word == "gap" and packet.line is not None:
            items.append(self._gap(packet.line, source))
        elif packet.word in _CAUSES:
            items += self._end(way, _CAUSES[packet.word], source)
        elif packet.word == "hello":
            self._hellos[way] = source
        elif packet.word == "alert":
            self._alerts.append(_alert(packet, source))
        elif packet.post is not None:
            items += self._post(packet.post, source, way)
        elif packet.octets:
            items += self._octets(packet, source)
        if packet.octets:
            self._records[way].take(len(packet.octets), source)
        return items

    def _note(self, packet: Packet, source: PacketSource) -> None:
        """What acknowledges what."""
        if packet.word == "resent":
            self._acks.again(packet.direction, source)
        elif packet.word != "gap":
            posted = packet.post is not None
            self._acks.take(packet.direction, source, 1 if posted else len(packet.octets))

    def _octets(self, packet: Packet, source: PacketSource) -> list[Item]:
        way = packet.direction
        begin = self._offsets[way]
        self._offsets[way] += len(packet.octets)
        if packet.word != "record":
            provenance = Provenance((begin,), (source.first,), (self._last_ns,))
            return [Chunk(way, begin, packet.octets, provenance)]
        return [] if begin else [Gap(way, 0, None, GapReason.ENCRYPTED, source)]

    def _post(self, post: Post, source: Source, way: Direction) -> list[Item]:
        """A request of BOSH, which is told when its response comes."""
        self._offsets[way] += len(post.sent if way is _TO_SERVER else post.got)
        if way is _TO_SERVER:
            self._asked[id(post)] = post, source
            return []
        _, asked = self._asked.pop(id(post), (post, None))
        # An answer may stand before its request where seconds go back: then it is none.
        return [] if asked is None else [post.exchange(self._talk.url, asked, source)]

    def _gap(self, line: Line, source: PacketSource) -> Gap:
        length, *reason = line.words
        gap = Gap(
            line.direction,
            self._offsets[line.direction],
            int(length),
            GAP_REASONS[reason[0]] if reason else GapReason.LOST,
            source,
        )
        self._offsets[line.direction] += int(length)
        self._lost[line.direction] += int(length)
        return gap

    def _end(self, way: Direction, cause: EndCause, source: Source | None) -> list[Item]:
        ways = (way, way.other) if cause is EndCause.RST else (way,)
        ended = [End(d, self._offsets[d], cause, source) for d in ways if d not in self._ends]
        self._ends.update((end.direction, end) for end in ended)
        return list[Item](ended)

    def finish(self) -> list[Item]:
        """The ends that were not said, and the connection."""
        first = next(iter(self._ends.values()), None)
        cause = EndCause.CAPTURE_END if first is None else first.cause
        source = None if first is None else first.source
        items = [item for way in Direction for item in self._end(way, cause, source)]
        asked, answered = self._syns.get(_TO_SERVER), self._syns.get(_TO_CLIENT)
        client, server = _ends(self._number, self._talk)
        connection = Connection(
            capture=self._capture,
            number=self._number,
            client=client,
            server=server,
            opened_ns=self._first.time_ns if self._first is not None else None,
            closed_ns=self._last_ns,
            syn_seen=asked is not None,
            syn_ack_seen=answered is not None,
            connect_ns=answered - asked if asked is not None and answered is not None else None,
            ended_by=cause,
            ended_side=None if first is None else _SIDES[first.direction],
            end_source=source,
            opened_source=self._first,
            to_server=self._direction_facts(_TO_SERVER),
            to_client=self._direction_facts(_TO_CLIENT),
        )
        items += [
            post.exchange(self._talk.url, asked, None) for post, asked in self._asked.values()
        ]
        if self._talk.tls is not None:
            items.append(self._tls(self._talk.tls.facts))
        return [*items, connection]

    def _tls(self, said: TlsFacts) -> TlsFacts:
        """What was said of TLS, in its places."""
        opened = said.locked is None
        sent, got = self._hellos.get(_TO_SERVER), self._hellos.get(_TO_CLIENT)
        return replace(
            said,
            server_name=said.server_name or urlsplit(self._talk.url).hostname,
            certificates=tuple(
                replace(
                    one,
                    not_before_ns=self._origin_ns + one.not_before_ns,
                    not_after_ns=self._origin_ns + one.not_after_ns,
                )
                for one in said.certificates
            ),
            version=said.version if got is not None else None,
            cipher_suite=said.cipher_suite if got is not None else None,
            offered_versions=said.offered_versions if sent is not None else (),
            offered_suites=said.offered_suites if sent is not None else 0,
            alerts=tuple(self._alerts),
            to_server=self._records[_TO_SERVER].facts(opened=opened),
            to_client=self._records[_TO_CLIENT].facts(opened=opened),
            client_hello=sent,
            server_hello=got,
            finished=got if said.completed else None,
        )

    def _direction_facts(self, way: Direction) -> DirectionFacts:
        lost = self._lost[way]
        prefix = f"{_NAMES[way]}."
        told = {
            name.removeprefix(prefix): value
            for name, value in self._talk.tcp.items()
            if name.startswith(prefix)
        }
        stated = {"retransmitted": self._acks.resent(way)} | told
        return DirectionFacts(
            packets=self._packets[way],
            octets=self._offsets[way] - lost,
            lost=lost,
            last_ns=self._acks.last_ns(way),
            resent_ns=self._acks.resent_ns(way),
            unacknowledged=self._acks.unacknowledged(way),
            silences=self._acks.silences(way),
            **stated,
        )


def _alert(packet: Packet, source: Source) -> TlsAlert:
    fatal = packet.alert not in {"close_notify", "user_canceled"}
    return TlsAlert(
        direction=packet.direction, fatal=fatal, description=packet.alert, source=source
    )
