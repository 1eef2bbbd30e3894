"""
Look into the packets that are not plainly TCP in IP: tunnels, 802.11, fragments.

All their rows go through the same passes, each of which takes one header off; what stands next
tells which function does it (`PEELERS`). A row ends as a TCP segment, or as what it is instead.
"""

from collections.abc import Iterator

import numpy as np

from ..model.anomaly import Anomaly, AnomalyCode
from ..model.limits import FRAGMENTED_DATAGRAMS, TUNNEL_DEPTH
from ..model.packet import Int64, PacketWindow
from . import ip, layers, tunnels, udp_tunnels, wireless
from .fragments import Fragment, Fragments, Whole
from .ip import Datagrams
from .layers import CUT, IP_PROTOCOL, IPV4, IPV6, TOO_DEEP, Layer, Peeler
from .octets import Octets

HEADERS = 4 * TUNNEL_DEPTH
"""Headers taken off one packet: a tunnel has up to four, say Ethernet, IP, UDP, VXLAN."""

FRAGMENT = IP_PROTOCOL + ip.FRAGMENT

PEELERS: dict[int, Peeler] = {**tunnels.PEELERS, **udp_tunnels.PEELERS, **wireless.PEELERS}

_GOES_ON = np.zeros(layers.KINDS, np.bool_)
_GOES_ON[[*PEELERS, IPV4, IPV6]] = True


class Found:
    """
    What became of the rows of a window.

    Attributes:
        datagrams: With TCP in them, those of each pass.
        other: Rows that hold no TCP, those of each pass.
    """

    def __init__(self) -> None:
        self.datagrams: list[Datagrams] = []
        self.other: list[Layer] = []


class Decapsulation:
    """Takes headers off; keeps the fragments of a capture that wait for others."""

    def __init__(self, look: "ip.Look | None" = None) -> None:
        """Take what looks at datagrams that hold no TCP."""
        self.fragments = Fragments()
        self._look = look
        self._too_deep = False

    @property
    def anomalies(self) -> list[Anomaly]:
        """Caps that were reached."""
        reached = []
        if self.fragments.full:
            reached.append(("FRAGMENTED_DATAGRAMS", FRAGMENTED_DATAGRAMS))
        if self._too_deep:
            reached.append(("TUNNEL_DEPTH", TUNNEL_DEPTH))
        return [
            Anomaly(code=AnomalyCode.LIMIT, values={"limit": name, "value": value})
            for name, value in reached
        ]

    def look_into(self, window: PacketWindow, outer: Datagrams, layer: Layer) -> Found:
        """
        Find TCP in the rows of a window whose first IP header is not followed by it.

        Args:
            window: Where they are.
            outer: What the first IP header of each of its packets says.
            layer: Where its packets have been read up to: at an IP header, or at what is none.
        """
        found = Found()
        rows = np.flatnonzero(outer.protocol != ip.TCP)
        data, layer = self._behind_ip(window, outer, layer, rows)
        for _ in range(HEADERS):
            layer = _without_cut(layer, found)
            going = _GOES_ON[layer.kind]
            if not going.any():
                found.other.append(layer)
                return found
            if not going.all():
                found.other.append(layer.take(np.flatnonzero(~going)))
                layer = layer.take(np.flatnonzero(going))
            data, layer = self._pass(window, data, layer, found)
        going = _GOES_ON[layer.kind]
        self._too_deep |= bool(going.any())
        found.other.append(layer.moved(layer.at, np.where(going, TOO_DEEP, layer.kind)))
        return found

    def _pass(
        self, window: PacketWindow, data: Octets, layer: Layer, found: Found
    ) -> tuple[Octets, Layer]:
        """Take one header off each row."""
        first = int(layer.kind[0])
        if first in PEELERS and (layer.kind == first).all():
            return data, PEELERS[first](data, layer)
        peeled = [
            PEELERS[kind](data, layer.take(np.flatnonzero(layer.kind == kind)))
            for kind in np.unique(layer.kind).tolist()
            if kind in PEELERS
        ]
        is_ip = np.flatnonzero((layer.kind == IPV4) | (layer.kind == IPV6))
        if len(is_ip):
            # In the order of the packets: of overlapping fragments the first one counts.
            layer = layer.take(is_ip[np.argsort(layer.packet[is_ip], kind="stable")])
            datagrams = ip.datagrams(data, layer)
            if self._look is not None:
                self._look(window, datagrams)
            is_tcp = datagrams.protocol == ip.TCP
            if is_tcp.any():
                found.datagrams.append(datagrams.take(np.flatnonzero(is_tcp)))
            rows = np.flatnonzero(~is_tcp)
            data, layer = self._behind_ip(window, datagrams, layer, rows)
            peeled.append(layer)
        return data, layers.joined(peeled)

    def _behind_ip(
        self, window: PacketWindow, found: Datagrams, layer: Layer, rows: Int64
    ) -> tuple[Octets, Layer]:
        """Rows behind their IP headers, fragments put together; others stay where they are."""
        is_ip = (layer.kind[rows] == IPV4) | (layer.kind[rows] == IPV6)
        # Of what is no IP only the index is known, and nothing that IP headers say.
        wrong = found.protocol[rows] == ip.MALFORMED
        end = np.where(wrong, layer.end[rows], found.end[rows])
        passed = Layer(
            found.packet[rows],
            np.where(found.version[rows] == 0, found.head[rows], found.at[rows]),
            np.where(is_ip, IP_PROTOCOL + found.protocol[rows].astype(np.int64), layer.kind[rows]),
            np.minimum(layer.captured_end[rows], end),
            end,
        )
        pieces = (passed.kind == FRAGMENT) & (passed.at <= passed.captured_end)
        if not pieces.any():
            return found.data, passed
        whole = list(self._put_together(window, found, rows[pieces]))
        rest = passed.take(np.flatnonzero(~pieces))
        return _appended(found.data, rest, whole)

    def _put_together(
        self, window: PacketWindow, found: Datagrams, rows: Int64
    ) -> Iterator[tuple[int, Whole]]:
        """Datagrams whose last missing fragment is among some rows, with its packet."""
        columns = (
            found.packet[rows],
            found.head[rows],
            found.at[rows],
            np.minimum(found.captured_end, found.end)[rows],
            found.end[rows],
            window.time_ns[found.packet[rows]],
        )
        octets = found.data.data
        for packet, head, at, captured_end, end, time_ns in zip(
            *(column.tolist() for column in columns), strict=True
        ):
            fragment = Fragment(
                octets[head:at].tobytes(),
                octets[at:captured_end].tobytes(),
                end - captured_end,
                time_ns,
            )
            whole = self.fragments.take(fragment)
            if whole is not None:
                yield packet, whole


def _without_cut(layer: Layer, found: Found) -> Layer:
    """Set rows aside whose last header was not captured whole: it says nothing."""
    cut = layer.at > layer.captured_end
    if not cut.any():
        return layer
    found.other.append(layer.take(np.flatnonzero(cut)).moved(layer.at[cut], CUT))
    return layer.take(np.flatnonzero(~cut))


def _appended(data: Octets, layer: Layer, whole: list[tuple[int, Whole]]) -> tuple[Octets, Layer]:
    """Put datagrams behind the data of a window, and a row for each behind its rows."""
    if not whole:
        return data, layer
    size = np.array([len(datagram.octets) for _, datagram in whole])
    end = len(data) + np.cumsum(size)
    lacking = np.array([datagram.lacking for _, datagram in whole])
    six = np.array([datagram.octets[0] >> 4 == 6 for _, datagram in whole])
    added = Layer(
        np.array([packet for packet, _ in whole]),
        end - size,
        np.where(six, IPV6, IPV4),
        end,
        end + lacking,
    )
    octets = np.frombuffer(b"".join([datagram.octets for _, datagram in whole]), np.uint8)
    return np.concatenate((data, octets)), layers.joined([layer, added])
