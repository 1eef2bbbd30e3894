"""
Other people's TLS captures with their keys: plaintext equals the facts beside them.

The facts were made by tshark (`public/README.md`). What neither opens is named below.
"""

import hashlib
import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from analyzer.model.anomaly import Anomaly
from analyzer.model.events import Event, Item
from analyzer.model.flow import Chunk, End, Gap
from analyzer.model.source import Direction
from analyzer.protocol.interleave import portions
from analyzer.protocol.tls.decoder import Tls
from analyzer.protocol.tls.suites import name_of
from analyzer.transport.flows import Transport
from tests.capture.opened import open_capture
from tests.protocol.tls.peers import facts_of, oddities, plaintext, ring_of

NAMES = {"0x0301": "TLS 1.0", "0x0302": "TLS 1.1", "0x0303": "TLS 1.2", "0x0304": "TLS 1.3"}


class Case(NamedTuple):
    """A connection with TLS of one capture, its facts and our events."""

    name: str
    stream: int
    facts: dict[str, Any]
    events: list[Event]


def decoded(path: Path, keys: list[bytes], ports: list[int]) -> dict[int, list[Event]]:
    """Events of each connection, all taken for TLS."""
    ring = ring_of(*keys)
    lanes: dict[int, Tls] = {}
    events: dict[int, list[Event]] = {}
    with open_capture(path, 0) as opened:
        transport = Transport(0, ports)
        deliveries: list[tuple[int, list[Item]]] = []
        for window in opened.reader.windows():
            deliveries += transport.feed(window)
        deliveries += transport.finish()
        ring = ring_of(*keys, *opened.reader.key_log)
    for number, items in deliveries:
        tls = lanes.setdefault(number, Tls(0, ring))
        found = events.setdefault(number, [])
        octets = (item for item in items if isinstance(item, Chunk | Gap | End | Anomaly))
        for portion in portions(octets):
            for piece in portion:
                found += tls.feed(piece)
        for item in items:
            if not isinstance(item, Chunk | Gap | End | Anomaly):
                found += tls.feed(item)
    return events


@pytest.fixture(scope="module")
def cases(shared: Path) -> list[Case]:
    """Every connection with TLS whose keys are there."""
    public = shared / "public"
    logs = json.loads((public / "keys.json").read_text())
    found: list[Case] = []
    for path in sorted((public / "expected").iterdir()):
        told = json.loads(path.read_text())
        name = told["file"]
        streams = [stream for stream in told.get("streams") or [] if stream.get("tls")]
        opened = [stream for stream in streams if stream["tls"].get("decrypted")]
        if not opened and name not in logs:
            continue
        ports = {int(port.split(",")[0]) for stream in streams for port in stream["ports"]}
        keys = [(public / "captures" / log).read_bytes() for log in logs.get(name, [])]
        events = decoded(public / "captures" / name, keys, sorted(ports))
        found += [Case(name, s["stream"], s["tls"], events[s["stream"]]) for s in streams]
    return found


def test_plaintext(cases: list[Case]) -> None:
    opened = [case for case in cases if case.facts["decrypted"]]
    assert len(opened) == 83
    for case in opened:
        ours = sorted(
            (len(octets), hashlib.sha256(octets).hexdigest())
            for octets in (plaintext(case.events, way) for way in Direction)
        )
        facts = case.facts["plaintext"]
        theirs = sorted((facts[f"node{i}_len"], facts[f"node{i}_sha256"]) for i in (0, 1))
        assert ours == theirs, (case.name, case.stream)
        assert oddities(case.events) == [], (case.name, case.stream)
        assert facts_of(case.events).locked is None


def test_facts(cases: list[Case]) -> None:
    for case in cases:
        ours = facts_of(case.events)
        if case.facts.get("ciphers"):
            assert ours.cipher_suite == name_of(int(case.facts["ciphers"][-1], 16)), case.name
        if case.facts.get("sni"):
            assert ours.server_name == case.facts["sni"], case.name
        if case.facts.get("alpn"):
            assert ours.alpn == case.facts["alpn"].split(",")[-1], case.name
        if case.facts.get("version_sh") in NAMES and ours.version != "TLS 1.3":
            assert ours.version == NAMES[case.facts["version_sh"]], case.name


def test_what_tshark_does_not_open(cases: list[Case]) -> None:
    """Neither tshark 4.0 nor the library carries ARIA; all else whose keys are there is open."""
    closed = [
        facts_of(case.events)
        for case in cases
        if not case.facts["decrypted"] and facts_of(case.events).server_hello is not None
    ]
    locked = [facts.cipher_suite or "" for facts in closed if facts.locked is not None]
    assert len(locked) == 10
    assert all("_ARIA_" in suite for suite in locked)
