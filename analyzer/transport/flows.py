"""
Packets → connections, numbered as tshark's `tcp.stream`, and the ordered octets of those followed.

Per window: headers into columns (`columns`), numbers (`numbering`), choice (`selection`), sorting
and offsets (`batch`), all in numpy; then Python goes over the runs of the connections followed.
"""

from collections.abc import Collection, Iterator
from ipaddress import IPv6Address

from ..model.anomaly import Anomaly
from ..model.events import BESIDE, Item
from ..model.flow import EndCause, Endpoint
from ..model.limits import ALL_HISTORY_OCTETS, CONNECTIONS, HISTORY_OCTETS
from ..model.packet import PacketWindow
from .batch import Batch, Measured, Rows
from .beside import Beside
from .columns import FIN, RST, Census, Segments
from .connection import Followed
from .direction import ALL, Direction, Store
from .duplicates import Duplicates
from .numbering import Numbered, Numbering
from .selection import Opens, Selected, Selection
from .watch import flights, silences

LINGER_NS = 60_000_000_000
"""How long a closed connection waits for packets that are late."""

UNANSWERED_NS = 150_000_000_000
"""How long a SYN waits for an answer; Linux gives up after 127 s."""

Delivery = tuple[int, list[Item]]
"""Number of a connection, and what came of it."""


def _no_key(_: bytes) -> bool:
    return False


class Transport:
    """
    The connections of one capture.

    Attributes:
        followed: Connections whose octets were looked at.
    """

    def __init__(self, capture: int, ports: Collection[int], opens: Opens = _no_key) -> None:
        """
        Begin.

        Args:
            capture: Index of the input.
            ports: Server ports that are always followed.
            opens: Tells of a client random whether a key was given for its TLS connection, which
                then is followed to its end.
        """
        self._store = Store(capture)
        self._beside = Beside(capture)
        self._census = Census(self._beside.take)
        self._duplicates = Duplicates()
        self._numbering = Numbering()
        self._selection = Selection(ports, opens)
        self._open: dict[int, Followed] = {}
        self._closing: dict[int, Followed] = {}
        self._unanswered: dict[int, Followed] = {}
        self._clients: dict[int, str] = {}
        self._forgot = False
        self.followed = 0

    @property
    def link_types(self) -> dict[str, int]:
        """Packets by link type."""
        return self._census.link_types

    @property
    def undecoded(self) -> dict[str, int]:
        """Packets that are not TCP segments, by what they are instead."""
        return self._census.undecoded

    @property
    def fragments(self) -> int:
        """Fragments of IP datagrams that were put together."""
        return self._census.fragments

    @property
    def anomalies(self) -> list[Anomaly]:
        """Caps reached that concern no connection."""
        return self._beside.anomalies + self._census.anomalies

    @property
    def connections(self) -> int:
        """TCP connections seen."""
        return self._numbering.count

    @property
    def duplicates(self) -> int:
        """Packets of followed connections that were captured twice."""
        return self._duplicates.count

    @property
    def one_way(self) -> int:
        """Connections with payload of which only one direction was captured."""
        return self._numbering.one_way

    def client(self, number: int) -> str | None:
        """Address of the client of a connection; None unless it is followed and has not ended."""
        return self._clients.get(number)

    def feed(self, window: PacketWindow) -> Iterator[Delivery]:
        """What the next window brings, by connection; the client's octets first."""
        segments = self._census.segments(window)
        self._beside.take_segments(window, segments)
        if beside := self._beside.items(int(window.time_ns.max(initial=0))):
            yield BESIDE, beside
        if not len(segments):
            return
        if self._numbering.full:
            self._forget()
        numbered = self._numbering.assign(segments)
        selected = self._selection.select(segments, numbered, self._numbering)
        self._follow(segments, numbered, selected)
        if len(selected.rows):
            columns = (selected.rows, selected.client, segments.data)
            yield from self._reassemble(Batch(*columns, self._duplicates.find))
        yield from self._close(numbered, int(segments.time_ns[-1]))

    def finish(self) -> Iterator[Delivery]:
        """What is left at the end of the capture."""
        if beside := self._beside.items(None):
            yield BESIDE, beside
        for slot in list(self._open):
            yield self._finish(slot, EndCause.CAPTURE_END)

    def _forget(self) -> None:
        """Let go of what is only known for its number, which later segments will not get again."""
        keep = self._selection.forget(self._numbering.slots)
        self._numbering.forget(keep)
        moved = {slot: new for new, slot in enumerate(keep.tolist())}
        self._open = {moved[slot]: connection for slot, connection in self._open.items()}
        self._closing = {moved[slot]: connection for slot, connection in self._closing.items()}
        self._unanswered = {moved[slot]: one for slot, one in self._unanswered.items()}
        self._forgot = True

    def _follow(self, segments: Segments, numbered: Numbered, selected: Selected) -> None:
        """Begin to follow the connections just chosen."""
        self.followed += len(selected.chosen)
        for slot, row in zip(
            selected.chosen.tolist(), selected.rows_of_chosen.tolist(), strict=True
        ):
            ends = _endpoints(segments, row)
            if self._selection.client(slot) != numbered.side[row]:
                ends = ends[::-1]
            number = int(self._numbering.number[slot])
            connection = self._open[slot] = Followed(self._store, number, *ends)
            self._unanswered[slot] = connection
            self._clients[number] = ends[0].host
            if slot in selected.tls:
                connection.be_brief()
            if slot in selected.incomplete:
                connection.report_limit("WAITING_SEGMENTS")
            if self._forgot:
                connection.report_limit("KNOWN_CONNECTIONS")
                self._forgot = False
        if self._open:
            share = ALL_HISTORY_OCTETS // (2 * len(self._open))
            self._store.history = max(1, min(HISTORY_OCTETS, share))

    def _reassemble(self, batch: Batch) -> Iterator[Delivery]:
        """Put the octets of a batch in order."""
        for slot, way, count in batch.copies:
            self._open[slot].ways[way].packets += count
            self._open[slot].ways[way].duplicates += count
        if not batch.groups:
            return
        connections = [self._open[group.slot] for group in batch.groups]
        for connection, outer in zip(connections, batch.outer_rows(), strict=True):
            connection.note(*outer)
        self._begin(batch)
        own = [c.ways[g.way] for c, g in zip(connections, batch.groups, strict=True)]
        peer = [c.ways[1 - g.way] for c, g in zip(connections, batch.groups, strict=True)]
        measured = batch.measure([d.reference() for d in own], [d.reference() for d in peer])
        self._note_ends(batch, measured)
        for run in batch.runs(measured):
            if run.keep_alive:
                own[run.group].keep_alive(run.piece, run.before)
            else:
                own[run.group].take(run.piece, run.before)
        for index, group in enumerate(batch.groups):
            direction, other = own[index], peer[index]
            direction.packets += group.high - group.low
            direction.high = max(direction.high, measured.high[index])
            direction.keep_alives += measured.keep_alives[index]
            direction.zero_windows += measured.zero_windows[index]
            other.acked = max(other.acked, measured.acked[index])
        _watch(batch, measured, own)
        for group, connection in zip(batch.groups, connections, strict=True):
            if connection.begun or group.way:
                self._unanswered.pop(group.slot, None)
        for connection in dict.fromkeys(connections):
            to_server, to_client = connection.ways
            items = to_server.items() + to_client.items()
            if items:
                yield connection.number, items

    def _begin(self, batch: Batch) -> None:
        """Find out where the octets of directions begin that were not seen before."""
        new = [(i, g) for i, g in enumerate(batch.groups) if not self._open[g.slot].begun]
        if not new:
            return
        syn, acknowledgment, payload = batch.beginnings()
        for index, group in new:
            told = [
                None if row < 0 else batch.rows.told(row)
                for row in (syn[index], acknowledgment[index])
            ]
            self._open[group.slot].note_handshake(group.way, told[0], told[1])
        rest: dict[int, list[Rows | None]] = {}
        for index, group in new:
            if not self._open[group.slot].begun:
                rows = rest.setdefault(group.slot, [None, None])
                rows[group.way] = None if payload[index] < 0 else batch.part(group)
        for slot, (from_client, from_server) in rest.items():
            self._open[slot].begin((from_client, from_server))

    def _note_ends(self, batch: Batch, measured: Measured) -> None:
        """Tell connections of their FIN and RST, in the order of the packets."""
        rows = batch.rows
        ending = ((rows.flags & (FIN | RST)) != 0).nonzero()[0]
        ending = ending[rows.number[ending].argsort()]
        columns = (
            measured.group[ending],
            rows.flags[ending],
            measured.offset[ending] + rows.length[ending],
            rows.number[ending],
            rows.time_ns[ending],
        )
        for index, flags, offset, number, time_ns in zip(
            *(column.tolist() for column in columns), strict=True
        ):
            group = batch.groups[index]
            connection = self._open[group.slot]
            connection.end(group.way, flags, offset, (number, time_ns))
            if connection.closed:
                self._closing[group.slot] = connection

    def _close(self, numbered: Numbered, now_ns: int) -> Iterator[Delivery]:
        """End what another connection replaced, what has been closed for long, what is too much."""
        for slot in numbered.replaced.tolist():
            if slot in self._open:
                yield self._finish(slot, EndCause.REUSED)
        for waiting, patience in ((self._closing, LINGER_NS), (self._unanswered, UNANSWERED_NS)):
            late = now_ns - patience
            for slot in [slot for slot, c in waiting.items() if 0 <= c.last_ns < late]:
                yield self._finish(slot, EndCause.UNKNOWN)
        if len(self._open) > CONNECTIONS:
            by_age = sorted(self._open, key=lambda slot: self._open[slot].last)
            for slot in by_age[: len(self._open) - CONNECTIONS]:
                self._open[slot].report_limit("CONNECTIONS")
                yield self._finish(slot, EndCause.UNKNOWN)

    def _finish(self, slot: int, cause: EndCause) -> Delivery:
        connection = self._open.pop(slot)
        del self._clients[connection.number]
        self._closing.pop(slot, None)
        self._unanswered.pop(slot, None)
        self._selection.let_go(slot)
        return connection.number, connection.finish(cause)


def _watch(batch: Batch, measured: Measured, own: list[Direction]) -> None:
    """Note what packets tell beside their octets."""
    for direction, outer in zip(own, batch.outer_rows(), strict=True):
        if direction.watch.note(outer):
            direction.report_limit("SILENCES")
    for index, silence in silences(batch, measured):
        if own[index].watch.add(silence):
            own[index].report_limit("SILENCES")
    acked = [d.acked if d.origin is not None else ALL for d in own]
    for index, flight in flights(batch, measured, acked):
        own[index].watch.fly(flight)


def _endpoints(segments: Segments, row: int) -> tuple[Endpoint, Endpoint]:
    """Who sent a segment, and to whom."""
    hosts = []
    for way, column in enumerate((segments.source, segments.destination)):
        address = int(column[row])
        if segments.upper is not None and segments.version[row] == 6:
            hosts.append(str(IPv6Address(int(segments.upper[row, way]) << 64 | address)))
        else:
            hosts.append(".".join(map(str, address.to_bytes(4, "big"))))
    return (
        Endpoint(hosts[0], int(segments.source_port[row])),
        Endpoint(hosts[1], int(segments.destination_port[row])),
    )
