"""What is no TCP and yet tells of connections: DNS and ICMP, picked out of a window's datagrams."""

from collections.abc import Iterable
from ipaddress import IPv6Address

import numpy as np

from ..model import limits
from ..model.anomaly import Anomaly, AnomalyCode
from ..model.events import Item
from ..model.network import Resolution, Unreachable
from ..model.packet import PacketWindow
from ..model.source import PacketSource
from . import dns, icmp
from .columns import Segments
from .ip import Datagrams
from .octets import gather, words

UDP = 17

MESSAGE_OCTETS = 4 << 10
"""A longer message is not looked at whole; EDNS asks for 4,096 at most (RFC 6891 6.2.5)."""

LOOKED_AT = 16
"""Messages looked at for each one that may be kept."""


class Beside:
    """DNS and ICMP of a capture."""

    def __init__(self, capture: int) -> None:
        """Take the index of the input."""
        self._capture = capture
        self._questions = dns.Questions()
        self._found: list[Item] = []
        self._dns = _Budget("DNS_QUESTIONS")
        self._icmp = _Budget("UNREACHABLES")

    @property
    def anomalies(self) -> list[Anomaly]:
        """Caps that were reached."""
        return [
            Anomaly(code=AnomalyCode.LIMIT, values={"limit": budget.name, "value": budget.limit})
            for budget in (self._dns, self._icmp)
            if not budget.left
        ]

    def take(self, window: PacketWindow, found: Datagrams) -> None:
        """Look at the datagrams of a window that hold no TCP."""
        if self._dns.left:
            rows = np.flatnonzero(found.protocol == UDP)
            ports = words(gather(found.data, found.at[rows], 4), "u2")
            chosen = np.flatnonzero(np.isin(ports, (dns.PORT, dns.LLMNR_PORT)).any(axis=1))
            messages = zip(rows[chosen].tolist(), ports[chosen].tolist(), strict=True)
            for row, (sender, receiver) in messages:
                place = _Place(window, found, row)
                self._take_dns(place, (sender, receiver), 8)
        if self._icmp.left:
            self._take_icmp(window, found)

    def take_segments(self, window: PacketWindow, found: Segments) -> None:
        """Look for DNS over TCP (RFC 1035 section 4.2.2), one message a segment."""
        either = (found.source_port == dns.PORT) | (found.destination_port == dns.PORT)
        for row in np.flatnonzero(either).tolist() if self._dns.left else ():
            ports = int(found.source_port[row]), int(found.destination_port[row])
            self._take_dns(_Place(window, found, row), ports, 2)

    def items(self, now_ns: int | None) -> list[Item]:
        """
        What has been found since the last call.

        Args:
            now_ns: Time reached; questions too old by then were not answered. None: the end.
        """
        self._keep(self._dns, self._questions.late(now_ns))
        found, self._found = self._found, []
        return found

    def _take_dns(self, place: "_Place", ports: tuple[int, int], skipped: int) -> None:
        if not self._dns.look():
            return
        said = dns.message(place.octets(skipped))
        if said is not None:
            sender, receiver = place.hosts()
            source = place.source(self._capture)
            packet = dns.Packet((sender, ports[0]), (receiver, ports[1]), source)
            self._keep(self._dns, self._questions.take(said, packet))

    def _take_icmp(self, window: PacketWindow, found: Datagrams) -> None:
        for version, protocol, types in icmp.VERSIONS:
            rows = np.flatnonzero((found.protocol == protocol) & (found.version == version))
            kind = words(gather(found.data, found.at[rows], 1), "u1")[:, 0]
            for row in rows[np.isin(kind, types)].tolist():
                if self._icmp.look():
                    place = _Place(window, found, row)
                    reporter, source = place.hosts()[0], place.source(self._capture)
                    told = icmp.unreachable(place.octets(0), reporter, source, version)
                    self._keep(self._icmp, [] if told is None else [told])

    def _keep(self, budget: "_Budget", found: Iterable[Resolution | Unreachable]) -> None:
        for item in found:
            if budget.left:
                self._found.append(item)
                budget.left -= 1


class _Budget:
    """
    How much may still be looked at and kept.

    Attributes:
        name: Of the cap.
        limit: Its value.
        left: How many may still be kept.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.limit: int = getattr(limits, name)
        self.left = self.limit
        self._looks = self.limit * LOOKED_AT

    def look(self) -> bool:
        """Whether one more may be looked at; it will be."""
        self._looks -= 1
        if self._looks < 0:
            self.left = 0
        return bool(self.left)


class _Place:
    """One packet of a window, given its row among datagrams or segments."""

    def __init__(self, window: PacketWindow, found: Datagrams | Segments, row: int) -> None:
        self._window = window
        self._found = found
        self._row = row
        if isinstance(found, Datagrams):
            self._number = window.first + int(found.packet[row])
            self._end = int(min(found.end[row], found.captured_end[row]))
        else:
            self._number = int(found.number[row])
            self._end = int(found.at[row] + found.captured[row])

    def octets(self, skipped: int) -> bytes:
        """What it carries behind a header, as far as it was captured."""
        at = int(self._found.at[self._row]) + skipped
        return self._found.data[at : max(at, min(self._end, at + MESSAGE_OCTETS))].tobytes()

    def hosts(self) -> tuple[str, str]:
        """Source and destination."""
        return self._host(0), self._host(1)

    def _host(self, way: int) -> str:
        found, row = self._found, self._row
        address = int((found.source, found.destination)[way][row])
        if found.upper is not None and found.version[row] == 6:
            return str(IPv6Address(int(found.upper[row, way]) << 64 | address))
        return ".".join(map(str, address.to_bytes(4, "big")))

    def source(self, capture: int) -> PacketSource:
        """Where it stands."""
        time_ns = int(self._window.time_ns[self._number - self._window.first])
        return PacketSource(capture, self._number, self._number, None if time_ns < 0 else time_ns)
