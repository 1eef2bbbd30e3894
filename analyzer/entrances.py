"""
The two entrances of the staircase: packets at the bottom, HTTP exchanges and messages half-way up.

What differs between recordings is behind them; the pipeline sees items of connections.
"""

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Protocol

from msgspec.structs import replace

from .capture import keylog
from .capture.found import Opened
from .capture.ladder import LadderReader
from .model.events import Item
from .model.recording import HarFacts, Kind, PacketFacts, Secret
from .model.session import SeenIn
from .protocol.tls.keyring import KeyRing
from .session.build import Builder

if TYPE_CHECKING:
    from .capture.formats import ItemReader, PacketReader
    from .transport.flows import Transport


class Entrance(Protocol):
    """What a recording delivers, from whichever end it was recorded."""

    seen_in: SeenIn

    def items(self) -> Iterator[tuple[int, list[Item]]]:
        """Number of a connection with items of it, in the order they were recorded."""
        ...

    def client(self, number: int) -> str | None:
        """Address of the client of a connection; None where packets do not tell."""
        ...

    def har_facts(self) -> HarFacts | None:
        """The HAR as a whole, once its items are read; None for packets."""
        ...

    def packet_facts(self, builder: Builder) -> PacketFacts | None:
        """The capture as a whole, likewise; None for a HAR."""
        ...

    def secrets(self) -> dict[Secret, int]:
        """Secrets outside of sessions, likewise."""
        ...


class _HarEntrance:
    """A HAR comes in half-way up: it holds messages, not packets."""

    seen_in = SeenIn.HAR

    def __init__(self, reader: "ItemReader") -> None:
        self.reader = reader

    def items(self) -> Iterator[tuple[int, list[Item]]]:
        return self.reader.items()

    def client(self, number: int) -> str | None:  # noqa: ARG002 - only packets hold addresses
        return None

    def har_facts(self) -> HarFacts | None:
        return self.reader.facts()

    def packet_facts(self, builder: Builder) -> PacketFacts | None:  # noqa: ARG002 - none here
        return None

    def secrets(self) -> dict[Secret, int]:
        return self.reader.secrets


class _PacketEntrance:
    """Packets come in at the bottom and go through the transport first."""

    seen_in = SeenIn.PACKETS

    def __init__(self, reader: "PacketReader", transport: "Transport", ring: KeyRing) -> None:
        self.reader = reader
        self.transport = transport
        self.ring = ring

    def items(self) -> Iterator[tuple[int, list[Item]]]:
        taken = 0
        for window in self.reader.windows():
            for octets in self.reader.key_log[taken:]:
                self.ring.add(keylog.secrets(octets))
            taken = len(self.reader.key_log)
            yield from self.transport.feed(window)
        yield from self.transport.finish()
        self.reader.anomalies.extend([*self.transport.anomalies, *self.ring.anomalies()])

    def client(self, number: int) -> str | None:
        return self.transport.client(number)

    def har_facts(self) -> HarFacts | None:
        return None

    def packet_facts(self, builder: Builder) -> PacketFacts | None:
        facts = replace(
            self.reader.facts(),
            link_types=self.transport.link_types,
            undecoded=self.transport.undecoded,
            connections=self.transport.connections,
            followed=self.transport.followed,
            one_way=self.transport.one_way,
            duplicates=self.transport.duplicates,
            fragments=self.transport.fragments,
        )
        return _read_by(builder, facts)

    def secrets(self) -> dict[Secret, int]:
        keys = len(self.reader.key_log)
        return {Secret.TLS_KEYS: keys} if keys else {}


class _LadderEntrance(_HarEntrance):
    """A ladder of packets delivers octets of connections, in order already."""

    def __init__(self, reader: LadderReader) -> None:
        super().__init__(reader)
        self.ladder = reader
        self.seen_in = SeenIn.HAR if reader.is_har else SeenIn.PACKETS

    def har_facts(self) -> HarFacts | None:
        return self.ladder.facts() if self.ladder.is_har else None

    def packet_facts(self, builder: Builder) -> PacketFacts | None:
        facts = self.ladder.packet_facts()
        return None if facts is None else _read_by(builder, facts)


def _read_by(builder: Builder, facts: PacketFacts) -> PacketFacts:
    """Facts of a capture with what was made of its connections."""
    return replace(
        facts,
        tls_connections=builder.tls_connections,
        tls_opened=builder.tls_opened,
        tls_locked=dict(builder.tls_locked),
        unread=builder.unread,
        resolutions=builder.resolutions,
        protocols=dict(builder.protocols),
    )


def entrance_of(opened: Opened, capture: int, ports: Collection[int], ring: KeyRing) -> Entrance:
    """
    Where a recording comes in.

    Args:
        opened: The recording.
        capture: Its index.
        ports: Server ports whose connections are always followed.
        ring: Keys; those in the recording join them.
    """
    if opened.kind is Kind.PACKETS:
        from .transport.flows import Transport  # noqa: PLC0415 - a HAR needs no numpy

        return _PacketEntrance(opened.reader, Transport(capture, ports, ring.opens), ring)
    if isinstance(opened.reader, LadderReader):
        return _LadderEntrance(opened.reader)
    return _HarEntrance(opened.reader)
