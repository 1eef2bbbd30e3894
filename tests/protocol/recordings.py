"""Recordings, read as far as the tower."""

from pathlib import Path

from analyzer.model.events import Event
from analyzer.protocol.tls.keyring import KeyRing
from analyzer.protocol.tower import Tower
from analyzer.transport.flows import Transport
from tests.capture.opened import open_capture

PORTS = (5280, 7071, 7443, 8080, 8445, 9001)


def events_of(
    path: Path, ports: tuple[int, ...] = PORTS, keys: KeyRing | None = None
) -> dict[int, list[Event]]:
    """Events of each connection of a capture, or each socket of a HAR, by number."""
    events: dict[int, list[Event]] = {}
    towers: dict[int, Tower] = {}
    with open_capture(path, 0) as opened:
        if hasattr(opened.reader, "windows"):
            transport = Transport(0, ports)
            deliveries = [d for w in opened.reader.windows() for d in transport.feed(w)]
            deliveries += transport.finish()
        else:
            deliveries = list(opened.reader.items())
    for number, items in deliveries:
        tower = towers.setdefault(number, Tower(0, keys))
        events.setdefault(number, []).extend(tower.feed(items))
    return events
